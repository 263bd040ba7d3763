"""What `courtside audit` writes: rewritten files, copies, the baseline; who agrees to it, and what forbids it."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Courtside

SILENT = "try:\n    work()\nexcept Exception:\n    pass\n"
STREAM = 'def f(c, rows):\n    c.insert_rows_json("nba_raw.t", rows)\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "checkout"
    path.mkdir()
    return path


@pytest.fixture
def loader(folder: Path) -> None:
    """Let there be the batch loader that `--fix` writes calls of."""
    path = folder / "shared/utils/bigquery_utils.py"
    path.parent.mkdir(parents=True)
    path.write_text("def insert_bigquery_rows(table, rows): ...\n")


@pytest.mark.usefixtures("loader")
def test_fix_shows_and_writes_nothing_where_nobody_can_be_asked(courtside: Courtside, folder: Path) -> None:
    (folder / "a.py").write_text(STREAM)
    result = courtside("audit", str(folder), "--fix")
    assert '+    insert_bigquery_rows("nba_raw.t", rows)' in result.lines
    assert result.status == 1
    assert (folder / "a.py").read_text() == STREAM


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(("answer", "is_done"), [("y\n", True), ("n\n", False), ("", False)])
def test_fix_asks_who_sits_at_the_keyboard(
    courtside: Courtside, folder: Path, monkeypatch: pytest.MonkeyPatch, answer: str, is_done: bool
) -> None:
    (folder / "a.py").write_text(STREAM)
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    result = courtside("audit", str(folder), "--fix", has_keyboard=True)
    assert "Rewrite 1 call in 1 file? [y/N]" in result.err
    assert ("insert_bigquery_rows" in (folder / "a.py").read_text()) is is_done
    assert result.status == (0 if is_done else 1)


@pytest.mark.usefixtures("loader")
def test_fix_with_yes_writes_and_says_in_the_document_what_it_did(courtside: Courtside, folder: Path) -> None:
    (folder / "a.py").write_text(f'{STREAM}    errors = c.insert_rows_json("nba_raw.t", rows)\n    print(errors)\n')
    document = courtside("audit", str(folder), "--fix", "--yes", "--json").document
    assert document["fix"]["applied"] is True
    assert document["fix"]["rewritten"][0]["lines"] == [2]
    assert document["fix"]["left"] == [{"place": "a.py:3", "reason": "something is done with its answer"}]
    assert len(document["findings"]) == 1


READ_ONLY = pytest.mark.parametrize(
    ("flags", "env"), [(("--read-only",), {}), ((), {"COURTSIDE_READ_ONLY": "true"}), (("--json", "--read-only"), {})]
)


@READ_ONLY
@pytest.mark.usefixtures("loader")
def test_read_only_shows_what_fix_would_do_and_refuses_to_write(
    courtside: Courtside, folder: Path, flags: tuple[str, ...], env: dict[str, str]
) -> None:
    (folder / "a.py").write_text(STREAM)
    result = courtside("audit", str(folder), "--fix", "--yes", *flags, env=env, width=100)
    assert (result.status, (folder / "a.py").read_text()) == (3, STREAM)
    assert "nothing was written: read-only, as the settings say" in result.out
    assert '+    insert_bigquery_rows(\\"nba_raw.t\\", rows)' in result.out.replace('("nba_raw.t"', '(\\"nba_raw.t\\"')


@READ_ONLY
def test_read_only_shows_what_sync_would_do_and_refuses_to_write(
    courtside: Courtside, folder: Path, flags: tuple[str, ...], env: dict[str, str]
) -> None:
    copy = stale_copy(folder)
    result = courtside("audit", str(folder), "--sync", "--yes", *flags, env=env)
    assert (result.status, (copy / "a.py").exists()) == (3, False)
    assert "add a.py" in result.out
    assert "nothing was written: read-only, as the settings say" in result.out


@READ_ONLY
def test_read_only_shows_what_would_become_of_the_baseline_and_refuses_to_write(
    courtside: Courtside, folder: Path, flags: tuple[str, ...], env: dict[str, str]
) -> None:
    (folder / "a.py").write_text(SILENT)
    path = folder / "baseline.txt"
    held = ("audit", str(folder), "--baseline", str(path), "--update-baseline")
    result = courtside(*held, *flags, env=env)
    assert (result.status, path.exists()) == (3, False)
    assert "nothing was written: read-only, as the settings say" in result.out
    courtside(*held)
    before = path.read_text()
    (folder / "a.py").rename(folder / "b.py")
    result = courtside(*held, "--accept-new", *flags, env=env, width=120)
    assert (result.status, path.read_text()) == (3, before)
    if "--json" in flags:
        change = result.document["baseline"]
        assert [line.split("\t")[1] for line in (*change["removed"], *change["added"])] == ["a.py", "b.py"]
        assert (change["applied"], change["reason"][:20]) == (False, "nothing was written:")
    else:
        assert [line[:34] for line in result.lines if line[:2] in ("- ", "+ ")] == [
            "- source.silent_exceptions a.py - ",
            "+ source.silent_exceptions b.py - ",
        ]


def test_read_only_refuses_nothing_where_nothing_would_be_written(courtside: Courtside, folder: Path) -> None:
    (folder / "a.py").write_text("x = 1\n")
    path = folder / "baseline.txt"
    courtside("audit", str(folder), "--baseline", str(path), "--update-baseline")
    everything = ("--fix", "--sync", "--baseline", str(path), "--update-baseline", "--read-only")
    assert courtside("audit", str(folder), *everything).status == 0


def test_production_is_no_reason_not_to_write_into_a_checkout(courtside: Courtside, folder: Path) -> None:
    copy = stale_copy(folder)
    courtside("audit", str(folder), "--sync", "--yes", "--warehouse", "bigquery://nba-production")
    assert (copy / "a.py").exists()


def stale_copy(folder: Path) -> Path:
    (folder / "shared").mkdir()
    (folder / "shared/a.py").write_text("x = 1\n")
    copy = folder / "orchestration/cloud_functions/f/shared"
    copy.mkdir(parents=True)
    return copy


def test_where_nobody_agreed_it_is_said_that_nothing_was_written_and_how_to(
    courtside: Courtside, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale_copy(folder)
    sync = ("audit", str(folder), "--sync")
    assert "nothing was written: nobody can be asked here; with --yes it is written without a question" in (
        courtside(*sync).lines
    )
    document = courtside(*sync, "--json").document
    assert document["sync"]["reason"].startswith("nothing was written: nobody can be asked with --json; with --yes")
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    assert "nothing was written: nobody agreed" in courtside(*sync, has_keyboard=True).lines
    assert "nothing was written" not in courtside(*sync, "--yes").out


def test_new_findings_are_added_to_a_baseline_only_when_somebody_says_so(courtside: Courtside, folder: Path) -> None:
    for name in ("a.py", "d.py"):
        (folder / name).write_text(SILENT)
    (folder / "b.py").write_text("import requests\nrequests.get(URL)\n")
    path = folder / "baseline.txt"
    held = ("audit", str(folder), "--baseline", str(path))
    courtside("audit", "silent_exceptions", *held[1:], "--update-baseline")
    assert "`--update-baseline --accept-new` adds it to the baseline" in " ".join(courtside(*held).out.split())
    assert courtside(*held, "--update-baseline").status != 0
    (folder / "a.py").rename(folder / "c.py")
    result = courtside(*held, "--update-baseline", "--accept-new", width=200)
    assert (result.status, "accept-new" in result.out) == (0, False)
    assert f"{path}: 1 line taken out, 2 added" in " ".join(result.out.split())
    files = [line.split("\t")[1] for line in path.read_text().splitlines() if "\t" in line]
    assert files == ["b.py", "c.py", "d.py"]
    assert courtside(*held).status == 0


def test_sync_is_a_dry_run_until_yes(courtside: Courtside, folder: Path) -> None:
    (folder / "shared").mkdir()
    (folder / "shared/a.py").write_text("x = 1\n")
    copy = folder / "orchestration/cloud_functions/f/shared"
    copy.mkdir(parents=True)
    assert "add a.py" in courtside("audit", str(folder), "--sync").out
    assert not (copy / "a.py").exists()
    assert courtside("audit", str(folder), "--sync", "--yes").status == 0
    assert (copy / "a.py").read_text() == "x = 1\n"
