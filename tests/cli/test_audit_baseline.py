"""What `courtside audit` says of a baseline: that a finding grew worse, that lines are out of date, and how git merges it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Courtside

INSERT = 'client.insert_rows_json("nba_raw.games", rows)\n'
DML = 'SQL = "UPDATE nba_raw.games SET a = 1 WHERE TRUE"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkout with one streaming insert, a warning."""
    path = tmp_path / "checkout"
    path.mkdir()
    (path / "a.py").write_text(INSERT)
    return path


@pytest.fixture
def held(folder: Path) -> tuple[str, ...]:
    return ("audit", str(folder), "--baseline", str(folder / "known.txt"))


def test_a_known_warning_that_became_critical_fails_and_it_is_said_that_it_is_in_the_baseline(
    courtside: Courtside, folder: Path, held: tuple[str, ...]
) -> None:
    assert courtside(*held, "--update-baseline").status == 0
    (folder / "b.py").write_text(DML)
    result = courtside(*held, width=200)
    assert (result.status, "1 finding of these in the baseline as less bad than now" in result.out) == (2, True)
    assert courtside(*held, "--json").document["risen"] == 1
    assert courtside(*held, "--update-baseline").status == 2
    assert courtside(*held, "--update-baseline", "--accept-new").status == 0


def test_what_an_update_renews_is_told_and_shown_where_it_is_not_written(
    courtside: Courtside, folder: Path, held: tuple[str, ...]
) -> None:
    (folder / "b.py").write_text(DML)
    courtside(*held, "--update-baseline")
    (folder / "b.py").write_text("")
    before = (folder / "known.txt").read_text()
    result = courtside(*held, width=200)
    assert (result.status, "with a worse one than is found: --update-baseline writes" in result.out) == (0, True)
    refused = courtside(*held, "--update-baseline", "--read-only", width=200)
    assert (refused.status, (folder / "known.txt").read_text()) == (3, before)
    assert [line[:33] for line in refused.lines if line.startswith("~ ")] == ["~ source.streaming_inserts a.py -"]
    written = courtside(*held, "--update-baseline", width=200)
    assert "0 lines taken out, 0 added, the severity of 1 renewed" in written.out
    assert (folder / "known.txt").read_text() == before.replace("\tCRITICAL", "\tWARNING")
    assert courtside(*held, "--json").document["outdated"] == []


def test_where_git_would_let_branches_conflict_it_is_said_once_what_helps_and_nothing_is_written_for_it(
    courtside: Courtside, folder: Path, held: tuple[str, ...]
) -> None:
    subprocess.run(["git", "init", "-q", str(folder)], check=True)  # noqa: S603, S607 # a test's own repository
    made = courtside(*held, "--update-baseline", width=200)
    assert made.out.count("put the line `/known.txt merge=union` into the .gitattributes") == 1
    assert not (folder / ".gitattributes").exists()
    assert "merge=union" not in courtside(*held, "--update-baseline").out, "nothing was written"
    (folder / ".gitattributes").write_text("/known.txt merge=union\n")
    (folder / "c.py").write_text(INSERT)
    document = courtside(*held, "--update-baseline", "--accept-new", "--json").document
    assert (document["baseline"]["advice"], len(document["baseline"]["added"])) == ("", 1)
