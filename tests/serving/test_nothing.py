"""Where nothing is known, no answer looks like success: never 200 with nothing in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from prometheus_client.parser import text_string_to_metric_families

from console.journal import FILE_NAME
from tests.serving.served import Opener, Served, serving

ASKED = [
    *(("GET", path) for path in ("/verdict", "/checks", "/checks/orchestration.gap", "/incidents")),
    *(("POST", path) for path in ("/run", "/gates/phase2_to_phase3/2026-01-24")),
]


def nothing(_file: Path) -> None:
    """Make nothing."""


def without_tables(file: Path) -> None:
    duckdb.connect(str(file)).close()


def no_database(file: Path) -> None:
    file.write_bytes(b"no database at all, not by any means" * 100)


def cut_off(file: Path) -> None:
    without_tables(file)
    file.write_bytes(file.read_bytes()[:100])


WAREHOUSES = [nothing, without_tables, no_database, cut_off]
JOURNALS = [nothing, no_database]


def metrics(served: Served) -> dict[str, float]:
    text = served.get("/metrics").text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {sample.name: sample.value for sample in samples if not sample.labels}


@pytest.mark.parametrize("warehouse", WAREHOUSES)
@pytest.mark.parametrize("journal", JOURNALS, ids=["no_journal", "no_journal_that_can_be_read"])
def test_every_question_is_refused_with_the_reason(
    tmp_path: Path, warehouse: Callable[[Path], None], journal: Callable[[Path], None]
) -> None:
    warehouse(tmp_path / "week.duckdb")
    journal(tmp_path / FILE_NAME)
    with serving(Opener(tmp_path / "week.duckdb"), tmp_path) as served:
        for method, path in ASKED:
            answer = served.client.request(method, path)
            assert answer.status_code == 503, (method, path, answer.text)
            assert answer.json()["error"]["message"]
        found = metrics(served)
    assert (found["courtside_verdict_severity"], found["courtside_last_run_failed"]) == (2, 1)
    assert found["courtside_report_age_seconds"] == float("inf")
    assert found["courtside_journal_readable"] == (journal is nothing)
