"""The command offered as next gives the answer of the screen that it stands on."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

from tests.cli.conftest import Courtside

THEN = "2026-01-23T06:20Z"


def offered(courtside: Courtside, *arguments: str, env: dict[str, str] | None = None) -> list[str]:
    document = courtside(*arguments, "--json", env=env).document
    return [step["command"] for item in (*document["causes"], *document["findings"]) for step in item["suggestions"]]


def test_of_another_moment_the_next_command_shows_the_same_moment(courtside: Courtside) -> None:
    first = offered(courtside, "demo", "--at", THEN)[0]
    assert first == f"courtside gaps --hours 48 --at {THEN}"
    again = courtside(*shlex.split(first)[1:], "--json").document
    assert again["scope"]["as_of"] == THEN.replace("Z", ":00Z")


def test_of_another_warehouse_the_next_command_reads_the_same_warehouse(
    courtside: Courtside, demo_file: Path, tmp_path: Path
) -> None:
    file = tmp_path / "week.duckdb"
    shutil.copyfile(demo_file, file)
    commands = offered(courtside, "--warehouse", str(file), "check", "--at", THEN)
    assert {f"--warehouse {file}" in command for command in commands} == {True}
    text = " ".join(courtside("--warehouse", str(file), "check", "--at", THEN, width=300).out.split())
    assert f"next: courtside gaps --hours 48 --warehouse {file} --at {THEN} ·" in text


def test_the_demo_names_itself_only_where_another_warehouse_is_configured(courtside: Courtside) -> None:
    assert "--warehouse" not in " ".join(offered(courtside, "demo"))
    configured = offered(courtside, "demo", env={"COURTSIDE_WAREHOUSE": "bigquery://nba-props-prod"})
    assert configured[0] == "courtside gaps --hours 48 --warehouse demo"
    assert "--warehouse" not in " ".join(offered(courtside, "demo", env={"COURTSIDE_WAREHOUSE": "demo"}))


def test_the_warehouse_that_is_configured_and_the_present_need_not_be_named(
    courtside: Courtside, demo_file: Path
) -> None:
    commands = " ".join(offered(courtside, "check", env={"COURTSIDE_WAREHOUSE": str(demo_file)}))
    assert "--warehouse" not in commands
    assert "--at" not in commands
