"""Verifications are planned with the action, outlive whatever ends the process, and are run by one console at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from console.actions.judgement import DoubleRow, ItemJudgement, Judgement, Outcome, judgement_of_text, text_of_judgement
from console.actions.verifying import CLAIM_LASTS, Claim, Verifications, standing
from console.journal import FILE_NAME, Journal
from tests.actions.entries import NOW
from tests.actions.plans import every_kind
from tests.actions.sites import applied, ids

PLAN = every_kind()
MINUTE = timedelta(minutes=1)
FIXED = Judgement(Outcome.FIXED, "fixed: a game")
NOT_FIXED = Judgement(Outcome.NOT_FIXED, "not fixed: a game: reconcile.games still finds it")


def journal_in(folder: Path) -> Journal:
    return Journal(folder / FILE_NAME, now=lambda: NOW)


def verifications(folder: Path, name: str = "a") -> Verifications:
    return Verifications(journal_in(folder), ids(name))


def schedule(folder: Path, now: datetime = NOW, plan_id: str = "p1", count: int | None = None) -> None:
    with journal_in(folder).writing() as connection:
        plan = replace(PLAN, id=plan_id)
        applied(connection, plan, count)
        Verifications(journal_in(folder), ids()).schedule_with(connection, plan, now)


def settle(folder: Path, claim: Claim, judgement: Judgement, now: datetime) -> bool:
    with journal_in(folder).writing() as connection:
        return verifications(folder).settle_with(connection, claim, judgement, now)


def run(folder: Path, judgement: Judgement, now: datetime) -> None:
    claim = verifications(folder, f"run {now}").claim("", now)
    assert claim is not None
    assert settle(folder, claim, judgement, now)


def test_a_plan_is_verified_at_once_and_after_5_and_30_minutes(tmp_path: Path) -> None:
    schedule(tmp_path)
    planned = verifications(tmp_path).of_plan("p1")
    assert [(item.round, item.due_at - NOW) for item in planned] == [(1, 0 * MINUTE), (2, 5 * MINUTE), (3, 30 * MINUTE)]
    assert verifications(tmp_path).pending("demo") == planned
    assert verifications(tmp_path).pending("elsewhere") == ()


def test_planning_them_again_changes_nothing(tmp_path: Path) -> None:
    schedule(tmp_path)
    run(tmp_path, FIXED, NOW)
    before = verifications(tmp_path).of_plan("p1")
    schedule(tmp_path, NOW + 3 * MINUTE)
    assert verifications(tmp_path).of_plan("p1") == before


def test_when_more_items_were_applied_since_they_begin_anew(tmp_path: Path) -> None:
    schedule(tmp_path, count=1)
    run(tmp_path, FIXED, NOW)
    schedule(tmp_path, NOW + 3 * MINUTE)
    planned = verifications(tmp_path).of_plan("p1")
    assert [(item.settled_at, item.due_at - NOW) for item in planned] == [
        (None, 3 * MINUTE),
        (None, 8 * MINUTE),
        (None, 33 * MINUTE),
    ]


def test_they_are_planned_with_the_action_or_not_at_all(tmp_path: Path) -> None:
    def fail() -> None:
        with journal_in(tmp_path).writing() as connection:
            verifications(tmp_path).schedule_with(connection, PLAN, NOW)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert verifications(tmp_path).pending() == ()


def test_each_is_due_from_its_minute_on_however_late_somebody_comes(tmp_path: Path) -> None:
    schedule(tmp_path)
    due = {
        minutes: [item.round for item in verifications(tmp_path).due(NOW + minutes * MINUTE)]
        for minutes in (0, 4, 5, 29, 30, 10_000)
    }
    assert due == {0: [1], 4: [1], 5: [1, 2], 29: [1, 2], 30: [1, 2, 3], 10_000: [1, 2, 3]}


def test_what_is_due_of_one_plan_is_taken_together_and_one_plan_at_a_time(tmp_path: Path) -> None:
    schedule(tmp_path)
    schedule(tmp_path, NOW + MINUTE, "p2")
    late, store = NOW + 10 * MINUTE, verifications(tmp_path)
    first, second, third = (store.claim("demo", late) for _ in range(3))
    assert (first and first.plan_id, first and first.rounds) == ("p1", (1, 2))
    assert (second and second.plan_id, second and second.rounds) == ("p2", (1, 2))
    assert third is None
    assert store.due(late) == ()


def test_what_is_for_another_warehouse_is_left_alone(tmp_path: Path) -> None:
    schedule(tmp_path)
    assert verifications(tmp_path).claim("elsewhere", NOW) is None


def test_a_claim_that_died_lasts_five_minutes(tmp_path: Path) -> None:
    schedule(tmp_path)
    dead = verifications(tmp_path, "dead").claim("demo", NOW)
    assert dead is not None
    assert verifications(tmp_path, "b").claim("demo", NOW + CLAIM_LASTS - MINUTE) is None
    taken = verifications(tmp_path, "b").claim("demo", NOW + CLAIM_LASTS)
    assert taken == Claim("p1", (1, 2), "b-1")
    assert not settle(tmp_path, dead, FIXED, NOW + CLAIM_LASTS)
    assert settle(tmp_path, taken, NOT_FIXED, NOW + CLAIM_LASTS)
    assert not settle(tmp_path, taken, FIXED, NOW + CLAIM_LASTS)
    assert [item.judgement for item in verifications(tmp_path).of_plan("p1")] == [NOT_FIXED, NOT_FIXED, None]


def test_of_consoles_that_come_at_once_one_runs_it(tmp_path: Path) -> None:
    for number in range(10):
        schedule(tmp_path, plan_id=f"p{number}")

    def work(name: int) -> list[str]:
        store, taken = verifications(tmp_path, f"console {name}"), []
        while (claim := store.claim("demo", NOW)) is not None:
            taken.append(claim.plan_id)
        return taken

    with ThreadPoolExecutor(4) as threads:
        taken = [plan_id for plans in threads.map(work, range(4)) for plan_id in plans]
    assert sorted(taken) == [f"p{number}" for number in range(10)]


@pytest.mark.parametrize("settled", [0, 1, 2])
@pytest.mark.parametrize("is_claimed", [False, True])
def test_a_clock_that_steps_back_an_hour_loses_none_and_makes_none_wait_for_longer(
    tmp_path: Path, settled: int, *, is_claimed: bool
) -> None:
    schedule(tmp_path)
    for minutes in (0, 5)[:settled]:
        run(tmp_path, FIXED, NOW + minutes * MINUTE)
    if is_claimed:
        verifications(tmp_path, "dead").claim("demo", NOW + 30 * MINUTE)
    earlier, left = NOW + 4 * MINUTE - timedelta(hours=1), 3 - settled
    rounds: list[int] = []
    for minutes in range(32):
        claim = verifications(tmp_path, f"after {minutes}").claim("demo", earlier + minutes * MINUTE)
        if claim is not None:
            assert settle(tmp_path, claim, FIXED, earlier + minutes * MINUTE)
            rounds += claim.rounds
    assert rounds == [1, 2, 3][3 - left :]
    assert verifications(tmp_path).pending() == ()


def test_nothing_is_called_fixed_before_a_verification_found_it_so(tmp_path: Path) -> None:
    store = verifications(tmp_path)
    assert store.standing_of("p1") == "no verification is planned"
    schedule(tmp_path, NOW + 40 * MINUTE)
    assert store.standing_of("p1") == "applied, verification at 07:00 UTC"


def test_the_standing_is_what_the_newest_verification_found(tmp_path: Path) -> None:
    schedule(tmp_path)
    run(tmp_path, NOT_FIXED, NOW)
    store = verifications(tmp_path)
    assert store.standing_of("p1") == f"{NOT_FIXED.sentence}, verified 06:20 UTC, again at 06:25 UTC"
    run(tmp_path, FIXED, NOW + 6 * MINUTE)
    assert store.standing_of("p1") == "fixed, verified 06:26 UTC, again at 06:50 UTC"
    run(tmp_path, NOT_FIXED, NOW + 30 * MINUTE)
    assert store.standing_of("p1") == f"{NOT_FIXED.sentence}, verified 06:50 UTC"


@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_an_outcome_of_fixed_is_called_fixed(tmp_path: Path, outcome: Outcome) -> None:
    schedule(tmp_path)
    run(tmp_path, Judgement(outcome, "cannot be said"), NOW)
    says = standing(verifications(tmp_path).of_plan("p1"))
    assert says.startswith("fixed") == (outcome is Outcome.FIXED)


@pytest.mark.parametrize("outcome", [Outcome.FIXED, Outcome.DONE])
def test_what_was_not_applied_is_said_beside_what_is_fixed(tmp_path: Path, outcome: Outcome) -> None:
    schedule(tmp_path)
    run(tmp_path, Judgement(outcome, "fixed: a game", left=2), NOW)
    says = verifications(tmp_path).standing_of("p1")
    assert " (2 more were not applied), verified 06:20 UTC" in says
    assert "done as ordered" not in says, "a part of an order is not the order"


def test_a_judgement_comes_back_as_it_was_kept() -> None:
    items = (ItemJudgement(1, "a game", Outcome.UNKNOWN, "its checks cannot be run: gone"),)
    judgement = Judgement(Outcome.NOT_FIXED, "not fixed", items, (DoubleRow("a game", ("r1", "r2")),), left=1)
    assert judgement_of_text(text_of_judgement(judgement)) == judgement


@pytest.mark.parametrize("text", ["", "{}", '{"outcome": "splendid", "sentence": "", "items": [], "doubles": []}'])
def test_a_judgement_of_another_version_is_unknown_and_never_fixed(text: str) -> None:
    assert judgement_of_text(text).outcome is Outcome.UNKNOWN
