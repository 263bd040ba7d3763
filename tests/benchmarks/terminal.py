"""The console in a terminal of 120 by 40, beside a bare Textual application: painting, keys, rest, memory.

Run by hand: `python -m tests.benchmarks.terminal [--soak]`; `--help` names what can be shortened. Programs take turns, so that a
machine that drifts drifts for all. What is not there is skipped, and said.
"""

from __future__ import annotations

import argparse
import shlex
import statistics
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from screens.keybar import NOTICE_SECONDS
from tests.benchmarks.table import print_table, say, spread
from tests.benchmarks.terminal_figures import (
    AbsentError,
    Rest,
    Start,
    key_answers,
    opened,
    refresh_bytes,
    repaint_bytes,
    rest,
    start,
)
from tests.benchmarks.terminal_memory import Soaked, soak
from tests.benchmarks.terminal_programs import (
    PAUSE,
    QUEUE_PANEL,
    Program,
    bare,
    console,
    console_on_queue,
    environment,
    installed,
)
from tests.terminal import Answer

LEAST_ROUNDS = 5
QUEUES = (100, 100_000)
SOAK_STEP = 500
SOAKED = (
    "refreshes",
    "resident MB at rest (target under 110)",
    "own",
    "of files",
    "most while refreshing",
    "growth at rest (target within 5 %)",
    "CPU s so far",
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a start: its name, where it is found, how many values of it are written, and what is aimed at."""

    name: str
    of: Callable[[Start], float]
    written: Callable[[Sequence[float]], str]
    target: str


def _middle(values: Sequence[float]) -> str:
    return f"{statistics.median(values):,.0f}"


START = (
    Figure("first frame, ms", lambda s: s.first, spread, "at most 1.3 x the bare one"),
    Figure("all panels filled, ms", lambda s: s.filled, spread, "at most 2.2 x the bare one"),
    Figure("written until then, bytes", lambda s: s.size, _middle, ""),
    Figure("resident memory, MB", lambda s: s.rss_mb, _middle, "under 110"),
    Figure("quitting, ms", lambda s: s.quitting, spread, "under 500"),
)


@dataclass(frozen=True, slots=True)
class Bench:
    """What one run measures, and for how long."""

    bare: Program
    console: Program
    folder: Path
    command: tuple[str, ...]
    environment: Mapping[str, str]
    rounds: int
    keys: int
    rest_seconds: float

    def starts(self) -> None:
        """Print when text and the filled screen come, what that writes and holds, and how long quitting takes."""
        programs = present((self.bare, self.console), self.environment)
        measured: list[list[Start]] = [[] for _ in programs]
        for _ in range(self.rounds):
            for program, starts in zip(programs, measured, strict=True):
                starts.append(start(program, self.environment))
        rows = []
        for figure in START:
            values = [[figure.of(one) for one in starts] for starts in measured]
            middles = [statistics.median(each) for each in values]
            ratio = f"{middles[-1] / middles[0]:.2f}" if len(programs) > 1 else ""
            rows.append((figure.name, *map(figure.written, values), ratio, figure.target))
        title = f"Start and end, median of {self.rounds} (least-most)"
        print_table(title, ("figure", *(program.name for program in programs), "ratio", "target"), rows)

    def keys_in_queues(self) -> None:
        """Print what moving one row down costs in the bare application and in retry queues of several sizes."""
        queues = [console_on_queue(self.command, self.folder / f"{rows}.duckdb", rows) for rows in QUEUES]
        with ExitStack() as stack:
            names, terminals = [], []
            for program in (self.bare, *queues):
                try:
                    terminal = stack.enter_context(opened(program, self.environment))
                except AbsentError as error:
                    say(f"skipped: {error}")
                    continue
                if program is not self.bare:
                    terminal.send(QUEUE_PANEL)
                    terminal.wait_quiet(1.0)
                names.append(program.name)
                terminals.append(terminal)
            answers = key_answers(terminals, self.keys)
        title = f"One row down, key to last byte of the answer, {self.keys} keys each, taking turns"
        rows = [(name, *_latency(each), "10, 95th 20") for name, each in zip(names, answers, strict=True)]
        print_table(title, ("program", "median ms", "95th percentile ms", "bytes a key", "target ms"), rows)

    def at_rest(self) -> None:
        """Print what the programs do while nobody asks, and what refreshing and repainting write."""
        rows = []
        for program in present((self.bare, self.console), self.environment):
            with opened(program, self.environment) as terminal:
                idle = rest(terminal, self.rest_seconds)
                rows.append((program.name, f"left alone for {self.rest_seconds:g} s", _rest(idle), ""))
                if program is self.console:
                    refreshes = statistics.median(refresh_bytes(terminal) for _ in range(self.rounds))
                    rows.append(
                        (program.name, "a refresh that changes nothing", f"{refreshes:,.0f} bytes", "under 200 bytes")
                    )
                repaints = statistics.median(repaint_bytes(terminal) for _ in range(self.rounds))
                target = "under 40,000 bytes" if program is self.console else ""
                rows.append((program.name, "full repaint, true colour", f"{repaints:,.0f} bytes", target))
                if program is self.console:
                    terminal.send(PAUSE)
                    terminal.wait_quiet(NOTICE_SECONDS + 1)  # the word that the key left goes by itself, once
                    rows.append(
                        (
                            program.name,
                            "between refreshes (paused)",
                            _rest(rest(terminal, self.rest_seconds)),
                            "0 bytes/s, under 0.5 %",
                        )
                    )
        print_table("At rest", ("program", "figure", "measured", "target"), rows)

    def soaking(self, refreshes: int, pause: float) -> None:
        """Print how memory changes over many refreshes: at rest, when none is under way, and the most on the way."""
        try:
            terminal = opened(self.console, self.environment)
        except AbsentError as error:
            say(f"skipped: {error}")
            return
        with terminal:
            figures = soak(terminal, refreshes, min(SOAK_STEP, refreshes), pause)
        first = figures[0].memory.resident
        print_table(f"{self.console.name}: refreshing", SOAKED, [_soaked(figure, first) for figure in figures])


def present(programs: Sequence[Program], variables: Mapping[str, str]) -> list[Program]:
    """Return the programs that open a screen, warmed up; say of the others why they are skipped."""
    there = []
    for program in programs:
        try:
            start(program, variables)
        except AbsentError as error:
            say(f"skipped: {error}")
        else:
            there.append(program)
    return there


def _soaked(figure: Soaked, first: float) -> tuple[str, ...]:
    held = figure.memory
    sizes = (f"{mb:.1f}" for mb in (held.resident, held.own, held.files, held.most))
    return f"{figure.refreshes:,}", *sizes, f"{100 * (held.resident / first - 1):+.1f} %", f"{figure.cpu:.0f}"


def _latency(answers: Sequence[Answer]) -> tuple[str, str, str]:
    lasts = sorted(1000 * answer.last for answer in answers)
    late = lasts[min(len(lasts) - 1, round(0.95 * len(lasts)))]
    return f"{statistics.median(lasts):.1f}", f"{late:.1f}", _middle([answer.size for answer in answers])


def _rest(idle: Rest) -> str:
    return f"{idle.bytes_per_second:.1f} bytes/s in {idle.writes} writes, {idle.cpu_percent:.2f} % of a core"


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.terminal", description=__doc__)
    parser.add_argument("--command", help="the console's command instead of the installed one, before its arguments")
    parser.add_argument("--only", choices=("start", "keys", "rest"), help="measure only this")
    parser.add_argument(
        "--rounds", type=int, default=7, help=f"starts and repaints of each program, at least {LEAST_ROUNDS}"
    )
    parser.add_argument("--keys", type=int, default=60, help="keys pressed in each queue")
    parser.add_argument("--rest", type=float, default=20.0, metavar="SECONDS", help="how long a program is left alone")
    parser.add_argument(
        "--soak", type=int, nargs="?", const=2000, default=0, metavar="REFRESHES", help="refresh so often, 2,000"
    )
    parser.add_argument(
        "--pause", type=float, default=0.1, metavar="SECONDS", help="quiet between two refreshes of the soak"
    )
    return parser.parse_args()


def main() -> None:
    """Measure and print the tables."""
    options = arguments()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = tuple(shlex.split(options.command)) if options.command else installed()
        bench = Bench(
            bare=bare(folder),
            console=console(command, "demo"),
            folder=folder,
            command=command,
            environment=environment(folder / "home"),
            rounds=max(options.rounds, LEAST_ROUNDS),
            keys=options.keys,
            rest_seconds=options.rest,
        )
        if options.soak:
            bench.soaking(options.soak, options.pause)
            return
        for part, measure in (("start", bench.starts), ("keys", bench.keys_in_queues), ("rest", bench.at_rest)):
            if options.only in (None, part):
                measure()


if __name__ == "__main__":
    main()
