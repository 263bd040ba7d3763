"""Opens one DuckDB file that other processes use too, and says in plain words why it cannot be opened.

DuckDB lets many processes read a file or one write it. So nobody holds it for longer than a refresh, and whoever meets another's
lock tries again for a few seconds before saying who holds it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from console.warehouse.protocol import WarehouseError

if TYPE_CHECKING:
    import duckdb

_Settings = dict[str, str | bool | int | float | list[str]]

_WRITER_SETTINGS: _Settings = {"autoinstall_known_extensions": False, "autoload_known_extensions": False, "threads": 2}
_READER_SETTINGS: _Settings = {**_WRITER_SETTINGS, "enable_external_access": False}
"""A view in a file that somebody sent must not read other files."""

_MAGIC_AT, _MAGIC = 8, b"DUCK"
_HOLDER = re.compile(r"held in (.+?) \(PID (\d+)\)")
_HELD_BY_READER = "able to open this database in read-only mode"
_HELD_BY_OURSELVES = "with a different configuration"
_DAMAGED = re.compile(r"could not read enough bytes|corrupt|checksum", re.IGNORECASE)


def jitter() -> float:
    """Return 5 to 20 ms: two writers that wait for each other come free within 110 ms so (95th percentile, measured)."""
    import random  # noqa: PLC0415 - only who has to wait needs it

    return random.uniform(0.005, 0.020)  # noqa: S311 - spreads retries, guards nothing


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for another's lock, in seconds, and how; the clock is monotonic."""

    seconds: float = 5.0
    pause: Callable[[], float] = jitter
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class DuckDBFile:
    """One file and how long we wait for it."""

    path: Path
    patience: Patience

    def open(
        self, *, read_only: bool, create: bool = False, before_attempt: Callable[[], None] = lambda: None
    ) -> duckdb.DuckDBPyConnection:
        """Return a connection whose cursors think in UTC. `before_attempt` may raise to give up waiting.

        Raises WarehouseError: nothing there (a writer makes a new file only with `create`), not a DuckDB file, damaged, or
        still locked after the wait, with the name of who holds it.
        """
        import duckdb  # noqa: PLC0415 - `courtside --help` must not load it

        deadline = self.patience.clock() + self.patience.seconds
        while True:
            before_attempt()
            try:
                return self._connect(read_only=read_only, create=create)
            except duckdb.Error as error:
                if not _is_busy(str(error)):
                    raise WarehouseError(self._why_not(str(error))) from error
                if self.patience.clock() >= deadline:
                    raise WarehouseError(self._who_holds_it(str(error))) from error
            self.patience.sleep(self.patience.pause())

    def _connect(self, *, read_only: bool, create: bool) -> duckdb.DuckDBPyConnection:
        import duckdb  # noqa: PLC0415 - `courtside --help` must not load it

        if not read_only and not create and not self.path.exists():
            raise WarehouseError(self._nothing_there())
        settings = _READER_SETTINGS if read_only else _WRITER_SETTINGS
        # An absolute path, because DuckDB gives names such as `:memory:` and `md:` a meaning of their own.
        connection = duckdb.connect(str(self.path.absolute()), read_only=read_only, config=settings)
        try:
            connection.execute("SET GLOBAL TimeZone = 'UTC'")
        except duckdb.Error:
            connection.close()
            raise
        return connection

    def damaged(self) -> str:
        """Return what to say of a file that begins like a DuckDB file and cannot be read to its end."""
        return f"{self.path} is not a courtside warehouse: the file is damaged or cut short; restore it from a copy"

    def _nothing_there(self) -> str:
        return (
            f"there is no warehouse at {self.path}: check the path, or create one with"
            f" `courtside schema apply --warehouse {self.path}`"
        )

    def _why_not(self, message: str) -> str:
        """Return what is wrong with a file that DuckDB refused with `message`."""
        try:
            head = self._head()
        except FileNotFoundError:
            return self._nothing_there()
        except OSError as error:
            return f"{self.path} cannot be read: {error.strerror}"
        if not head:
            return f"{self.path} is not a courtside warehouse: the file is empty"
        if head[_MAGIC_AT:] != _MAGIC:
            return f"{self.path} is not a courtside warehouse: it is no DuckDB file"
        return self.damaged() if is_damage(message) else f"{self.path} cannot be opened: {first_line(message)}"

    def _head(self) -> bytes:
        """Return the first bytes of the file, up to where a DuckDB file names itself. Raises OSError.

        Only for a file that no connection of this process holds: closing it here would drop that connection's lock.
        """
        with self.path.open("rb") as file:
            return file.read(_MAGIC_AT + len(_MAGIC))

    def _who_holds_it(self, message: str) -> str:
        waited = f"waited {self.patience.seconds:g} s; try again when it is done"
        if _HELD_BY_OURSELVES in message:
            return f"{self.path} is in use by another part of this process: {waited}"
        doing = "read" if _HELD_BY_READER in message else "written"
        holder = _HOLDER.search(message)
        if holder is None:
            return f"{self.path} is being {doing} by another process: {waited}"
        name = _process_name(int(holder[2])) or Path(holder[1]).name
        return f"{self.path} is being {doing} by {name} (process {holder[2]}): {waited}"


def is_damage(message: str) -> bool:
    """True when DuckDB's message means that the bytes on the disk are wrong."""
    return _DAMAGED.search(message) is not None


def first_line(message: str) -> str:
    """Return what DuckDB said, without the candidates and the excerpt of SQL that follow."""
    return message.split("\n", 1)[0].strip()


def _is_busy(message: str) -> bool:
    return "Could not set lock on file" in message or _HELD_BY_OURSELVES in message


def _process_name(pid: int) -> str | None:
    """Return the program of a process, `courtside` rather than `python3.11`, or None when the system does not tell.

    Arguments are left out: they may hold what nobody should print.
    """
    try:
        words = [word.decode("utf-8", "replace") for word in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")]
    except OSError:  # courtside: ignore[silent_exceptions] the process is gone, or somebody else's: it is not named
        return None
    program = Path(words[0]).name
    if not program.startswith("python") or len(words) < 2:
        return program or None
    if words[1] == "-m" and len(words) > 2:
        return f"python -m {words[2]}"
    return program if words[1].startswith("-") else Path(words[1]).name or program
