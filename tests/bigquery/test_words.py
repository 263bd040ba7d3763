"""What operators have said, in BigQuery: asked for with the report, and no trouble where the tables do not exist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from checks.facts.acknowledgements import ACKNOWLEDGEMENTS
from checks.facts.gate_overrides import GATE_OVERRIDES
from checks.facts.lineage import LINEAGE
from checks.model import Scope
from checks.policy import Policy
from console.desk import Desk
from console.outbox.rows import OutboxRow, row_line
from console.words import with_words
from tests.bigquery.conftest import Opener
from tests.bigquery_double import BigQueryDouble

SCOPE = Scope.at(datetime(2026, 1, 25, 12, tzinfo=UTC), days=4, last=date(2026, 1, 24))
WORDS = ("nba_orchestration.console_acknowledgements", "nba_orchestration.console_gate_overrides")


@pytest.fixture
def double(demo_file: Path) -> Iterator[BigQueryDouble]:
    with BigQueryDouble(demo_file) as opened:
        yield opened


def drop(double: BigQueryDouble) -> None:
    for table in WORDS:
        double.run(f"DROP TABLE {table}")


def test_what_is_said_costs_no_request_more(double: BigQueryDouble, opened: Opener) -> None:
    with Desk(opened(double), Policy()) as desk:
        look = desk.look(SCOPE)
    assert look.reason(ACKNOWLEDGEMENTS) == ""
    assert len(double.queries) == 4


def test_without_the_tables_the_report_is_the_same_and_the_reason_is_kept(
    double: BigQueryDouble, opened: Opener
) -> None:
    with Desk(opened(double), Policy()) as desk:
        before = desk.look(SCOPE)
        drop(double)
        after = desk.look(replace(SCOPE, as_of=datetime(2026, 1, 25, 12, 1, tzinfo=UTC)))
        again = desk.look(replace(SCOPE, as_of=datetime(2026, 1, 25, 12, 2, tzinfo=UTC)))
    for look in (after, again):
        assert {outcome.fact: outcome.reason for outcome in look.report.facts} == {
            outcome.fact: "" for outcome in before.report.facts
        }
        assert [(r.check, r.severity) for r in look.report.results] == [
            (r.check, r.severity) for r in before.report.results
        ]
        assert "console_acknowledgements" in look.reason(ACKNOWLEDGEMENTS)


def test_a_gate_without_the_tables_is_decided_by_the_data_with_a_note(double: BigQueryDouble, opened: Opener) -> None:
    drop(double)
    with Desk(opened(double), Policy()) as desk:
        known = with_words(desk, SCOPE, GATE_OVERRIDES, LINEAGE)
    assert known.note.startswith("nba_orchestration.console_gate_overrides does not exist")
    assert known.facts[LINEAGE]


def test_a_word_that_was_loaded_into_the_table_is_read(double: BigQueryDouble, opened: Opener) -> None:
    row = OutboxRow(
        "k",
        {
            "override_id": "k",
            "game_date": "2026-01-24",
            "phase_name": "phase2_to_phase3",
            "decision": "hold",
            "reason": "wait",
            "overridden_by": "ann@ops",
            "overridden_at": "2026-01-25T11:59:00.000000Z",
            "expires_at": "2026-01-25T13:00:00.000000Z",
        },
    )
    with Desk(opened(double), Policy()) as desk:
        warehouse = opened(double)
        warehouse.writes.append("job-1", WORDS[1], row_line(row).encode())
        known = with_words(desk, SCOPE, GATE_OVERRIDES, LINEAGE)
    (found,) = known.facts[GATE_OVERRIDES]
    assert (found.word, found.overridden_by, found.expires_at) == (
        "hold",
        "ann@ops",
        datetime(2026, 1, 25, 13, tzinfo=UTC),
    )
