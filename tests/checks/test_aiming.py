"""The commands that a report offers look at the place and at the moment of the report."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checks.aiming import SHOW_A_MOMENT, aimed
from checks.catalogue import ALL_CHECKS
from checks.model import Scope, Suggestion
from console.desk import Desk
from tests.builders import scope_at

NOW = "2026-01-23T06:20"
HERE = scope_at(NOW)
THEN = replace(HERE, is_chosen=True)
THERE = replace(HERE, place="week 4.duckdb")


@pytest.mark.parametrize(
    ("scope", "command", "offered"),
    [
        (HERE, "courtside gaps --hours 48", "courtside gaps --hours 48"),
        (THEN, "courtside gaps --hours 48", "courtside gaps --hours 48 --at 2026-01-23T06:20Z"),
        (THERE, "courtside queue list", "courtside queue list --warehouse 'week 4.duckdb'"),
        (THEN, "courtside queue list", "courtside queue list --at 2026-01-23T06:20Z"),
        (THEN, "courtside queue drain", "courtside queue drain"),
        (THEN, "courtside doctor", "courtside doctor"),
        (THERE, "courtside doctor", "courtside doctor --warehouse 'week 4.duckdb'"),
        (THERE, "courtside audit source.streaming_inserts .", "courtside audit source.streaming_inserts ."),
        (THERE, "courtside gaps --warehouse demo", "courtside gaps --warehouse demo"),
        (THERE, "gcloud pubsub topics list", "gcloud pubsub topics list"),
    ],
)
def test_a_command_looks_where_and_when_the_report_did(scope: Scope, command: str, offered: str) -> None:
    (step,) = aimed((Suggestion(command, "see"),), scope)
    assert step == Suggestion(offered, "see")


def test_every_command_of_a_report_of_another_moment_says_the_moment_or_shows_none(desk: Desk) -> None:
    report = desk.report(replace(scope_at(NOW), is_chosen=True, place="w.duckdb"))
    offered = [*(f.suggestions for f in report.findings), *(cause.suggestions for cause in report.causes)]
    commands = {step.command for suggestions in offered for step in suggestions}
    assert len(report.results) >= len(ALL_CHECKS)
    assert commands
    assert [c for c in commands if "--warehouse w.duckdb" not in c] == []
    named = [c for c in commands if any(c.startswith(f"courtside {name} ") for name in SHOW_A_MOMENT)]
    assert [c for c in named if not c.endswith("--at 2026-01-23T06:20Z")] == []


def test_what_a_report_covers_and_finds_is_the_same_wherever_its_commands_look(desk: Desk) -> None:
    plain, aimed_at = desk.report(HERE), desk.report(replace(THEN, place="w.duckdb"))
    assert plain.scope == aimed_at.scope
    assert [f.fingerprint for f in plain.findings] == [f.fingerprint for f in aimed_at.findings]
    assert [(c.key, len(c.symptoms)) for c in plain.causes] == [(c.key, len(c.symptoms)) for c in aimed_at.causes]


@pytest.mark.parametrize("evil", ["'", '"', "\\", "it's $(so)", "x" * 2_000_000])
def test_a_command_with_text_from_outside_is_completed_whatever_that_is(evil: str) -> None:
    scope = replace(scope_at("2026-01-25T16:00"), place="week.duckdb", is_chosen=True)
    (step,) = aimed((Suggestion(f"courtside trace {evil}", "look"),), scope)
    assert step.command == f"courtside trace {evil} --warehouse week.duckdb --at 2026-01-25T16:00Z"
