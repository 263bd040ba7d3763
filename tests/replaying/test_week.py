"""The January week under the watcher: what INCIDENT.md wants of it."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from checks.incidents.incident import Happening, Incident
from checks.severity import Severity
from console.notify.notice import Kind
from console.replaying.course import Counts, Course
from tests.builders import at
from tests.replaying.conftest import Week

CRITICAL_AT = at("2026-01-23T06:20")
ENDED_AT = at("2026-01-25T01:35")


def controller(course: Course) -> Incident:
    (incident,) = [incident for incident in course.incidents if incident.cause == "controller_silent"]
    return incident


def test_the_silence_is_one_incident_that_is_open_and_critical_by_0620_on_the_23rd(recorded: Course) -> None:
    events = [(event.what, event.at) for event in recorded.events if event.incident.key == controller(recorded).key]
    assert events[:2] == [(Happening.OPENED, at("2026-01-23T05:50")), (Happening.WORSENED, CRITICAL_AT)]
    assert controller(recorded).worst is Severity.CRITICAL


def test_it_is_kept_until_0135_on_the_25th(recorded: Course) -> None:
    assert controller(recorded).ended_at == ENDED_AT
    between = [
        event.what
        for event in recorded.events
        if event.incident.key == controller(recorded).key and CRITICAL_AT < event.at < ENDED_AT
    ]
    assert between == []
    assert controller(recorded).flaps == 0


def test_with_somebody_who_acknowledges_the_week_makes_three_threads_and_eleven_messages(acknowledged: Course) -> None:
    """Opening, worsening, escalation, acknowledgement, reminder and end counted; the week may have three and twelve."""
    counts = acknowledged.counts
    assert counts == Counts(alerts=10, escalations=1, reminders=0, threads=3, digests=8, held_back=0)
    assert counts.about_incidents == 11


def test_each_critical_incident_is_acknowledged_once_and_stays_in_hand(acknowledged: Course) -> None:
    words = [
        (event.incident.cause, event.at)
        for event in acknowledged.events
        if event.what in (Happening.ACKNOWLEDGED, Happening.SPOKE_UP)
    ]
    assert words == [
        ("controller_silent", at("2026-01-23T06:35")),  # open since 05:50, and critical since 06:20
        ("retrier_dead", at("2026-01-25T17:05")),
        ("grading_behind", at("2026-01-26T23:20")),  # people were first told of it when it became critical, at 22:50
    ]


def test_with_nobody_there_each_critical_incident_is_escalated_and_recalled_every_four_hours(recorded: Course) -> None:
    """43 hours of a critical controller hold ten reminders or digests, so no week like this one fits into twelve messages."""
    counts = recorded.counts
    assert counts == Counts(alerts=7, escalations=3, reminders=17, threads=3, digests=8, held_back=0)
    silent = [sent.at for sent in recorded.sent if CRITICAL_AT < sent.at < ENDED_AT]
    assert max(later - earlier for earlier, later in pairwise(silent)) <= timedelta(hours=4)


def test_the_watcher_tells_through_its_journal_exactly_what_the_replay_says(week: Week) -> None:
    assert list(week.courses["recorded"].sent) == week.told


def test_every_day_has_its_digest_at_the_first_run_after_nine_eastern(recorded: Course) -> None:
    digests = [sent.at for sent in recorded.sent if sent.notice.kind is Kind.DIGEST]
    assert digests == [at(f"2026-01-{day}T14:05") for day in range(19, 27)]


def test_the_dead_retrier_has_an_incident_of_its_own(recorded: Course) -> None:
    (retrier,) = [incident for incident in recorded.incidents if incident.cause == "retrier_dead"]
    assert retrier.opened_at == at("2026-01-25T13:50")


def test_each_finding_has_its_times(recorded: Course) -> None:
    (gap,) = [span for span in recorded.spans if span.check == "orchestration.gap" and span.worst is Severity.CRITICAL]
    assert gap.severities == ((at("2026-01-23T05:35"), Severity.WARNING), (CRITICAL_AT, Severity.CRITICAL))
    assert gap.ended_at == ENDED_AT
