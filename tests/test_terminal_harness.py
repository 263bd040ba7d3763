"""The pseudo-terminal that other tests and the benchmark stand on."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal import MODERN, SILENT, Terminal
from tests.terminal_keys import KEYS, key
from tests.terminal_screen import TerminalScreen

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the harness reads /proc and opens /dev/pts")

ECHO = r"""
import os, signal, sys, tty
def say(text):
    os.write(1, text.encode() + b"\r\n")
def size(*_):
    columns, rows = os.get_terminal_size(0)
    say(f"size {columns}x{rows}")
tty.setraw(0)
signal.signal(signal.SIGWINCH, size)
size()
say("controlling terminal " + str(os.tcgetpgrp(0) == os.getpid()))
say("ready")
while (key := os.read(0, 100)) != b"q":
    say("key " + key.hex())
say("bye")
sys.exit(7)
"""


def python(source: str, **settings: object) -> Terminal:
    return Terminal([sys.executable, "-S", "-I", "-c", source], columns=60, rows=12, **settings)  # type: ignore[arg-type] # passed on


@pytest.fixture
def echo() -> Iterator[Terminal]:
    with python(ECHO) as terminal:
        terminal.wait_for("ready")
        yield terminal


def test_a_program_gets_a_controlling_terminal_of_the_size_asked_for(echo: Terminal) -> None:
    assert echo.text()[:3] == ["size 60x12", "controlling terminal True", "ready"]


def test_the_screen_has_as_many_rows_as_the_terminal(echo: Terminal) -> None:
    assert len(echo.text()) == 12


@pytest.mark.parametrize(
    ("name", "sent"), [("down", "1b5b42"), ("enter", "0d"), ("ctrl+c", "03"), ("x", "78"), ("é", "c3a9")]
)
def test_a_named_key_arrives_as_xterm_sends_it(echo: Terminal, name: str, sent: str) -> None:
    echo.press(name)
    echo.wait_for(f"key {sent}")


def test_a_click_arrives_with_its_cell_counted_from_one(echo: Terminal) -> None:
    echo.click(4, 2)
    echo.wait_for("key " + b"\x1b[<0;5;3M\x1b[<0;5;3m".hex())


def test_every_named_key_sends_something_of_its_own() -> None:
    assert len({key(name) for name in KEYS}) == len(KEYS)


def test_a_program_sees_a_new_size(echo: Terminal) -> None:
    echo.resize(40, 10)
    echo.wait_for("size 40x10")
    assert len(echo.text()) == 10


def test_an_exit_status_is_returned(echo: Terminal) -> None:
    echo.send("q")
    assert echo.wait_exit() == 7
    assert "bye" in echo.text()


def test_a_signal_that_ends_the_program_is_its_exit_status(echo: Terminal) -> None:
    echo.signal(signal.SIGTERM)
    assert echo.wait_exit() == -signal.SIGTERM


def test_a_program_whose_terminal_closes_is_told(echo: Terminal) -> None:
    echo.hang_up()
    assert echo.wait_exit() == -signal.SIGHUP


def test_leaving_the_context_kills_what_still_runs() -> None:
    with python(ECHO) as terminal:
        terminal.wait_for("ready")
    assert terminal.wait_exit(0) == -signal.SIGKILL


def test_waiting_in_vain_says_what_the_screen_shows(echo: Terminal) -> None:
    with pytest.raises(TimeoutError, match=r"'never' did not come within 0\.05 s \(still running\)[\s\S]*\|ready"):
        echo.wait_for("never", timeout=0.05)


def test_waiting_for_text_of_a_program_that_ended_does_not_wait_for_the_timeout(echo: Terminal) -> None:
    echo.send("q")
    with pytest.raises(ChildProcessError, match=r"the program closed the terminal[\s\S]*\|bye"):
        echo.wait_for("never", timeout=60)


def test_waiting_for_an_exit_in_vain_says_what_the_screen_shows(echo: Terminal) -> None:
    with pytest.raises(TimeoutError, match=r"still runs after 0\.05 s[\s\S]*\|ready"):
        echo.wait_exit(0.05)


def test_a_command_that_is_not_there_ends_with_the_shells_status_and_sentence() -> None:
    with Terminal(["/nowhere/courtside"]) as terminal:
        assert terminal.wait_exit() == 127
        assert any("/nowhere/courtside" in row for row in terminal.text())


def test_the_moment_of_a_text_is_when_it_was_read_not_when_it_was_asked_for(echo: Terminal) -> None:
    echo.send("a")
    echo.wait_for("key 61")
    seen = time.monotonic()
    assert echo.started < echo.wait_for("key 61") < seen


def test_an_answer_counts_the_bytes_and_the_seconds_of_one_key(echo: Terminal) -> None:
    answer = echo.answer("a")
    assert answer.size == len("key 61\r\n")
    assert 0 < answer.first <= answer.last < 1


def test_no_answer_is_refused(echo: Terminal) -> None:
    with pytest.raises(TimeoutError, match="an answer to b'' did not come"):
        echo.answer(b"", timeout=0.05)


def test_bytes_are_counted_from_a_mark(echo: Terminal) -> None:
    mark = echo.mark()
    assert echo.bytes_since(mark) == 0
    echo.answer("a")
    assert echo.bytes_since(mark) == len("key 61\r\n")
    assert echo.raw[mark.size :] == b"key 61\r\n"


def test_quiet_is_waited_for_from_the_last_output() -> None:
    with python("import time\nfor n in range(5): print(n, flush=True); time.sleep(.05)\ntime.sleep(60)") as terminal:
        terminal.wait_for("0")
        terminal.wait_quiet(0.4)
        assert terminal.text()[:5] == ["0", "1", "2", "3", "4"]


def test_a_program_that_never_stops_writing_is_not_waited_for_for_ever() -> None:
    with python("import time\nwhile True: print('again', flush=True); time.sleep(.01)") as terminal:
        terminal.wait_for("again")
        with pytest.raises(TimeoutError, match=r"was not quiet for 1 s within 0\.1 s"):
            terminal.wait_quiet(1, timeout=0.1)


def test_the_frames_show_what_was_on_the_screen_at_each_moment(echo: Terminal) -> None:
    echo.answer("a")
    frames = [(moment, "key 61" in screen.rows()) for moment, screen in echo.frames()]
    before = [moment for moment, shown in frames if not shown]
    after = [moment for moment, shown in frames if shown]
    assert max(before) < min(after)


def test_memory_and_processor_time_are_the_programs() -> None:
    with python("held = b'x' * 50_000_000\nwhile True: pass") as terminal:
        deadline = time.monotonic() + 10
        while (terminal.cpu_seconds() < 0.1 or terminal.rss_mb() < 50) and time.monotonic() < deadline:
            pass
        assert terminal.cpu_seconds() >= 0.1
        assert 50 < terminal.rss_mb() < 90


def test_the_environment_is_what_the_test_gives_and_nothing_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "33")
    source = "import os; print(sorted(set(os.environ) - {'PWD', 'OLDPWD', 'SHLVL', '_'}))"
    with python(source, environment={"HOME": "/nowhere"}) as terminal:
        terminal.wait_exit()
        assert terminal.text()[0] == "['HOME', 'LANG', 'PATH', 'TERM']"


def test_a_program_starts_in_the_directory_given(tmp_path: Path) -> None:
    with python("import os; print(os.path.basename(os.getcwd()))", directory=tmp_path) as terminal:
        terminal.wait_for(tmp_path.name)


ASK = r"""
import os, select, time, tty
tty.setraw(0)
os.write(1, b"\x1b[?20"); time.sleep(.02); os.write(1, b"26$p")
told = os.read(0, 100) if select.select([0], [], [], {patience})[0] else b"nothing"
os.write(1, b"told " + told.hex().encode())
"""


def test_a_question_that_came_in_two_pieces_is_answered_as_by_a_modern_terminal() -> None:
    with python(ASK.replace("{patience}", "10"), answers=MODERN) as terminal:
        terminal.wait_for("told " + b"\x1b[?2026;2$y".hex())


def test_a_silent_terminal_answers_nothing() -> None:
    with python(ASK.replace("{patience}", ".1"), answers=SILENT) as terminal:
        terminal.wait_for("told " + b"nothing".hex())


def test_the_alternate_screen_is_left_as_it_was_found() -> None:
    screen = TerminalScreen(20, 3)
    screen.feed(b"before\x1b[?1049h\x1b[Hinside")
    assert screen.rows() == ["inside", "", ""]
    assert 1049 in screen.modes()
    screen.feed(b"\x1b[?1049l after")
    assert screen.rows() == ["before after", "", ""]
    assert 1049 not in screen.modes()


def test_a_fresh_screen_shows_its_cursor_and_wraps_lines_and_no_more() -> None:
    assert TerminalScreen(20, 3).modes() == {7, 25}


@pytest.mark.parametrize("cut", range(1, 40))
def test_keyboard_settings_are_neither_shown_nor_taken_for_colours_wherever_they_are_cut(cut: int) -> None:
    data = b"a\x1b[>25ub\x1b[>4;2mc\x1b[?4md\x1b[?ue\x1b[?2026$pf\x1b[<ug"
    screen = TerminalScreen(20, 1)
    screen.feed(data[:cut])
    screen.feed(data[cut:])
    assert screen.rows() == ["abcdefg"]


def test_pushed_keyboard_settings_are_counted_until_they_are_popped() -> None:
    screen = TerminalScreen(20, 1)
    screen.feed(b"\x1b[>25u")
    assert screen.keyboard_depth == 1
    screen.feed(b"\x1b[<u")
    assert screen.keyboard_depth == 0


def test_a_wide_character_is_in_the_text_once() -> None:
    screen = TerminalScreen(20, 1)
    screen.feed("a漢b".encode())
    assert screen.rows() == ["a漢b"]
