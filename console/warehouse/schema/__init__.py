"""The definition of every table and view that the console reads or writes, in GoogleSQL, one file per dataset.

The files are the one place where a table is described; `translate_schema` makes DuckDB's form of them at build time. They are
ours and keep one column to a line, so reading them takes no SQL parser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

SOURCES = (
    "nba_raw.sql",
    "nba_analytics.sql",
    "nba_predictions.sql",
    "nba_reference.sql",
    "nba_orchestration.sql",
    "console_tables.sql",
    "views.sql",
)
"""The files in the order in which they can be run: a view comes after what it reads."""

_HEAD = re.compile(r"^CREATE (TABLE|VIEW) IF NOT EXISTS (\w+\.\w+) \($", re.MULTILINE)
_COLUMN = re.compile(r"^  (\w+)(?: ([A-Z0-9<>]+))?(?: NOT NULL)?,?(?: -- (.*))?$")


@dataclass(frozen=True, slots=True)
class TableDefinition:
    """One table or view: its name with the dataset, its columns as (name, BigQuery type), and the statement that makes it."""

    name: str
    columns: tuple[tuple[str, str], ...]
    statement: str
    is_view: bool

    @property
    def dataset(self) -> str:
        """`nba_raw` of `nba_raw.nbac_schedule`."""
        return self.name.partition(".")[0]


@cache
def definitions() -> tuple[TableDefinition, ...]:
    """Return all definitions in the order in which they can be run."""
    return tuple(definition for source in SOURCES for definition in parse(source_text(source)))


def source_text(source: str) -> str:
    """Return the GoogleSQL of one of `SOURCES`."""
    return files(__name__).joinpath(source).read_text(encoding="utf-8")


def statements(text: str) -> tuple[str, ...]:
    """Return the statements of a file, without the comment at its head and without their semicolons."""
    return tuple(part[part.index("CREATE ") :].strip() for part in text.split(";\n") if "CREATE " in part)


def parse(text: str) -> tuple[TableDefinition, ...]:
    """Return the definitions in the text of a file. Raises ValueError for a line that breaks the files' own form."""
    return tuple(_definition(statement) for statement in statements(text))


def _definition(statement: str) -> TableDefinition:
    head = _HEAD.match(statement)
    if head is None:
        raise ValueError(f"not a definition: {statement.splitlines()[0]}")
    is_view = head[1] == "VIEW"
    body = statement[head.end() + 1 : statement.index("\n)", head.end())]
    return TableDefinition(
        head[2], tuple(_column(line, is_view=is_view) for line in body.split("\n")), statement, is_view
    )


def _column(line: str, *, is_view: bool) -> tuple[str, str]:
    """Return name and type of a column's line; a view's line has its type in the comment, because a view declares none."""
    column = _COLUMN.match(line)
    kind = column[3 if is_view else 2] if column else None
    if column is None or kind is None:
        raise ValueError(f"not a column: {line.strip()}")
    return column[1], kind
