"""Rows on their way from BigQuery: instants become microseconds, JSON is read by type, changed columns are refused."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from checks.facts.fact import Fact, Partition
from checks.facts.rows import RowError, decode
from console.warehouse.bigquery.wire import from_json, microseconds, refuse_changed_columns, standard_type, to_wire
from console.warehouse.protocol import ColumnInfo, WarehouseError


@dataclass(frozen=True, slots=True)
class Sample:
    at: datetime | None
    day: date | None
    text: str | None
    count: int | None
    share: float | None
    is_true: bool | None
    names: tuple[str, ...]


SAMPLE = Fact(name="sample", row=Sample, tables=("nba_raw.sample",), partition=Partition.GAME_DATE)
FULL: dict[str, Any] = {
    "at": "2026-01-24T05:00:00.000001Z",
    "day": "2026-01-24",
    "text": 'a "quoted" \u2028 word',
    "count": 3,
    "share": 0.5,
    "is_true": True,
    "names": "a,b",
}
COLUMNS = [
    ColumnInfo(name, kind)
    for name, kind in zip(FULL, ("TIMESTAMP", "DATE", "STRING", "INT64", "FLOAT64", "BOOL", "STRING"), strict=True)
]


def read(**changes: Any) -> Sample:
    (row,) = decode(SAMPLE, from_json(SAMPLE, [json.dumps({**FULL, **changes})]))
    return row


def test_a_json_row_is_the_row() -> None:
    at = datetime(2026, 1, 24, 5, 0, 0, 1, tzinfo=UTC)
    assert read() == Sample(at, date(2026, 1, 24), FULL["text"], 3, 0.5, is_true=True, names=("a", "b"))


def test_null_is_none_and_no_names_at_all() -> None:
    assert read(**dict.fromkeys(FULL)) == Sample(None, None, None, None, None, None, ())


def test_numbers_beyond_53_bits_come_as_text() -> None:
    assert read(count=str(2**60 + 1)).count == 2**60 + 1


@pytest.mark.parametrize("text", ["2026-01-24T05:00:00Z", "2026-01-24T05:00:00.000Z", "2026-01-24T06:00:00+01:00"])
def test_an_instant_is_read_however_its_fraction_and_zone_are_written(text: str) -> None:
    assert read(at=text).at == datetime(2026, 1, 24, 5, tzinfo=UTC)


def test_a_whole_float_and_a_decimal_text_are_floats() -> None:
    assert (read(share=2).share, read(share="79.5").share) == (2.0, 79.5)
    assert math.isnan(read(share="NaN").share or 0)


@given(some.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)), some.integers(-14 * 60, 14 * 60))  # noqa: DTZ001 - a zone follows
def test_microseconds_lose_nothing_in_any_zone(naive: datetime, minutes: int) -> None:
    moment = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds(moment)) == moment


def test_the_client_s_values_go_over_the_wire_as_they_are_but_for_instants() -> None:
    at = datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert to_wire([(at, date(2026, 1, 24), "a", None)]) == [(1_000_000, date(2026, 1, 24), "a", None)]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", 1_769_230_800),
        ("at", "2026-01-24T05:00:00"),
        ("at", "yesterday"),
        ("day", "2026-01-24T05:00:00Z"),
        ("day", 20260124),
        ("text", 7),
        ("count", 1.5),
        ("count", True),
        ("count", "many"),
        ("share", "much"),
        ("share", False),
        ("is_true", "false"),
        ("is_true", 0),
        ("names", ["a"]),
    ],
)
def test_a_value_of_another_type_is_refused_with_fact_column_and_row(column: str, value: object) -> None:
    with pytest.raises(RowError, match=rf"^sample\.{column} cannot be read in row 1: "):
        read(**{column: value})


def test_a_row_that_is_no_json_or_lacks_a_column_is_refused() -> None:
    with pytest.raises(RowError, match="row cannot be read in row 1"):
        from_json(SAMPLE, ["{"])
    with pytest.raises(RowError, match=r"sample\.at cannot be read in row 1"):
        from_json(SAMPLE, ["{}"])


def test_columns_as_asked_for_are_let_through() -> None:
    refuse_changed_columns(SAMPLE, COLUMNS)


@pytest.mark.parametrize(
    ("column", "found", "wanted"),
    [
        ("at", "STRING", "TIMESTAMP"),
        ("at", "DATETIME", "TIMESTAMP"),
        ("day", "TIMESTAMP", "DATE"),
        ("text", "JSON", "STRING"),
        ("count", "FLOAT64", "INT64"),
        ("share", "STRING", "FLOAT64"),
        ("is_true", "STRING", "BOOL"),
        ("names", "ARRAY<STRING>", "STRING"),
    ],
)
def test_a_column_whose_type_changed_is_named_with_both_types(column: str, found: str, wanted: str) -> None:
    changed = [ColumnInfo(item.name, found if item.name == column else item.type) for item in COLUMNS]
    with pytest.raises(WarehouseError) as caught:
        refuse_changed_columns(SAMPLE, changed)
    assert f"{column} is {found} now, courtside reads {wanted}" in str(caught.value)


def test_a_float_may_be_any_number() -> None:
    for kind in ("NUMERIC", "BIGNUMERIC", "INT64"):
        refuse_changed_columns(SAMPLE, [ColumnInfo(c.name, kind if c.name == "share" else c.type) for c in COLUMNS])


def test_another_number_of_columns_is_refused() -> None:
    with pytest.raises(WarehouseError, match="came back with 6 columns, not 7"):
        refuse_changed_columns(SAMPLE, COLUMNS[:-1])


@pytest.mark.parametrize(
    ("said", "mode", "name"),
    [
        ("INTEGER", "NULLABLE", "INT64"),
        ("FLOAT", "REQUIRED", "FLOAT64"),
        ("BOOLEAN", None, "BOOL"),
        ("STRING", "REPEATED", "ARRAY<STRING>"),
        ("RECORD", "NULLABLE", "STRUCT"),
        ("TIMESTAMP", "NULLABLE", "TIMESTAMP"),
    ],
)
def test_types_have_googlesql_s_names(said: str, mode: str | None, name: str) -> None:
    assert standard_type(said, mode) == name
