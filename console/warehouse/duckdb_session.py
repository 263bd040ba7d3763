"""One reading of a DuckDB file, from opening to letting go, shared by the threads that load facts from it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from console.warehouse.protocol import WarehouseError

if TYPE_CHECKING:
    import duckdb

_POLL_SECONDS = 0.01
_CANCEL_SECONDS = 0.1
_CLOSE_SECONDS = 2.0


class StoppedError(WarehouseError):
    """The query was stopped because somebody asked for it."""


class _Opening:
    """An opening that one thread does and others wait for."""

    def __init__(self) -> None:
        self._done = threading.Event()
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._error: BaseException | None = None

    def succeed(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._done.set()

    def fail(self, error: BaseException) -> None:
        self._error = error
        self._done.set()

    def result(self) -> duckdb.DuckDBPyConnection:
        """Wait for the connection. Raises what opening it raised."""
        self._done.wait()
        if self._connection is None:
            raise self._error or StoppedError("the file was not opened")
        return self._connection

    def connection(self) -> duckdb.DuckDBPyConnection | None:
        """Wait, and return the connection, or None when it could not be opened."""
        self._done.wait()
        return self._connection


class ReadSession:
    """A connection that is opened by the first thread to need it; each reader has a cursor of its own.

    An opening that failed stays failed: the other threads of the same refresh need not wait for the same lock again.
    """

    def __init__(self, connect: Callable[[Callable[[], None]], duckdb.DuckDBPyConnection]) -> None:
        self._connect = connect
        self._state = threading.Condition()
        self._opened: _Opening | None = None
        self._running: list[duckdb.DuckDBPyConnection] = []
        self._stops = 0
        self._closed = False

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a cursor to read with. Raises WarehouseError when the file cannot be opened or reading was stopped."""
        stops = self._stops
        connection = self._connection(stops)
        with self._state:
            self._refuse_stopped(stops)
            cursor = connection.cursor()
            self._running.append(cursor)
        try:
            yield cursor
        finally:
            with self._state:
                self._running.remove(cursor)
                cursor.close()
                self._state.notify_all()

    def _connection(self, stops: int) -> duckdb.DuckDBPyConnection:
        while True:
            with self._state:
                self._refuse_stopped(stops)
                opened, mine = self._opened, self._opened is None
                if opened is None:
                    opened = self._opened = _Opening()
            if mine:
                self._open(opened, stops)
            try:
                return opened.result()
            except StoppedError:
                self._refuse_stopped(stops)  # unless it was another's wait that was stopped, before ours began

    def _open(self, opened: _Opening, stops: int) -> None:
        """Open the file for everybody who waits for `opened`."""
        try:
            opened.succeed(self._connect(lambda: self._refuse_stopped(stops)))
        except WarehouseError as error:
            if isinstance(error, StoppedError):
                with self._state:
                    self._opened = None
            opened.fail(error)
        except BaseException as error:
            opened.fail(error)  # nobody may wait for ever for a thread that was struck down
            raise

    def _refuse_stopped(self, stops: int) -> None:
        if self._closed or self._stops != stops:
            raise StoppedError("reading was stopped")

    def cancel(self) -> None:
        """Interrupt the queries that are running; later ones may run."""
        with self._state:
            self._stop_running(_CANCEL_SECONDS)

    def close(self) -> None:
        """Interrupt what is running and let go of the file for good."""
        with self._state:
            self._closed = True
            self._stop_running(_CLOSE_SECONDS)
            opened, self._opened = self._opened, None
        connection = opened.connection() if opened is not None else None
        if connection is not None:
            import duckdb  # noqa: PLC0415 - loaded already when there is something to close

            # A cursor that outlived its interrupt keeps the connection busy: the end of the process lets go of it.
            with contextlib.suppress(duckdb.Error):
                connection.close()

    def _stop_running(self, seconds: float) -> None:
        """Interrupt until the cursors that run now have ended: a query about to start does not notice the first interrupt."""
        self._stops += 1
        doomed = list(self._running)
        deadline = time.monotonic() + seconds
        while (left := [cursor for cursor in doomed if cursor in self._running]) and time.monotonic() < deadline:
            for cursor in left:
                cursor.interrupt()
            self._state.wait(_POLL_SECONDS)
