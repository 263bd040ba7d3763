"""A console in a process of its own, which applies plans and may be killed at a step; run by the tests beside it.

`python -m tests.actions.acting FOLDER FILE kill STEP` applies the plan p1 and dies at the STEP-th step.
`python -m tests.actions.acting FOLDER FILE race NAME ROUNDS` plans and applies, again and again, for games that overlap
with those of a console of another name.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

from checks.model import Subject, SubjectKind
from console.actions.refusal import RefusedError
from console.warehouse.protocol import WarehouseError
from tests.actions.plans import DAY, order
from tests.actions.worlds import WHY, Bench


def dying(at: int) -> Callable[[str], None]:
    """Return what ends this process, without another instruction, at the given step."""
    steps = 0

    def step(name: str) -> None:
        nonlocal steps
        steps += 1
        if steps == at:
            sys.stdout.write(f"{name}\n")
            sys.stdout.flush()
            os.kill(os.getpid(), signal.SIGKILL)

    return step


def race(bench: Bench, name: str, rounds: int) -> None:
    """Apply a plan a round; the consoles a and b share one of their two games in each."""
    shift = 0 if name == "a" else 1
    for number in range(rounds):
        games = [Subject(SubjectKind.GAME, f"R{2 * number + shift + n:03}@DAL", DAY) for n in range(2)]
        for tries in count():
            try:
                plan = bench.replan(replace(order(), subjects=tuple(games)), bench.clock(), f"{name}-{number}-{tries}")
                bench.hand.keep(plan)
                bench.hand.apply(plan.id, WHY, lambda _done, _total: None, lambda: False)
            except (RefusedError, WarehouseError):
                continue  # the other one was quicker, or has the file: planned again, as an operator would
            break


def main() -> None:
    """Do what the command line says."""
    folder, file, what, *rest = sys.argv[1:]
    if what == "kill":
        Bench(Path(folder), Path(file), step=dying(int(rest[0]))).apply()
    else:
        sys.stdin.readline()
        columns = Bench(Path(folder), Path(file)).columns()  # once a process, as the console asks for them
        race(Bench(Path(folder), Path(file), columns=lambda: columns), rest[0], int(rest[1]))


if __name__ == "__main__":
    main()
