"""Hosts on which `courtside watch --once` is run, each time in a process of its own, which may be killed at a step.

`python -m tests.watching.dying` reads one JSON object a line: `home`, `warehouse`, `moment`, and `kill_at`, the step before which
the process gets SIGKILL, 0 for never. It answers each with one: `status` as `os.waitpid` has it, and the `step`, or "".

A step is whatever another process or host could see of a run, as the process is about to do it: the end of a transaction in the
journal, a write to the warehouse, and bytes that go out; and the first look into the journal after the last two, when they are
done. The processes are forked from this one, which has loaded everything and begun nothing.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import requests  # noqa: F401 - here once, and not in each process

from checks import catalogue, runner  # noqa: F401 - as above
from console.cli.app import run
from console.cli.commands import watch  # noqa: F401 - as above
from console.cli.shell import Shell
from console.desk import open_desk
from console.settings import Homes
from console.slack import outbox  # noqa: F401 - as above
from console.warehouse import embedded_writes  # noqa: F401 - as above
from console.watching import opening  # noqa: F401 - as above

_STORES = re.compile(r"/console/(journal\.py|warehouse/)")

ENVIRONMENT = {"COURTSIDE_NOTIFY_SECRET": "s3cret"}
OPTIONS = ("--once", "--every", "30m", "--checks", "orchestration.gap")


def tapped(step: Callable[[str], None]) -> None:
    """Call `step` before each step of this process, with what is about to be done and for which part of the program."""
    to_journal, to_warehouse = sqlite3.connect, duckdb.connect
    last = ""

    def does(what: str) -> None:
        nonlocal last
        last = what
        step(what)

    def journal(*arguments: Any, **options: Any) -> sqlite3.Connection:
        if last.startswith(("send", "write")):
            does(f"after {last}")
        connection: sqlite3.Connection = to_journal(*arguments, **options)
        connection.set_trace_callback(lambda sql: does(f"commit {_part()}") if sql.startswith("COMMIT") else None)
        return connection

    def warehouse(*arguments: Any, **options: Any) -> duckdb.DuckDBPyConnection:
        if not options.get("read_only"):
            does(f"write {_part()}")
        return to_warehouse(*arguments, **options)

    sqlite3.connect = journal  # type: ignore[assignment]  # the same function, with somebody who listens
    duckdb.connect = warehouse
    sys.addaudithook(lambda event, _: does("send") if event == "http.client.send" else None)


def _part() -> str:
    """Return which function of the program is at work, past those of the journal and of the warehouse."""
    frames = [frame for frame in traceback.extract_stack() if "/console/" in frame.filename]
    names = (frame.name for frame in reversed(frames) if not _STORES.search(frame.filename))
    return next(names, "")


def dying(at: int, tell: int) -> Callable[[str], None]:
    """Return what ends this process, without another instruction, before the given step, which it tells by a pipe."""
    steps = 0

    def step(name: str) -> None:
        nonlocal steps
        steps += 1
        if steps == at:
            os.write(tell, name.encode())
            os.kill(os.getpid(), signal.SIGKILL)

    return step


def watch_once(home: Path, warehouse: str, now: datetime) -> int:
    """Run the command on the host whose files are in `home`, and return its exit status."""
    home.mkdir(exist_ok=True)
    with (home / "out").open("a") as out, (home / "err").open("a") as err:
        shell = Shell(
            out=out,
            err=err,
            environment=ENVIRONMENT,
            now=lambda: now,
            homes=lambda: Homes(home, home, home),
            open_desk=partial(open_desk, now=lambda: now),
        )
        return run(["watch", *OPTIONS, "--warehouse", warehouse], shell)


def in_a_process(wish: dict[str, Any]) -> dict[str, object]:
    """Do it in a process of its own, and return how that ended."""
    hear, tell = os.pipe()
    child = os.fork()
    if child == 0:
        tapped(dying(wish["kill_at"], tell))
        os._exit(watch_once(Path(wish["home"]), wish["warehouse"], datetime.fromisoformat(wish["moment"])))
    os.close(tell)
    with os.fdopen(hear) as heard:
        step = heard.read()
    return {"status": os.waitpid(child, 0)[1], "step": step}


def main() -> None:
    """Do what each line says."""
    for line in sys.stdin:
        sys.stdout.write(json.dumps(in_a_process(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
