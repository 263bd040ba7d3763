"""A program in a real pseudo-terminal: keys in, screen out, and when each byte came. Linux only (/proc, /dev/pts)."""

from __future__ import annotations

import fcntl
import os
import re
import selectors
import signal as signals
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.terminal_keys import click, key
from tests.terminal_output import Chunk, Mark, Output
from tests.terminal_screen import TerminalScreen

Predicate = Callable[[list[str]], bool]
"""Says of the screen's rows whether they show what is waited for."""

MODERN: Mapping[bytes, bytes] = {
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",  # synchronised output: known, off
    b"\x1b[?2048$p": b"\x1b[?2048;0$y",  # resize reports in the stream: not known
    b"\x1b[c": b"\x1b[?62;22c",  # a VT220 with colours
}
"""What a current terminal such as xterm answers to the questions programs ask it."""

SILENT: Mapping[bytes, bytes] = {}
"""A terminal that answers nothing, as tmux up to 3.5 does with the first two."""

# A session leader that opens a terminal has it as its controlling terminal; so no code runs between fork and exec here.
_TAKE_TERMINAL = ("/bin/sh", "-c", 'exec <"$0" >"$0" 2>&1 && exec "$@"')
_LONGEST_QUERY = 16


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for some keys: seconds until its first and last byte, and how many bytes."""

    first: float
    last: float
    size: int


class Terminal:
    """A command in a pseudo-terminal of its own; a context manager that kills what still runs.

    The environment holds PATH, LANG, TERM=xterm-256color and what the caller gives, nothing of the caller's own. A thread
    records the output as it comes; the screen is brought up to date when it is looked at, so that measuring disturbs little.
    All methods are for one thread. Moments are `time.monotonic` seconds.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        columns: int = 120,
        rows: int = 40,
        environment: Mapping[str, str] | None = None,
        directory: Path | None = None,
        answers: Mapping[bytes, bytes] = MODERN,
    ) -> None:
        self.size = (columns, rows)
        self._screen = TerminalScreen(columns, rows)
        self._shown = 0
        self._output = Output()
        self._answers = answers
        self._tail = b""
        self._master, slave = os.openpty()
        self._stop_read, self._stop_write = os.pipe()
        self._set_size(columns, rows)
        basic = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "TERM": "xterm-256color"}
        self.started = self._painted = time.monotonic()
        self._process = subprocess.Popen(  # noqa: S603  # our own commands
            [*_TAKE_TERMINAL, os.ttyname(slave), *(str(word) for word in command)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**basic, **(environment or {})},
            cwd=directory,
            start_new_session=True,
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read, name="terminal", daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The program's process id, which is its session's and process group's too."""
        return self._process.pid

    @property
    def raw(self) -> bytes:
        """Everything the program wrote."""
        return b"".join(chunk.data for chunk in self.chunks)

    @property
    def chunks(self) -> tuple[Chunk, ...]:
        """The output as it came."""
        return self._output.since(0)

    @property
    def screen(self) -> TerminalScreen:
        """The screen as it is now: modes, title, cursor."""
        for chunk in self._output.since(self._shown):
            self._show(chunk)
        return self._screen

    def text(self) -> list[str]:
        """Return the rows of the screen, without the blanks at their ends."""
        return self.screen.rows()

    def send(self, keys: bytes | str) -> None:
        """Type; a string is sent as UTF-8."""
        data = keys.encode() if isinstance(keys, str) else keys
        while data:
            data = data[os.write(self._master, data) :]

    def press(self, *names: str) -> None:
        """Press keys by name, see tests.terminal_keys."""
        for name in names:
            self.send(key(name))

    def click(self, column: int, row: int) -> None:
        """Click the left button on a cell, counted from 0."""
        self.send(click(column, row))

    def mark(self) -> Mark:
        """Return the present end of the output, for `bytes_since`."""
        return self._output.mark()

    def bytes_since(self, mark: Mark) -> int:
        """Return how many bytes came after the mark."""
        return self._output.mark().size - mark.size

    def wait_for(self, wanted: str | Predicate, timeout: float = 30.0) -> float:
        """Wait until the screen holds the text, or the predicate holds of it; return the moment at which that was read.

        The predicate is asked after every chunk of output, so also of half-painted screens. Raises TimeoutError after `timeout`
        seconds and ChildProcessError when the program ends first, both with the text of the screen.
        """
        holds = (lambda rows: any(wanted in row for row in rows)) if isinstance(wanted, str) else wanted
        deadline = time.monotonic() + timeout
        if holds(self.text()):
            return self._painted
        while (chunk := self._output.wait_more(self._shown, deadline)) is not None:
            self._show(chunk)
            if holds(self._screen.rows()):
                return chunk.moment
        raise self._missing(repr(wanted) if isinstance(wanted, str) else "what was waited for", timeout)

    def wait_quiet(self, seconds: float, timeout: float = 30.0) -> None:
        """Wait until nothing was written for so long, counted from now at the earliest, or until the program ended.

        Raises TimeoutError when it is still writing after `timeout` seconds.
        """
        if not self._output.wait_quiet(seconds, time.monotonic() + timeout):
            raise TimeoutError(self._complaint(f"was not quiet for {seconds:g} s within {timeout:g} s"))

    def answer(self, keys: bytes | str, *, quiet: float = 0.05, timeout: float = 30.0) -> Answer:
        """Type and wait until output came and then none for `quiet` seconds. Raises as `wait_for` does."""
        before = self.mark()
        sent = time.monotonic()
        self.send(keys)
        if self._output.wait_more(before.chunks, sent + timeout) is None:
            raise self._missing(f"an answer to {keys!r}", timeout)
        self.wait_quiet(quiet, timeout)
        new = self._output.since(before.chunks)
        return Answer(new[0].moment - sent, new[-1].moment - sent, sum(len(chunk.data) for chunk in new))

    def frames(self) -> Iterator[tuple[float, TerminalScreen]]:
        """Yield the moment of every chunk and one screen as it was after it, from the start; only where nothing was resized."""
        screen = TerminalScreen(*self.size)
        for chunk in self.chunks:
            screen.feed(chunk.data)
            yield chunk.moment, screen

    def resize(self, columns: int, rows: int) -> None:
        """Give the window another size; the kernel sends SIGWINCH when it differs."""
        self.screen.resize(columns, rows)
        self.size = (columns, rows)
        self._set_size(columns, rows)

    def signal(self, signum: int) -> None:
        """Send the program a signal."""
        self._process.send_signal(signum)

    def hang_up(self) -> None:
        """Close the terminal under the program, as a lost connection does; nothing can be typed or read afterwards."""
        if self._master < 0:
            return
        os.write(self._stop_write, b".")
        self._reader.join()
        for descriptor in (self._master, self._stop_read, self._stop_write):
            os.close(descriptor)
        self._master = -1

    def wait_exit(self, timeout: float = 30.0) -> int:
        """Wait for the end; return the exit status, or minus the number of the signal that ended it.

        Raises TimeoutError with the text of the screen.
        """
        try:
            status = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise TimeoutError(self._complaint(f"still runs after {timeout:g} s")) from None
        self._reader.join(timeout)
        return status

    def close(self) -> None:
        """Kill what still runs, and let go of the terminal. Idempotent."""
        if self._process.poll() is None:
            os.killpg(self.pid, signals.SIGKILL)
            self._process.wait()
        self.hang_up()

    def rss_mb(self) -> float:
        """Return the program's resident memory in MB (10⁶ bytes). Raises OSError after its end."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def cpu_seconds(self) -> float:
        """Return the processor time of the program's threads, to the tick of 10 ms. Raises OSError after its end."""
        # The second field, the command's name in parentheses, may hold blanks.
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _show(self, chunk: Chunk) -> None:
        self._screen.feed(chunk.data)
        self._shown += 1
        self._painted = chunk.moment

    def _missing(self, what: str, timeout: float) -> OSError:
        if self._output.ended:
            return ChildProcessError(self._complaint(f"{what} never came: the program closed the terminal"))
        return TimeoutError(self._complaint(f"{what} did not come within {timeout:g} s"))

    def _complaint(self, what: str) -> str:
        status = self._process.poll()
        running = "still running" if status is None else f"ended with {status}"
        shown = "\n".join(f"|{row}" for row in self.text())
        return f"{what} ({running}); the screen shows\n{shown}"

    def _read(self) -> None:
        """Record output until the program ends or the terminal is hung up."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._master, selectors.EVENT_READ)
            selector.register(self._stop_read, selectors.EVENT_READ)
            while all(ready.fd == self._master for ready, _ in selector.select()):
                try:
                    data = os.read(self._master, 1 << 16)
                except OSError:  # Linux answers so when the last program has closed the terminal
                    break
                self._output.add(data)
                self._reply(data)
        self._output.end()

    def _reply(self, data: bytes) -> None:
        """Answer the questions in the output, also one that was cut in two."""
        if not self._answers:
            return
        seen = self._tail + data
        for asked in re.finditer(b"|".join(re.escape(query) for query in self._answers), seen):
            if asked.end() > len(self._tail):
                os.write(self._master, self._answers[asked.group()])
        self._tail = seen[-_LONGEST_QUERY:]
