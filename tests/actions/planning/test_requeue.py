"""Requeue: what gets a row in the queue, and every reason why something does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from checks.model import Subject, SubjectKind
from console.actions.plan import Activate
from console.actions.planning.obstacles import COMPLETE_GAME
from console.actions.planning.reading import QueueState
from console.queue_changes import Entry, QueueKey, SeenRow
from tests.actions.planning.states import (
    AFTER,
    DAY,
    LAKERS,
    SUMMARY,
    breaker,
    conflict,
    pending,
    plan_item,
    plan_items,
    queued,
    run,
    state,
)
from tests.builders import at, counts, game

WAITING = Subject(SubjectKind.QUEUE, "nbac_player_boxscore", DAY)
OLDER = frozenset({"id"})


def test_a_missing_game_gets_a_row_that_says_what_a_missing_games_row_says() -> None:
    item = plan_item(state(game()), LAKERS, note="box score came late")
    assert (item.subject, item.would, item.refused) == (
        "LAL@DAL 2026-01-24",
        "insert pending row: processor bdl_player_box_scores, phase_2, LAL@DAL 2026-01-24, retry_count 0, next retry now",
        "",
    )
    said = "requeued by ann@ops-1: box score came late"
    metadata = {
        "home_team": "DAL",
        "away_team": "LAL",
        "workflow": "courtside",
        "expected_start_time": "2026-01-25T01:30:00Z",
        "is_west_coast": False,
    }
    assert item.step == Activate(
        QueueKey("phase_2", "bdl_player_box_scores", DAY, "LAL@DAL"),
        None,
        Entry("n-1", "missing_game", said, at(AFTER), 3, "courtside-p1-0", said, metadata),
    )


def test_a_game_may_be_named_by_either_of_its_ids() -> None:
    for name in ("0022500648", "20260124_LAL_DAL"):
        assert plan_item(state(game()), replace(LAKERS, name=name)).subject == "LAL@DAL 2026-01-24"


def test_a_game_that_was_given_up_on_has_its_row_revived_and_keeps_what_went_wrong() -> None:
    item = plan_item(state(game(), queue=[queued(max_retries=5)]), LAKERS)
    assert item.would == "revive row q-1: bdl_player_box_scores, phase_2, retry_count 0, next retry now"
    assert isinstance(item.step, Activate)
    assert item.step.seen == SeenRow("q-1", "failed_permanent", 3, at("2026-01-25T07:00"))
    assert (item.step.entry.error_message, item.step.entry.max_retries) == ("no box score", 5)


def test_the_row_that_ended_last_is_revived() -> None:
    later = queued(id="q-2", updated_at=at("2026-01-25T09:00"), status="succeeded")
    item = plan_item(state(game(), queue=[later, queued()]), LAKERS)
    assert item.would.startswith("revive row q-2: ")


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (
            state(game(status_text="Postponed", other_dates=("2026-01-25",))),
            "not played: postponed, moved to 2026-01-25",
        ),
        (state(game(), now="2026-01-25T02:00"), "not due until Sun 25 Jan 00:00 EST (2026-01-25T05:00Z)"),
        (state(game(box_scores=counts(36, 21))), COMPLETE_GAME.format(reason="21 of 36 players appeared")),
        (
            state(game(), queue=[pending(next_retry_at=at("2026-01-26T16:30"))]),
            "already queued (q-1, pending): waits until 2026-01-26T16:30Z, in 30 min",
        ),
        (
            state(game(), queue=[queued(status="pending")]),
            (
                "already queued (q-1, pending): at its maximum of 3 tries: nobody will try it again; "
                "`courtside queue retry` starts it anew"
            ),
        ),
        (
            state(game(), queue=[pending(), pending(id="q-2", status="retrying")]),
            (
                "already queued 2 times (q-1, q-2), where one row may be active: cancel all but one first, for example "
                "`courtside queue cancel --row q-2`"
            ),
        ),
        (
            state(game(), queue=[queued(error_type="permanent", error_message="404 Not\x1b[2J Found")]),
            "permanent error (q-1): 404 Not Found",
        ),
        (
            state(game(), queue=[queued(last_retry_at=at("2026-01-26T09:00"))]),
            (
                "retry budget used up: tried 3 times in 24 h, 3 are allowed, so not before Tue 27 Jan 04:00 EST "
                "(2026-01-27T09:00Z)"
            ),
        ),
        (
            state(game(), conflicts=[conflict()]),
            "held by the streaming buffer until Mon 26 Jan 11:30 EST (2026-01-26T16:30Z)",
        ),
        (
            state(game(), breakers=[breaker()]),
            (
                "the breaker of bdl_player_box_scores is open since Mon 26 Jan 10:30 EST (2026-01-26T15:30Z), "
                "until Mon 26 Jan 12:00 EST (2026-01-26T17:00Z)"
            ),
        ),
        (
            state(game(), breakers=[breaker(timeout_seconds=None)]),
            (
                "the breaker of bdl_player_box_scores is open since Mon 26 Jan 10:30 EST (2026-01-26T15:30Z), "
                "until somebody closes it"
            ),
        ),
        (state(), "no such game stands in the schedule of that date"),
    ],
)
def test_a_game_is_refused_with_the_reason(found: QueueState, reason: str) -> None:
    item = plan_item(found, LAKERS)
    assert (item.would, item.refused, item.step) == ("", reason, None)


@pytest.mark.parametrize(
    "found",
    [
        state(game(), conflicts=[conflict(last_at=at("2026-01-26T14:29"))]),
        state(game(), conflicts=[conflict(unresolved=0)]),
        state(game(), conflicts=[conflict(conflict_type="already_processed")]),
        state(game(), conflicts=[conflict(game_id="20260124_BOS_CHI")]),
        state(game(), breakers=[breaker(state="HALF_OPEN")]),
        state(game(), breakers=[breaker(opened_at=at("2026-01-26T14:30"))]),
        state(game(), breakers=[breaker(processor_name="ml_feature_store")]),
        state(game(), queue=[queued(retry_count=2, last_retry_at=at("2026-01-26T09:00"))]),
        state(game(), queue=[queued(last_retry_at=at("2026-01-25T16:00"))]),
    ],
)
def test_what_is_over_or_about_another_hinders_nobody(found: QueueState) -> None:
    assert plan_item(found, LAKERS).step is not None


def test_tries_of_all_rows_of_an_item_count_against_its_budget() -> None:
    rows = [
        queued(retry_count=2, last_retry_at=at("2026-01-26T09:00")),
        queued(id="q-2", retry_count=1, last_retry_at=at("2026-01-26T10:00")),
    ]
    assert plan_item(state(game(), queue=rows), LAKERS).refused.startswith("retry budget used up: tried 3 times")


def test_a_late_game_on_the_west_coast_is_not_due_when_an_earlier_one_is() -> None:
    west = game("GSW@LAL", tip="2026-01-25T03:30", arena_timezone="America/Los_Angeles")
    found = state(game(), west, now="2026-01-25T06:00")
    assert plan_item(found, LAKERS).step
    assert plan_item(found, replace(LAKERS, name="GSW@LAL")).refused.startswith("not due until Sun 25 Jan 02:00 EST")


def test_a_processor_gets_a_row_for_its_phase() -> None:
    item = plan_item(state(runs=[run()]), SUMMARY)
    assert item.would == (
        "insert pending row: processor player_game_summary, phase_3, 2026-01-24, retry_count 0, next retry now"
    )
    assert isinstance(item.step, Activate)
    assert item.step.key == QueueKey("phase_3", "player_game_summary", DAY)
    assert (item.step.entry.error_type, item.step.entry.metadata) == ("transient", {})


SUCCEEDED = queued(
    game_key=None, processor_name="player_game_summary", phase="phase_3", status="succeeded", error_type="transient"
)


@pytest.mark.parametrize(
    ("subject", "found", "reason"),
    [
        (
            SUMMARY,
            state(runs=[run(status="success")]),
            (
                "already complete: run r-1 succeeded; what it made wrongly is made again by requeueing the finding about it "
                "(`r` on it, or --finding)"
            ),
        ),
        (SUMMARY, state(queue=[SUCCEEDED]), "already complete (q-1): succeeded at 2026-01-25T07:00Z"),
        (
            SUMMARY,
            state(runs=[run(status="success")], queue=[replace(SUCCEEDED, status="pending", retry_count=0)]),
            "already queued (q-1, pending): due since 2026-01-25T08:00Z, 1920 min overdue: nobody has tried",
        ),
        (replace(SUMMARY, game_date=None), state(), "a processor runs again for a game date, and this says of none"),
        (
            replace(SUMMARY, name="x"),
            state(runs=[run(processor_name="x", phase="phase_6")]),
            "it is of phase_6, and the queue knows phases 2 to 5, so nobody would run it",
        ),
        (
            Subject(SubjectKind.WORKFLOW, "betting_lines"),
            state(),
            "a workflow is nothing that runs again: choose a game, a processor or a row of the queue",
        ),
        (
            Subject(SubjectKind.DATE, "2026-01-24", DAY),
            state(),
            (
                "a date is nothing that runs again: choose a game, a processor or a row of the queue; no processor is known by "
                "name that makes what the date lacks, as for predictions and grading"
            ),
        ),
        (
            Subject(SubjectKind.QUEUE, "retrier"),
            state(),
            "it has no row in the queue for a game date since 2026-01-10",
        ),
    ],
)
def test_what_is_no_game_is_refused_with_the_reason(subject: Subject, found: QueueState, reason: str) -> None:
    assert plan_item(found, subject).refused == reason


def test_a_complete_game_says_that_a_game_is_its_box_scores_and_what_makes_the_rest_again() -> None:
    said = plan_item(state(game(box_scores=counts(36, 21))), LAKERS).refused
    assert said.startswith(
        "the box scores are already complete (21 of 36 players appeared), and they are all that requeueing"
    )
    assert said.endswith("`courtside queue requeue --processor player_game_summary`")


def test_a_processor_that_only_the_queue_or_another_dates_run_names_is_of_their_phase() -> None:
    row = queued(game_key=None, processor_name="nbac_player_boxscore", error_type="transient")
    another_day = Subject(SubjectKind.PROCESSOR, "nbac_player_boxscore", date(2026, 1, 25))
    item = plan_item(state(queue=[row]), another_day)
    assert item.would.startswith("insert pending row: processor nbac_player_boxscore, phase_2, 2026-01-25")


def test_a_processor_that_nothing_names_is_refused_with_the_names_that_are_known() -> None:
    row = queued(game_key=None, processor_name="nbac_player_boxscore")
    found = state(queue=[row, queued(id="q-2")], runs=[run(processor_name="x5", phase="phase_5")])
    said = plan_item(found, replace(SUMMARY, name="x")).refused
    assert said.startswith(
        "no phase, run or row of the queue has a processor of that name; known are ml_feature_store, "
    )
    assert all(f" {name}," in f"{said}," for name in ("nbac_player_boxscore", "player_game_summary", "x5"))
    assert "bdl_player_box_scores" not in said


def test_what_a_finding_faults_is_not_complete_because_its_run_has_succeeded() -> None:
    found = state(runs=[run(status="success")], queue=[SUCCEEDED])
    item = plan_item(found, SUMMARY, fingerprints=("f1",))
    assert item.would == (
        "revive row q-1: player_game_summary, phase_3, retry_count 0, next retry now; its last run succeeded, and the finding "
        "says that what it made is wrong or lacks something"
    )
    assert plan_item(state(runs=[run()]), SUMMARY, fingerprints=("f1",)).would.endswith("next retry now")
    again = state(runs=[run(status="success")], queue=[replace(SUCCEEDED, status="pending", retry_count=0)])
    assert plan_item(again, SUMMARY, fingerprints=("f1",)).refused.startswith("already queued (q-1, pending)")


def test_a_run_that_failed_after_its_row_succeeded_is_requeued_on_that_row() -> None:
    item = plan_item(state(runs=[run()], queue=[SUCCEEDED]), SUMMARY)
    assert item.would == "revive row q-1: player_game_summary, phase_3, retry_count 0, next retry now"


def test_a_row_that_was_given_up_on_is_revived_by_its_name_or_by_its_id() -> None:
    found = state(queue=[queued(game_key=None, processor_name="nbac_player_boxscore", error_type="transient")])
    for subject in (WAITING, Subject(SubjectKind.QUEUE, "q-1")):
        item = plan_item(found, subject)
        assert (item.subject, item.would) == (
            "nbac_player_boxscore 2026-01-24",
            "revive row q-1: nbac_player_boxscore, phase_2, retry_count 0, next retry now",
        )


def test_the_row_of_a_game_is_judged_as_the_game() -> None:
    found = state(game(box_scores=counts(36, 21)), queue=[queued()])
    assert plan_item(found, Subject(SubjectKind.QUEUE, "q-1")).refused.startswith(
        "the box scores are already complete (21"
    )


def test_what_is_named_twice_or_in_two_ways_is_one_item() -> None:
    found = state(game(), queue=[queued()])
    same = (LAKERS, LAKERS, Subject(SubjectKind.QUEUE, "LAL@DAL", DAY), Subject(SubjectKind.QUEUE, "q-1"))
    (item,) = plan_items(found, *same)
    assert item.subject == "LAL@DAL 2026-01-24"


def test_two_things_of_one_name_are_told_apart() -> None:
    other = queued(id="q-2", processor_name="nbac_player_boxscore")
    found = state(game(), queue=[queued(), other])
    names = [item.subject for item in plan_items(found, Subject(SubjectKind.QUEUE, "LAL@DAL", DAY))]
    assert names == ["LAL@DAL 2026-01-24", "LAL@DAL 2026-01-24 (nbac_player_boxscore, phase_2)"]


def test_where_the_queue_cannot_tell_games_apart_one_row_stands_for_all_of_a_date() -> None:
    boston = replace(LAKERS, name="BOS@CHI")
    games = (game(), game("BOS@CHI", nba_game_id="0022500649"))
    first, second = plan_items(state(*games, columns=OLDER), LAKERS, boston)
    assert first.step is not None
    assert second.refused == (
        "already in this plan with LAL@DAL 2026-01-24: this queue has no column metadata, so one row stands for all games "
        "of the date"
    )
    active = pending(game_key=None)
    for item in plan_items(state(*games, queue=[active], columns=OLDER), LAKERS, boston):
        assert item.refused.startswith("already queued (q-1, pending)")
