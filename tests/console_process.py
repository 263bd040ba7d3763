"""The console as a process in a pseudo-terminal."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.terminal import Terminal
from tests.terminal_screen import ALTERNATE_SCREEN, CURSOR_VISIBLE

ROOT = Path(__file__).parent.parent

needs_terminal = pytest.mark.skipif(sys.platform != "linux", reason="the pseudo-terminal is Linux's")


def start(home: Path, *arguments: str | Path, **more: str) -> Terminal:
    environment = {"COURTSIDE_STATE_DIR": str(home / "state"), "COURTSIDE_DATA_DIR": str(home / "data"), **more}
    return Terminal([sys.executable, *arguments], environment=environment, directory=ROOT)


def courtside(home: Path, *arguments: str, patch: str = "", **more: str) -> Terminal:
    """Start the console on a warehouse file that is not there, so that nothing has to be built; with `patch` run before."""
    more = {"COURTSIDE_WAREHOUSE": str(home / "none.duckdb"), **more}
    if not patch:
        return start(home, "-m", "console", *arguments, **more)
    code = f"import sys\nsys.argv = {['courtside', *arguments]!r}\nimport console.launch\n{patch}\n"
    return start(home, "-c", f"{code}import console.__main__\nconsole.__main__.main()\n", **more)


def assert_given_back(terminal: Terminal) -> None:
    modes = terminal.screen.modes()
    assert ALTERNATE_SCREEN not in modes
    assert CURSOR_VISIBLE in modes
    assert not modes & {1000, 1002, 1003, 1004, 1006, 2004}
    assert terminal.screen.keyboard_depth <= 0


def assert_journal_is_whole(home: Path) -> None:
    with closing(sqlite3.connect(home / "state" / "journal.sqlite3")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


READY = "quit"
"""What the console shows as soon as it shows anything: a word of the key bar."""
