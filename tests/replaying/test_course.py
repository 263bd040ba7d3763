"""When a finding of a replay is over, and when it only cannot be seen any more."""

from __future__ import annotations

from datetime import date, timedelta

from checks.hushes import NOTHING_SAID
from checks.incidents.incident import Rules
from checks.model import Report, Severity
from console.notify.notice import Manner
from console.replaying.course import Course, Life
from console.replaying.timeline import timeline_of
from tests.incidents.reports import NOON, QUARTER, finding, report
from tests.replaying.conftest import WEEK

MISSING = finding("reconcile.players", day=date(2026, 1, 22))
RETRIER = finding("queue.retrier_dead")


def course(*seen: Report) -> Course:
    life = Life("present", "demo", Rules(), Manner(has_digest=False), None)
    for one in seen:
        life.sees(one, NOTHING_SAID)
    return life.course()


def cells(title: str, of: Course) -> list[tuple[str, ...]]:
    return [
        row for section in timeline_of("demo", WEEK, [of]).sections if section.title == title for row in section.rows
    ]


def test_what_a_run_could_not_look_at_is_not_over_by_then() -> None:
    blind = report(NOON + QUARTER, unknown=["queue.retrier_dead"])
    (span,) = (one for one in course(report(NOON, RETRIER), blind).spans if one.check == "queue.retrier_dead")
    assert span.ended_at is None
    again = course(report(NOON, RETRIER), blind, report(NOON + 2 * QUARTER, RETRIER), report(NOON + 3 * QUARTER))
    (span,) = (one for one in again.spans if one.check == "queue.retrier_dead")
    assert (span.began_at, span.ended_at) == (NOON, NOON + 3 * QUARTER)


def test_what_leaves_the_dates_is_not_called_resolved() -> None:
    later = NOON + timedelta(days=3)
    left = course(report(NOON, MISSING), report(later))
    (span,) = left.spans
    assert (span.has_left, span.ended_at) == (True, later)
    assert cells("Findings", left)[0][3] == "left unmended"
    mended = course(report(NOON, MISSING), report(NOON + QUARTER))
    assert cells("Findings", mended)[0][3] == "2026-01-23T12:15Z"


def test_an_incident_that_lasts_has_no_end_though_its_last_run_was_good() -> None:
    of = course(report(NOON, RETRIER), report(NOON + QUARTER, RETRIER), report(NOON + 2 * QUARTER))
    assert [(row[1], row[3]) for row in cells("Incidents", of)] == [("-", "open")]


def test_each_message_has_its_severity_and_the_number_of_its_thread() -> None:
    critical = finding("queue.retrier_dead", Severity.CRITICAL)
    of = course(report(NOON, critical), report(NOON + QUARTER, critical))
    assert [row[1:4] for row in cells("What would have been told", of)] == [
        ("CRITICAL", "1", "opened"),
        ("CRITICAL", "1", "escalation"),
    ]
