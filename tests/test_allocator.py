"""Memory that is free again goes back to the system where the C library can be asked, and nothing happens where it cannot."""

from __future__ import annotations

import ctypes
import platform
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from console.allocator import POOLS, Allocator
from console.cli.shell import Shell
from console.headstart import Ahead
from console.launch import session_for
from console.settings import Flags, Homes, Settings, resolve
from tests.builders import at
from tests.console_process import ROOT

if TYPE_CHECKING:
    from console.desk import Desk

on_glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has pools and gives pages back")


def run(program: str) -> subprocess.CompletedProcess[str]:
    """Run a program of its own: what is asked of the C library holds for the whole process."""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=60, text=True)  # noqa: S603  # ours
    assert done.returncode == 0, done.stderr
    return done


FREED = """
import ctypes
from pathlib import Path
from console.allocator import Allocator
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1])
library = ctypes.CDLL(None)
library.malloc.restype, library.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
pieces = [library.malloc(ctypes.c_size_t(4096)) for _ in range(5000)]
for piece in pieces:
    ctypes.memset(piece, 1, 4096)
for piece in pieces[:-1]:  # the last one keeps the pool from being given back from its end
    library.free(piece)
before = resident()
assert Allocator().give_back()
print(before - resident())
"""


@on_glibc
@pytest.mark.skipif(sys.platform != "linux", reason="resident pages are read in /proc")
def test_free_pages_between_pieces_in_use_go_back_to_the_system() -> None:
    assert int(run(FREED).stdout) > 4000


POOLS_OF_THREADS = """
import ctypes, threading
from console.allocator import Allocator
library = ctypes.CDLL(None)
if {limit}:
    assert Allocator().limit_pools()
together = threading.Barrier(8)
def work():
    together.wait()
    library.malloc(ctypes.c_size_t(1000))
    together.wait()
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
library.malloc_stats()
"""


def pools(*, limit: bool) -> int:
    """Return how many pools eight threads that live at the same time make, as glibc itself lists them."""
    return run(POOLS_OF_THREADS.replace("{limit}", str(limit))).stderr.count("Arena ")


@on_glibc
def test_threads_share_the_pools_that_there_may_be() -> None:
    assert pools(limit=True) <= POOLS < pools(limit=False)


def no_ctypes() -> ctypes.CDLL:
    raise ImportError("No module named '_ctypes'")


def no_library() -> ctypes.CDLL:
    raise OSError("dynamic loading is not supported")


class OtherLibrary(ctypes.CDLL):
    """A C library with neither function, as those of macOS and Alpine are."""

    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"symbol not found: {name}")


@pytest.mark.parametrize("library", [no_ctypes, no_library, lambda: OtherLibrary(None)])
def test_where_the_library_cannot_be_asked_nothing_happens(library: Callable[[], ctypes.CDLL]) -> None:
    allocator = Allocator(library)
    assert (allocator.limit_pools(), allocator.give_back()) == (False, False)


def no_desk(_: Settings) -> Desk:
    raise AssertionError("nothing may be opened yet")


def test_an_opened_console_gives_its_memory_back(tmp_path: Path) -> None:
    homes = Homes(tmp_path, tmp_path, tmp_path)
    shell = Shell(StringIO(), StringIO(), {}, lambda: at("2026-01-26T15:20"), lambda: homes, no_desk)
    session = session_for(resolve(Flags(), {}, homes, tmp_path / "courtside.toml", {}), shell)
    assert isinstance(session.open_desk, Ahead)
    assert isinstance(session.open_desk.allocator, Allocator)
