"""Cancel, resolve, retry now, hold until: what becomes of rows that are in the queue."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from checks.model import Subject, SubjectKind
from console.actions.plan import Activate, SetStatus
from console.actions.planning.reading import QueueState
from console.queue_changes import QueueKey, SeenRow
from screens.orders import Verb
from tests.actions.planning.states import AFTER, DAY, LAKERS, SUMMARY, pending, plan_item, plan_items, queued, state
from tests.builders import at, counts, game

KEY = QueueKey("phase_2", "bdl_player_box_scores", DAY, "LAL@DAL")
SEEN = SeenRow("q-1", "pending", 0, at("2026-01-25T07:00"))
SOON = at("2026-01-26T16:30")
WAITING = pending(next_retry_at=SOON)
RETRYING = pending(status="retrying", retry_count=1, last_retry_at=at("2026-01-26T15:30"))
ROW = Subject(SubjectKind.QUEUE, "q-1")


def test_cancelling_ends_a_row_and_says_by_whom() -> None:
    item = plan_item(state(queue=[WAITING]), LAKERS, verb=Verb.CANCEL, note="feed is gone")
    note = "cancelled by ann@ops-1: feed is gone"
    assert item.would == f"row q-1: failed_permanent instead of pending, note: {note}"
    assert item.step == SetStatus(KEY, SEEN, "failed_permanent", note=note)


def test_a_row_that_is_being_retried_can_be_cancelled_too() -> None:
    item = plan_item(state(queue=[RETRYING]), ROW, verb=Verb.CANCEL)
    assert item.would == "row q-1: failed_permanent instead of retrying, note: cancelled by ann@ops-1"


def test_resolving_ends_a_row_as_a_success_with_a_note() -> None:
    item = plan_item(state(queue=[WAITING]), LAKERS, verb=Verb.RESOLVE, note="loaded by hand")
    assert item.step == SetStatus(KEY, SEEN, "succeeded", note="resolved by ann@ops-1: loaded by hand")


def test_a_queue_without_notes_says_that_it_keeps_none() -> None:
    found = state(queue=[WAITING], columns=frozenset({"metadata"}))
    item = plan_item(found, LAKERS, verb=Verb.CANCEL)
    assert item.would == "row q-1: failed_permanent instead of pending, without the note, for which it has no column"


def test_retrying_now_moves_the_next_retry_to_now() -> None:
    item = plan_item(state(game(), queue=[WAITING]), LAKERS, verb=Verb.RETRY)
    assert item.would == "row q-1: next retry now instead of Mon 26 Jan 11:30 EST (2026-01-26T16:30Z)"
    assert item.step == SetStatus(KEY, SEEN, "pending", at(AFTER), None, "retried by ann@ops-1")


def test_retrying_a_row_at_its_maximum_begins_anew() -> None:
    item = plan_item(state(game(), queue=[queued(status="pending")]), LAKERS, verb=Verb.RETRY)
    assert item.would.endswith(", retry_count 0 instead of 3")
    assert isinstance(item.step, SetStatus)
    assert (item.step.retry_count, item.step.next_retry_at) == (0, at(AFTER))


def test_retrying_what_was_given_up_on_requeues_it() -> None:
    item = plan_item(state(game(), queue=[queued()]), LAKERS, verb=Verb.RETRY)
    assert item.would.startswith("revive row q-1")
    assert isinstance(item.step, Activate)


def test_a_try_that_never_came_back_is_pending_again() -> None:
    stale = replace(RETRYING, last_retry_at=at("2026-01-26T13:00"))
    item = plan_item(state(game(), queue=[stale]), LAKERS, verb=Verb.RETRY)
    assert isinstance(item.step, SetStatus)
    assert item.step.status == "pending"


def test_a_hold_moves_the_next_retry_to_its_end() -> None:
    until = at("2026-01-27T02:00")
    item = plan_item(state(queue=[WAITING]), LAKERS, verb=Verb.HOLD, until=until, note="maintenance")
    assert item.would == (
        "row q-1: next retry Mon 26 Jan 21:00 EST (2026-01-27T02:00Z) instead of Mon 26 Jan 11:30 EST (2026-01-26T16:30Z)"
    )
    assert item.step == SetStatus(KEY, SEEN, "pending", until, None, "held by ann@ops-1: maintenance")


@pytest.mark.parametrize(
    ("found", "how", "reason"),
    [
        (state(queue=[WAITING]), {"verb": Verb.RESOLVE}, "resolving needs a note that says how it was resolved"),
        (state(queue=[WAITING]), {"verb": Verb.HOLD}, "a hold needs its end: give --until"),
        (
            state(queue=[WAITING]),
            {"verb": Verb.HOLD, "until": at(AFTER)},
            "a hold ends in the future and at most 7 days on, not Mon 26 Jan 11:00 EST",
        ),
        (
            state(queue=[WAITING]),
            {"verb": Verb.HOLD, "until": at(AFTER) + timedelta(days=7, minutes=1)},
            "a hold ends in the future and at most 7 days on",
        ),
        (
            state(queue=[RETRYING]),
            {"verb": Verb.HOLD, "until": SOON},
            "only what is pending can be held (q-1): being retried since 2026-01-26T15:30Z, 30 min ago",
        ),
        (
            state(queue=[queued(status="pending")]),
            {"verb": Verb.HOLD, "until": SOON},
            "q-1 is at its maximum of 3 tries: nobody will try it again, with or without a hold",
        ),
        (
            state(game(), queue=[RETRYING]),
            {"verb": Verb.RETRY},
            "already queued (q-1, retrying): being retried since 2026-01-26T15:30Z, 30 min ago",
        ),
        (
            state(game(), queue=[pending(), pending(id="q-2")]),
            {"verb": Verb.RETRY},
            "already queued 2 times (q-1, q-2), where one row may be active",
        ),
        (
            state(game(box_scores=counts(30)), queue=[WAITING]),
            {"verb": Verb.RETRY},
            "the box scores are already complete",
        ),
        (
            state(game(), queue=[replace(WAITING, retry_count=3, last_retry_at=at("2026-01-26T15:00"))]),
            {"verb": Verb.RETRY},
            "retry budget used up: tried 3 times in 24 h",
        ),
        (
            state(queue=[queued()]),
            {"verb": Verb.CANCEL},
            "nothing of it is in the queue any more (q-1): given up on at 2026-01-25T07:00Z after 3 of 3 tries",
        ),
        (state(), {"verb": Verb.CANCEL}, "it has no row in the queue"),
        (
            state(queue=[pending(game_key=None)], columns=frozenset({"id"})),
            {"verb": Verb.CANCEL},
            "this queue has no column metadata and cannot tell games apart: name the row with --row",
        ),
    ],
)
def test_a_change_is_refused_with_the_reason(found: QueueState, how: dict[str, Any], reason: str) -> None:
    item = plan_item(found, LAKERS, **how)
    assert (item.would, item.step) == ("", None)
    assert item.refused.startswith(reason)


def test_the_longest_hold_is_a_week() -> None:
    week = at(AFTER) + timedelta(days=7)
    assert plan_item(state(queue=[WAITING]), LAKERS, verb=Verb.HOLD, until=week).step is not None


def test_a_row_is_named_by_its_id_where_games_cannot_be_told_apart() -> None:
    found = state(queue=[pending(game_key=None)], columns=frozenset({"id"}))
    assert plan_item(found, ROW, verb=Verb.CANCEL).step is not None


def test_both_of_two_active_rows_can_be_cancelled_at_once_or_one_of_them() -> None:
    found = state(queue=[pending(), pending(id="q-2")])
    items = plan_items(found, LAKERS, verb=Verb.CANCEL)
    assert [item.subject for item in items] == ["LAL@DAL 2026-01-24 (q-1)", "LAL@DAL 2026-01-24 (q-2)"]
    (one,) = plan_items(found, Subject(SubjectKind.QUEUE, "q-2"), verb=Verb.CANCEL)
    assert one.would.startswith("row q-2: ")
    assert one.subject == "LAL@DAL 2026-01-24 (q-2)"


def test_a_row_that_has_ended_is_not_changed_although_another_of_its_key_is_active() -> None:
    found = state(queue=[queued(), pending(id="q-2")])
    item = plan_item(found, ROW, verb=Verb.CANCEL)
    assert item.refused.startswith("nothing of it is in the queue any more (q-1): given up on")


def test_a_row_that_is_named_twice_is_changed_once() -> None:
    found = state(queue=[pending(), pending(id="q-2")])
    assert len(plan_items(found, ROW, LAKERS, ROW, verb=Verb.CANCEL)) == 2


def test_a_processors_row_is_changed_by_its_name() -> None:
    row = pending(game_key=None, processor_name="player_game_summary", phase="phase_3")
    assert plan_item(state(queue=[row]), SUMMARY, verb=Verb.CANCEL).step is not None
