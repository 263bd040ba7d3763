"""The January week read through BigQuery is, byte for byte, the January week read from the embedded file.

Two values of a document differ by necessity, and nothing else is taken out before the bytes are compared: `warehouse`, the name
of the place that somebody chose, which offered commands name too, and `seconds`, how long each fact took to load, which differs
between two runs on one file too.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import typer

from console.cli.app import app
from console.warehouse import clients
from tests.bigquery_double import BigQueryDouble
from tests.cli.conftest import Courtside, Result

ROOT = Path(__file__).parents[2]

MOMENTS = {
    "an ordinary day": "2026-01-22T18:00Z",
    "a minute before the warning": "2026-01-23T05:34Z",
    "critical, in the middle of a minute": "2026-01-23T06:20:45Z",
    "five minutes before the controller came back": "2026-01-25T01:30Z",
    "the retrier is found dead": "2026-01-25T13:22Z",
    "the morning on which nothing was due yet": "2026-01-26T15:20Z",
}
COMMANDS: tuple[tuple[str, ...], ...] = (
    (),
    ("check",),
    ("check", "--date", "2026-01-25", "--days", "7"),
    ("check", "orchestration.gap", "transitions.delay"),
    ("gaps", "--hours", "168", "--threshold-minutes", "90"),
    ("reconcile", "--date", "2026-01-24", "--detailed"),
    ("queue", "list"),
    ("transitions", "--days", "7"),
    ("trace", "LAL@DAL", "--date", "2026-01-24"),
    ("trace", "0022500644"),
    ("diagnose",),
    ("gate", "phase2_to_phase3", "--date", "2026-01-24"),
)
OTHERWISE = {"demo", "snapshot", "summary"}
"""Commands of one warehouse only, the built-in week and the copy of BigQuery, and a text that names it in each thread's key."""

EACH_COMMAND = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command) or "report")
EACH_MOMENT = pytest.mark.parametrize("moment", MOMENTS.values(), ids=list(MOMENTS))


@pytest.fixture
def courtside(tmp_path: Path, double: BigQueryDouble, monkeypatch: pytest.MonkeyPatch) -> Courtside:
    monkeypatch.setenv(clients.EMULATOR, double.url)
    return Courtside(tmp_path, tmp_path)


def place_of(double: BigQueryDouble) -> str:
    return f"bigquery://{double.project}"


def comparable(document: str, place: str) -> str:
    """Return the text of a document without the name of its warehouse, also in commands it offers, and without durations."""
    named = document.replace(f'"warehouse": {json.dumps(place)}', '"warehouse": "…"')
    named = named.replace(f"--warehouse {shlex.quote(place)}", "--warehouse …")
    return re.sub(r'(?<="seconds": )[0-9.e-]+', "0", named)


def require_same(embedded: Result, embedded_place: str, bigquery: Result, bigquery_place: str) -> None:
    assert comparable(bigquery.out, bigquery_place) == comparable(embedded.out, embedded_place)
    assert (bigquery.status, bigquery.err) == (embedded.status, embedded.err)
    assert "error" not in embedded.document, "both refused alike, which proves nothing"
    assert bigquery.document["scope"]["warehouse"] == bigquery_place
    assert {fact["reason"] for fact in bigquery.document.get("facts", [])} <= {""}


@EACH_MOMENT
@EACH_COMMAND
def test_a_command_prints_the_same_bytes(
    command: Sequence[str], moment: str, courtside: Courtside, double: BigQueryDouble, demo_file: Path
) -> None:
    asked = (*command, "--at", moment, "--json", "--warehouse")
    embedded = courtside(*asked, str(demo_file))
    assert double.queries == ()
    bigquery = courtside(*asked, place_of(double))
    assert double.queries
    require_same(embedded, str(demo_file), bigquery, place_of(double))


def test_every_command_that_answers_about_a_moment_is_compared() -> None:
    compared = {" ".join(command[: 2 if command[0] == "queue" else 1]) for command in COMMANDS if command}
    assert compared == set(_about_a_moment(typer.main.get_command(app))) - OTHERWISE


def _about_a_moment(command: Any, name: str = "") -> Iterator[str]:
    """Yield the names of all commands that take --at, but for the program itself, whose report is compared as ()."""
    if name and any("--at" in parameter.opts for parameter in command.params):
        yield name
    for own, inner in getattr(command, "commands", {}).items():
        yield from _about_a_moment(inner, f"{name} {own}".strip())


def test_two_processes_print_the_same_bytes(double: BigQueryDouble, demo_file: Path, tmp_path: Path) -> None:
    environment = {**os.environ, clients.EMULATOR: double.url, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}

    def run(place: str) -> Result:
        arguments = ["check", "--at", "2026-01-24T18:00Z", "--json", "--warehouse", place]
        done = subprocess.run(  # noqa: S603 # our own program
            [sys.executable, "-m", "console", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    require_same(run(str(demo_file)), str(demo_file), run(place_of(double)), place_of(double))


def test_the_text_of_a_report_is_the_same_but_for_the_name_of_its_warehouse(
    courtside: Courtside, double: BigQueryDouble, demo_file: Path
) -> None:
    asked = ("check", "--at", "2026-01-24T18:00Z", "--warehouse")
    head = re.compile(r"^\S.* as of .*$", re.MULTILINE)
    embedded, bigquery = (courtside(*asked, place, width=200) for place in (str(demo_file), place_of(double)))

    def words(text: str, place: str) -> list[str]:  # the offered commands wrap where the name of the place lets them
        return head.sub("", text).replace(place, "…").split()

    assert words(bigquery.out, place_of(double)) == words(embedded.out, str(demo_file))
    assert place_of(double) in bigquery.out


def test_a_difference_of_one_value_is_found(courtside: Courtside, double: BigQueryDouble, demo_file: Path) -> None:
    asked = ("check", "--json", "--warehouse")
    earlier = courtside(*asked, str(demo_file), "--at", "2026-01-24T18:00Z")
    later = courtside(*asked, place_of(double), "--at", "2026-01-24T18:01Z")
    assert comparable(earlier.out, str(demo_file)) != comparable(later.out, place_of(double))
