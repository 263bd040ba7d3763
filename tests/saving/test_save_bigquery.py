"""The same with BigQuery's own client: its refusal is recognised in the processor's code, and the queue's and log's are real."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from google.cloud import bigquery

from console.journal import FILE_NAME, Journal
from console.saving.games import End, Game, SaveResult
from console.saving.keeping import Keeping, keeping
from console.saving.queueing import queue_unsaved
from console.saving.save import save_games
from console.warehouse import clients
from console.warehouse.bigquery.warehouse import BigQueryWarehouse
from console.warehouse.protocol import WarehouseError
from console.warehouse.writing import Change
from tests.bigquery.conftest import QUICK, Opener, opened
from tests.bigquery_double import BigQueryDouble
from tests.bigquery_double.hand_clock import HandClock
from tests.saving.saving import CONFLICTS, DAY, NAMES, NOW, PLACE, PROCESSOR, QUEUE, ends, minutes

__all__ = ["opened"]  # the fixture

TABLE = "nba_analytics.player_game_summary"
FIRST, SECOND = NAMES[:2]
Run = Callable[[list[Game]], SaveResult]


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOW)


@pytest.fixture
def double(clock: HandClock) -> Iterator[BigQueryDouble]:
    with BigQueryDouble(clock=clock) as made:
        made.add_rows(
            TABLE, [{"player_lookup": "p", "game_id": name, "game_date": DAY, "points": 0} for name in NAMES[:2]]
        )
        yield made


@pytest.fixture
def warehouse(double: BigQueryDouble, opened: Opener) -> BigQueryWarehouse:
    return opened(double, QUICK)


@pytest.fixture
def kept(warehouse: BigQueryWarehouse, clock: HandClock, tmp_path: Path) -> Keeping:
    return Keeping(warehouse, PLACE, Journal(tmp_path / FILE_NAME, now=clock))


@pytest.fixture
def run(kept: Keeping, clock: HandClock) -> Run:
    def sleep(seconds: float) -> None:
        clock.now += timedelta(seconds=seconds)

    return lambda games: save_games(games, PROCESSOR, kept, clock=clock, sleep=sleep)


def update(client: bigquery.Client, game_id: str) -> Game:
    sql = f"UPDATE {TABLE} SET points = points + 1 WHERE game_date = '{DAY}' AND game_id = '{game_id}'"
    return Game(game_id, DAY, lambda: client.query_and_wait(sql))


def points(double: BigQueryDouble) -> list[tuple[object, ...]]:
    return list(double.run(f"SELECT game_id, points FROM {TABLE} WHERE points IS NOT NULL ORDER BY game_id"))


def stream(double: BigQueryDouble, table: str = TABLE) -> None:
    row = {"id": "streamed"} if table == QUEUE else {"player_lookup": "p", "game_id": "x"}
    assert double.client().insert_rows_json(table, [{**row, "game_date": "1999-01-01"}]) == []


@pytest.mark.parametrize("way", ["query_and_wait", "a job's result"])
def test_the_clients_own_refusal_is_a_conflict_and_the_game_is_saved_once_when_the_buffer_has_drained(
    double: BigQueryDouble, run: Run, clock: HandClock, way: str
) -> None:
    client = double.client()
    clock.now = NOW - timedelta(minutes=80)
    stream(double)
    clock.now = NOW
    game = update(client, FIRST)
    if way == "a job's result":
        sql = f"UPDATE {TABLE} SET points = points + 1 WHERE game_date = '{DAY}' AND game_id = '{FIRST}'"
        game = Game(FIRST, DAY, lambda: client.query(sql).result())
    result = run([game])
    assert (ends(result.games), result.games[0].tries) == (["saved after waiting"], 3)
    assert points(double) == [(SECOND, 0), (FIRST, 1)]
    assert double.run(f"SELECT game_id, resolved FROM {CONFLICTS}") == [(FIRST, True)]
    assert double.run(f"SELECT id FROM {QUEUE}") == []


def test_what_stays_held_is_in_the_real_queue_and_log(double: BigQueryDouble, run: Run) -> None:
    stream(double)
    result = run([update(double.client(), FIRST)])
    assert (ends(result.games), result.undelivered, result.trouble) == (["queued"], 0, "")
    assert points(double) == [(SECOND, 0), (FIRST, 0)]
    assert double.run(
        f"SELECT processor_name, metadata ->> 'game_key', status, error_type, epoch(next_retry_at) FROM {QUEUE}"
    ) == [("player_game_summary", "LAL@DAL", "pending", "transient", minutes(125).timestamp())]
    assert double.run(f"SELECT game_id, conflict_type, resolved FROM {CONFLICTS}") == [
        (FIRST, "streaming_buffer", False)
    ]


def test_a_change_through_the_warehouse_is_a_conflict_too_and_knows_when_it_ends(
    double: BigQueryDouble, run: Run, warehouse: BigQueryWarehouse, clock: HandClock
) -> None:
    stream(double)
    sql = f"UPDATE {TABLE} SET points = 7 WHERE game_date = '{DAY}' AND game_id = '{FIRST}'"
    change = Change("saving the game", TABLE, sql, ())
    result = run([Game(FIRST, DAY, lambda: warehouse.writes.change(change, clock()))])
    assert (result.games[0].end, result.games[0].next_at) == (End.QUEUED, minutes(90))


def test_a_queue_that_its_own_buffer_holds_is_told_when_that_has_drained(
    double: BigQueryDouble, run: Run, kept: Keeping, clock: HandClock
) -> None:
    stream(double)
    clock.now = minutes(30)
    stream(double, QUEUE)
    result = run([update(double.client(), FIRST)])
    assert ends(result.games) == ["not queued yet"]
    assert result.next_at == minutes(30 + 90)
    clock.now = minutes(30 + 90)
    assert ends(queue_unsaved(kept, PROCESSOR, clock.now)) == ["queued"]
    assert double.run(f"SELECT status FROM {QUEUE} WHERE id != 'streamed'") == [("pending",)]


def test_another_refusal_of_the_service_is_no_conflict(double: BigQueryDouble, run: Run) -> None:
    client = double.client()
    result = run([Game(FIRST, DAY, lambda: client.query_and_wait(f"UPDATE {TABLE} SET nothing = 1 WHERE TRUE"))])
    assert result.games[0].end is End.FAILED
    assert "query_and_wait" in result.games[0].trace


def test_a_later_save_resolves_the_real_log(double: BigQueryDouble, run: Run, clock: HandClock) -> None:
    stream(double)
    run([update(double.client(), FIRST)])
    clock.now += timedelta(minutes=90)
    result = run([update(double.client(), FIRST)])
    assert (ends(result.games), result.trouble) == (["saved"], "")
    assert double.run(f"SELECT resolved, resolution_method FROM {CONFLICTS}") == [(True, "saved_later")]


def test_a_processor_opens_its_keeping_by_an_address(
    double: BigQueryDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(clients.EMULATOR, double.url)
    with keeping(f"bigquery://{double.project}", tmp_path / "state") as found:
        assert ends(save_games([update(double.client(), FIRST)], PROCESSOR, found).games) == ["saved"]
    clients.close_clients()
    with (
        pytest.raises(WarehouseError, match="there is no warehouse of kind"),
        keeping("oracle://x", tmp_path / "state"),
    ):
        pass
