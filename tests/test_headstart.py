"""The first look from a child process: the same as the desk's own when it comes, and nothing lost when it does not."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from checks.facts.decisions import DECISIONS
from checks.loading import Loaded
from checks.model import FactOutcome, Report, Scope
from checks.policy import Policy
from console.allocator import Allocator
from console.desk import Desk
from console.headstart import LONGEST_SECONDS, Ahead, Headstart, Plan
from console.look import Look
from console.warehouse.protocol import WarehouseError
from tests.builders import at
from tests.console_process import ROOT
from tests.forks import Empty, Opener, forked, send

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the open descriptors are looked up in /proc"),
    # The console forks before it has threads; the tests before these have left some.
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]

SCOPE = Scope.at(at("2026-01-25T01:30"))
OTHER = Scope.at(at("2026-01-25T01:31"))
DESCRIPTORS = Path("/proc/self/fd")


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def open_descriptors() -> set[str]:
    """Return the descriptors that lead somewhere, without the one that reads the list of them."""
    return {f"{path.name} {path.readlink()}" for path in DESCRIPTORS.iterdir() if path.exists()}


@pytest.fixture(autouse=True)
def nothing_left_open() -> Iterator[None]:
    before = open_descriptors()
    yield
    assert open_descriptors() == before


def begun(open_desk: Callable[[], Desk]) -> Headstart:
    headstart = Headstart.begin(lambda: Plan(SCOPE, open_desk))
    assert headstart is not None
    return headstart


def child_of(headstart: Headstart) -> int:
    return headstart._child


def is_gone(child: int) -> bool:
    """Say whether a child has ended and was waited for: a zombie could still be waited for."""
    try:
        os.waitpid(child, os.WNOHANG)
    except ChildProcessError:
        return True
    return False


def whole(report: Report, loaded: Loaded, untold: int) -> Look:
    return Look(report, loaded, lambda fact: f"-- {fact.name}", untold)


def framed(*parts: bytes) -> bytes:
    """Return what a child sends: each part with its size before it."""
    return b"".join(len(part).to_bytes(8) + part for part in parts)


def look_of(ahead: Ahead, scope: Scope = SCOPE) -> Look:
    with ahead() as desk:
        look = desk.look(scope)
        assert isinstance(look, Look)
        return look


# What comes


def test_the_childs_look_is_the_desks_own_and_no_desk_is_opened_for_it() -> None:
    opener = Opener()
    look = look_of(Ahead(begun(opener), opener, Policy))
    assert opener.opened == 0
    own = Desk(Empty(), Policy()).look(SCOPE)
    assert look.report.results == own.report.results
    assert (look.report.scope, look.report.verdict, look.report.causes) == (
        SCOPE,
        own.report.verdict,
        own.report.causes,
    )
    assert look.rows(DECISIONS) == own.rows(DECISIONS)


def test_what_this_host_could_not_tell_comes_with_the_childs_look() -> None:
    look = look_of(Ahead(begun(lambda: Desk(Empty(), Policy(), untold=lambda: 2)), Opener(), Policy))
    assert look.untold == 2


def test_a_question_behind_a_number_is_the_desks_own() -> None:
    opener = Opener()
    with Ahead(begun(opener), opener, Policy)() as desk:
        asked = desk.look(SCOPE).query("decisions")
    assert (asked.sql, asked.as_of) == ("-- decisions", SCOPE.as_of)


ON_A_FILE = """
import os, sys
from pathlib import Path
os.cpu_count = lambda: 2
from checks.facts.catalogue import ALL_FACTS
from checks.loading import Loaded
from checks.model import FactOutcome, Report, Scope
from checks.policy import Policy
from console.headstart import Ahead, Headstart, Plan
from tests.builders import at
scope = Scope.at(at("2026-01-25T01:30"))
def open_desk():
    from console.desk import Desk
    from console.warehouse.embedded import EmbeddedWarehouse
    return Desk(EmbeddedWarehouse(Path(sys.argv[1])), Policy())
headstart = Headstart.begin(lambda: Plan(scope, open_desk))
with Ahead(headstart, open_desk, Policy)() as desk:
    childs = desk.look(scope)
    assert "duckdb" not in sys.modules, "this process asked for itself"
    own = desk.look(scope)
    assert "duckdb" in sys.modules
