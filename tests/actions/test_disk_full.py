"""A disk that is full, and a state directory that is none: the console shows, says that it cannot act, and does nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from console.queue_changes import QUEUE

ROOT = Path(__file__).parent.parent.parent
FULL = 'ulimit -f 60; exec "$@"'
"""No file may grow beyond 60 KiB: less than a journal needs, which is what SQLite meets on a full disk."""
PLAN = ("queue", "requeue", "--processor", "p2_odds_game_lines", "--date", "2026-01-27")


def courtside(state: Path, limits: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = ["sh", "-c", limits, "sh", sys.executable, "-m", "console", *words]
    environment = {**os.environ, "COURTSIDE_STATE_DIR": str(state)}
    return subprocess.run(  # noqa: S603  # ours
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def rows(file: Path) -> int:
    with duckdb.connect(str(file), read_only=True) as connection:
        (found,) = connection.execute(f"SELECT count(*) FROM {QUEUE}").fetchall()  # a name of our own
    return int(found[0])


@pytest.fixture
def week(demo_file: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(demo_file, tmp_path / "week.duckdb"))


@pytest.fixture(params=["full disk", "no directory"])
def state(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    """Give a state directory, and the limits under which nothing can be kept in it."""
    path = tmp_path / "state"
    if request.param == "full disk":
        path.mkdir()
        return path, FULL
    path.write_text("a file where the directory should be")
    return path, 'exec "$@"'


def test_nothing_is_applied_that_cannot_be_kept(week: Path, state: tuple[Path, str]) -> None:
    before = rows(week)
    done = courtside(*state, *PLAN, "--apply", "--warehouse", str(week))
    assert (done.returncode, done.stdout) == (3, "")
    assert str(state[0]) in done.stderr
    assert "Traceback" not in done.stderr
    assert rows(week) == before


def test_what_would_be_done_is_shown_and_why_it_cannot_be(week: Path, state: tuple[Path, str]) -> None:
    done = courtside(*state, *PLAN, "--warehouse", str(week))
    assert done.returncode == 0
    assert "requeue: 1 of 1 would be done" in done.stdout
    said = " ".join(done.stdout.split())
    assert "nothing can be done that is not in the journal: " in said
    assert "queue apply" not in said


def test_the_report_is_shown(week: Path, state: tuple[Path, str]) -> None:
    done = courtside(*state, "check", "--at", "2026-01-25T01:30Z", "--warehouse", str(week))
    assert done.returncode == 2
    assert done.stdout.startswith("CRITICAL data is arriving but nobody is deciding")
