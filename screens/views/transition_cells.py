"""One cell of the matrix of hand-overs: where a hand-over stands, in a sentence, a few words or seven characters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from checks.facts.lineage import GameLineage
from checks.games import GameState, stage_state
from checks.pipeline import Stage
from checks.policy import Policy
from checks.times import EASTERN, eastern_date, minutes_between
from checks.transition_states import HandOverStatus, TransitionState
from screens.clean import for_terminal
from screens.lines import Tone
from screens.views.brief import brief_minutes


class Standing(Enum):
    """What a cell says: sign, sign in ASCII, word, the words before a time, and its tone."""

    DONE = ("✓", "+", "done", "done", Tone.OK)
    RUNNING = ("▸", ">", "running", "running since", Tone.STRONG)
    WAITING = ("○", "o", "waiting", "waiting since", Tone.WARNING)
    BLOCKED = ("✗", "x", "blocked", "blocked since", Tone.ERROR)
    PARTIAL = ("◐", "%", "partial", "done in part", Tone.WARNING)
    NOT_DUE = ("·", "-", "not due", "not due until", Tone.FAINT)
    DUE = ("!", "!", "due", "due since", Tone.WARNING)
    NEVER_LOGGED = ("?", "?", "unlogged", "never logged, from", Tone.WARNING)

    def __init__(self, sign: str, ascii_sign: str, word: str, phrase: str, tone: Tone) -> None:
        self.sign = sign
        self.ascii_sign = ascii_sign
        self.word = word
        self.phrase = phrase
        self.tone = tone


class Level(Enum):
    """How much a cell says."""

    PHRASE = 0
    WORD = 1
    SIGN = 2
    TIGHT = 3


_STAGE_OF = {3: Stage.ANALYTICS, 4: Stage.FEATURES, 5: Stage.PREDICTIONS, 6: Stage.GRADING}
"""What the phase that takes over makes."""

_REASON_LIMIT = 24
"""What a cell says of a reason; the finding beneath the matrix says all of it."""

_WITH_REASON = (Standing.BLOCKED, Standing.PARTIAL)


@dataclass(frozen=True, slots=True)
class Cell:
    """Where one hand-over of a game date stands; `when` is UTC, `minutes` how long it took, or has been so."""

    standing: Standing
    game_date: date
    when: datetime | None = None
    minutes: float | None = None
    reason: str = ""

    def text(self, level: Level, *, ascii: bool) -> str:
        """Return what the cell says, times in Eastern; below PHRASE a `+` marks a time after the game date."""
        look = self.standing
        took = brief_minutes(self.minutes) if self.minutes is not None else ""
        sign = look.ascii_sign if ascii else look.sign
        if level is Level.PHRASE:
            said = f"{look.phrase} {self._day_and_time()}" if self.when else look.word
            long = f"{said}, {took}" if took else said
            return (
                f"{long}: {for_terminal(self.reason, _REASON_LIMIT)}" if look in _WITH_REASON and self.reason else long
            )
        if level is Level.TIGHT:
            return f"{sign}{self._time()}"
        if level is Level.SIGN:
            return f"{sign}{self._time()} {took}".rstrip()
        return " ".join(part for part in (look.word, self._time(), took) if part)

    def _time(self) -> str:
        """Return `07:50`, with a sign where that is not on the game date."""
        if self.when is None:
            return ""
        day = eastern_date(self.when)
        mark = "+" if day > self.game_date else "-" if day < self.game_date else ""
        return f"{self.when.astimezone(EASTERN):%H:%M}{mark}"

    def _day_and_time(self) -> str:
        if self.when is None:
            return ""
        there = self.when.astimezone(EASTERN)
        return there.strftime("%H:%M" if there.date() == self.game_date else "%-d %b %H:%M")


def cell_of(state: TransitionState, held_since: datetime | None, due: datetime | None, as_of: datetime) -> Cell:
    """Return the cell of a state; `held_since` is since when it is blocked, `due` when what comes of it is due (UTC)."""
    standing = Standing[state.status.name]
    minutes = state.duration_minutes
    when = {
        Standing.DONE: state.ended_at or state.started_at,
        Standing.RUNNING: state.started_at,
        Standing.WAITING: state.ready_at,
        Standing.BLOCKED: held_since or state.ready_at,
        Standing.PARTIAL: state.ended_at or state.started_at,
        Standing.NOT_DUE: due,
        Standing.NEVER_LOGGED: state.started_at,
    }[standing]
    if standing is Standing.NOT_DUE and due is not None and due <= as_of:
        standing = Standing.DUE
    if standing in (Standing.WAITING, Standing.BLOCKED, Standing.DUE) and when is not None:
        minutes = float(minutes_between(when, as_of))
    return Cell(standing, state.game_date, when, minutes, _why(state))


def _why(state: TransitionState) -> str:
    """Return the orchestrator's own words."""
    said = state.reason.removeprefix(state.status.value).removeprefix("handed over in part").removeprefix(": ")
    return said if state.status in (HandOverStatus.BLOCKED, HandOverStatus.PARTIAL) else ""


def due_of(state: TransitionState, games: tuple[GameLineage, ...], policy: Policy, as_of: datetime) -> datetime | None:
    """Return when the first of the date's games needs what the next phase makes (UTC); None when none still does."""
    stage = _STAGE_OF[state.transition.target]
    stages = (stage_state(game, stage, policy, as_of) for game in games if game.game_date == state.game_date)
    settled = (GameState.NOT_PLAYED, GameState.COMPLETE)
    return min((found.due_at for found in stages if found.state not in settled), default=None)
