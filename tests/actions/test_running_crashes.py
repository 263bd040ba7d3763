"""Killed at any step of applying, or two at once: after the next start each row is there once, and the journal tells which."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from console.actions.entry import EntryKind
from console.actions.run_state import ItemState, RunState
from tests.actions.worlds import Bench

ROOT = Path(__file__).parent.parent.parent
GAMES = 2
STEPS = (
    "leased",
    "looked",
    "begun",
    *("claimed", "changed", "settled"),
    "looked",
    *("claimed", "changed", "settled"),
    "ended",
)
"""Those of a run of two items: the canary, and the rest as a batch."""


def process(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.actions.acting", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 # ours


def keys(bench: Bench) -> list[str]:
    return sorted(str(row.game_key) for row in bench.rows())


@pytest.mark.parametrize("at", range(1, len(STEPS) + 1), ids=[f"{n}-{name}" for n, name in enumerate(STEPS, 1)])
def test_killed_at_a_step_it_goes_on_and_nothing_is_done_twice(tmp_path: Path, file: Path, at: int) -> None:
    bench = Bench(tmp_path / "ann", file)
    bench.planned(GAMES)
    run = process(tmp_path / "ann", file, "kill", at)
    said, _ = run.communicate(timeout=60)
    assert (run.returncode, said.strip()) == (-9, STEPS[at - 1])
    left = bench.hand.run("p1")
    assert left is not None
    done_before = set(keys(bench))
    assert left.count(ItemState.DONE) <= len(done_before) <= left.count(ItemState.DONE, ItemState.ATTEMPTED)
    bench.clock.now += timedelta(minutes=2)  # the dead one's lease
    again = bench.apply()
    assert again.state is RunState.DONE
    assert again.is_complete
    assert keys(bench) == ["A01@DAL", "A02@DAL"]
    noted = Counter((link.entry.kind, link.entry.subject) for link in bench.ledger.of_plan("p1") if link.entry)
    assert {count for (kind, _), count in noted.items() if kind is EntryKind.OUTCOME} == {1}
    assert bench.ledger.verify().broken is None


def test_two_consoles_apply_overlapping_plans_200_times_and_no_game_is_queued_twice(tmp_path: Path, file: Path) -> None:
    """Each has a journal of its own, as on two hosts, so that only the warehouse keeps them apart."""
    consoles = [process(tmp_path / name, file, "race", name, 100) for name in ("a", "b")]
    for console in consoles:
        assert console.stdin is not None
        console.stdin.write("go\n")
        console.stdin.flush()
    for console in consoles:
        console.communicate(timeout=900)
    assert [console.returncode for console in consoles] == [0, 0]
    bench = Bench(tmp_path / "see", file)
    assert keys(bench) == sorted(set(keys(bench)))
    assert len(keys(bench)) == 201
