"""Words about incidents, run by run: what they cover, what breaks through them, and what is said of incidents as a whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from checks.hushes import Hush, Hushes, HushKind, incident_fingerprint
from checks.incidents.incident import Run, State
from checks.model import Finding, Severity
from tests.incidents.reports import CHECKS, NOON, RETRIER, Watch, finding, report

QUOTA = finding("infra.quota", Severity.CRITICAL)
GAMES = tuple(finding("reconcile.inflated", day=date(2026, 1, 23), name=f"game {number}") for number in range(8))
MANY = ("schedule.stale", "queue.overdue", "reconcile.players", "quality.features")


@pytest.fixture
def watch() -> Watch:
    return Watch()


def word(hours: float, kind: HushKind = HushKind.ACKNOWLEDGED) -> Hush:
    return Hush(kind, "ann", NOON + timedelta(hours=hours), "on it")


def says(watch: Watch, *names: str, kind: HushKind = HushKind.ACKNOWLEDGED, hours: float = 2) -> None:
    """Have a word about incidents as a whole."""
    until = watch.moment + timedelta(hours=hours)
    watch.hushes = Hushes({incident_fingerprint(name): Hush(kind, "ann", until, "on it") for name in names})


def states(watch: Watch) -> dict[str, State]:
    return {incident.name: incident.state for incident in watch.incidents}


def asks_infra(watch: Watch, *findings: Finding, unknown: tuple[str, ...] = ()) -> list[str]:
    seen = report(watch.moment, *findings, unknown=unknown, run=["infra.quota"])
    return [event.what.value for event in watch.takes(Run("demo", seen, watch.hushes, watch.moment))]


@pytest.mark.parametrize("number", range(8))
def test_whoever_acknowledges_any_of_eight_games_has_their_incident_in_hand(watch: Watch, number: int) -> None:
    watch.sees(*GAMES, times=2)
    watch.hush(GAMES[number])
    assert watch.sees(*GAMES) == ["acknowledged: analytics_inflated"]


def test_whoever_silences_one_of_eight_games_still_hears_of_the_seven_others(watch: Watch) -> None:
    watch.sees(*GAMES, times=2)
    watch.hush(GAMES[0], HushKind.SILENCED)
    assert watch.sees(*GAMES) == []
    watch.hushes = Hushes({game.fingerprint: word(3, HushKind.SILENCED) for game in GAMES})
    assert watch.sees(*GAMES) == ["silenced: analytics_inflated"]
    assert watch.sees(*GAMES, replace(GAMES[0], key="a ninth")) == [
        "no longer acknowledged or silenced: analytics_inflated"
    ]


@pytest.mark.parametrize("kind", list(HushKind))
def test_what_cannot_be_seen_can_be_taken_in_hand_by_its_name(watch: Watch, kind: HushKind) -> None:
    watch.sees(unknown=MANY, times=2)
    says(watch, "blind", kind=kind)
    assert watch.sees(unknown=MANY, times=2) == [f"{kind.value}: blind"]
    watch.hushes = Hushes()
    assert watch.sees(unknown=MANY) == ["no longer acknowledged or silenced: blind"]


def test_to_see_less_than_when_it_was_taken_in_hand_breaks_through_until_somebody_speaks_anew(watch: Watch) -> None:
    less = (*MANY, "orchestration.gap")
    watch.sees(unknown=MANY, times=2)
    says(watch, "blind", kind=HushKind.SILENCED)
    assert watch.sees(unknown=MANY) == ["silenced: blind"]
    assert watch.sees(unknown=less, times=4) == ["worsened: blind", "no longer acknowledged or silenced: blind"]
    says(watch, "blind", kind=HushKind.SILENCED, hours=3)
    assert watch.sees(unknown=less, times=4) == ["silenced: blind"]


def test_a_word_about_the_warehouse_says_nothing_of_the_workers(watch: Watch) -> None:
    says(watch, "blind")
    watch.sees(unknown=["schedule.stale", "workers.heartbeat"], because={"workers.heartbeat": "corrupt"}, times=2)
    assert states(watch) == {"blind": State.ACKNOWLEDGED, "blind:workers": State.OPEN}


def test_a_log_that_is_silent_can_be_taken_in_hand_by_its_name(watch: Watch) -> None:
    seen = [report(watch.moment + n * watch.every, unknown=["transitions.delay"], unreadable=False) for n in range(3)]
    for n in range(3):
        watch.takes(Run("demo", seen[n], watch.hushes, watch.moment + n * watch.every))
        says(watch, watch.only().name)
    assert watch.only().state is State.ACKNOWLEDGED


def test_what_the_watcher_does_not_look_at_is_taken_in_hand_at_its_next_run(watch: Watch) -> None:
    assert asks_infra(watch, QUOTA) == ["opened"]
    says(watch, "infra.quota", hours=1)
    assert watch.sees(times=4) == ["acknowledged: infra.quota"]
    watch.hushes = Hushes()  # its hour is over
    assert watch.sees() == ["no longer acknowledged or silenced: infra.quota"]


def test_and_so_is_what_stands_elsewhere_and_cannot_be_seen(watch: Watch) -> None:
    asks_infra(watch, unknown=("infra.quota",))
    watch.moment += watch.every
    assert asks_infra(watch, unknown=("infra.quota",)) == ["opened"]
    says(watch, "blind:infra")
    assert watch.sees() == ["acknowledged: blind"]


def test_what_becomes_critical_unseen_words_or_not_breaks_through_a_word_about_the_whole(watch: Watch) -> None:
    says(watch, "retrier_dead")
    assert watch.sees(RETRIER, times=2) == ["opened: retrier_dead", "acknowledged: retrier_dead"]
    assert watch.sees(replace(RETRIER, severity=Severity.CRITICAL)) == [
        "worsened: retrier_dead",
        "no longer acknowledged or silenced: retrier_dead",
    ]


def test_a_word_that_was_broken_through_does_not_come_back_when_a_later_and_shorter_one_ends(watch: Watch) -> None:
    critical = replace(RETRIER, severity=Severity.CRITICAL)
    watch.sees(RETRIER, times=2)
    old, new = {incident_fingerprint("retrier_dead"): word(20)}, {RETRIER.fingerprint: word(2)}
    watch.hushes = Hushes(old)
    watch.sees(RETRIER)
    watch.sees(critical)
    watch.hushes = Hushes({**old, **new})
    assert watch.sees(critical) == ["acknowledged: retrier_dead"]
    watch.hushes = Hushes(old)
    assert watch.sees(critical, times=3) == ["no longer acknowledged or silenced: retrier_dead"]


def test_blindness_says_first_how_much_cannot_be_seen_then_why_most_of_it_and_names_only_a_few(watch: Watch) -> None:
    watch.sees(unknown=CHECKS, because={CHECKS[0]: "no such table"})
    assert watch.only().sentence == "we cannot see: 5 of 5 checks cannot be judged: no answer (and 1 more reason)"
    few = Watch()
    few.sees(unknown=CHECKS[:2])
    assert few.only().sentence == f"we cannot see: {CHECKS[0]}, {CHECKS[1]} cannot be judged: no answer"
