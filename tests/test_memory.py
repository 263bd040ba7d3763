"""A journal that cannot be used never keeps the console from showing, and says so."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from console import journal_schema
from console.journal import FILE_NAME, Journal, JournalError
from console.memory import open_memory
from tests.test_journal import GAP, NOW, clock, report


def newer(path: Path) -> None:
    Journal(path, now=clock()).prefer("theme", "light")
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {journal_schema.VERSION + 1}")
    connection.close()


def truncated(path: Path) -> None:
    Journal(path, now=clock()).prefer("theme", "light")
    path.write_bytes(path.read_bytes()[:5000])


def no_database(path: Path) -> None:
    path.write_text("this is no database, it is a text that somebody put there\n" * 40, encoding="utf-8")


def foreign(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")
    connection.close()


def folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (newer, "the journal {} was written by a newer courtside (version 3, this one knows 2): install the newer one"),
        (truncated, "the journal {} is broken (database disk image is malformed): move it away"),
        (no_database, "the journal {} is broken (file is not a database): move it away"),
        (foreign, "{} is another program's database: move it away"),
        (folder, "the journal {} cannot be used (unable to open database file)"),
    ],
)
def test_a_file_that_cannot_be_used_is_left_alone_and_said(
    tmp_path: Path, broken: Callable[[Path], None], says: str
) -> None:
    path = tmp_path / FILE_NAME
    broken(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(JournalError) as refused:
        Journal(path, now=clock()).log()
    assert str(refused.value).startswith(says.format(path))
    memory = open_memory(tmp_path, now=clock())
    assert memory.trouble == f"nothing is kept beyond this run: {refused.value}"
    assert (path.read_bytes() if path.is_file() else b"") == before


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="/proc is a folder in which nobody can make a file")
def test_in_a_folder_that_cannot_be_written_the_console_remembers_for_itself_and_says_so() -> None:
    memory = open_memory(Path("/proc/courtside"), now=clock())
    memory.remember("demo", report("2026-01-25T01:00", GAP), NOW)
    memory.prefer("theme", "light")
    found = memory.last_report("demo")
    assert found is not None
    assert (found.saved_at, memory.preference("theme"), len(memory.sightings("demo"))) == (NOW, "light", 1)
    assert "No such file or directory: '/proc/courtside'" in memory.trouble
    assert [(entry.action, entry.outcome) for entry in memory.log()] == [("journal", memory.trouble)]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_read_only_folder_is_said_too(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "unable to open database file" in open_memory(tmp_path, now=clock()).trouble


FULL = """
import resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from console.memory import open_memory
from tests.test_journal import GAP, NOW, report
memory = open_memory(Path(sys.argv[1]), now=lambda: NOW)
memory.prefer("theme", "light")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
memory.remember("demo", report("2026-01-25T01:00", GAP), NOW)
memory.note(memory.log()[0])
print(memory.trouble)
print(memory.last_report("demo").report.verdict.sentence, memory.preference("theme"), len(memory.log()))
"""


def test_when_the_disk_fills_up_the_console_goes_on_and_what_was_written_stays(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 # our own interpreter and code
        [sys.executable, "-c", FULL, str(tmp_path)],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    trouble, after = done.stdout.splitlines()
    assert trouble.startswith(f"nothing is kept beyond this run: the journal {tmp_path / FILE_NAME} cannot be used (")
    assert after == "as of 2026-01-25T01:00 light 2"
    assert Journal(tmp_path / FILE_NAME, now=clock()).preference("theme") == "light"


def test_a_setting_beats_what_was_chosen_before_and_a_choice_in_this_run_beats_the_setting(tmp_path: Path) -> None:
    open_memory(tmp_path, now=clock()).prefer("theme", "contrast")
    memory = open_memory(tmp_path, now=clock(), presets={"theme": "light"})
    assert memory.preference("theme") == "light"
    memory.prefer("theme", "dark")
    assert memory.preference("theme") == "dark"
    assert open_memory(tmp_path, now=clock()).preference("theme") == "dark"
