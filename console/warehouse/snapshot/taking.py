"""Takes a snapshot: what the facts need of a warehouse, in one embedded file; goes on where one was interrupted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from checks.times import to_minute
from console.warehouse.protocol import WarehouseError
from console.warehouse.snapshot.file import (
    CopiedTable,
    Manifest,
    SnapshotFile,
    discard,
    open_snapshot,
    partial_of,
    put_in_place,
)
from console.warehouse.snapshot.plan import Request, TableCopy, plan
from console.warehouse.snapshot.source import Page, SnapshotSource

STILL_NOW = timedelta(hours=12)
"""How old an interrupted copy up to "now" may be, to be gone on with by one who asks for "now" again."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for; without `end` it is now."""

    source: str
    days: int
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Undertaking:
    """What there is to do: the request, the tables of which nothing is copied yet, and those that are complete.

    `note` says what became of an earlier attempt, "" where there was none; `starts_anew` is whether it is thrown away.
    """

    path: Path
    request: Request
    remaining: tuple[TableCopy, ...]
    complete: tuple[CopiedTable, ...]
    starts_anew: bool
    note: str


class Listener(Protocol):
    """Whoever wants to know how far it is."""

    def begin(self, copy: TableCopy) -> None:
        """Hear that a table's turn has come."""

    def rows(self, count: int) -> None:
        """Hear that so many rows more of it are written."""

    def end(self) -> None:
        """Hear that it is complete."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A table that is not what the manifest says, and how."""

    table: str
    sentence: str


def undertake(path: Path, wish: Wish, now: datetime, version: str) -> Undertaking:
    """Return what there is to do for a snapshot at `path`; writes nothing.

    Raises WarehouseError for an interrupted copy that cannot be read, or that another process is writing.
    """
    partial = partial_of(path)
    found, copied = _earlier(partial) if partial.exists() else (None, ())
    request = Request(wish.source, wish.days, to_minute(wish.end or now))
    if found is None:
        return Undertaking(path, request, plan(request), (), partial.exists(), "")
    if _is_same(found, wish, now):
        copies = plan(found.request)
        if found.version == version and {table.fingerprint for table in copied} <= {c.fingerprint() for c in copies}:
            done = {table.name for table in copied}
            remaining = tuple(copy for copy in copies if copy.name not in done)
            note = f"goes on with {partial}, where {len(done)} of {len(copies)} tables are complete"
            return Undertaking(path, found.request, remaining, copied, False, note)  # noqa: FBT003 - a field
        why = f"is of courtside {found.version}, which copies something else"
    else:
        why = f"was begun for {found.request}"
    return Undertaking(path, request, plan(request), (), True, f"starts anew: {partial} {why}")  # noqa: FBT003 - a field


def _earlier(partial: Path) -> tuple[Manifest | None, tuple[CopiedTable, ...]]:
    if partial.stat().st_size == 0:
        return None, ()
    try:
        with open_snapshot(partial, writes=False) as file:
            manifest = file.manifest()
            return manifest, file.copied() if manifest is not None else ()
    except WarehouseError as error:
        raise WarehouseError(f"{error} (an interrupted snapshot: to start anew, remove {partial})") from error


def _is_same(found: Manifest, wish: Wish, now: datetime) -> bool:
    """Return whether an earlier attempt was for what is wished now."""
    if (found.request.source, found.request.days) != (wish.source, wish.days):
        return False
    if wish.end is not None:
        return found.request.end == to_minute(wish.end)
    was_now = found.request.end == to_minute(found.created_at)
    return was_now and timedelta(0) <= now - found.created_at <= STILL_NOW


def take(
    undertaking: Undertaking, source: SnapshotSource, now: datetime, version: str, listener: Listener
) -> tuple[CopiedTable, ...]:
    """Copy what remains and put the file in place; return all its tables.

    Whatever interrupts it, the tables that are complete stay in the partial file. Raises WarehouseError and OSError.
    """
    partial = partial_of(undertaking.path)
    if undertaking.starts_anew:
        discard(partial)
    is_new = not partial.exists()
    with open_snapshot(partial, writes=True) as file:
        if is_new:
            file.begin(undertaking.request, now, version)
        for copy in undertaking.remaining:
            listener.begin(copy)
            file.write(copy, _heard(source.pages(copy), listener))
            listener.end()
        copied = file.copied()
        file.complete()
    put_in_place(partial, undertaking.path)
    return copied


def _heard(pages: Iterable[Page], listener: Listener) -> Iterator[Page]:
    for page in pages:
        yield page
        listener.rows(len(page))


def complete_tables(path: Path) -> int | None:
    """Return how many tables of an interrupted snapshot at `path` are complete, None where nothing is left of it."""
    partial = partial_of(path)
    if not partial.exists():
        return None
    return len(_earlier(partial)[1])


def verify(path: Path) -> tuple[Manifest, tuple[CopiedTable, ...], tuple[Difference, ...]]:
    """Return what a snapshot says of itself, and each table whose rows are not those that were copied.

    Raises WarehouseError for a file that is no snapshot, was never completed, or cannot be read.
    """
    with open_snapshot(path, writes=False) as file:
        manifest = file.manifest()
        if manifest is None:
            raise WarehouseError(f"{path} is not a snapshot: it does not say what it was copied from")
        if not manifest.is_complete:
            raise WarehouseError(
                f"{path} is a snapshot that was interrupted: the command that began it goes on with it"
            )
        copied = file.copied()
        said = {table.name: table for table in copied}
        names = dict.fromkeys((*said, *file.stored_tables()))
        differences = [_difference(file, name, said.get(name)) for name in names]
        return manifest, copied, tuple(difference for difference in differences if difference is not None)


def _difference(file: SnapshotFile, name: str, said: CopiedTable | None) -> Difference | None:
    digest = file.digest(name) if file.has(name) else None
    if digest is None:
        return Difference(name, "is not there")
    if said is None:
        return Difference(name, f"has {digest.rows:,} rows that were not copied") if digest.rows else None
    if digest.rows != said.rows:
        return Difference(name, f"has {digest.rows:,} rows, {said.rows:,} were copied")
    return None if digest.hash == said.hash else Difference(name, f"has other values in its {said.rows:,} rows")
