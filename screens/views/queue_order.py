"""Sorting and filtering the retry queue by number, without making anything of its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from checks.facts.retry_queue import QueueRow
from checks.queue_rows import Standing, due_at, ended_at
from screens.views.queue_columns import (
    TIMED,
    UNTIMED,
    age_text,
    date_text,
    error_text,
    phase_text,
    time_text,
    tries_text,
)

SORTS = ("due", "age", "attempts", "phase", "game", "state")

_NEVER = datetime.max.replace(tzinfo=UTC)
_ENDED = frozenset({Standing.DEAD, Standing.DONE, Standing.STRANGE})
_RANKS = {stands: rank for rank, stands in enumerate(Standing)}


def in_order(
    rows: Sequence[QueueRow], standings: Sequence[Standing], places: Iterable[int], sort: str
) -> Sequence[int]:
    """Return `places`, the numbers of rows, in the order that `sort` asks for; by default what is most overdue first.

    Rows that somebody must still work on always stand before those that have ended; those of one kind by their due time.
    """
    active: list[int] = []
    ended: list[int] = []
    for place in places:
        (ended if standings[place] in _ENDED else active).append(place)
    active.sort(key=lambda place: due_at(rows[place]) or _NEVER)
    ended.sort(key=lambda place: ended_at(rows[place]), reverse=True)
    keys = _sort_keys(rows, standings, sort)
    if keys:
        active.sort(key=keys.__getitem__)
        ended.sort(key=keys.__getitem__)
    return active + ended


def _sort_keys(rows: Sequence[QueueRow], standings: Sequence[Standing], sort: str) -> list[Any]:
    """Return what each row is sorted by; nothing where their due time decides alone."""
    match sort:
        case "age":
            return [row.first_failure_at for row in rows]
        case "attempts":
            return [-row.retry_count for row in rows]
        case "phase":
            return [row.phase for row in rows]
        case "game":
            return [row.game_key or row.processor_name for row in rows]
        case "state":
            return [_RANKS[stands] for stands in standings]
        case _:
            return []


def matching(rows: Sequence[QueueRow], standings: Sequence[Standing], wanted: str, as_of: datetime) -> Sequence[int]:
    """Return the numbers of the rows that show `wanted` in any field, upper or lower case.

    Field by field, over the rows that are left; a field's text is made once per value, since most values repeat.
    """
    text = wanted.casefold()
    left: Sequence[int] = range(len(rows))
    found: list[int] = []
    for values_of, said in _fields(rows, standings, as_of, text):
        values = values_of(left)
        hits = {value for value in set(values) if text in said(value).casefold()}
        if hits:
            found.extend(place for place, value in zip(left, values, strict=True) if value in hits)
            left = [place for place, value in zip(left, values, strict=True) if value not in hits]
    found.sort()
    return found


Values = Callable[[Sequence[int]], list[Any]]


def _fields(
    rows: Sequence[QueueRow], standings: Sequence[Standing], as_of: datetime, text: str
) -> Iterator[tuple[Values, Callable[[Any], str]]]:
    """Give each field that may hold `text` as the values of rows by their numbers, and as the text of such a value."""
    yield lambda left: [rows[n].game_key or rows[n].processor_name for n in left], str
    yield lambda left: [rows[n].phase for n in left], phase_text
    yield lambda left: [rows[n].game_date for n in left], lambda day: f"{date_text(day)} {day.isoformat()}"
    yield lambda left: [(rows[n].retry_count, rows[n].max_retries) for n in left], lambda tries: tries_text(*tries)
    yield lambda left: [standings[n] for n in left], lambda stands: f"{stands}\n{UNTIMED.get(stands, '')}"
    yield lambda left: [rows[n].error_type for n in left], lambda kind: error_text(kind, None)
    yield lambda left: [rows[n].error_message for n in left], lambda message: error_text(None, message)
    if _in_a_time(text):
        yield lambda left: _overdue(rows, standings, left, as_of), lambda late: "" if late is None else time_text(late)
        yield lambda left: _ages(rows, left, as_of), age_text


def _overdue(
    rows: Sequence[QueueRow], standings: Sequence[Standing], left: Sequence[int], as_of: datetime
) -> list[int | None]:
    """Return for how many minutes rows have been due; None for those that are not tried at a time."""
    # Days and seconds by hand take a third of the time of a division of timedeltas; a call more would double it.
    return [
        -((span := ((row := rows[n]).next_retry_at or row.first_failure_at) - as_of).days * 1_440 + span.seconds // 60)
        if standings[n] in TIMED
        else None
        for n in left
    ]


def _ages(rows: Sequence[QueueRow], left: Sequence[int], as_of: datetime) -> list[int]:
    """Return for how many minutes rows have been in the queue, as `_overdue` counts them."""
    return [-((span := rows[n].first_failure_at - as_of).days * 1_440 + span.seconds // 60) for n in left]


def _in_a_time(text: str) -> bool:
    """Return whether `text` can stand in a duration: it has digits, or is part of the words around them."""
    if any(character.isdigit() for character in text):
        return True
    spans = (0, 1, 1_000, 6_000)
    said = [time_text(sign * span) for span in spans for sign in (1, -1)] + [age_text(n) for n in spans]
    return any(text in words.casefold() for words in said)
