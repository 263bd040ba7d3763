"""The columns of the retry queue: what each says of a row, how wide it is, and which of them fit a panel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from checks.facts.retry_queue import QueueRow
from checks.policy import Policy
from checks.queue_rows import Standing, explain, name_of
from checks.times import format_minutes, minutes_between
from screens.clean import for_terminal
from screens.lines import Span, Tone
from screens.views.fitting import cell

ERROR_LIMIT = 400
"""The most characters of an error message that a list looks at; the full-screen queue shows more of them."""
NARROW = 76
"""Below this width columns stand one space apart, else two."""

TONES = {
    Standing.DUE: Tone.WARNING,
    Standing.RETRYING: Tone.STRONG,
    Standing.EXHAUSTED: Tone.ERROR,
    Standing.WAITING: Tone.PLAIN,
    Standing.DEAD: Tone.ERROR,
    Standing.DONE: Tone.FAINT,
    Standing.STRANGE: Tone.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Moment:
    """When a row is looked at (aware UTC, a whole minute), and under which policy its place is explained."""

    as_of: datetime
    policy: Policy


Text = Callable[[QueueRow, Standing, Moment], str]


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `least` is the width that it needs to be there at all, `width` what it has been given."""

    title: str
    text: Text
    least: int
    right: bool = False
    toned: bool = False
    gap: int = 0
    width: int = 0

    def cell(self, row: QueueRow, stands: Standing, moment: Moment) -> Span:
        """Return what it says of a row."""
        tone = TONES[stands] if self.toned or not row.is_active else Tone.PLAIN
        return self._span(self.text(row, stands, moment), tone)

    def titled(self) -> Span:
        """Return its title."""
        return self._span(self.title, Tone.FAINT)

    def _span(self, text: str, tone: Tone) -> Span:
        return Span(" " * self.gap + cell(text, self.width, right=self.right).text, tone)


def phase_text(phase: str) -> str:
    """Return `2` for `phase_2`, and any other name as it is."""
    return phase.removeprefix("phase_").replace("_", " ")


def due_text(minutes: int, stands: Standing) -> str:
    """Return when a row is tried next; `minutes` is how long it has been due, negative before."""
    return time_text(minutes) if stands in TIMED else UNTIMED.get(stands, "-")


TIMED = frozenset({Standing.DUE, Standing.WAITING})
"""Where a row stands that will be tried at a time."""
UNTIMED = {Standing.RETRYING: "being retried", Standing.EXHAUSTED: "never", Standing.DEAD: "never"}


def time_text(minutes: int) -> str:
    """Return `157 min OVERDUE`, `due now` or `in 12 min`."""
    if minutes > 0:
        return f"{_brief(minutes)} OVERDUE"
    return f"in {_brief(-minutes)}" if minutes else "due now"


def _brief(minutes: int) -> str:
    """Return minutes up to three digits, then hours and days."""
    if minutes < 1_000:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 6_000 else f"{minutes // 1_440} d"


def error_text(kind: str | None, message: str | None, limit: int = ERROR_LIMIT) -> str:
    """Return the kind of an error and the first line of its message, cleaned."""
    said = message or ""
    if len(said) > limit or not (said.isascii() and said.isprintable()):
        said = for_terminal(said[: 4 * limit].lstrip(), limit, keep_newlines=True).lstrip("\n").partition("\n")[0]
    first = said.strip()
    return f"{kind}: {first}" if kind and first else kind or first


def date_text(day: date) -> str:
    """Return a game date as `24 Jan`: the queue reaches back two weeks."""
    return f"{day.day} {day:%b}"


def tries_text(count: int, most: int) -> str:
    """Return how often a row was tried, of how often it may be."""
    return f"{count}/{most}"


def age_text(minutes: int) -> str:
    """Return how long a row has been in the queue."""
    return format_minutes(max(minutes, 0))


def _name(row: QueueRow, stands: Standing, moment: Moment) -> str:
    return name_of(row)


def _phase(row: QueueRow, stands: Standing, moment: Moment) -> str:
    return phase_text(row.phase)


def _date(row: QueueRow, stands: Standing, moment: Moment) -> str:
    return date_text(row.game_date)


def _tries(row: QueueRow, stands: Standing, moment: Moment) -> str:
    return tries_text(row.retry_count, row.max_retries)


def _due(row: QueueRow, stands: Standing, moment: Moment) -> str:
    return due_text(minutes_between(row.next_retry_at or row.first_failure_at, moment.as_of), stands)


def _age(row: QueueRow, stands: Standing, moment: Moment) -> str:
    return age_text(minutes_between(row.first_failure_at, moment.as_of))


def _state(row: QueueRow, stands: Standing, moment: Moment) -> str:
    return stands.value


def _error(row: QueueRow, stands: Standing, moment: Moment) -> str:
    return error_text(row.error_type, row.error_message)


def _why(row: QueueRow, stands: Standing, moment: Moment) -> str:
    return explain(row, moment.policy, moment.as_of)


_NAME = Column("game or processor", _name, 20)
_NARROW_NAME = replace(_NAME, least=16)
_PHASE = Column("phase", _phase, 5)
_DATE = Column("date", _date, 6, right=True)
_TRIES = Column("tries", _tries, 5, right=True)
_NARROW_TRIES = Column("", _tries, 3, right=True)
_DUE = Column("next retry", _due, 15, right=True, toned=True)
_AGE = Column("age", _age, 11, right=True)
_STATE = Column("state", _state, 9, toned=True)
_ERROR = Column("error", _error, 16)
_WHY = Column("why it is where it is", _why, 40)

_AS_THEY_STAND = (_NAME, _PHASE, _DATE, _TRIES, _DUE, _AGE, _STATE, _ERROR, _WHY)
_AS_THEY_MATTER = (_NAME, _DUE, _TRIES, _PHASE, _ERROR, _STATE, _AGE, _DATE, _WHY)
_AS_THEY_GROW = ((_WHY, 70), (_ERROR, 24), (_NAME, 28), (_ERROR, 60))
"""Who gets the columns that are left, and up to which width."""


def columns_for(width: int) -> tuple[Column, ...]:
    """Return the columns that fit `width`, in their order; what is left goes to reasons, names and errors."""
    if width < 42:
        return (replace(_NARROW_NAME, width=max(width - 20, 4)), *_spaced((_NARROW_TRIES, _DUE), 1))
    gap = 1 if width < NARROW else 2
    chosen: list[Column] = []
    room = width
    for column in _AS_THEY_MATTER:
        needed = column.least + (gap if chosen else 0)
        if needed <= room:
            chosen.append(column)
            room -= needed
    widths = {column.title: column.least for column in chosen}
    for column, most in _AS_THEY_GROW:
        if column in chosen:
            more = min(max(most - widths[column.title], 0), room)
            widths[column.title] += more
            room -= more
    standing_order = [column for column in _AS_THEY_STAND if column in chosen]
    return tuple(
        replace(column, width=widths[column.title], gap=gap if place else 0)
        for place, column in enumerate(standing_order)
    )


def _spaced(columns: tuple[Column, ...], gap: int) -> tuple[Column, ...]:
    return tuple(replace(column, width=column.least, gap=gap) for column in columns)
