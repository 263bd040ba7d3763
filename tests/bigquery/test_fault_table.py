"""The README's table of faults is true, row by row: what the operator is told, and after how long."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from console.warehouse import clients
from console.warehouse.bigquery.bounds import Bounds
from console.warehouse.bigquery.warehouse import BigQueryWarehouse
from tests.bigquery.asking import load, refusal
from tests.bigquery.conftest import Opener
from tests.bigquery.fault_table import SCENES, Row, Stage, Token, fault_table
from tests.bigquery_double import BigQueryDouble
from tests.cli.conftest import Courtside

TABLE = fault_table()
REFUSED = [name for name, row in TABLE.items() if not row.said.startswith("nothing")]


@pytest.fixture
def stage(double: BigQueryDouble, opened: Opener, demo_file: Path) -> Iterator[Stage]:
    with ExitStack() as stack:
        yield Stage(double, opened, demo_file, stack)


def test_the_table_and_the_tests_name_the_same_faults() -> None:
    assert list(TABLE) == list(SCENES)


def test_the_table_s_seconds_are_the_bounds() -> None:
    bounds = Bounds()
    assert {row.seconds for row in TABLE.values()} == {0, bounds.retry, bounds.socket, bounds.deadline}


@pytest.mark.parametrize("name", REFUSED)
def test_a_fault_that_lasts_is_said_as_the_table_says_and_then(name: str, stage: Stage) -> None:
    row = TABLE[name]
    warehouse = SCENES[name](stage)
    started = time.monotonic()
    sentence = refusal(warehouse)
    seconds = time.monotonic() - started
    assert row.is_said(sentence, warehouse.bounds), sentence
    assert seconds >= waited_at_least(row, warehouse)
    require_tries(row, stage.january)


def waited_at_least(row: Row, warehouse: BigQueryWarehouse) -> float:
    """Return for how long it is waited before the sentence comes, by the bounds that the test has in place of those in life."""
    life, ours = Bounds(), warehouse.bounds
    return {0: 0.0, life.retry: ours.retry, life.socket: ours.socket, life.deadline: ours.deadline - ours.tell}[
        row.seconds
    ]


def require_tries(row: Row, double: BigQueryDouble) -> None:
    """Require that the question was sent again where the table says so, with the same id, and else only once."""
    sent = [request.json["requestId"] for request in double.requests if request.method == "POST"]
    if "retries" in row.after and sent:
        assert len(sent) > 1
        assert len(set(sent)) == 1
    else:
        assert len(sent) <= 1


def test_an_expired_token_is_renewed_without_a_word(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "_anonymous", Token)
    assert TABLE["an expired token"].said.startswith("nothing: it is renewed, and the question asked again")
    assert len(load(SCENES["an expired token"](stage))) == 3
    sent = [request.headers["authorization"] for request in stage.january.requests]
    assert sent == ["Bearer token-1", "Bearer token-2"]


@pytest.mark.parametrize("name", ["401", "403 access denied", "HTML instead of JSON"])
def test_a_command_says_it_on_standard_error_and_ends_with_unknown(name: str, stage: Stage, tmp_path: Path) -> None:
    SCENES[name](stage)
    asked = Courtside(tmp_path, tmp_path)(
        "check", "--warehouse", f"bigquery://{stage.january.project}", "--at", "2026-01-25T12:00Z"
    )
    assert (asked.status, asked.out) == (3, "")
    beginning, _, _ = TABLE[name].said.removeprefix("…").partition("…")
    assert beginning in " ".join(asked.err.split())


@pytest.mark.parametrize(
    ("sentence", "is_said"),
    [
        ("a cannot be had within 2 s: why", True),
        ("a cannot be had within 15 s: why", False),
        ("b, a cannot be had within 2 s: why", True),
        ("a cannot be had", False),
    ],
)
def test_a_sentence_that_is_not_the_table_s_is_found_out(sentence: str, *, is_said: bool) -> None:
    assert Row("…a cannot be had within 15 s: …", "at once").is_said(sentence, Bounds(deadline=2)) is is_said
