"""How a program behaves in a terminal: when it paints, what a key costs, what it does at rest."""

from __future__ import annotations

import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks.terminal_programs import DOWN, QUIT, REFRESH, Program
from tests.terminal import Answer, Terminal
from tests.terminal_screen import ALTERNATE_SCREEN

COLUMNS, ROWS = 120, 40
OPENS_WITHIN_SECONDS = 60.0
REST_SECONDS = 0.5
"""Longer than one refresh of the embedded warehouse takes, shorter than the time between two."""


class AbsentError(Exception):
    """A program did not open a screen, or showed no answer to a key; the message says which and what it did instead."""


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds from the spawn to the first text and to the filled screen, bytes and resident MB by then, seconds of quitting."""

    first: float
    filled: float
    size: int
    rss_mb: float
    quitting: float


@dataclass(frozen=True, slots=True)
class Rest:
    """What a program does while nobody asks it: bytes a second, percent of one core, and how many times it wrote."""

    bytes_per_second: float
    cpu_percent: float
    writes: int


def opened(program: Program, environment: Mapping[str, str]) -> Terminal:
    """Start a program and wait until its screen is filled and at rest. Raises AbsentError."""
    terminal = Terminal(program.command, columns=COLUMNS, rows=ROWS, environment=environment)
    try:
        _wait_until_filled(terminal, program)
    except (TimeoutError, ChildProcessError) as error:
        terminal.close()
        raise AbsentError(f"{program.name}: {error}") from error
    return terminal


def _wait_until_filled(terminal: Terminal, program: Program) -> None:
    deadline = time.monotonic() + OPENS_WITHIN_SECONDS
    filled = False
    # What is written is only recorded at first: drawing it here would take a core from the program that is measured.
    terminal.wait_quiet(2 * REST_SECONDS)
    while not filled:
        terminal.wait_for(program.settled, deadline - time.monotonic())
        terminal.wait_quiet(REST_SECONDS)
        if ALTERNATE_SCREEN not in terminal.screen.modes():
            raise ChildProcessError("it wrote text and opened no screen")
        filled = program.settled(terminal.text())


def start(program: Program, environment: Mapping[str, str]) -> Start:
    """Measure one start, and quitting after it. Raises AbsentError."""
    with opened(program, environment) as terminal:
        first, filled = _moments(terminal, program)
        size, rss = len(terminal.raw), terminal.rss_mb()
        asked = time.monotonic()
        terminal.send(QUIT)
        try:
            terminal.wait_exit()
        except TimeoutError as error:
            raise AbsentError(f"{program.name} on {QUIT}: {error}") from error
        return Start(first - terminal.started, filled - terminal.started, size, rss, time.monotonic() - asked)


def _moments(terminal: Terminal, program: Program) -> tuple[float, float]:
    """Return when the program's screen first showed text, and since when it is filled."""
    first = filled = 0.0
    for moment, screen in terminal.frames():
        rows = screen.rows()
        painted = ALTERNATE_SCREEN in screen.modes() and any(rows)
        first = first or moment * painted
        filled = (filled or moment) if painted and program.settled(rows) else 0.0
    return first, filled


def key_answers(terminals: Sequence[Terminal], count: int) -> list[list[Answer]]:
    """Press the key for one row down so often in each, taking turns. Raises AbsentError when one does not answer."""
    answers: list[list[Answer]] = [[] for _ in terminals]
    for _ in range(count):
        for terminal, collected in zip(terminals, answers, strict=True):
            try:
                collected.append(terminal.answer(DOWN, timeout=2.0))
            except (TimeoutError, ChildProcessError) as error:
                raise AbsentError(f"key {DOWN}: {error}") from error
    return answers


def rest(terminal: Terminal, seconds: float) -> Rest:
    """Measure a program that is left alone."""
    before, cpu, since = terminal.mark(), terminal.cpu_seconds(), time.monotonic()
    time.sleep(seconds)
    took = time.monotonic() - since
    size = terminal.bytes_since(before)
    used = terminal.cpu_seconds() - cpu
    return Rest(size / took, 100 * used / took, terminal.mark().chunks - before.chunks)


def refresh_bytes(terminal: Terminal) -> int:
    """Return how many bytes one refresh by hand wrote."""
    before = terminal.mark()
    terminal.send(REFRESH)
    terminal.wait_quiet(2 * REST_SECONDS)
    return terminal.bytes_since(before)


def repaint_bytes(terminal: Terminal) -> int:
    """Return the bytes of a full repaint: of the same size announced again, or of one column less and back."""
    before = terminal.mark()
    terminal.signal(signal.SIGWINCH)
    terminal.wait_quiet(REST_SECONDS)
    announced = terminal.bytes_since(before)
    columns, rows = terminal.size
    terminal.resize(columns - 1, rows)
    terminal.wait_quiet(REST_SECONDS)
    before = terminal.mark()
    terminal.resize(columns, rows)
    terminal.wait_quiet(REST_SECONDS)
    return max(announced, terminal.bytes_since(before))
