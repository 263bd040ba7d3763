"""Keeps a promise to the terminal: whatever ends the console, the terminal is given back as it was.

SIGTERM, SIGHUP and SIGINT are waited for by a thread, so that they are heard while the screen's thread is busy; a terminal that
is closed without a signal counts as a hang-up. The console is asked to end, and when it does not within a second, it is ended.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import termios
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Any

SIGNALS = frozenset({signal.SIGTERM, signal.SIGHUP, signal.SIGINT})
GRACE_SECONDS = 1.0

_GIVE_BACK = (
    b"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l"  # the mouse
    b"\x1b[?2004l\x1b[?1004l\x1b[?2048l"  # bracketed paste, focus, resize reports
    b"\x1b[<u\x1b[?1049l\x1b[?25h\x1b[0m\x1b[?7h"  # keyboard, alternate screen, cursor, colours, wrapping
)


class TerminalGuard:
    """Hears the signals that end a process, for the rest of the process's life. Made in the main thread, before others are.

    `ask_to_end` is called once, in a thread. `received` is the signal that came, or None.
    """

    def __init__(self, ask_to_end: Callable[[], object]) -> None:
        self._ask_to_end = ask_to_end
        self._input, self._output = sys.__stdin__.fileno(), sys.__stdout__.fileno()  # type: ignore[union-attr]  # terminals
        self._settings: list[Any] = termios.tcgetattr(self._input)
        self.received: signal.Signals | None = None

    def start(self) -> None:
        """Begin to listen."""
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)  # threads started from here on inherit it
        Thread(target=self._hear, name="signals", daemon=True).start()

    @property
    def is_cut_off(self) -> bool:
        """True when the terminal is gone."""
        try:
            termios.tcgetattr(self._input)
        except termios.error:  # courtside: ignore[silent_exceptions] the question is whether this fails
            return True
        return False

    def give_back(self) -> None:
        """Put the terminal back as it was; for when the application could not."""
        with suppress(termios.error):
            termios.tcsetattr(self._input, termios.TCSANOW, self._settings)
        with suppress(OSError):  # the terminal is gone
            if select.select([], [self._output], [], 0.1)[1]:
                os.write(self._output, _GIVE_BACK)

    def _hear(self) -> None:
        Thread(target=self._watch_line, name="hang-up", daemon=True).start()  # here, where nobody waits for it
        self.received = signal.Signals(signal.sigwait(SIGNALS))
        Thread(target=self._ask_to_end, name="end", daemon=True).start()
        time.sleep(GRACE_SECONDS)
        self.give_back()
        os._exit(128 + self.received)

    def _watch_line(self) -> None:
        """Wait until the terminal is closed; costs nothing until then."""
        line = select.poll()
        line.register(self._input, 0)  # asks for nothing, is told of hang-ups and errors
        if any(event & (select.POLLHUP | select.POLLERR) for _, event in line.poll()):
            os.kill(os.getpid(), signal.SIGHUP)
