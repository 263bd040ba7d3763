"""The January week under the watcher: what INCIDENT.md wants of it."""

from __future__ import annotations

from checks.incidents.incident import Happening, Incident
from checks.severity import Severity
from console.notify.notice import Kind
from console.replaying.course import Course
from tests.builders import at

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


def test_the_week_makes_at_most_three_threads_and_twelve_messages(recorded: Course, acknowledged: Course) -> None:
    for course in (recorded, acknowledged):
        assert len(course.threads) <= 3
        assert len(course.alerts) <= 12


def test_only_what_nobody_took_in_hand_is_recalled(recorded: Course, acknowledged: Course) -> None:
    assert recorded.count(Kind.REMINDER) > 0
    assert acknowledged.count(Kind.REMINDER, Kind.ESCALATION) == 0
    assert acknowledged.count(Kind.ACKNOWLEDGED) > 0


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
