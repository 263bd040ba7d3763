"""What may be changed where, and how to arm what may not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from console.arming import DEMO_IS_READ_ONLY, PRODUCTION_IS_READ_ONLY, unkept, why_read_only
from console.environment import environment_of
from console.settings import Flags, Homes, Settings, resolve
from screens.session import Environment

FILE = Path("/etc/courtside.toml")


def settings(warehouse: str, **table: object) -> Settings:
    homes = Homes(Path("/c"), Path("/d"), Path("/s"))
    return resolve(Flags(), {}, homes, FILE, {"warehouse": warehouse, **table})


def why(warehouse: str, **table: object) -> str:
    found = settings(warehouse, **table)
    return why_read_only(found, is_production=environment_of(found) is Environment.PRODUCTION)


@pytest.mark.parametrize(
    ("warehouse", "table", "expected"),
    [
        ("bigquery://nba-props", {}, PRODUCTION_IS_READ_ONLY),
        ("bigquery://nba-props?no_such_option=1", {}, PRODUCTION_IS_READ_ONLY),
        ("bigquery://nba-props", {"read_only": False}, ""),
        ("bigquery://nba-props?staging=1", {}, ""),
        ("/data/week.duckdb", {}, ""),
        ("/data/week.duckdb", {"read_only": True}, "read-only, as the settings say (read_only, /etc/courtside.toml)"),
        ("demo", {}, DEMO_IS_READ_ONLY),
        ("demo", {"read_only": False}, DEMO_IS_READ_ONLY),
    ],
)
def test_production_and_the_demo_are_read_only_until_the_settings_say_otherwise_of_production(
    warehouse: str, table: Mapping[str, object], expected: str
) -> None:
    assert why(warehouse, **table) == expected


def test_the_refusal_says_how_to_arm() -> None:
    assert "`read_only = false`" in why("bigquery://nba-props")
    assert "COURTSIDE_READ_ONLY=false" in why("bigquery://nba-props")


def test_the_flag_disarms_what_the_settings_arm() -> None:
    homes = Homes(FILE.parent, FILE.parent, FILE.parent)
    found = resolve(Flags(read_only=True), {}, homes, FILE, {"warehouse": "week.duckdb", "read_only": False})
    assert why_read_only(found, is_production=False) == "read-only, as the settings say (read_only, command line)"


def test_what_is_the_matter_with_the_journal_is_said_with_its_place_and_without_a_number() -> None:
    says = "nothing can be done that is not in the journal: "
    assert unkept(NotADirectoryError(20, "Not a directory", "/state")) == f"{says}/state: Not a directory"
    assert unkept(OSError("it is full")) == f"{says}it is full"
