"""Saving games for a processor: what is free is saved at once, what a buffer holds is waited for, then left in the queue."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from threading import Event

import pytest
from google.api_core.exceptions import BadRequest, ServiceUnavailable

from checks.policy import Policy
from console.saving.games import End, Game, Processor
from console.saving.queueing import queue_unsaved
from console.saving.save import waits
from console.warehouse.writing import Changed, Contended, HeldByBuffer
from tests.bigquery.refused import refused
from tests.saving.saving import DAY, HELD, NAMES, NOW, PROCESSOR, Desk, ends, minutes

FIRST, SECOND, THIRD = NAMES[:3]


def test_the_waits_are_the_pipelines_300_600_and_1200_seconds() -> None:
    assert [wait.total_seconds() for wait in waits(Policy())] == [300, 600, 1200]
    assert waits(Policy(conflict_waits=0)) == ()


def test_games_that_nothing_holds_are_saved_at_once_and_nothing_else_is_written(desk: Desk) -> None:
    result = desk.save(desk.table.games(3))
    assert ends(result.games) == ["saved"] * 3
    assert result.is_complete
    assert (desk.table.written, desk.slept, desk.queued(), desk.logged()) == (list(NAMES[:3]), [], [], [])


def test_no_game_is_no_work(desk: Desk) -> None:
    assert desk.save([]).games == ()


def test_only_games_in_conflict_wait_and_are_tried_again(desk: Desk) -> None:
    desk.table.held = {FIRST: minutes(4), SECOND: minutes(14)}
    result = desk.save(desk.table.games(5))
    assert ends(result.games) == ["saved after waiting", "saved after waiting", "saved", "saved", "saved"]
    assert desk.slept == [300, 600]
    assert desk.table.tried == [*NAMES[:5], FIRST, SECOND, SECOND]
    assert [(game.tries, game.began_at, game.ended_at) for game in result.games[:3]] == [
        (2, NOW, minutes(5)),
        (3, NOW, minutes(15)),
        (1, NOW, NOW),
    ]
    assert result.games[1].reason == "saved at try 3, 15 min after its first conflict"


def test_a_conflict_that_ended_within_the_call_is_logged_as_resolved(desk: Desk) -> None:
    desk.table.hold(1, 4)
    desk.save(desk.table.games(3))
    columns = (
        "game_id, processor_name, game_date, conflict_type, retry_count, resolved, resolution_method, epoch(timestamp),"
        " epoch(resolution_time)"
    )
    assert desk.logged(columns) == [
        (
            *(FIRST, "player_game_summary", DAY, "streaming_buffer", 1, True, "saved_after_waiting"),
            *(NOW.timestamp(), minutes(5).timestamp()),
        )
    ]
    assert desk.queued() == []


def test_what_is_still_held_after_the_last_try_is_logged_and_queued_and_the_rest_stays_saved(desk: Desk) -> None:
    desk.table.hold(1, 600)
    result = desk.save(desk.table.games(3))
    assert ends(result.games) == ["queued", "saved", "saved"]
    assert desk.slept == [300, 600, 1200]
    assert desk.table.written == [SECOND, THIRD]
    game = result.games[0]
    assert (game.tries, game.ended_at, game.next_at) == (4, minutes(35), minutes(35 + 90))
    assert game.reason == (
        "rows in the streaming buffer were in its way, at each of 4 tries; queued for 2026-01-25T14:05Z"
    )
    assert not result.is_complete
    assert desk.logged("game_id, conflict_type, resolved, retry_count, resolution_time, epoch(timestamp)") == [
        (FIRST, "streaming_buffer", False, 3, None, NOW.timestamp())
    ]
    columns = "phase, processor_name, game_date, metadata ->> 'game_key', status, error_type, retry_count, epoch(next_retry_at)"
    assert desk.queued(columns) == [
        (
            *("phase_3", "player_game_summary", DAY, "LAL@DAL", "pending", "transient", 0),
            minutes(35 + 90).timestamp(),
        )
    ]


def test_a_conflict_that_a_change_reports_is_queued_for_when_the_warehouse_says_it_has_drained(desk: Desk) -> None:
    until = minutes(80)
    result = desk.save([Game(FIRST, DAY, lambda: HeldByBuffer(until, NOW))])
    assert (result.games[0].end, result.games[0].next_at) == (End.QUEUED, until)


def test_a_change_that_was_made_is_saved_and_one_in_contention_has_failed_without_writing(desk: Desk) -> None:
    changed, contended = desk.save(
        [Game(FIRST, DAY, lambda: Changed(3)), Game(SECOND, DAY, lambda: Contended("others changed it", 5))]
    ).games
    assert changed.end is End.SAVED
    assert (contended.end, contended.error) == (End.FAILED, None)
    assert contended.reason == "nothing was written: others changed it, at each of 5 tries"


def test_a_game_that_is_in_the_queue_already_gets_no_second_row(desk: Desk) -> None:
    desk.table.hold(1, 600)
    desk.save(desk.table.games(1))
    again = desk.save(desk.table.games(1))
    assert again.games[0].end is End.QUEUED
    assert "in the retry queue already, for 2026-01-25T14:05Z" in again.games[0].reason
    assert desk.queued() == [("LAL@DAL", "pending")]


def test_a_row_that_has_ended_is_revived(desk: Desk) -> None:
    desk.table.hold(1, 600)
    desk.save(desk.table.games(1))
    desk.run("UPDATE nba_orchestration.failed_processor_queue SET status = 'failed_permanent', retry_count = 3")
    desk.save(desk.table.games(1))
    assert desk.queued("status, retry_count") == [("pending", 0)]


def test_a_later_call_that_saves_the_game_resolves_what_was_logged(desk: Desk) -> None:
    desk.table.hold(1, 60)
    desk.save(desk.table.games(1))
    desk.later(90)
    result = desk.save(desk.table.games(1))
    assert (ends(result.games), result.trouble) == (["saved"], "")
    assert desk.logged("game_id, resolved, resolution_method, epoch(resolution_time)") == [
        (FIRST, True, "saved_later", desk.clock.now.timestamp())
    ]


def test_another_error_is_reported_with_its_traceback_and_the_others_go_on(desk: Desk) -> None:
    desk.table.broken[FIRST] = ServiceUnavailable("the service is away")  # type: ignore[no-untyped-call] # it declares none
    desk.table.hold(1, 4)
    result = desk.save(desk.table.games(3))
    assert ends(result.games) == ["failed", "saved", "saved"]
    failed = result.games[0]
    assert failed.error is desk.table.broken[FIRST]
    assert "in save" in failed.trace
    assert "ServiceUnavailable" in failed.trace
    assert failed.reason == (
        "ServiceUnavailable: 503 the service is away; whether anything was written is not known, so look before you repeat it"
    )
    assert (desk.table.tried.count(FIRST), desk.queued(), desk.logged()) == (1, [], [])


def test_a_game_that_fails_after_a_conflict_is_failed_and_its_conflict_logged(desk: Desk) -> None:
    desk.table.hold(1, 600)

    def sleep(seconds: float) -> None:
        desk.sleep(seconds)
        desk.table.broken[FIRST] = RuntimeError("no rows left")

    result = desk.save(desk.table.games(1), sleep=sleep)
    assert (ends(result.games), result.games[0].tries) == (["failed"], 2)
    assert desk.logged() == [(FIRST, "streaming_buffer", False)]
    assert desk.queued() == []
    assert queue_unsaved(desk.keeping, PROCESSOR, minutes(600)) == ()


def test_secrets_and_escapes_of_an_error_reach_no_result(desk: Desk) -> None:
    desk.table.broken[FIRST] = RuntimeError("\x1b[2J https://ann:hunter2@host/ xoxb-12-34")
    failed = desk.save(desk.table.games(1)).games[0]
    for text in (failed.reason, failed.trace):
        assert "hunter2" not in text
        assert "xoxb-12" not in text
        assert "\x1b" not in text


@pytest.mark.parametrize(
    ("error", "is_one"),
    [
        (refused(BadRequest, HELD), True),
        (refused(BadRequest, "Syntax error at [1:1]"), False),
        (RuntimeError(HELD), False),
    ],
)
def test_only_http_400_with_the_services_sentence_is_a_conflict(desk: Desk, error: Exception, *, is_one: bool) -> None:
    desk.table.broken[FIRST] = error
    assert desk.save(desk.table.games(1)).games[0].end is (End.QUEUED if is_one else End.FAILED)


@pytest.mark.parametrize("wrapped", ["raised from it", "while it was handled"])
def test_a_conflict_is_seen_through_an_error_that_was_raised_from_it_and_no_other(desk: Desk, wrapped: str) -> None:
    def save() -> None:
        try:
            raise refused(BadRequest, HELD)
        except BadRequest as error:
            if wrapped == "raised from it":
                raise RuntimeError("cannot save") from error
            raise RuntimeError("cannot clean up either")  # noqa: B904 - the case

    end = desk.save([Game(FIRST, DAY, save)]).games[0].end
    assert end is (End.QUEUED if wrapped == "raised from it" else End.FAILED)


def test_a_call_that_is_cancelled_in_a_wait_queues_what_is_left_and_tries_nothing_more(desk: Desk) -> None:
    desk.table.hold(1, 4)
    stop = Event()

    def sleep(seconds: float) -> None:
        desk.sleep(seconds)
        stop.set()

    result = desk.save(desk.table.games(3), sleep=sleep, cancelled=stop.is_set)
    assert ends(result.games) == ["queued", "saved", "saved"]
    assert (desk.slept, desk.table.tried.count(FIRST)) == ([300], 1)
    assert "at its one try; the call was cancelled; queued for" in result.games[0].reason
    assert desk.logged() == [(FIRST, "streaming_buffer", False)]


def test_a_game_that_was_never_tried_is_queued_for_now_and_is_no_conflict(desk: Desk) -> None:
    result = desk.save(desk.table.games(2), cancelled=lambda: len(desk.table.tried) == 1)
    assert ends(result.games) == ["saved", "queued"]
    second = result.games[1]
    assert (second.tries, second.began_at, second.next_at) == (0, None, NOW)
    assert (desk.queued(), desk.logged()) == ([("BOS@NYK", "pending")], [])


def test_results_are_in_the_order_given_whatever_their_dates(desk: Desk) -> None:
    later = desk.table.games(1, DAY + timedelta(days=1))
    result = desk.save([*later, *desk.table.games(2)])
    assert [game.game_id for game in result.games] == ["20260125_LAL_DAL", FIRST, SECOND]


def test_a_game_given_twice_is_refused_before_anything_is_tried(desk: Desk) -> None:
    with pytest.raises(ValueError, match="given twice"):
        desk.save(desk.table.games(1) * 2)
    assert desk.table.tried == []


@pytest.mark.parametrize(
    ("game_id", "day", "says"),
    [
        ("0022500648", DAY, "no game id of the box scores"),
        ("20260124_LAL@DAL", DAY, "no game id of the box scores"),
        (FIRST, date(2026, 1, 23), "is not of 2026-01-23"),
    ],
)
def test_an_id_that_nobody_would_find_again_is_refused(game_id: str, day: date, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Game(game_id, day, lambda: None)


@pytest.mark.parametrize(("phase", "name"), [("phase_1", "x"), ("3", "x"), ("phase_3", "")])
def test_a_processor_that_the_queue_cannot_run_is_refused(phase: str, name: str) -> None:
    with pytest.raises(ValueError, match="is no processor"):
        Processor(phase, name)


def test_a_result_is_a_value(desk: Desk) -> None:
    result = desk.save(desk.table.games(1))
    assert replace(result) == result
    with pytest.raises(AttributeError):
        result.undelivered = 1  # type: ignore[misc] # the case
