"""The daily digest: nothing goes out of it without a word, and it is none before there is something to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from checks.model import Finding, Severity
from console.notify.codec import ledger_of_text
from console.notify.notice import Kind, Ledger, Manner, Notice, Tally
from console.notify.sinks.slack import message_of_notice
from tests.builders import at
from tests.incidents.reports import CHECKS, NOON, RETRIER, SILENCE, finding
from tests.notify.telling import Told

NINE = at("2026-01-23T14:00")
DAY = timedelta(days=1)


@pytest.fixture
def told() -> Told:
    return Told(manner=Manner())


def missing(days_ago: int, name: str = "it", severity: Severity = Severity.ERROR) -> Finding:
    return finding("reconcile.players", severity, day=(NOON - days_ago * DAY).date(), name=name)


def days_later(told: Told, days: int, *findings: Finding, run: Sequence[str] = CHECKS) -> Notice:
    """Let the run at nine o'clock so many days later see these findings and return its digest."""
    told.watch.moment = NINE + days * DAY
    told.sees(*findings, run=run)
    (digest,) = [notice for notice in told.sent if notice.at == NINE + days * DAY and notice.kind is Kind.DIGEST]
    return digest


class TestWhatLeavesTheDatesLookedAt:
    def test_is_named_by_the_next_digest_also_where_only_a_digest_ever_named_it(self, told: Told) -> None:
        told.sees(missing(1), RETRIER, times=2)
        assert f"ERROR: {missing(1).sentence}" in days_later(told, 0, missing(1), RETRIER).lines
        told.watch.moment = NINE + timedelta(hours=15)
        assert told.sees(RETRIER) == []  # its date is no longer looked at
        digest = days_later(told, 1, RETRIER)
        assert digest.lines[0] == "1 open, 0 opened and 0 resolved since the last digest; 1 left the dates unmended"
        assert f"no longer looked at, and not known to be mended: ERROR: {missing(1).sentence}" in digest.lines
        assert not any("left" in line or "looked at" in line for line in days_later(told, 2, RETRIER).lines)

    def test_is_named_worst_first_and_counted_beyond_three(self, told: Told) -> None:
        many = [finding(f"quality.some_{n}", day=(NOON - DAY).date(), name=f"game {n}") for n in range(5)]
        worst = finding("quality.worst", Severity.CRITICAL, day=(NOON - DAY).date())
        told.sees(*many, worst, times=2)
        digest = days_later(told, 1, run=[item.check for item in (*many, worst)])
        said = [line for line in digest.lines if "looked at" in line]
        assert digest.lines[0].endswith("; 6 left the dates unmended")
        assert said[0] == f"no longer looked at, and not known to be mended: CRITICAL: {worst.sentence}"
        assert said[3:] == ["and 3 more that are no longer looked at"]


class TestOfANewWatcher:
    def test_the_first_waits_for_its_second_run_before_which_most_incidents_cannot_open(self, told: Told) -> None:
        told.watch.moment = NINE + timedelta(hours=6)
        assert told.sees(RETRIER, finding("reconcile.players")) == []
        assert told.sees(RETRIER, finding("reconcile.players")) == [Kind.OPENED, Kind.DIGEST]
        assert told.sent[-1].lines[0] == "2 open, 2 opened and 0 resolved so far: this is the first digest"

    def test_a_run_of_some_checks_is_not_one_of_the_two(self, told: Told) -> None:
        told.watch.moment = NINE + timedelta(hours=6)
        told.manner = Manner(has_digest=False)
        told.sees(times=3, run=CHECKS[:1])
        told.manner = Manner()
        assert told.sees() == []
        assert told.sees() == [Kind.DIGEST]

    def test_no_time_that_passes_without_a_second_run_makes_one(self, told: Told) -> None:
        told.watch.moment = NINE + timedelta(hours=6)
        told.sees(RETRIER)
        assert told.waits(hours=2) == []

    def test_a_journal_of_a_version_that_counted_no_runs_sends_the_next_at_its_time(self, told: Told) -> None:
        text = (
            '{"told": {"demo|x@1": ["2026-01-23T12:00:00+00:00", null, false]}, "sent": [], "counted_at": null, "waiting": [],'
            ' "spoke": {}, "digest": "2026-01-22", "opened": 2, "resolved": 1, "sinks": null}'
        )
        told.ledger = ledger_of_text(text)
        assert told.ledger.tally == Tally(2, 1)
        told.watch.moment = NINE
        assert told.sees() == [Kind.DIGEST]

    def test_a_new_ledger_has_seen_no_run(self) -> None:
        assert Ledger().runs == ()


@pytest.mark.parametrize("count", [1, 9, 10, 30])
def test_all_of_it_fits_into_slacks_twelve_lines_with_the_moment_that_it_stands_on(told: Told, count: int) -> None:
    told.manner = Manner(most_an_hour=100)
    many = [finding(f"quality.some_{n}", name=f"game {n}") for n in range(count)]
    left = [finding(f"quality.gone_{n}", day=(NOON - DAY).date()) for n in range(5)]
    told.sees(*many, *left, times=2)
    digest = days_later(told, 1, *many, run=[item.check for item in left])
    assert digest.lines[1] == "as of Sat 24 Jan 09:00 EST (2026-01-24T14:00Z)"
    assert digest.lines[0].endswith("; 5 left the dates unmended")
    assert len(digest.lines) <= 12
    assert "more lines" not in message_of_notice(digest).head
    named = sum(line.startswith("ERROR: ") for line in digest.lines)
    assert named == count or f"and {count - named} more: courtside incidents" in digest.lines


class TestTotalBlindness:
    """The January cause: whatever is wrong, nobody can see it."""

    def test_is_recalled_every_four_hours_and_nobody_is_called_for_it(self, told: Told) -> None:
        told.manner = Manner(has_digest=False)
        told.sees(unknown=CHECKS, times=2)
        kinds = told.sees(unknown=CHECKS, times=4 * 12)
        assert kinds == [Kind.REMINDER] * 3
        assert told.sent[-1].title.startswith("still UNKNOWN: we cannot see: ")

    def test_is_recalled_also_where_nothing_but_workers_and_the_watcher_itself_can_be_judged(self, told: Told) -> None:
        told.manner = Manner(has_digest=False)
        beside = (*CHECKS, "workers.heartbeat", "watcher.silent")
        told.sees(unknown=CHECKS, run=beside, times=2)
        assert told.sees(unknown=CHECKS, run=beside, times=17) == [Kind.REMINDER]

    def test_is_known_to_be_due_without_a_run(self, told: Told) -> None:
        told.manner = Manner(has_digest=False)
        told.sees(unknown=CHECKS, times=2)
        assert told.waits(hours=3, minutes=59) == []
        assert told.waits(hours=4) == [Kind.REMINDER]

    def test_of_some_checks_only_is_told_once(self, told: Told) -> None:
        told.manner = Manner(has_digest=False)
        assert told.sees(unknown=CHECKS[:-1], times=4 * 12) == [Kind.OPENED]

    def test_is_recalled_no_more_by_what_has_become_partial(self, told: Told) -> None:
        told.manner = Manner(has_digest=False)
        told.sees(unknown=CHECKS, times=3)
        assert told.sees(unknown=CHECKS[:2], times=4 * 12) == []

    def test_beside_what_is_critical_and_unseen_keeps_both_in_mind(self, told: Told) -> None:
        told.manner = Manner(has_digest=False)
        told.sees(replace(SILENCE), times=2)
        kinds = told.sees(unknown=CHECKS, times=4 * 5)
        assert kinds.count(Kind.REMINDER) == 2
