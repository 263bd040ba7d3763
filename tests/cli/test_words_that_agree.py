"""What a first-time user stumbled over: lists that are whole, columns that agree, refusals in the operator's words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checks.catalogue import BY_ID
from console.warehouse.demo import DEMO_AS_OF
from tests.cli.conftest import Courtside


def test_check_list_names_every_check_that_can_be_asked_for(courtside: Courtside) -> None:
    listed = [item["check"] for item in courtside("check", "--list", "--json").document["checks"]]
    assert sorted(listed) == sorted(BY_ID)
    assert {"workers.heartbeat", "watcher.silent"} <= {line.split()[0] for line in courtside("check", "--list").lines}


@pytest.mark.parametrize("word", ["ERROR", "error", "Critical"])
def test_a_severity_may_be_written_as_it_is_printed(courtside: Courtside, word: str) -> None:
    asked = courtside("check", "orchestration.gap", "--only", word)
    assert (asked.status, asked.err) == (2, "")


@pytest.mark.parametrize("arguments", [("check", "--only", "foo"), ("gate", "foo")])
def test_a_word_that_is_none_of_the_choices_is_refused_in_the_operators_words(
    courtside: Courtside, arguments: tuple[str, ...]
) -> None:
    refused = courtside(*arguments)
    assert refused.status == 3
    assert "'foo' is not one of " in refused.err
    assert "Value error" not in refused.err


def test_a_variable_that_cannot_be_is_named_as_it_is_set(courtside: Courtside) -> None:
    refused = courtside("check", env={"COURTSIDE_DAYS": "many"})
    assert "COURTSIDE_DAYS (environment) must be a whole number of game dates from 1 to 400, not 'many'" in refused.err


def test_version_is_said_whatever_the_settings_are(courtside: Courtside) -> None:
    said = courtside("--version", env={"COURTSIDE_DAYS": "many"})
    assert said.status == 0
    assert said.out.startswith("courtside ")
    assert len(said.out.split()) == 2


def test_a_snapshot_of_the_demo_is_of_the_demos_own_moment(courtside: Courtside, tmp_path: Path) -> None:
    found = courtside("snapshot", "-o", str(tmp_path / "w.duckdb"), "--json").document
    assert found["as_of"] == f"{DEMO_AS_OF:%FT%TZ}"
    assert sum(table["rows"] for table in found["tables"]) > 10_000
    assert "hardly any rows" not in " ".join(found["said"])


def test_a_snapshot_with_hardly_any_rows_says_so(courtside: Courtside, tmp_path: Path) -> None:
    quiet = courtside("snapshot", "-o", str(tmp_path / "w.duckdb"), "--at", "2025-06-01T12:00Z", width=200)
    assert "hardly any rows: " in quiet.out
    assert "tables have none in these days; --at and --days choose others" in quiet.out


def test_in_an_export_state_and_names_say_the_same(courtside: Courtside, tmp_path: Path) -> None:
    path = tmp_path / "week.json"
    courtside("reconcile", "--date", "2026-01-24", "--days", "6", "--export", str(path))
    stages = ("box_scores", "analytics", "features", "predictions", "grading")
    said = {(row[f"{s}_state"], bool(row[f"{s}_missing"])) for row in json.loads(path.read_text()) for s in stages}
    assert ("incomplete", True) in said
    assert ("complete", False) in said
    assert said.isdisjoint({("complete", True), ("not due", True), ("not played", True), ("incomplete", False)})


def test_a_plan_of_what_is_missing_is_not_headed_as_if_all_were_well(courtside: Courtside, tmp_path: Path) -> None:
    plan = courtside("schema", "plan", "--warehouse", str(tmp_path / "new.duckdb"))
    assert plan.status == 0
    assert plan.lines[0].startswith("PLAN     0 of ")
    assert courtside("schema", "plan").lines[0].startswith("OK       ")
