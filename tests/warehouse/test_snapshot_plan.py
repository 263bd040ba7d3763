"""What a snapshot copies: derived from the facts' queries, as many days as any moment of it needs, told apart row by row."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.facts.catalogue import ALL_FACTS
from checks.model import Scope
from console.warehouse.snapshot.derive import UnreadableError, generate_reads
from console.warehouse.snapshot.plan import JsonPath, Request, TableRead, plan, table_reads
from console.warehouse.snapshot.rows import Digest, stored_columns
from console.warehouse.translate import READS, fact_source, stale_files
from tests.builders import at


def test_the_list_of_columns_is_the_one_that_the_facts_give() -> None:
    assert READS not in stale_files()


def test_every_table_of_every_fact_is_copied() -> None:
    assert {read.name for read in table_reads()} == {table for fact in ALL_FACTS for table in fact.tables}


def test_columns_about_people_that_nothing_reads_are_not_copied() -> None:
    copied = {column for read in table_reads() for column in read.stored_columns()}
    assert not copied & {
        "player_full_name",
        "stack_trace",
        "trigger_source",
        "context",
        "details",
        "errors",
        "warnings",
    }


def with_columns(columns: str, source: str = "nba_orchestration.phase_execution_log AS h") -> list[tuple[str, str]]:
    facts = [(fact.name, fact_source(fact)) for fact in ALL_FACTS]
    return [*facts, ("new", f"SELECT {columns} FROM {source} WHERE h.game_date BETWEEN @first AND @last")]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ("h.metadata AS m", "metadata is read whole"),
        ("*", r"SELECT \*"),
        ("TO_JSON_STRING(h) AS m", "whole row"),
    ],
)
def test_a_query_that_does_not_say_what_it_needs_is_refused(columns: str, said: str) -> None:
    with pytest.raises(UnreadableError, match=said):
        generate_reads(with_columns(columns))


def test_a_column_that_a_fact_begins_to_read_is_copied() -> None:
    before, after = (generate_reads(with_columns(columns)) for columns in ("h.status AS s", "h.created_at AS c"))
    assert after.count('"created_at"') == before.count('"created_at"') + 1


@given(
    end=st.datetimes(datetime(2025, 10, 1), datetime(2026, 6, 30), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds have none
    days=st.integers(1, 30),
    share=st.floats(0, 1),
)
def test_every_moment_of_the_snapshot_finds_the_days_that_its_report_reads(
    end: datetime, days: int, share: float
) -> None:
    request = Request("source", days, end.replace(second=0, microsecond=0))
    copies = {copy.name: copy for copy in plan(request)}
    scope = Scope.at(request.begin + (request.end - request.begin) * share)
    for read in table_reads():
        copy = copies[read.name]
        if copy.since is None or copy.until is None:
            continue
        for fact in ALL_FACTS:
            if read.name in fact.tables:
                window = fact.window(scope)
                assert copy.since <= window.first <= window.last < copy.until


def test_the_days_around_a_fact_s_window_are_copied_too() -> None:
    copies = {copy.name: copy for copy in plan(Request("source", 2, at("2026-01-24T17:00")))}
    schedule, decisions = copies["nba_raw.nbac_schedule"], copies["nba_orchestration.workflow_decisions"]
    assert (schedule.since, schedule.until) == (date(2026, 1, 19), date(2026, 2, 15))
    assert (decisions.since, decisions.until) == (date(2026, 1, 7), date(2026, 1, 25))
    assert copies["nba_orchestration.circuit_breaker_state"].parameters() == {}


ROWS = st.lists(st.tuples(st.none() | st.text(), st.integers(), st.booleans()), max_size=8)


@given(rows=ROWS, cut=st.integers(0, 8))
def test_the_digest_depends_on_the_rows_and_not_on_their_order_or_pages(
    rows: list[tuple[object, ...]], cut: int
) -> None:
    whole = Digest().plus(rows)
    assert Digest().plus(rows[cut:]).plus(rows[:cut]) == whole
    assert Digest().plus([*rows, ("one", 1, True)]) != whole


def test_a_row_that_is_there_twice_is_not_one_that_is_there_once() -> None:
    row = ("LAL", 1)
    assert len({Digest().plus([row] * times).hash for times in range(4)}) == 4


def test_values_out_of_json_are_put_back_where_they_were() -> None:
    paths = (
        JsonPath("metadata", ("a",), in_row=False),
        JsonPath("metadata", ("b", "c"), in_row=False),
        JsonPath("notes", (), in_row=True),
    )
    read = TableRead("t", ("n",), paths, partition="", by_instant=False, facts=())
    number, metadata, notes = stored_columns(
        read, [(Decimal("1.5"), "x", "y", "n"), (None, None, None, None), (None, None, "z", None)]
    )
    assert (number, notes) == (["1.5", None, None], ["n", None, None])
    assert [text and json.loads(text) for text in metadata] == [{"a": "x", "b": {"c": "y"}}, None, {"b": {"c": "z"}}]
