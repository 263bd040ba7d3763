"""What other thresholds would have changed, finding by finding and incident by incident."""

from __future__ import annotations

from checks.hushes import NOTHING_SAID
from checks.incidents.incident import Rules
from checks.model import Finding, Severity
from checks.policy import Policy
from console.notify.notice import Manner
from console.replaying.course import Course, Life
from console.replaying.difference import finding_changes, incident_changes, threshold_changes
from console.replaying.timeline import timeline_of
from tests.incidents.reports import NOON, QUARTER, finding, report
from tests.replaying.conftest import WEEK

W, E, C = Severity.WARNING, Severity.ERROR, Severity.CRITICAL


def course(name: str, *seen: Severity | None, key: str = "") -> Course:
    """Return what becomes of a queue that is this bad, run after run; each spell of its trouble is another with a `key`."""
    life = Life(name, "demo", Rules(), Manner(has_digest=False), None)
    spell, before = 0, None
    for number, severity in enumerate(seen):
        spell += severity is not None and before is None
        before = severity
        bad: tuple[Finding, ...] = ()
        if severity is not None:
            bad = (finding("queue.retrier_dead", severity, name="it", key=key and f"{key}{spell}"),)
        life.sees(report(NOON + number * QUARTER, *bad), NOTHING_SAID)
    return life.course()


def test_what_comes_earlier_or_later_has_both_moments() -> None:
    (change,) = finding_changes(course("present", None, W), course("other", W, W))
    assert (change.about, change.what) == ("queue.retrier_dead: it", "a warning")
    assert (change.present, change.other) == (NOON + QUARTER, NOON)


def test_of_one_that_comes_twice_the_first_time_counts() -> None:
    (change,) = finding_changes(course("present", W, None, W), course("other", None, None, W))
    assert (change.present, change.other) == (NOON, NOON + 2 * QUARTER)


def test_of_severities_that_are_reached_at_the_same_moments_the_worst_stands_for_all() -> None:
    changes = finding_changes(course("present", None, None, C), course("other", None, W, C))
    assert [change.what for change in changes] == ["a warning"]
    changes = finding_changes(course("present", None, C), course("other", C, C))
    assert [change.what for change in changes] == ["critical"]


def test_what_comes_under_one_of_them_only_is_counted_and_not_listed_over_and_over() -> None:
    many = course("other", W, None, W, None, W, key="spell ")
    (change,) = finding_changes(course("present", None), many)
    assert (change.present, change.other, change.times, change.latest) == (None, NOON, 3, NOON + 4 * QUARTER)
    (change,) = finding_changes(many, course("other", None))
    assert (change.present, change.other, change.times) == (NOON, None, 3)


def test_an_incident_that_opens_or_becomes_critical_at_another_moment_is_named() -> None:
    changes = incident_changes(course("present", None, E, E, E, C), course("other", E, E, C))
    assert [(change.what, change.present, change.other) for change in changes] == [
        ("open", NOON + 2 * QUARTER, NOON + QUARTER),
        ("critical", NOON + 4 * QUARTER, NOON + 2 * QUARTER),
    ]


def test_the_second_of_a_name_is_compared_with_the_second() -> None:
    pause = (None,) * 8
    present, other = course("present", E, E, *pause, E, E, E), course("other", E, E, *pause, None, E, E)
    (change,) = incident_changes(present, other)
    assert change.present is not None
    assert change.other == change.present + QUARTER


def test_one_that_was_long_over_is_not_compared_with_a_later_one_of_its_name() -> None:
    pause = (None,) * 8
    present, other = course("present", *pause, None, None, E, E, E), course("other", E, E, *pause, E, E, E)
    assert [(change.what, change.present, change.other) for change in incident_changes(present, other)] == [
        ("open", None, NOON + QUARTER)
    ]


def test_the_page_says_by_how_much() -> None:
    courses = [course("present", None, None, W), course("other", W, None, W, key="spell ")]
    rows = [row for section in timeline_of("demo", WEEK, courses).sections[3:4] for row in section.rows]
    assert [row[2] for row in rows] == ["only then, 2 times up to 2026-01-23T12:30Z", "no more"]
    courses = [course("present", None, W), course("other", W, W)]
    (row,) = timeline_of("demo", WEEK, courses).sections[3].rows
    assert row[2] == "15 min earlier"


def test_it_is_said_which_thresholds_differ() -> None:
    other = Policy.from_table({"gap_warning_minutes": 30})
    assert threshold_changes(Policy(), other) == (
        "The other thresholds: gap_warning_minutes 30 instead of 60; all else as at present."
    )
    assert "none of them differs" in threshold_changes(Policy(), Policy())
