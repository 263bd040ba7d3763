"""However the console ends, the terminal is given back, the journal is whole and the exit status says why."""

from __future__ import annotations

import re
import signal
import time
from pathlib import Path

import pytest

from tests.console_process import READY, assert_given_back, assert_journal_is_whole, courtside, needs_terminal
from tests.terminal_screen import ALTERNATE_SCREEN


@needs_terminal
def test_q_leaves_with_0_and_gives_the_terminal_back(tmp_path: Path) -> None:
    with courtside(tmp_path) as terminal:
        terminal.wait_for(READY)
        assert ALTERNATE_SCREEN in terminal.screen.modes()
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert_given_back(terminal)
        assert "".join(terminal.text()).strip() == ""


@needs_terminal
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_gives_the_terminal_back_and_is_the_exit_status(tmp_path: Path, number: signal.Signals) -> None:
    with courtside(tmp_path) as terminal:
        terminal.wait_for(READY)
        terminal.signal(number)
        assert terminal.wait_exit() == 128 + number
        assert_given_back(terminal)
    assert_journal_is_whole(tmp_path)


@needs_terminal
def test_a_closed_terminal_ends_the_console(tmp_path: Path) -> None:
    with courtside(tmp_path) as terminal:
        terminal.wait_for(READY)
        terminal.hang_up()
        assert terminal.wait_exit() == 128 + signal.SIGHUP
    assert_journal_is_whole(tmp_path)


DEAF = "signal.signal(signal.SIGHUP, signal.SIG_IGN)"


@needs_terminal
def test_a_terminal_that_closes_without_a_signal_ends_the_console_too(tmp_path: Path) -> None:
    with courtside(tmp_path, patch=f"import signal; {DEAF}") as terminal:
        terminal.wait_for(READY)
        terminal.hang_up()
        assert terminal.wait_exit() == 128 + signal.SIGHUP


LONGEST_SECONDS = 10.0
"""On a busy machine; what holds it up lasts a minute or for ever, and the benchmark holds leaving to half a second."""

BUSY = """
import time
def stuck(self):
    while True:
        time.sleep(0.01)
console.launch.Guarded.refresh_all = lambda self, by_hand=True: stuck(self)
"""


@needs_terminal
def test_a_screen_that_is_stuck_can_be_ended_and_gives_the_terminal_back(tmp_path: Path) -> None:
    with courtside(tmp_path, patch=BUSY) as terminal:
        terminal.wait_for(READY)
        terminal.press("R")
        time.sleep(0.3)
        sent = time.monotonic()
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_exit() == 128 + signal.SIGTERM
        assert time.monotonic() - sent < LONGEST_SECONDS
        assert_given_back(terminal)


HANGS = """
import time, console.cli.shell
console.cli.shell._open_desk = lambda settings: time.sleep(60)
"""


@needs_terminal
def test_a_warehouse_that_hangs_holds_up_neither_leaving_nor_a_signal(tmp_path: Path) -> None:
    for number in (None, signal.SIGTERM):
        with courtside(tmp_path, patch=HANGS) as terminal:
            terminal.wait_for(READY)
            time.sleep(0.2)
            asked = time.monotonic()
            if number is None:
                terminal.press("q")
            else:
                terminal.signal(number)
            assert terminal.wait_exit() == (0 if number is None else 128 + number)
            assert time.monotonic() - asked < LONGEST_SECONDS


BROKEN = """
def broken(self, *_, **__):
    secret = "hunter2"
    raise RuntimeError("no such thing at https://ann:hunter3@example.com \\x1b[2J")
console.launch.Guarded.refresh_all = broken
"""


@needs_terminal
def test_a_defect_gives_the_terminal_back_and_leaves_a_report_whose_path_is_said(tmp_path: Path) -> None:
    with courtside(tmp_path, patch=BROKEN) as terminal:
        terminal.wait_for(READY)
        terminal.press("R")
        assert terminal.wait_exit() == 3
        assert_given_back(terminal)
        said = "".join(terminal.text())
    assert said.startswith(
        "courtside: the console broke, which is a defect of the program (RuntimeError: no such thing"
    )
    (path,) = (tmp_path / "state").glob("crash-*.txt")
    assert f"the report is in {path}" in said
    report = path.read_text(encoding="utf-8")
    assert "in broken" in report
    assert "https://(hidden)@example.com" in report
    assert not re.findall(r"hunter\d|\x1b", report + said)
    assert path.stat().st_mode & 0o077 == 0


@needs_terminal
def test_a_defect_before_the_first_frame_is_no_different(tmp_path: Path) -> None:
    patch = "console.launch.Guarded.get_default_screen = lambda self: 1 / 0"
    with courtside(tmp_path, patch=patch) as terminal:
        assert terminal.wait_exit() == 3
        assert_given_back(terminal)
        assert "ZeroDivisionError" in "".join(terminal.text())


@needs_terminal
def test_without_a_place_for_a_journal_the_console_shows_all_the_same(tmp_path: Path) -> None:
    with courtside(tmp_path, COURTSIDE_STATE_DIR="/proc/courtside") as terminal:
        terminal.wait_for(READY)
        terminal.press("q")
        assert terminal.wait_exit() == 0
