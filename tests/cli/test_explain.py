"""`--explain` on the embedded warehouse: what was asked, in the dialect that ran; asking a file costs nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from console.warehouse.embedded import fact_sql
from console.warehouse.record import QueryRecord
from screens.lines import text_of
from screens.text.explain import Total, explain_lines, total_of
from tests.builders import at
from tests.cli.conftest import Courtside

MEBIBYTE = 1 << 20
PAID = QueryRecord(
    ("decisions", "breakers"),
    "SELECT 1\nFROM t",
    (("as_of", at("2026-01-25T12:00")), ("first", date(2026, 1, 24))),
    0.5,
    1,
    12 * MEBIBYTE + MEBIBYTE // 2,
    1234 * MEBIBYTE,
)
CACHED = QueryRecord(("lineage",), "SELECT 2", (), 0.25, 1200, 0, 0, cache_hit=True)
STOPPED = QueryRecord(("events",), "SELECT '\x1b[2J'", (), 15.0, None, None, 10 * MEBIBYTE)

ASKING = (
    ("--report",),
    ("demo",),
    ("check", "streaming.conflicts"),
    ("gaps",),
    ("transitions",),
    ("reconcile",),
    ("diagnose",),
    ("queue", "list"),
    ("gate", "phase2_to_phase3"),
    ("trace", "GSW@MIN"),
)


@pytest.mark.parametrize("arguments", ASKING, ids=" ".join)
def test_every_command_that_asks_explains_what_it_asked(courtside: Courtside, arguments: tuple[str, ...]) -> None:
    plain, explained = courtside(*arguments), courtside(*arguments, "--explain")
    assert explained.status == plain.status
    assert explained.out.startswith(plain.out)
    more = explained.out[len(plain.out) :]
    assert "query    1 of " in more
    assert "SELECT" in more
    assert "bytes none: embedded" in " ".join(more.split())
    assert max(len(line) for line in explained.lines) <= 80


def test_a_query_is_shown_with_facts_parameters_rows_and_the_sql_that_ran(courtside: Courtside) -> None:
    found = courtside("check", "streaming.conflicts", "--explain", width=120)
    at = found.lines.index("query    4 of 4: streaming_conflicts")
    assert found.lines[at + 1].startswith("         0 rows · 0.")
    assert found.lines[at + 1].endswith(" s · bytes none: embedded")
    assert found.lines[at + 2] == "with     as_of = 2026-01-25T01:30:00Z, first = 2026-01-23, last = 2026-01-24"
    assert "         FROM nba_orchestration.streaming_conflict_log AS c" in found.lines
    assert found.lines[-1].startswith("queries  4 queries · ")


def test_in_json_the_explanation_is_a_key_that_is_null_unless_asked_for(courtside: Courtside) -> None:
    assert courtside("gaps", "--json").document["explain"] is None
    explained = courtside("--explain", "gaps", "--json").document["explain"]
    assert list(explained) == ["queries", "total", "budget"]
    assert [query["facts"] for query in explained["queries"]] == sorted(q["facts"] for q in explained["queries"])
    first = explained["queries"][0]
    assert set(first) == {
        "facts",
        "sql",
        "parameters",
        "seconds",
        "rows",
        "bytes_processed",
        "bytes_billed",
        "cache_hit",
    }
    assert first["sql"] == fact_sql(first["facts"][0])
    assert first["parameters"]["as_of"] == "2026-01-25T01:30:00Z"
    assert (first["bytes_processed"], first["bytes_billed"], first["cache_hit"]) == (None, None, False)
    assert explained["total"]["queries"] == len(explained["queries"])
    assert explained["total"]["rows"] == sum(query["rows"] for query in explained["queries"])
    assert (explained["total"]["bytes_billed"], explained["budget"]) == (None, None)


def test_a_command_that_asks_nothing_says_so(courtside: Courtside) -> None:
    assert courtside("check", "--list", "--explain").lines[-1] == "queries  none was run"
    assert courtside("check", "--list", "--explain", "--json").document["explain"]["queries"] == []


def test_a_budget_is_nothing_to_a_file_and_no_journal_is_opened(courtside: Courtside, tmp_path: Path) -> None:
    (tmp_path / "courtside.toml").write_text("[cost]\ndaily_gb = 0.001\n", encoding="utf-8")
    assert courtside("gaps").err == ""
    assert not list(tmp_path.glob("journal*"))


def test_a_query_that_cost_something_one_from_the_cache_and_one_that_never_answered() -> None:
    said = [text_of(line).rstrip() for line in explain_lines([PAID, CACHED, STOPPED], ["a note on the budget"], 110)]
    assert said == [
        "",
        "query    1 of 3: decisions, breakers",
        "         1 row · 0.50 s · 12.5 MB processed, 1,234.0 MB billed",
        "with     as_of = 2026-01-25T12:00:00Z, first = 2026-01-24",
        "         SELECT 1",
        "         FROM t",
        "",
        "query    2 of 3: lineage",
        "         1,200 rows · 0.25 s · 0.0 MB processed, 0.0 MB billed · from the cache",
        "         SELECT 2",
        "",
        "query    3 of 3: events",
        "         no answer came · 15.00 s · 10.0 MB billed",
        said[13],
        "",
        "queries  3 queries · 1 from the cache · 1,201 rows · 15.75 s of waiting, in part at the same time · 12.5 MB",
        "         processed, 1,244.0 MB billed · that is 1.21 GB",
        "cost     a note on the budget",
    ]
    assert said[13].isprintable()


def test_the_sum_of_nothing_counts_no_bytes() -> None:
    assert total_of([]) == Total(0, 0, 0, None, None, 0)
