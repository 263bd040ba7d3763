"""When the retry queue cannot be told of a game: it is said, the journal keeps the game, and whoever comes next tries again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from console.journal import FILE_NAME, Journal, JournalError
from console.saving.conflicts import resolution
from console.saving.games import End, Processor
from console.saving.keeping import Keeping
from console.saving.queueing import queue_unsaved
from console.warehouse.embedded import EmbeddedWarehouse
from console.warehouse.protocol import WarehouseError
from console.warehouse.schema import definitions
from tests.facts.test_queue_statements import analyzed
from tests.saving.saving import DAY, NAMES, PLACE, PROCESSOR, QUEUE, Desk, HoldableWarehouse, ends, minutes

FIRST = NAMES[0]


def test_a_queue_that_its_own_buffer_holds_is_said_logged_apart_and_told_later(desk: Desk) -> None:
    desk.table.hold(1, 600)
    desk.warehouse.held_until = minutes(100)
    result = desk.save(desk.table.games(2))
    assert ends(result.games) == ["not queued yet", "saved"]
    game = result.games[0]
    assert "the retry queue is held by its streaming buffer until 2026-01-25T13:40Z" in game.reason
    assert (game.next_at, result.next_at) == (minutes(100), minutes(100))
    assert sorted(desk.logged()) == [(FIRST, "queue_streaming_buffer", False), (FIRST, "streaming_buffer", False)]
    assert queue_unsaved(desk.keeping, PROCESSOR, minutes(99)) == ()
    [placed] = queue_unsaved(desk.keeping, PROCESSOR, minutes(100))
    assert (placed.end, placed.game_id) == (End.QUEUED, FIRST)
    assert desk.queued("status, epoch(next_retry_at)") == [("pending", minutes(35 + 90).timestamp())]
    assert queue_unsaved(desk.keeping, PROCESSOR, minutes(1000)) == ()


def test_the_next_call_tells_the_queue_of_what_an_earlier_one_left(desk: Desk) -> None:
    desk.table.hold(1, 600)
    desk.warehouse.held_until = minutes(100)
    desk.save(desk.table.games(1))
    desk.clock.now = minutes(101)
    result = desk.save(desk.table.games(3)[2:])
    assert (ends(result.games), ends(result.earlier)) == (["saved"], ["queued"])
    assert desk.queued() == [("LAL@DAL", "pending")]


def test_the_next_call_saves_what_an_earlier_one_left_when_it_has_the_game_itself(desk: Desk) -> None:
    desk.table.hold(1, 100)
    desk.warehouse.held_until = minutes(100)
    desk.save(desk.table.games(1))
    desk.clock.now = minutes(101)
    result = desk.save(desk.table.games(1))
    assert (ends(result.games), result.earlier) == (["saved after waiting"], ())
    assert result.games[0].reason == "saved at try 1, 1 h 41 min after its first conflict"
    desk.clock.now = minutes(600)
    assert queue_unsaved(desk.keeping, PROCESSOR, desk.clock.now) == ()
    assert desk.queued() == []
    assert (FIRST, "streaming_buffer", True) in desk.logged()
    assert (FIRST, "streaming_buffer", False) not in desk.logged()


def test_games_of_another_processor_are_left_to_it(desk: Desk) -> None:
    desk.table.hold(1, 600)
    desk.warehouse.held_until = minutes(100)
    desk.save(desk.table.games(1))
    assert queue_unsaved(desk.keeping, Processor("phase_3", "another"), minutes(200)) == ()


def test_a_queue_that_cannot_be_read_is_said_and_told_a_minute_later(desk: Desk) -> None:
    desk.table.hold(1, 600)
    desk.run(f"ALTER TABLE {QUEUE} RENAME TO hidden")
    result = desk.save(desk.table.games(2))
    assert ends(result.games) == ["not queued yet", "saved"]
    assert "the retry queue cannot be told of it" in result.games[0].reason
    assert result.next_at == minutes(36)
    desk.run("ALTER TABLE nba_orchestration.hidden RENAME TO failed_processor_queue")
    assert ends(queue_unsaved(desk.keeping, PROCESSOR, minutes(36))) == ["queued"]


def test_an_older_queue_cannot_tell_games_apart_and_gets_one_row_for_the_date(desk: Desk) -> None:
    for column in ("resolution_notes", "metadata"):
        desk.run(f"ALTER TABLE {QUEUE} DROP COLUMN {column}")
    desk.table.hold(2, 600)
    result = desk.save(desk.table.games(4))
    assert ends(result.games) == ["queued", "queued", "saved", "saved"]
    assert "in the retry queue already" in result.games[0].reason  # the game of New York comes first
    assert desk.run(f"SELECT COUNT(*) FROM {QUEUE}") == [(1,)]


def test_a_row_that_the_worker_has_finished_since_the_last_try_is_not_revived(desk: Desk) -> None:
    desk.table.hold(1, 600)
    desk.warehouse.held_until = minutes(100)
    desk.save(desk.table.games(1))
    desk.run(
        f"INSERT INTO {QUEUE} (id, game_date, phase, processor_name, status, retry_count, max_retries, first_failure_at,"
        " next_retry_at, updated_at, metadata) VALUES ('q', '2026-01-24', 'phase_3', 'player_game_summary', 'succeeded', 1, 3,"
        " '2026-01-25T12:50:00Z', '2026-01-25T13:00:00Z', '2026-01-25T13:00:00Z', '{\"game_key\": \"LAL@DAL\"}')"
    )
    [placed] = queue_unsaved(desk.keeping, PROCESSOR, minutes(100))
    assert "the retry queue had it: succeeded" in placed.reason
    assert desk.queued() == [("LAL@DAL", "succeeded")]


def test_four_that_tell_the_queue_at_once_put_one_row_there(desk: Desk) -> None:
    desk.table.hold(2, 600)
    desk.warehouse.held_until = minutes(100)
    desk.save(desk.table.games(4))

    def tell(_: int) -> list[str]:
        own = Keeping(EmbeddedWarehouse(desk.warehouse.path), PLACE, Journal(desk.folder / FILE_NAME, now=desk.clock))
        return ends(queue_unsaved(own, PROCESSOR, minutes(100)))

    with ThreadPoolExecutor(4) as threads:
        told = [end for each in threads.map(tell, range(4)) for end in each]
    assert set(told) <= {"queued", "not queued yet"}  # while one writes the file another may find it locked
    assert set(ends(queue_unsaved(desk.keeping, PROCESSOR, minutes(102)))) <= {"queued"}
    assert queue_unsaved(desk.keeping, PROCESSOR, minutes(1000)) == ()
    assert desk.queued() == [("BOS@NYK", "pending"), ("LAL@DAL", "pending")]


def test_the_reference_engine_takes_the_statement_that_resolves() -> None:
    change = resolution(PROCESSOR, FIRST, DAY, minutes(0))
    columns = dict(next(item for item in definitions() if item.name == change.table).columns)
    assert analyzed(change, columns) == "ResolvedUpdateStmt"


def test_a_log_that_cannot_be_delivered_is_said_and_delivered_by_a_later_call(desk: Desk) -> None:
    desk.table.hold(1, 4)
    desk.run("ALTER TABLE nba_orchestration.streaming_conflict_log RENAME TO hidden")
    result = desk.save(desk.table.games(2))
    assert ends(result.games) == ["saved after waiting", "saved"]
    assert result.undelivered == 1
    assert "has no table nba_orchestration.streaming_conflict_log" in result.trouble
    desk.run("ALTER TABLE nba_orchestration.hidden RENAME TO streaming_conflict_log")
    desk.later(10)
    again = desk.save([])
    assert (again.undelivered, again.trouble) == (0, "")
    assert desk.logged() == [(FIRST, "streaming_buffer", True)]


def test_a_journal_that_cannot_be_used_is_said_before_anything_is_tried(desk: Desk) -> None:
    (desk.folder / "file").write_text("in the way")
    broken = Keeping(desk.warehouse, PLACE, Journal(desk.folder / "file" / FILE_NAME, now=desk.clock))
    with pytest.raises(JournalError, match="cannot be used"):
        desk.save(desk.table.games(1), broken)
    assert desk.table.tried == []


def test_a_warehouse_without_a_file_keeps_the_game(desk: Desk) -> None:
    desk.table.hold(1, 600)
    nowhere = HoldableWarehouse(desk.folder / "nowhere.duckdb")
    keeping = Keeping(nowhere, PLACE, Journal(desk.folder / FILE_NAME, now=desk.clock))
    result = desk.save(desk.table.games(2), keeping)
    assert ends(result.games) == ["not queued yet", "saved"]
    assert result.undelivered == 1
    with pytest.raises(WarehouseError):
        nowhere.inspect((QUEUE,))
