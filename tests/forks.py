"""Processes forked by tests, and a desk that is opened in any of them without a file."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from checks.facts.fact import Fact, Row, Window
from checks.policy import Policy
from console.desk import Desk
from console.warehouse.protocol import TableInfo


class Empty:
    """A warehouse in which no table has a row; counts nothing, opens nothing."""

    name = "empty"
    concurrency = 1
    records = ()
    meter = None

    def load(self, fact: Fact[Row], window: Window, as_of: datetime) -> tuple[Row, ...]:
        return ()

    def sql(self, fact: Fact[Row]) -> str:
        return f"-- {fact.name}"

    def inspect(self, tables: tuple[str, ...]) -> tuple[TableInfo, ...]:
        return ()

    def cancel(self) -> None:
        return None

    def close(self) -> None:
        return None


@dataclass
class Opener:
    """Opens desks in this process and counts them; the child's counting is the child's own."""

    opened: int = 0

    def __call__(self) -> Desk:
        self.opened += 1
        return Desk(Empty(), Policy())


def forked(work: Callable[[int], object]) -> tuple[int, int]:
    """Return a child that does `work` with the end of a pipe that it writes to, and the end to read from."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            work(writing)
        finally:
            os._exit(0)
    os.close(writing)
    return child, reading


def send(data: bytes, pipe: int) -> None:
    while data:
        data = data[os.write(pipe, data) :]
