"""Opens the console: gives the screens their world, and sees to it that they leave the terminal as they found it."""

from __future__ import annotations

import gc
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from console.aim import place_to_name
from console.allocator import Allocator
from console.arming import ON_A_COPY, unkept, why_read_only
from console.environment import environment_of
from console.first_view import days_shown, moment_shown
from console.headstart import Ahead, Headstart
from console.late import LateAuditor, LateChecklist
from console.memory import open_memory
from console.terminal_guard import TerminalGuard
from screens.app import CourtsideApp
from screens.session import Environment, Session

if TYPE_CHECKING:
    from rich.console import RenderableType

    from checks.progress import Cancelled
    from console.cli.shell import Shell
    from console.examination import Examination
    from console.hands import Hands
    from console.settings import Settings
    from screens.lines import Line
    from screens.orders import Consent, Order
    from screens.ports import LogEntry, Look, Preview, Result

EXIT_BROKEN = 3
COLLECT_AFTER_SECONDS = 5.0
"""By then the screen is filled."""
COLLECT = (700, 10, 5)
"""After how many new objects, and younger collections, garbage is collected: as Python does it, old garbage twice as often."""
_DRAWN = "│─┃━…·└▶✓"


def open_console(
    settings: Settings,
    shell: Shell,
    at: datetime | None = None,
    headstart: Headstart | None = None,
    *,
    copy_of: Settings | None = None,
) -> int:
    """Show the console until somebody leaves it, and return the exit status.

    0 after leaving, 128 + the signal that ended it, 3 for a defect of the program, of which a report is kept. `at` is the moment
    shown (aware UTC); without it now, but on the demo the moment that its story is told from. `headstart` is the first look, if
    somebody has begun it already. `copy_of` are the settings that `settings` have a throw-away copy of the demo of: that is
    live, may be changed, and what must last of it, a crash report, goes where they say.
    """
    session = session_for(settings, shell, at, headstart, on_copy=copy_of is not None)
    app = Guarded(session)
    guard = TerminalGuard(lambda: app.call_later(app.exit))
    guard.start()
    try:
        app.run()
    except Exception as error:  # noqa: BLE001  # of starting or stopping the application, whose own errors it keeps
        guard.give_back()
        app.trace = app.trace or _trace(error)
    finally:
        if session.auditor is not None:
            session.auditor.stop()
    if guard.received is not None:
        return 128 + guard.received
    if guard.is_cut_off:
        return 128 + 1  # as after SIGHUP
    if app.trace:
        _say_broken(app.trace, copy_of or settings, shell)
        return EXIT_BROKEN
    return 0


def session_for(
    settings: Settings,
    shell: Shell,
    at: datetime | None = None,
    headstart: Headstart | None = None,
    *,
    on_copy: bool = False,
) -> Session:
    """Return what a console under these settings is given; reads nothing but the journal."""
    provenance, ends_at = "", None
    if settings.is_demo:
        from console.warehouse.demo import DEMO_WEEK, PROVENANCE  # noqa: PLC0415  # only the demo needs it

        ends_at = None if on_copy else DEMO_WEEK[1]
        why = "" if settings.is_configured else "No warehouse is configured, so this is the demo. "
        copy = f"{ON_A_COPY.capitalize()}. " if on_copy else ""
        provenance = f"{copy}{why}{PROVENANCE}"
    memory = open_memory(settings.state_dir, now=shell.now, presets={"theme": settings.theme} if settings.theme else {})
    late = _Late(settings, shell, lambda: memory.trouble, on_copy=on_copy)
    return Session(
        open_desk=Ahead(
            headstart, lambda: shell.open_desk(settings), lambda: settings.policy, _prepare_to_draw, Allocator()
        ),
        memory=memory,
        hands=late,
        environment=environment_of(settings),
        warehouse=settings.warehouse,
        clock=shell.now,
        crash_dir=settings.state_dir,
        at=at if on_copy else moment_shown(settings, at),
        days=days_shown(settings),
        ascii=settings.ascii or not _can_show(shell.out),
        color=shell.wants_color(settings.color),
        provenance=provenance,
        ends_at=ends_at,
        on_copy=on_copy,
        place_to_name=place_to_name(settings),
        own_moment=moment_shown(settings, None),
        keys=settings.keys,
        doctor=late.doctor,
        checklist=LateChecklist(settings, shell),
        auditor=LateAuditor(settings, shell, Path()),
    )


def _prepare_to_draw() -> None:
    """Import what a look is made of and drawn with, while the child is still at it."""
    import screens.specs  # noqa: PLC0415

    screens.specs.preload()


