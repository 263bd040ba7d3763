"""The operator whom a replay supposes: by the planner of `courtside ack`, so what it allows and how long it lasts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from checks.hushes import Hush, Hushes, HushKind
from checks.incidents.incident import Run, State
from checks.model import Finding, Severity
from console.notify.deciding import Situation, decide
from console.notify.notice import Ledger, Manner
from console.replaying.operator import Operator
from tests.incidents.reports import NOON, RETRIER, SILENCE, Watch, report

HOUR = timedelta(hours=1)


@dataclass
class Shift:
    """Runs every five minutes, with an operator who acknowledges after twenty."""

    operator: Operator = field(default_factory=lambda: Operator(timedelta(minutes=20)))
    watch: Watch = field(default_factory=lambda: Watch(every=timedelta(minutes=5)))
    ledger: Ledger = field(default_factory=Ledger)
    words: list[Hushes] = field(default_factory=list)

    def sees(self, *findings: Finding, times: int = 1, said: Hushes | None = None) -> list[str]:
        """Let so many runs see these findings and return what happened, with the minutes since noon."""
        happened: list[str] = []
        for _ in range(times):
            moment, seen = self.watch.moment, report(self.watch.moment, *findings)
            hushes = self.operator.speaks(self.watch.incidents, seen, said or Hushes())
            events = self.watch.takes(Run("demo", seen, hushes, moment))
            told = decide(Situation("demo", seen, self.watch.incidents, events, moment), self.ledger, Manner())
            self.ledger = told.ledger
            self.operator.hears(told.notices, moment)
            self.words.append(hushes)
            happened.extend(f"{(moment - NOON) / timedelta(minutes=1):.0f} {event.what.value}" for event in events)
            self.watch.moment += self.watch.every
        return happened


@pytest.fixture
def shift() -> Shift:
    return Shift()


def test_what_is_critical_is_acknowledged_so_long_after_people_were_told(shift: Shift) -> None:
    assert shift.sees(SILENCE, times=6) == ["0 opened", "20 acknowledged"]


def test_a_word_lasts_an_hour_and_is_given_again_for_as_long_as_the_trouble_lasts(shift: Shift) -> None:
    assert shift.sees(SILENCE, times=12 * 5) == ["0 opened", "20 acknowledged"]
    until = {word.until for said in shift.words for word in said.by_fingerprint.values()}
    assert sorted(until) == [NOON + timedelta(minutes=20) + n * HOUR for n in range(1, 6)]


def test_what_is_not_critical_waits_until_it_is(shift: Shift) -> None:
    assert shift.sees(RETRIER, times=12) == ["5 opened"]
    assert shift.sees(replace(RETRIER, severity=Severity.CRITICAL), times=2) == ["60 worsened", "65 acknowledged"]


def test_what_is_over_needs_no_word(shift: Shift) -> None:
    shift.sees(SILENCE, times=4)
    over = replace(SILENCE, until=shift.watch.moment)
    assert shift.sees(over, times=3) == ["25 resolved"]
    assert not any(said.by_fingerprint for said in shift.words)


def test_a_word_that_was_really_said_counts_before_the_supposed_one(shift: Shift) -> None:
    said = Hushes({SILENCE.fingerprint: Hush(HushKind.SILENCED, "ann", NOON + 9 * HOUR, "known")})
    shift.sees(SILENCE)
    shift.sees(SILENCE, times=9, said=said)
    assert shift.watch.only().state is State.SILENCED
    assert shift.sees(SILENCE) == ["50 acknowledged"]
    assert shift.words[-1].by_fingerprint[SILENCE.fingerprint].until == NOON + timedelta(minutes=50) + HOUR
