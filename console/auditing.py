"""The auditor of the console: it audits a checkout in a process of its own, which can be ended at once and slows nothing down."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Lock, Thread

from checks.severity import Severity
from console.audits.choosing import root_above
from screens.ports import Audit

LOOK_SECONDS = 0.2
"""How often to see whether a process that has not answered is still there."""

_PACKAGES = Path(__file__).parent.parent


def checkout_of(chosen: Path | None, here: Path) -> Path | None:
    """Return the checkout of the settings, else the git repository that the folder `here` is in; None when there is neither."""
    return chosen if chosen is not None else root_above(here)


class Auditing:
    """Gives what is known of a checkout (None when there is none), and audits it anew when asked.

    For one thread. `to_set` says where a checkout can be set; `now` returns aware UTC.
    """

    def __init__(self, checkout: Path | None, to_set: str, now: Callable[[], datetime]) -> None:
        self._checkout = checkout
        self._to_set = to_set
        self._now = now
        self._last = Audit(str(checkout or ""), Severity.UNKNOWN)
        self._running: Run | None = None

    def known(self) -> Audit:
        """Return what is known, at once; the first call starts the audit."""
        if self._checkout is None:
            return replace(self._last, reason=f"there is no checkout to audit: {self._to_set}")
        self._take_answer()
        if self._running is None and self._last.at is None and not self._last.reason:
            self.again()
        return replace(self._last, is_running=self._running is not None)

    def again(self) -> None:
        """Start an audit; one that is on its way is ended."""
        self.stop()
        if self._checkout is not None:
            self._running = Run(self._checkout, self._now)

    def stop(self) -> None:
        """End the audit that is on its way."""
        running, self._running = self._running, None
        if running is not None:
            running.stop()

    def wait(self, timeout: float) -> None:
        """Wait (seconds) until the audit that is on its way has ended."""
        if self._running is not None:
            self._running.wait(timeout)

    def _take_answer(self) -> None:
        answer = self._running.answer if self._running is not None else None
        if answer is None:
            return
        self._running = None
        if answer.reason:
            reason = f"{answer.reason}; {self._to_set}"
            self._last = replace(self._last, reason=reason)  # what was known stays, with its age
        else:
            self._last = answer


class Run:
    """One audit on its way; `answer` is None until it has ended."""

    def __init__(self, checkout: Path, now: Callable[[], datetime]) -> None:
        self._checkout = checkout
        self._now = now
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_stopped = False
        self.answer: Audit | None = None
        self._thread = Thread(target=self._go, name="audit", daemon=True)
        self._thread.start()

    @property
    def process(self) -> int | None:
        """The id of the process that is at work; None before and after."""
        return self._process.pid if self._process is not None else None

    def wait(self, timeout: float) -> None:
        """Wait (seconds) until it has ended."""
        self._thread.join(timeout)

    def stop(self) -> None:
        """End it and all processes that it has started."""
        with self._lock:
            self._is_stopped = True
            if self._process is not None:
                _end(self._process)

    def _go(self) -> None:
        try:
            answer = self._audited()
        # courtside: ignore[silent_exceptions] whatever goes wrong is what the page has to say
        except Exception as error:  # noqa: BLE001  # see above
            answer = _failed(self._checkout, f"the audit could not be run: {error or type(error).__name__}")
        self.answer = replace(answer, at=None if answer.reason else self._now())

    def _audited(self) -> Audit:
        with self._lock:
            if self._is_stopped:
                return _failed(self._checkout, "the audit was stopped")
            process = self._process = _started(self._checkout)
        written = _written(process)
        with self._lock:
            self._process = None
            _end(process)
        if process.wait() != 0:
            return _failed(self._checkout, f"the audit ended without an answer (exit status {process.returncode})")
        answer = pickle.loads(written)  # noqa: S301  # by our own program, on a pipe that nobody else has
        assert isinstance(answer, Audit)  # noqa: S101  # as above
        return answer


def _started(checkout: Path) -> subprocess.Popen[bytes]:
    """Start a process that leads a group, has nothing of the console's terminal, and imports nothing from the current folder."""
    paths = os.pathsep.join(filter(None, (str(_PACKAGES), os.environ.get("PYTHONPATH", ""))))
    return subprocess.Popen(  # noqa: S603  # our own program, and a folder that the operator chose
        [sys.executable, "-P", "-m", "console.audits.worker", str(checkout)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": paths},
        start_new_session=True,
    )


def _written(process: subprocess.Popen[bytes]) -> bytes:
    """Return what the process writes until it ends; those that it has started may hold the pipe open for longer."""
    while True:
        try:
            return process.communicate(timeout=LOOK_SECONDS)[0]
        except subprocess.TimeoutExpired:
            if process.poll() is not None:
                _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and those that it has started, where they are a group, else the process alone."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def _failed(checkout: Path, reason: str) -> Audit:
    return Audit(str(checkout), Severity.UNKNOWN, reason=reason)
