"""The operator's word about a hand-over of a date: hold it, or release it in spite of what lacks. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from checks.facts.gate_overrides import GateOverride
from checks.hushes import NOBODY
from checks.pipeline import Transition
from checks.times import both_zones


class Word(Enum):
    """What was said; the value is its word in the table `console_gate_overrides`."""

    HOLD = "hold"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class GateWord:
    """A word in force: who said it, why, and until when (aware UTC)."""

    word: Word
    by: str
    until: datetime
    reason: str

    @property
    def said(self) -> str:
        """Return `held by ann until Fri 23 Jan 02:20 EST (2026-01-23T07:20Z): the feed is being reloaded`."""
        verb = "held" if self.word is Word.HOLD else "released"
        why = f": {self.reason}" if self.reason else ""
        return f"{verb} by {self.by} until {both_zones(self.until)}{why}"


def word_in_force(
    rows: Iterable[GateOverride], transition: Transition, game_date: date, as_of: datetime
) -> GateWord | None:
    """Return the newest word about this hand-over of this Eastern game date, unless it has ended by `as_of` (aware UTC).

    The newest word replaces those before it also after its end. One without an end counts for nothing: each must have one.
    """
    mine = [row for row in rows if (row.phase_name, row.game_date) == (transition.value, game_date)]
    newest = max(mine, key=lambda row: (row.overridden_at, row.override_id), default=None)
    if newest is None or newest.word not in {word.value for word in Word}:
        return None
    if newest.expires_at is None or newest.expires_at <= as_of:
        return None
    return GateWord(Word(newest.word), newest.overridden_by or NOBODY, newest.expires_at, newest.reason or "")
