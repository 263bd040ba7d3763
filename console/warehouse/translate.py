"""Writes DuckDB's form of all GoogleSQL of the project. Used at build time only: it needs sqlglot, a development dependency.

`python -m console.warehouse.translate` writes the files below `console/warehouse/duckdb_sql` and `snapshot/reads.toml`, which are
kept in the repository; with `--check` it writes nothing and exits 1 naming the files that are not what it would write.
"""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import checks.facts
from checks.facts.catalogue import WORDS
from checks.facts.fact import Fact
from checks.facts.rows import Column, columns
from console.warehouse.portable import parameters, problems
from console.warehouse.snapshot.derive import generate_reads
from console.warehouse.translate_schema import generate_schema

if TYPE_CHECKING:
    from sqlglot import exp

SOURCES = Path(checks.facts.__file__).parent
TARGET = Path(__file__).parent / "duckdb_sql"
READS = Path(__file__).parent / "snapshot" / "reads.toml"

_GENERATED = "-- Generated from "
_HEADER = _GENERATED + "checks/facts/{name}.sql by `python -m console.warehouse.translate`: do not edit.\n"


class NotPortableError(Exception):
    """A fact's query is not one that both engines answer alike; the message names each file and what is wrong in it."""


def all_facts() -> tuple[Fact[Any], ...]:
    """Return every fact that a module of `checks.facts` defines, by name."""
    modules = (import_module(f"checks.facts.{found.name}") for found in pkgutil.iter_modules([str(SOURCES)]))
    found = {item.name: item for module in modules for item in vars(module).values() if isinstance(item, Fact)}
    return tuple(found[name] for name in sorted(found))


def fact_source(fact: Fact[Any]) -> str:
    """Return the fact's GoogleSQL. Raises FileNotFoundError when it has none."""
    return (SOURCES / f"{fact.name}.sql").read_text(encoding="utf-8")


def generate() -> dict[Path, str]:
    """Return the text of every generated file. Raises NotPortableError before anything is translated."""
    facts = all_facts()
    wrong = [sentence for fact in facts for sentence in lint(fact, fact_source(fact))]
    if wrong:
        raise NotPortableError("\n".join(wrong))
    texts = {TARGET / "facts" / f"{fact.name}.sql": translate(fact, fact_source(fact)) for fact in facts}
    # A snapshot is of the pipeline's tables: who has said what about it stays where it was said.
    texts[READS] = generate_reads((fact.name, fact_source(fact)) for fact in facts if fact not in WORDS)
    return texts | {TARGET / name: text for name, text in generate_schema().items()}


def lint(fact: Fact[Any], sql: str) -> tuple[str, ...]:
    """Return why `sql` cannot be the query of `fact`: what is not portable, and what is not the fact's shape."""
    source = f"{fact.name}.sql"
    return (*problems(sql, source), *(f"{source}: {sentence}" for sentence in _shape(fact, sql)))


def _shape(fact: Fact[Any], sql: str) -> Iterator[str]:
    import sqlglot  # noqa: PLC0415 - development only, and slow to import
    from sqlglot import exp  # noqa: PLC0415 - development only, and slow to import

    tree = sqlglot.parse(sql, read="bigquery")[0]
    if not isinstance(tree, exp.Select) or tree.args.get("order") is None:
        yield "the outermost statement must be a SELECT with ORDER BY"
        return
    named = [item.alias if isinstance(item, exp.Alias) else "" for item in tree.expressions]
    wanted = [column.name for column in _columns(fact)]
    if named != wanted:
        yield f"the columns must be {', '.join(wanted)}, each with AS, in this order"
    read = {f"{table.db}.{table.name}" for table in tree.find_all(exp.Table) if table.db}
    if read != set(fact.tables):
        yield f"the tables read must be {', '.join(fact.tables)}"
    if "as_of" not in parameters(tree):
        yield "@as_of must hide what was written later"


def translate(fact: Fact[Any], sql: str) -> str:
    """Return DuckDB's form of a fact's query, in which a column of instants is whole microseconds since 1970 UTC.

    Raises sqlglot's UnsupportedError for what DuckDB cannot do.
    """
    import sqlglot  # noqa: PLC0415 - development only, and slow to import
    from sqlglot import ErrorLevel  # noqa: PLC0415 - development only, and slow to import

    tree = sqlglot.parse_one(sql, read="bigquery")
    wanted = {column.name: column for column in _columns(fact)}
    for item in tree.expressions:
        _as_microseconds(item, wanted[item.alias])
    body = tree.transform(range_of_instants).sql(
        dialect="duckdb", pretty=True, comments=False, unsupported_level=ErrorLevel.RAISE
    )
    return f"{_HEADER.format(name=fact.name)}{body}\n"


def _columns(fact: Fact[Any]) -> tuple[Column, ...]:
    row: type = fact.row
    return columns(row)


def _as_microseconds(item: exp.Expression, column: Column) -> None:
    from sqlglot import exp  # noqa: PLC0415 - development only, and slow to import

    if column.type is datetime:
        item.set("this", exp.Anonymous(this="EPOCH_US", expressions=[item.this]))


def range_of_instants(node: exp.Expression) -> exp.Expression:
    """Return `DATE(ts) BETWEEN a AND b` as a range of instants, and any other expression as it is.

    DuckDB skips row groups by `ts`, but not by a cast of it. The dates begin at midnight of the session's zone, which is UTC
    wherever the embedded warehouse is opened.
    """
    from sqlglot import exp  # noqa: PLC0415 - development only, and slow to import

    if not (isinstance(node, exp.Between) and isinstance(node.this, exp.Date)):
        return node
    moment, low, high = node.this.this, node.args["low"], node.args["high"]
    begin = exp.GTE(this=moment.copy(), expression=exp.cast(low, exp.DataType.Type.TIMESTAMPTZ))
    day_after = exp.Add(this=exp.cast(high, exp.DataType.Type.TIMESTAMPTZ), expression=_one_day())
    return exp.and_(begin, exp.LT(this=moment.copy(), expression=day_after))


def _one_day() -> exp.Expression:
    from sqlglot import exp  # noqa: PLC0415 - development only, and slow to import

    return exp.Interval(this=exp.Literal.string("1"), unit=exp.Var(this="DAY"))


def stale_files() -> tuple[Path, ...]:
    """Return the generated files that are missing, differ from what would be written, or have no source any more."""
    texts = generate()
    kept = {path for path in TARGET.rglob("*.sql") if path.read_text(encoding="utf-8").startswith(_GENERATED)}
    wrong = {path for path, text in texts.items() if not path.is_file() or path.read_text(encoding="utf-8") != text}
    return tuple(sorted(wrong | (kept - set(texts))))


def main(arguments: list[str]) -> int:
    """Write the generated files, or with `--check` name the stale ones; return the exit status."""
    try:
        stale = stale_files()
        if "--check" in arguments:
            sys.stderr.writelines(f"{path.relative_to(TARGET.parent)} is stale\n" for path in stale)
            return 1 if stale else 0
        texts = generate()
    except NotPortableError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for path in stale:
        if path in texts:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(texts[path], encoding="utf-8")
        else:
            path.unlink()
    sys.stdout.write(f"{len(stale)} of {len(texts)} files written\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
