"""Words about incidents, run by run: what they cover, what breaks through them, and what is said of incidents as a whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from checks.hushes import Hush, Hushes, HushKind, incident_fingerprint
from checks.incidents.incident import Run, State
from checks.model import Finding, Severity
from console.incidents.codec import incident_of_text, text_of_incident
from tests.incidents.reports import CHECKS, NOON, RETRIER, SILENCE, Watch, finding, report

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
    hush = Hush(kind, "ann", until, "on it", watch.moment)
    watch.hushes = Hushes({incident_fingerprint(name): hush for name in names})


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


@pytest.mark.parametrize("kind", list(HushKind))
def test_a_word_about_an_incident_as_a_whole_says_nothing_of_the_next_one_of_its_name(
    watch: Watch, kind: HushKind
) -> None:
    watch.sees(SILENCE)
    says(watch, "controller_silent", kind=kind, hours=24)
    assert watch.sees(SILENCE) == [f"{kind.value}: controller_silent"]
    watch.sees(times=2)
    watch.moment += timedelta(hours=11)
    anew = replace(SILENCE, key="the next night", since=watch.moment)
    assert watch.sees(anew, times=4) == ["closed: controller_silent", "opened: controller_silent"]
    says(watch, "controller_silent", kind=kind)
    assert watch.sees(anew) == [f"{kind.value}: controller_silent"]


def test_nor_does_one_about_what_could_not_be_seen(watch: Watch) -> None:
    watch.sees(unknown=CHECKS, times=2)
    says(watch, "blind", kind=HushKind.SILENCED, hours=24)
    assert watch.sees(unknown=CHECKS) == ["silenced: blind"]
    watch.sees(times=2)
    watch.moment += timedelta(hours=9)
    assert watch.sees(unknown=CHECKS, times=4) == ["closed: blind", "opened: blind"]


def test_it_still_says_so_when_the_same_incident_opens_again(watch: Watch) -> None:
    watch.sees(SILENCE)
    says(watch, "controller_silent", hours=24)
    watch.sees(SILENCE)
    watch.sees(times=2)
    again = replace(SILENCE, key="again", since=watch.moment)
    assert watch.sees(again, times=2) == ["opened again: controller_silent", "acknowledged: controller_silent"]


def test_it_may_be_said_before_a_run_has_seen_the_incident(watch: Watch) -> None:
    says(watch, "controller_silent", hours=24)
    watch.moment += timedelta(minutes=59)
    assert watch.sees(SILENCE, times=2) == ["opened: controller_silent", "acknowledged: controller_silent"]


class TestAGameThatArrives:
    """Of three that are missing, one is acknowledged, and that one arrives."""

    missing = tuple(
        finding("availability.missing_game", Severity.CRITICAL, day=date(2026, 1, 23), name=f"game {number}")
        for number in range(3)
    )

    @pytest.fixture(autouse=True)
    def _missing(self, watch: Watch) -> None:
        watch.sees(*self.missing)
        watch.hush(self.missing[0])
        assert watch.sees(*self.missing) == ["acknowledged: box_scores_missing"]

    def test_leaves_the_others_in_the_same_hands_until_the_word_ends(self, watch: Watch) -> None:
        assert watch.sees(*self.missing[1:], times=2) == []
        assert watch.only().state is State.ACKNOWLEDGED
        watch.hushes = Hushes()
        assert watch.sees(*self.missing[1:]) == ["no longer acknowledged or silenced: box_scores_missing"]

    def test_is_no_end_of_it_also_when_runs_are_kept_and_read_again(self, watch: Watch) -> None:
        watch.incidents = tuple(incident_of_text(text_of_incident(incident)) for incident in watch.incidents)
        assert watch.sees(*self.missing[1:]) == []

    def test_leaves_nothing_in_hand_that_another_word_of_the_same_person_is_about(self, watch: Watch) -> None:
        (hush,) = watch.hushes.by_fingerprint.values()
        watch.hushes = Hushes({RETRIER.fingerprint: hush})  # said in one go, and the one about the game is withdrawn
        assert watch.sees(*self.missing[1:]) == ["no longer acknowledged or silenced: box_scores_missing"]


def test_what_is_left_when_an_acknowledged_finding_is_mended_and_is_worse_than_it_was_is_told(watch: Watch) -> None:
    mild = [replace(game, severity=Severity.WARNING) for game in GAMES]
    watch.sees(*mild, times=2)
    watch.hush(mild[0])
    watch.sees(*mild)
    assert watch.sees(*mild[1:]) == []
    assert watch.sees(*GAMES[1:]) == [
        "worsened: analytics_inflated",
        "no longer acknowledged or silenced: analytics_inflated",
    ]


def test_a_silence_ends_with_what_it_names(watch: Watch) -> None:
    watch.sees(*GAMES[:1], times=2)
    watch.hush(GAMES[0], HushKind.SILENCED)
    assert watch.sees(*GAMES[:1]) == ["silenced: analytics_inflated"]
    assert watch.sees(*GAMES[1:2]) == ["no longer acknowledged or silenced: analytics_inflated"]