assert childs.report.results == own.report.results
assert childs.report.verdict == own.report.verdict
assert [childs.rows(fact) for fact in ALL_FACTS] == [own.rows(fact) for fact in ALL_FACTS]
print(childs.report.verdict.sentence)
"""


def test_on_a_real_warehouse_file_both_looks_are_equal_down_to_the_last_row(demo_file: Path) -> None:
    command = [sys.executable, "-c", ON_A_FILE, str(demo_file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=60, text=True)  # noqa: S603  # ours
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("data is arriving but nobody is deciding")


def test_the_head_start_is_taken_once_and_the_second_look_is_the_desks_own() -> None:
    opener = Opener()
    ahead = Ahead(begun(opener), opener, Policy)
    look_of(ahead)
    assert opener.opened == 0
    assert look_of(ahead).report.scope == SCOPE
    assert opener.opened == 1


def test_some_checks_are_asked_of_the_desk_and_leave_the_head_start_for_the_full_look() -> None:
    opener = Opener()
    ahead = Ahead(begun(opener), opener, Policy)
    with ahead() as desk:
        assert [result.check for result in desk.look(SCOPE, ["queue.overdue"]).report.results] == ["queue.overdue"]
    assert opener.opened == 1
    look_of(ahead)
    assert opener.opened == 1


def test_after_a_look_the_child_is_gone() -> None:
    headstart = begun(Opener())
    assert headstart.take(SCOPE, whole) is not None
    assert is_gone(child_of(headstart))


# What does not come


def test_another_scope_than_the_one_begun_gets_nothing_and_leaves_no_zombie() -> None:
    headstart = begun(Opener())
    assert headstart.take(OTHER, whole) is None
    assert is_gone(child_of(headstart))
    assert headstart.take(SCOPE, whole) is None


def test_for_another_scope_the_desk_asks_itself() -> None:
    opener = Opener()
    assert look_of(Ahead(begun(opener), opener, Policy), OTHER).report.scope == OTHER
    assert opener.opened == 1


def no_desk() -> Desk:
    raise WarehouseError("there is no file")


def cut_off() -> Desk:
    os.kill(os.getpid(), 9)
    raise AssertionError


@pytest.mark.parametrize("dies", [no_desk, cut_off])
def test_a_child_that_dies_gives_nothing_and_the_desk_asks_itself(dies: Callable[[], Desk]) -> None:
    headstart, opener = begun(dies), Opener()
    assert look_of(Ahead(headstart, opener, Policy)).report.scope == SCOPE
    assert opener.opened == 1
    assert is_gone(child_of(headstart))


def test_a_child_that_cannot_look_says_nothing_on_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    assert begun(no_desk).take(SCOPE, whole) is None
    assert capfd.readouterr() == ("", "")


def test_a_child_that_hangs_is_killed_after_the_limit_and_the_desk_asks_itself() -> None:
    moments = iter((0.0, LONGEST_SECONDS - 0.01, LONGEST_SECONDS))
    child, pipe = forked(lambda _: time.sleep(600))
    headstart, opener = Headstart(child, pipe, monotonic=lambda: next(moments)), Opener()
    started = time.monotonic()
    assert look_of(Ahead(headstart, opener, Policy)).report.scope == SCOPE
    assert time.monotonic() - started < LONGEST_SECONDS
    assert opener.opened == 1
    assert is_gone(child)


def test_a_child_that_dribbles_is_killed_after_the_limit_too() -> None:
    moments = (LONGEST_SECONDS * n / 10 for n in range(12))

    def dribble(pipe: int) -> None:
        while True:
            os.write(pipe, b"x")

    child, pipe = forked(dribble)
    assert Headstart(child, pipe, monotonic=lambda: next(moments)).take(SCOPE, whole) is None
    assert is_gone(child)


RUBBISH = {
    "words": b"Traceback (most recent call last):\n",
    "zeros": b"\x00" * 100,
    "one number": pickle.dumps(7),
    "three things": pickle.dumps((1, 2, 3)),
    "a class that is not there": b"cconsole.desk\nNothing\n.",
    "a module that is not there": b"cno.such\nThing\n.",
    "a mark too many": b"(0.",
    "an unfinished string": b"\x80\x05X\xff\xff\x00\x00ab",
    "a wrong letter": b"\x80\x05X\x01\x00\x00\x00\xff.",
    "a memory of nothing": b"\x80\x05h\x05.",
}


@pytest.mark.parametrize("sent", RUBBISH.values(), ids=RUBBISH)
@pytest.mark.parametrize("frames", [0, 1, 2, 3])
def test_rubbish_is_nothing_and_the_desk_asks_itself(sent: bytes, frames: int) -> None:
    child, pipe = forked(partial(send, framed(*[sent] * frames) or sent))
    opener = Opener()
    assert look_of(Ahead(Headstart(child, pipe), opener, Policy)).report.scope == SCOPE
    assert opener.opened == 1


def test_a_look_that_is_cut_off_anywhere_is_nothing() -> None:
    look = Desk(Empty(), Policy()).look(SCOPE)
    sent = framed(pickle.dumps(look.loaded), pickle.dumps((look.report, look.untold)))
    opener = Opener()
    places = sorted({*range(1, 40), *range(40, len(sent), 997), len(sent) - 1})
    for place in places:
        child, pipe = forked(partial(send, sent[:place]))
        look_of(Ahead(Headstart(child, pipe), opener, Policy))
    assert opener.opened == len(places)


def test_facts_beyond_what_the_pipe_holds_come_whole() -> None:
    loaded = Desk(Empty(), Policy()).look(SCOPE).loaded
    long = replace(loaded, outcomes=(FactOutcome("decisions", 0, 0.0, "x" * 5_000_000),))
    report = Desk(Empty(), Policy()).look(SCOPE).report
    child, pipe = forked(partial(send, framed(pickle.dumps(long), pickle.dumps((report, 0)))))
    look = Headstart(child, pipe).take(SCOPE, whole)
    assert look is not None
    assert look.loaded.outcomes == long.outcomes


def test_without_a_head_start_the_desk_asks_itself() -> None:
    opener = Opener()
    assert look_of(Ahead(None, opener, Policy)).report.scope == SCOPE
    assert opener.opened == 1


# What it leaves behind


class Asked(Allocator):
    """Notes what it is asked for, and whether the desk was open then."""

    def __init__(self, opener: Opener) -> None:
        super().__init__()
        self.opener = opener
        self.notes: list[tuple[str, int]] = []

    def limit_pools(self) -> bool:
        self.notes.append(("few pools", self.opener.opened))
        return True

    def give_back(self) -> bool:
        self.notes.append(("give back", self.opener.opened))
        return True


def test_memory_is_given_back_after_every_desk_and_pools_are_few_before_it_is_opened() -> None:
    opener = Opener()
    asked = Asked(opener)
    ahead = Ahead(None, opener, Policy, allocator=asked)
    look_of(ahead)
    look_of(ahead)
    assert asked.notes == [("few pools", 0), ("give back", 1), ("few pools", 1), ("give back", 2)]


def test_a_head_start_leaves_nothing_to_give_back() -> None:
    opener = Opener()
    asked = Asked(opener)
    look_of(Ahead(begun(opener), opener, Policy, allocator=asked))
    assert asked.notes == []


# Where it gains nothing


@pytest.mark.parametrize("cores", [1, None])
def test_on_one_core_nothing_is_forked(monkeypatch: pytest.MonkeyPatch, cores: int | None) -> None:
    def no_fork() -> int:
        raise AssertionError("forked")

    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    monkeypatch.setattr(os, "fork", no_fork)
    assert Headstart.begin(lambda: Plan(SCOPE, no_desk)) is None


def test_a_system_that_has_no_fork_gets_no_head_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    assert Headstart.begin(lambda: Plan(SCOPE, no_desk)) is None


@pytest.mark.parametrize("what", ["fork", "pipe"])
def test_a_system_that_cannot_fork_now_gets_no_head_start_and_loses_no_descriptor(
    monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    def exhausted() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, what, exhausted)
    assert Headstart.begin(lambda: Plan(SCOPE, no_desk)) is None
