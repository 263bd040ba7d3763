"""Games to save, a table whose buffer drains by a hand clock, and a warehouse on the way to which the process may end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from google.api_core.exceptions import BadRequest

from console.journal import FILE_NAME, Journal
from console.saving.games import Game, GameResult, Processor, SaveResult
from console.saving.keeping import Keeping
from console.saving.save import save_games
from console.warehouse.embedded import EmbeddedWarehouse
from console.warehouse.writing import Change, ChangeOutcome, HeldByBuffer
from tests.bigquery.refused import refused
from tests.bigquery_double.hand_clock import HandClock
from tests.fuse import BreakableJournal, BreakableWrites, Fuse

NOW = datetime(2026, 1, 25, 12, tzinfo=UTC)
DAY = date(2026, 1, 24)
PROCESSOR = Processor("phase_3", "player_game_summary")
PLACE = "file"
TEAMS = ("LAL_DAL", "BOS_NYK", "MIA_CHI", "DEN_PHX", "GSW_SAC", "UTA_POR", "OKC_HOU")
NAMES = tuple(f"20260124_{teams}" for teams in TEAMS)
HELD = (
    "UPDATE or DELETE statement over table p.nba_analytics.player_game_summary would affect rows in the streaming buffer,"
    " which is not supported"
)
QUEUE = "nba_orchestration.failed_processor_queue"
CONFLICTS = "nba_orchestration.streaming_conflict_log"


def minutes(count: float) -> datetime:
    return NOW + timedelta(minutes=count)


@dataclass
class Table:
    """A table that games are saved into: those in `held` are refused until their instant, as BigQuery does."""

    clock: HandClock
    held: dict[str, datetime] = field(default_factory=dict)
    broken: dict[str, Exception] = field(default_factory=dict)
    tried: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)

    def save(self, game_id: str) -> None:
        self.tried.append(game_id)
        if game_id in self.broken:
            raise self.broken[game_id]
        if self.clock() < self.held.get(game_id, self.clock()):
            raise refused(BadRequest, HELD)
        self.written.append(game_id)

    def games(self, count: int, day: date = DAY) -> list[Game]:
        names = [name.replace("20260124", f"{day:%Y%m%d}") for name in NAMES[:count]]
        return [Game(name, day, lambda name=name: self.save(name)) for name in names]  # type: ignore[misc] # a default binds it

    def hold(self, count: int, until: float) -> None:
        self.held.update(dict.fromkeys(NAMES[:count], minutes(until)))


@dataclass
class HoldableWrites(BreakableWrites):
    """Writes whose changes may be held up as by the queue's own buffer, and broken off as the rest of them."""

    held_until: datetime | None = None

    def change(self, change: Change, now: datetime) -> ChangeOutcome:
        if self.held_until is not None and now < self.held_until:
            self.fuse.step()
            return HeldByBuffer(self.held_until, None)
        return super().change(change, now)


class HoldableWarehouse(EmbeddedWarehouse):
    """An embedded warehouse whose writing side is one of those."""

    def __init__(self, path: Path, fuse: Fuse | None = None) -> None:
        super().__init__(path)
        self.fuse = fuse or Fuse()
        self.held_until: datetime | None = None

    @property
    def writes(self) -> HoldableWrites:  # type: ignore[override] # the same protocol
        return HoldableWrites(EmbeddedWarehouse.writes.fget(self), self.fuse, self.held_until)  # type: ignore[attr-defined] # a property


@dataclass
class Desk:
    """A processor's machine: its clock, its warehouse, its journal, and how long it has slept."""

    folder: Path
    clock: HandClock
    warehouse: HoldableWarehouse
    table: Table
    slept: list[float] = field(default_factory=list)

    @property
    def keeping(self) -> Keeping:
        return Keeping(self.warehouse, PLACE, Journal(self.folder / FILE_NAME, now=self.clock))

    def breakable(self, fuse: Fuse) -> Keeping:
        return Keeping(
            HoldableWarehouse(self.warehouse.path, fuse),
            PLACE,
            BreakableJournal(self.folder / FILE_NAME, fuse, lambda: NOW),
        )

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.now += timedelta(seconds=seconds)

    def save(self, games: Sequence[Game], keeping: Keeping | None = None, **options: Any) -> SaveResult:
        given: dict[str, Any] = {"clock": self.clock, "sleep": self.sleep, **options}
        return save_games(games, PROCESSOR, keeping or self.keeping, **given)

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        with self.warehouse.write() as connection:
            return connection.execute(sql).fetchall()

    def queued(self, columns: str = "metadata ->> 'game_key', status") -> list[tuple[Any, ...]]:
        return self.run(f"SELECT {columns} FROM {QUEUE} ORDER BY metadata ->> 'game_key'")

    def logged(self, columns: str = "game_id, conflict_type, resolved") -> list[tuple[Any, ...]]:
        return self.run(f"SELECT {columns} FROM {CONFLICTS} ORDER BY timestamp, game_id")

    def later(self, count: float) -> None:
        self.clock.now += timedelta(minutes=count)


def ends(games: Sequence[GameResult]) -> list[str]:
    return [game.end.value for game in games]
