"""The doctor of the console: examines in a thread of its own, so that a warehouse that hangs holds up nothing on the screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Thread
from typing import TYPE_CHECKING

from checks.model import Severity
from screens.lines import Line, flow
from screens.text.doctor import DoctorView, doctor_lines
from screens.text.report import severity_lead

if TYPE_CHECKING:
    from console.desk import Desk
    from console.settings import Settings

VALID_SECONDS = 30.0


class Examination:
    """Gives the doctor's lines as they are known now; whoever calls it starts the next examination when the last is old.

    For one thread. `monotonic` returns seconds, `now` aware UTC.
    """

    def __init__(
        self,
        settings: Settings,
        open_desk: Callable[[], Desk],
        monotonic: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._open_desk = open_desk
        self._monotonic = monotonic
        self._now = now
        self._view: DoctorView | None = None
        self._thread: Thread | None = None
        self._started = 0.0

    def __call__(self, width: int) -> Sequence[Line]:
        """Return the lines at a width, at once: what was known before the call, however soon an examination ends."""
        running = self._thread is not None and self._thread.is_alive()
        view = self._view
        if not running and (view is None or self._monotonic() - self._started > VALID_SECONDS):
            self._started = self._monotonic()
            self._thread = Thread(target=self._examine, name="doctor", daemon=True)
            self._thread.start()
        if view is None:
            said = f"{self._settings.warehouse} is being examined …"
            return flow([said], width, first=severity_lead(Severity.UNKNOWN))
        return doctor_lines(view, width)

    def wait(self, timeout: float) -> None:
        """Wait until the examination that is running has ended."""
        if self._thread is not None:
            self._thread.join(timeout)

    def _examine(self) -> None:
        from console.cli import inspection  # noqa: PLC0415  # only when somebody asks the doctor

        try:
            self._view = inspection.view(self._settings, self._open_desk, self._now)
        # courtside: ignore[silent_exceptions] whatever goes wrong is what the doctor has to say
        except Exception as error:  # noqa: BLE001  # see above
            chosen = [(setting.name, setting.value, setting.source) for setting in self._settings.chosen]
            why = str(error) or type(error).__name__
            self._view = DoctorView(self._settings.warehouse, chosen, inspection.versions(), (), why)
