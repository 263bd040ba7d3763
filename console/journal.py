"""The journal: one SQLite file in the user's state directory with what outlives a console.

It holds the last report of each environment, when each finding was first and last seen, the operations log, and what operators
prefer. Every call opens a connection of its own and makes one transaction that waits for the disk, so that threads and processes
share the file and a crash at any instruction leaves what was there before or what is there after.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from checks.severity import Severity, Verdict
from checks.times import format_instant
from console import journal_schema as schema
from console import journal_statements as sql
from screens.clean import for_terminal

if TYPE_CHECKING:
    from checks.model import Report
    from screens.ports import LogEntry, Remembered, Sighting

FILE_NAME = "journal.sqlite3"
RETENTION = timedelta(days=90)
BUSY_SECONDS = 5.0
"""How long to wait for another writer."""
BETWEEN_CLEANINGS = timedelta(hours=6)
LONGEST_WORDS = 1_000
"""Characters of a sentence that are kept."""


class JournalError(Exception):
    """The journal cannot be read or written; the message says which file, why and what to do."""


class Journal:
    """A `screens.ports.Memory` in a file. Safe from several threads and processes. Raises JournalError from every method.

    `now` returns aware UTC; retention counts from it.
    """

    def __init__(self, path: Path, *, now: Callable[[], datetime]) -> None:
        self.path = path
        self._now = now
        self._next_cleaning: datetime | None = None

    def last_verdict(self, environment: str) -> tuple[Verdict, datetime] | None:
        """Return the last report's verdict and the moment that it is about; None when this version can read none."""
        with self.reading() as connection:
            row = connection.execute(sql.LAST_VERDICT, (environment,)).fetchone()
        try:
            severity, sentence, since, as_of = row or ("", "", None, "")
            return Verdict(Severity[severity], str(sentence), instant_of(since) if since else None), instant_of(as_of)
        except (KeyError, TypeError, ValueError):  # of another version of the program; the next report replaces it
            return None

    def last_report(self, environment: str) -> Remembered | None:
        """Return the last report of an environment; None when there is none that this version can read."""
        from console.report_codec import CodecError, report_of_text  # noqa: PLC0415  # the first frame has only its verdict
        from screens.ports import Remembered  # noqa: PLC0415  # as above

        with self.reading() as connection:
            row = connection.execute(sql.LAST_REPORT, (environment,)).fetchone()
        try:
            return Remembered(report_of_text(row[0]), instant_of(row[1])) if row else None
        # courtside: ignore[silent_exceptions] of another version of the program; the next report replaces it
        except CodecError:
            return None

    def remember(self, environment: str, report: Report, at: datetime) -> None:
        """Keep a report that was made at `at` (aware UTC) as the last one, and what it found as seen at its as-of.

        A finding that was open is ended by a later report which evaluated its check and covers its game date without it, or by
        its own `until`. One that comes back after it ended is a new sighting. Raises CodecError for what no report may hold.
        """
        from console.report_codec import text_of_report  # noqa: PLC0415  # after the first frame
        from console.sightings import note_findings  # noqa: PLC0415  # as above

        text = text_of_report(report)
        with self.writing() as connection:
            connection.execute(
                sql.KEEP_REPORT, {"environment": environment, "saved_at": instant_text(at), "report": text}
            )
            note_findings(connection, environment, report, instant_text(self._now()))

    def sightings(self, environment: str, fingerprint: str = "") -> tuple[Sighting, ...]:
        """Return what was seen of one finding, of all when no fingerprint is given; newest first, at most 2,000."""
        from screens.ports import Sighting  # noqa: PLC0415  # after the first frame

        with self.reading() as connection:
            rows = connection.execute(
                sql.SIGHTINGS, {"environment": environment, "fingerprint": fingerprint}
            ).fetchall()
        return tuple(
            Sighting(
                found, check, sentence, severity, instant_of(first), instant_of(last), instant_of(end) if end else None
            )
            for found, check, sentence, severity, first, last, end in rows
        )

    def log(self, limit: int = 500) -> tuple[LogEntry, ...]:
        """Return the operations log, newest first."""
        from screens.ports import LogEntry  # noqa: PLC0415  # after the first frame

        with self.reading() as connection:
            rows = connection.execute(sql.LOG, (limit,)).fetchall()
        return tuple(LogEntry(instant_of(at), *words) for at, *words in rows)

    def note(self, entry: LogEntry) -> None:
        """Add to the operations log."""
        words = (entry.actor, entry.action, entry.subject, entry.outcome)
        values = (instant_text(entry.at), *(for_terminal(word, LONGEST_WORDS) for word in words))
        with self.writing() as connection:
            connection.execute(sql.NOTE, values)

    def preference(self, name: str) -> str:
        """Return what the operator chose, or ""."""
        with self.reading() as connection:
            row = connection.execute(sql.PREFERENCE, (name,)).fetchone()
        return row[0] if row else ""

    def prefer(self, name: str, value: str) -> None:
        """Keep a choice."""
        with self.writing() as connection:
            connection.execute(sql.PREFER, (name, value))

    def spend(self, day: date, place: str, count: int) -> None:
        """Add bytes that a place was billed for to those of the day (UTC), whoever else adds to them."""
        with self.writing() as connection:
            connection.execute(sql.SPEND, (day.isoformat(), place, count))

    def spent(self, day: date, place: str) -> int:
        """Return the bytes that a place was billed for on a day (UTC)."""
        with self.reading() as connection:
            return int(connection.execute(sql.SPENT, (day.isoformat(), place)).fetchone()[0])

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection to read with; for the other things that are kept in this file, such as the outbox."""
        with self._explained(), self._connected() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give a connection inside one transaction that is the only writer's; deletes what is too old at times."""
        with self._explained(), self._connected() as connection, _transaction(connection):
            yield connection
            now = self._now()
            if self._next_cleaning is None or now >= self._next_cleaning:
                self._next_cleaning = now + BETWEEN_CLEANINGS
                for statement in schema.FORGET:
                    connection.execute(statement, (instant_text(now - RETENTION),))

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """Give a connection to a file that has our tables."""
        with closing(self._connect()) as connection:
            version, tables = connection.execute(schema.STATE).fetchone()
            if version > schema.VERSION:
                raise JournalError(
                    f"the journal {self.path} was written by a newer courtside (version {version}, this one knows "
                    f"{schema.VERSION}): install the newer one, or set another state_dir"
                )
            if version == 0 and tables:
                raise JournalError(f"{self.path} is another program's database: move it away, or set another state_dir")
            if version < schema.VERSION:
                self._build(connection)
            yield connection

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def _build(self, connection: sqlite3.Connection) -> None:
        """Make the tables that are not there; of two processes at once one makes them and the other finds them."""
        _use_write_ahead_log(connection)
        with _transaction(connection):
            version, tables = connection.execute(schema.STATE).fetchone()
            if version < schema.VERSION:
                for statement in (*(schema.UPGRADES if tables else ()), *schema.TABLES):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {schema.VERSION}")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Let whatever SQLite raises leave as a JournalError."""
        try:
            yield
        except sqlite3.Error as error:
            raise JournalError(f"the journal {self.path} {_why(error)}") from error


class FleetingJournal(Journal):
    """The same in memory, for a console whose journal cannot be used: one connection that threads take turns with."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        from threading import Lock  # noqa: PLC0415  # beside its only use

        super().__init__(Path(":memory:"), now=now)
        self._turn = Lock()
        self._connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._build(self._connection)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        with self._turn:
            yield self._connection


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Switch a new file over, for good. SQLite does not wait here by itself while another process does the same."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.execute("COMMIT")


def _why(error: sqlite3.Error) -> str:
    """Return what is the matter and what to do, as the end of a sentence."""
    if not isinstance(error, sqlite3.OperationalError) or "no such" in str(error):
        return f"is broken ({error}): move it away, and the next start makes a new one"
    if "locked" in str(error):
        return f"has been kept busy by another process for {BUSY_SECONDS:.0f} s"
    return f"cannot be used ({error}): see whether its folder can be written and the disk has room"


def instant_text(moment: datetime) -> str:
    """Return an instant as text that sorts: always UTC, always with microseconds."""
    return format_instant(moment, "microseconds")


def instant_of(text: str) -> datetime:
    """Return the instant that `instant_text` wrote."""
    return datetime.fromisoformat(text)
