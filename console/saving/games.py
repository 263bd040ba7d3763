"""What a processor asks to have saved, and what became of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from console.queue_changes import QueueKey

_PHASE = re.compile(r"phase_[2-5]")
_BDL_GAME = re.compile(r"(?P<day>\d{8})_(?P<away>[A-Z]{2,4})_(?P<home>[A-Z]{2,4})")


@dataclass(frozen=True, slots=True)
class Processor:
    """A processor as the retry queue names it: `phase_3`, `player_game_summary`. Raises ValueError for another phase."""

    phase: str
    name: str

    def __post_init__(self) -> None:
        """Refuse what the queue's worker could not send anywhere."""
        if not _PHASE.fullmatch(self.phase) or not self.name:
            raise ValueError(f"{self.phase!r} {self.name!r} is no processor: give phase_2 to phase_5 and a name")


@dataclass(frozen=True, slots=True)
class Game:
    """One game and what saves its rows; the id is BDL's, `20260124_LAL_DAL`, PIPELINE.md, "Two game ids, one game".

    `save` writes all of the game's rows or none: one statement, or one transaction. It raises what its client raises, or
    returns what `Writes.change` did; anything else that it returns means that the rows are saved. It is called again only
    after a streaming-buffer conflict, which wrote nothing. Raises ValueError for another id, or one of another date.
    """

    game_id: str
    game_date: date
    save: Callable[[], object]

    def __post_init__(self) -> None:
        """Refuse an id that would be queued under a name that nobody finds."""
        found = _BDL_GAME.fullmatch(self.game_id)
        if found is None:
            raise ValueError(f"{self.game_id!r} is no game id of the box scores: write it as 20260124_LAL_DAL")
        if found["day"] != f"{self.game_date:%Y%m%d}":
            raise ValueError(f"the game {self.game_id} is not of {self.game_date}")


def queue_key(processor: Processor, game_id: str, game_date: date) -> QueueKey:
    """Return the key under which a processor's game stands in the retry queue."""
    _, away, home = game_id.split("_")
    return QueueKey(processor.phase, processor.name, game_date, f"{away}@{home}")


class End(Enum):
    """What became of a game."""

    SAVED = "saved"
    SAVED_AFTER_WAITING = "saved after waiting"
    QUEUED = "queued"
    """Nothing was written; the retry queue has it."""
    UNQUEUED = "not queued yet"
    """Nothing was written, and the queue could not be told: the journal has it, and whoever comes next tries again."""
    FAILED = "failed"
    """Another error. Whether anything was written is not known, so nobody repeats it without looking."""


@dataclass(frozen=True, slots=True)
class GameResult:
    """One game's end, and why, in a sentence. Instants are aware UTC.

    `began_at` is its first try, None when there was none; `ended_at` is when it was decided. `next_at` is when the queue's
    worker takes it (QUEUED), or when to tell the queue again (UNQUEUED). `error` is what `save` raised (FAILED), `trace` its
    traceback without secrets.
    """

    game_id: str
    game_date: date
    end: End
    reason: str
    tries: int
    began_at: datetime | None
    ended_at: datetime
    next_at: datetime | None = None
    error: Exception | None = None
    trace: str = ""


@dataclass(frozen=True, slots=True)
class SaveResult:
    """What became of each game, in the order in which they were given.

    `earlier` are games that calls before this one left behind, because they died or the queue was held. `undelivered` is how
    many rows of the conflict log still wait in the outbox, and `trouble` why.
    """

    games: tuple[GameResult, ...]
    earlier: tuple[GameResult, ...] = ()
    undelivered: int = 0
    trouble: str = ""

    def of(self, *ends: End) -> tuple[GameResult, ...]:
        """Return the games with one of these ends."""
        return tuple(game for game in self.games if game.end in ends)

    @property
    def is_complete(self) -> bool:
        """True when every game of this call is saved."""
        return len(self.of(End.SAVED, End.SAVED_AFTER_WAITING)) == len(self.games)

    @property
    def next_at(self) -> datetime | None:
        """When to call `queue_unsaved`, because the queue could not be told of a game yet; None when it knows of all."""
        left = (game.next_at for game in (*self.games, *self.earlier) if game.end is End.UNQUEUED)
        return min((at for at in left if at is not None), default=None)
