"""A mark tells whether the process that left it still runs, and tells nothing of other machines."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from console.journal import Journal
from console.lease import Leases
from console.process_mark import has_ended, own_mark
from tests.builders import at

NOW = at("2026-01-25T12:00")
TERM = timedelta(minutes=5)

pytestmark = pytest.mark.skipif(not own_mark(), reason="this machine does not tell which process is which")


def of_one_that_has_ended() -> str:
    """Return the mark of a process that ran and runs no more."""
    command = (sys.executable, "-c", "from console.process_mark import own_mark; print(own_mark())")
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603  # our own


def test_a_process_that_runs_has_not_ended_and_one_that_does_not_has() -> None:
    assert not has_ended(own_mark())
    assert has_ended(of_one_that_has_ended())


def test_a_process_that_nobody_has_asked_how_it_ended_has_ended_all_the_same() -> None:
    command = (
        sys.executable,
        "-c",
        "from console.process_mark import own_mark; print(own_mark(), flush=True); input()",
    )
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own
        assert process.stdout is not None
        mark = process.stdout.readline().strip()
        assert not has_ended(mark)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and still stands in the list
        assert has_ended(mark)


def test_an_id_that_another_process_has_by_now_is_not_the_first_ones() -> None:
    boot, namespace, pid, started = own_mark().split("/")
    assert has_ended("/".join((boot, namespace, pid, str(int(started) - 1))))


@pytest.mark.parametrize("text", ["", "x", "a/b/c/d", "////", "a/b/99999999999999999999/1"])
def test_what_is_no_mark_of_this_machine_has_not_ended(text: str) -> None:
    assert not has_ended(text)
    boot, namespace, pid, started = of_one_that_has_ended().split("/")
    for other in (("another", namespace), (boot, "another")):
        assert not has_ended("/".join((*other, pid, started)))


def test_a_machine_without_such_files_gives_no_mark_and_knows_of_no_end(tmp_path: Path) -> None:
    assert own_mark(tmp_path) == ""
    assert not has_ended(own_mark(), tmp_path)


def test_a_lease_whose_holder_is_gone_is_free_at_once_and_that_of_one_who_is_not_lasts(tmp_path: Path) -> None:
    leases = Leases(Journal(tmp_path / "journal.sqlite3", now=lambda: NOW))
    assert leases.acquire("watch", "a", NOW + TERM, NOW)
    assert not leases.acquire("watch", "b", NOW + TERM, NOW, is_gone=lambda holder: holder != "a")
    assert leases.acquire("watch", "b", NOW + TERM, NOW, is_gone=lambda holder: holder == "a")
