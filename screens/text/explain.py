"""What stands behind an answer: each query that was run, with its parameters and what it cost, and the sum of the run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from checks.times import format_instant
from screens.lines import BLANK, Line, Part, Span, Tone, flow
from screens.text.amount import counted, gigabytes, megabytes
from screens.text.sql import sql_lines

LABEL = 9
"""Columns of a label, as wide as a severity's word."""


class Asked(Protocol):
    """One query as it was run. Bytes are None where the warehouse counts none, `rows` where no answer came."""

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that it asked for."""

    @property
    def sql(self) -> str:
        """The query in the dialect that ran."""

    @property
    def parameters(self) -> tuple[tuple[str, datetime | date], ...]:
        """Names, without their mark, and values; instants are aware."""

    @property
    def seconds(self) -> float:
        """How long it took, as the operator waited."""

    @property
    def rows(self) -> int | None:
        """How many rows came back."""

    @property
    def bytes_processed(self) -> int | None:
        """Bytes that it read."""

    @property
    def bytes_billed(self) -> int | None:
        """Bytes that it costs."""

    @property
    def cache_hit(self) -> bool:
        """True when an earlier answer was given again, free of charge."""


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of a run. `seconds` adds up queries, many of which ran at the same time; bytes are None where none are counted."""

    queries: int
    rows: int
    seconds: float
    bytes_processed: int | None
    bytes_billed: int | None
    cache_hits: int


def total_of(asked: Iterable[Asked]) -> Total:
    """Return the sum of queries."""
    queries = tuple(asked)
    return Total(
        len(queries),
        sum(query.rows or 0 for query in queries),
        sum(query.seconds for query in queries),
        _sum(query.bytes_processed for query in queries),
        _sum(query.bytes_billed for query in queries),
        sum(query.cache_hit for query in queries),
    )


def explain_lines(asked: Sequence[Asked], notes: Sequence[str], width: int) -> list[Line]:
    """Return each query and the sum of all; `notes` are sentences about the cost that stand at the end."""
    lines: list[Line] = []
    for number, query in enumerate(asked, 1):
        lines.extend((BLANK, *_query_lines(query, f"{number} of {len(asked)}", width)))
    lines.append(BLANK)
    lines.extend(_labelled("queries", [_sum_words(total_of(asked)) if asked else "none was run"], width))
    for note in notes:
        lines.extend(_labelled("cost", [note], width))
    return lines


def parameter_text(value: datetime | date) -> str:
    """Return a parameter's value: `2026-01-23T06:20:00Z` or `2026-01-23`."""
    if isinstance(value, datetime):
        return format_instant(value)
    return value.isoformat()


def _query_lines(query: Asked, number: str, width: int) -> list[Line]:
    rows = "no answer came" if query.rows is None else counted(query.rows, "row")
    cached = ["from the cache"] if query.cache_hit else []
    parts = [rows, f"{query.seconds:.2f} s", _bytes(query.bytes_processed, query.bytes_billed), *cached]
    given = [f"{name} = {parameter_text(value)}" for name, value in query.parameters]
    return [
        *_labelled("query", [Span(f"{number}:", Tone.STRONG), Span(", ".join(query.facts), Tone.STRONG)], width),
        *_labelled("", [" · ".join(parts)], width),
        *(_labelled("with", [", ".join(given)], width) if given else []),
        *sql_lines(query.sql, width, LABEL),
    ]


def _sum_words(total: Total) -> str:
    parts = [
        counted(total.queries, "query", "queries"),
        f"{total.cache_hits} from the cache" if total.cache_hits else "",
        counted(total.rows, "row"),
        f"{total.seconds:.2f} s of waiting, in part at the same time",
        _bytes(total.bytes_processed, total.bytes_billed),
        f"that is {gigabytes(total.bytes_billed)} GB" if total.bytes_billed else "",
    ]
    return " · ".join(filter(None, parts))


def _bytes(processed: int | None, billed: int | None) -> str:
    if billed is None:
        return "bytes none: embedded"
    read = "" if processed is None else f"{megabytes(processed)} MB processed, "
    return f"{read}{megabytes(billed)} MB billed"


def _labelled(label: str, parts: Sequence[Part], width: int) -> list[Line]:
    return flow(parts, width, first=Span(f"{label:<{LABEL}}", Tone.FAINT))


def _sum(counts: Iterable[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