class _Late:
    """Hands and doctor, imported with the first key that asks for them, so that opening the console pays for neither."""

    def __init__(self, settings: Settings, shell: Shell, trouble: Callable[[], str], *, on_copy: bool) -> None:
        self._settings = settings
        self._shell = shell
        self._trouble = trouble
        self._on_copy = on_copy
        self._is_production = environment_of(settings) is Environment.PRODUCTION

    @property
    def read_only(self) -> str:
        """Why nothing can be changed here, or ""."""
        if trouble := self._trouble():
            return unkept(trouble)
        return "" if self._on_copy else why_read_only(self._settings, is_production=self._is_production)

    @cached_property
    def hands(self) -> Hands:
        from console.hands import hands_for  # noqa: PLC0415

        return hands_for(self._settings, self._shell, lambda: self.read_only, on_copy=self._on_copy)

    @cached_property
    def examination(self) -> Examination:
        from console.examination import Examination  # noqa: PLC0415

        return Examination(
            self._settings, lambda: self._shell.open_desk(self._settings), time.monotonic, self._shell.now
        )

    def doctor(self, width: int) -> Sequence[Line]:
        """As `Examination`."""
        return self.examination(width)

    def plan(self, order: Order, look: Look, at: datetime | None) -> Preview:
        """As `Hands.plan`."""
        return self.hands.plan(order, look, at)

    def rest(self, plan: str, at: datetime | None) -> Preview:
        """As `Hands.rest`."""
        return self.hands.rest(plan, at)

    def summary(self, look: Look, sentence: str, at: datetime | None) -> Preview:
        """As `Hands.summary`."""
        return self.hands.summary(look, sentence, at)

    def apply(
        self, preview: Preview, consent: Consent, on_progress: Callable[[int, int], None], cancelled: Cancelled
    ) -> Result:
        """As `Hands.apply`."""
        return self.hands.apply(preview, consent, on_progress, cancelled)

    def operations(self, limit: int = 500) -> tuple[LogEntry, ...]:
        """As `Hands.operations`."""
        return self.hands.operations(limit)

    def follow_up(self) -> tuple[str, ...]:
        """As `Hands.follow_up`; on the demo itself nothing is ever done."""
        return () if self._settings.is_demo and not self._on_copy else self.hands.follow_up()


class Guarded(CourtsideApp):
    """The console, keeping the trace of what broke it for the crash report: Textual would print it, values and all."""

    trace = ""

    def on_ready(self) -> None:
        """Collect garbage before long: `console.__main__` starts without it, and a console left open makes some."""
        self.set_timer(COLLECT_AFTER_SECONDS, _collect_garbage)

    def _handle_exception(self, error: Exception) -> None:
        """Keep the first error, and end."""
        self.trace = self.trace or _trace(error)
        self._return_code = EXIT_BROKEN
        self._close_messages_no_wait()

    def panic(self, *renderables: RenderableType) -> None:
        """Keep what the terminal's driver says of its own end, and end."""
        from io import StringIO  # noqa: PLC0415  # hardly ever needed

        from rich.console import Console  # noqa: PLC0415

        said = StringIO()
        Console(file=said, width=120, color_system=None).print(*renderables)
        self.trace = self.trace or said.getvalue()
        self._close_messages_no_wait()


def _collect_garbage() -> None:
    gc.collect()
    gc.freeze()  # what starting has made and is in use stays, so that no later collection looks at it
    gc.set_threshold(*COLLECT)


def _trace(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


def _say_broken(trace: str, settings: Settings, shell: Shell) -> None:
    """Keep the crash report and say in one sentence where it is."""
    from console.cli.page import Palette, write  # noqa: PLC0415  # only after a defect
    from console.crash import crash_report, keep_crash_report, without_secrets  # noqa: PLC0415
    from screens.lines import line  # noqa: PLC0415

    at = shell.now()
    path = keep_crash_report(crash_report(trace, at, settings.chosen, shell.environment), at, settings.state_dir)
    last = next((text.strip() for text in reversed(trace.splitlines()) if text.strip()), "")
    kept = f"the report is in {path}" if path else "and no report could be written"
    said = f"the console broke, which is a defect of the program ({without_secrets(last)}); {kept}"
    write([line("courtside: ", said)], shell.err, Palette(enabled=False))


def _can_show(out: TextIO) -> bool:
    """Return whether the terminal's encoding knows what the console draws with."""
    try:
        _DRAWN.encode(out.encoding or sys.getdefaultencoding())
    except (LookupError, UnicodeEncodeError):
        return False
    return True
