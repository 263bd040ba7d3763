"""What a snapshot copies: which tables, which of their columns, which of their days. Pure, but for the list that it comes with.

The list, `reads.toml`, is derived from the facts' queries at build time.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files

from checks.facts.catalogue import ALL_FACTS
from checks.facts.fact import Window
from checks.model import Scope
from checks.times import day_bounds, format_utc
from console.warehouse.schema import definitions

_DATE_OF = "DATE("


@dataclass(frozen=True, slots=True)
class JsonPath:
    """One value inside a JSON column; `in_row` where it is taken out of the whole row, since the column may not be there.

    `keys` is empty for a column that is no JSON and may not be there.
    """

    column: str
    keys: tuple[str, ...]
    in_row: bool


@dataclass(frozen=True, slots=True)
class TableRead:
    """What the facts read of one table: columns, values inside JSON, and each fact's days before and after its window.

    `partition` is the column that the days are of, "" for a table that has none; `by_instant` is whether it holds instants,
    whose days are UTC's, rather than dates.
    """

    name: str
    columns: tuple[str, ...]
    paths: tuple[JsonPath, ...]
    partition: str
    by_instant: bool
    facts: tuple[tuple[str, int, int], ...]

    def stored_columns(self) -> tuple[str, ...]:
        """Return the columns of the copy that are filled, each once."""
        return tuple(dict.fromkeys((*self.columns, *(path.column for path in self.paths))))

    def types(self) -> Mapping[str, str]:
        """Return BigQuery's type of each column as it is defined."""
        return dict(next(item.columns for item in definitions() if item.name == self.name))


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody wants copied: `days` game dates up to the one of `end`, an aware UTC minute, from `source`.

    `source` is the source's name as it may be told to others: a project, the name of a file.
    """

    source: str
    days: int
    end: datetime

    @property
    def begin(self) -> datetime:
        """The first moment that the copy can show: midnight in New York of the first game date."""
        return day_bounds(Scope.at(self.end, days=self.days).first)[0]

    def __str__(self) -> str:
        return f"{self.days} days up to {format_utc(self.end)} of {self.source}"


@dataclass(frozen=True, slots=True)
class TableCopy:
    """One table to copy: the days from `since` to before `until`, or all of it where they are None."""

    read: TableRead
    since: date | None
    until: date | None

    @property
    def name(self) -> str:
        """`dataset.table`."""
        return self.read.name

    def parameters(self) -> Mapping[str, date | datetime]:
        """Return the query's @since and @until, as the partition column has them; none for a table that is copied whole."""
        if self.since is None or self.until is None:
            return {}
        if self.read.by_instant:
            return {"since": _midnight(self.since), "until": _midnight(self.until)}
        return {"since": self.since, "until": self.until}

    def fingerprint(self) -> str:
        """Return a hash of all that decides which rows are copied, and what of them."""
        return hashlib.sha256(repr((self.read, self.since, self.until)).encode()).hexdigest()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


@cache
def table_reads() -> tuple[TableRead, ...]:
    """Return what the facts read, table by table."""
    text = files("console.warehouse.snapshot").joinpath("reads.toml").read_text(encoding="utf-8")
    return tuple(_read(table) for table in tomllib.loads(text)["table"])


def _read(table: Mapping[str, object]) -> TableRead:
    partition = str(table.get("partition", ""))
    facts: Mapping[str, Sequence[int]] = table["facts"]  # type: ignore[assignment] # the generated file's own form
    return TableRead(
        str(table["name"]),
        tuple(table["columns"]),  # type: ignore[arg-type] # the generated file's own form
        tuple(_path(text, in_row=key == "row_json") for key in ("json", "row_json") for text in table.get(key, ())),  # type: ignore[attr-defined] # likewise
        partition.removeprefix(_DATE_OF).removesuffix(")"),
        partition.startswith(_DATE_OF),
        tuple((name, before, after) for name, (before, after) in facts.items()),
    )


def _path(text: str, *, in_row: bool) -> JsonPath:
    column, *keys = text.split(".")
    return JsonPath(column, tuple(keys), in_row)


def plan(request: Request) -> tuple[TableCopy, ...]:
    """Return the tables to copy, so that every moment from the request's begin to its end shows what it would have shown.

    That is: the report of tonight's and last night's games at its begin, and the one of all its dates at its end.
    """
    scopes = (Scope.at(request.begin), Scope.at(request.end, days=request.days))
    windows = {fact.name: tuple(fact.window(scope) for scope in scopes) for fact in ALL_FACTS}
    return tuple(_copy(read, windows) for read in table_reads())


def _copy(read: TableRead, windows: Mapping[str, tuple[Window, ...]]) -> TableCopy:
    if not read.partition:
        return TableCopy(read, None, None)
    asked = [(window, before, after) for name, before, after in read.facts for window in windows[name]]
    since = min(window.first - timedelta(days=before) for window, before, _ in asked)
    last = max(window.last + timedelta(days=after) for window, _, after in asked)
    return TableCopy(read, since, last + timedelta(days=1))
