"""Running the checks by hand: every step is shown as it is taken, Esc stops the run, and its results stay for the session."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Event, Thread
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen

from checks.model import Report, Scope
from checks.progress import Progress
from checks.registry import Check
from screens.header import Header
from screens.keybar import KeyBar
from screens.panels.lines_view import MARK_COLUMNS, LinesView
from screens.session import Session
from screens.views.check_run import Run, State, run_table, runs_table
from screens.views.options import Options

if TYPE_CHECKING:
    from screens.app import CourtsideApp

MOST_RUNS = 20
"""Older runs of a session are forgotten."""


@dataclass(slots=True)
class Runs:
    """The runs of a session, oldest first. It outlives the screen that shows it."""

    kept: list[Run] = field(default_factory=list)
    count: int = 0

    def begin(self, run: Run) -> None:
        """Take on a run, and forget the oldest when there are too many."""
        self.count = run.number
        self.kept = [*self.kept, run][-MOST_RUNS:]

    def put(self, run: Run) -> None:
        """Replace a run by what it has become."""
        self.kept = [run if kept.number == run.number else kept for kept in self.kept]

    def of(self, number: int) -> Run | None:
        """Return the run of a number."""
        return next((run for run in self.kept if run.number == number), None)


class CheckRunScreen(Screen[None]):
    """Runs the checks when it opens, and again those that are selected; Esc stops a run, and leaves when none is going on."""

    app: CourtsideApp  # this screen lives in no other application

    DEFAULT_CSS = """
    CheckRunScreen #checks { height: 1fr; }
    CheckRunScreen #runs { height: 6; max-height: 25%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stop_or_leave", "stop the run, or go back", id="back"),
        Binding("c", "run_chosen", "run the selected checks again, all when none is selected", id="run_checks"),
        Binding("tab", "other_list", "checks or runs", show=False, id="next_panel"),
        Binding("shift+tab", "other_list", "checks or runs", show=False, id="previous_panel"),
    ]

    class Stepped(Message):
        """A run took a step."""

        def __init__(self, number: int, progress: Progress) -> None:
            super().__init__()
            self.number = number
            self.progress = progress

    class Ended(Message):
        """A run ended; without a report for that reason."""

        def __init__(self, number: int, report: Report | None, reason: str, seconds: float) -> None:
            super().__init__()
            self.number = number
            self.report = report
            self.reason = reason
            self.seconds = seconds

    def __init__(self, session: Session, scope: Scope, runs: Runs | None = None, check_ids: Sequence[str] = ()) -> None:
        super().__init__()
        self.session = session
        self.scope = scope
        self.runs = Runs() if runs is None else runs
        self._first_checks = tuple(check_ids)
        self._shown = 0
        self._going_on = 0
        self._cancel = Event()

    def compose(self) -> ComposeResult:
        """Make the widgets."""
        yield self.app.dressed(Header(self.app.header_state()))
        yield self.app.dressed(LinesView(id="checks"))
        yield self.app.dressed(LinesView(id="runs"))
        yield self.app.dressed(KeyBar(ascii=self.session.ascii))

    def on_mount(self) -> None:
        """Start, unless the screen was closed again before it was open."""
        if not self._has_lists:
            return
        self.checks_list.focus()
        self._begin(self._first_checks)

    def on_unmount(self) -> None:
        """Nobody sees the end of a run that is still going on."""
        self._cancel.set()

    @property
    def _has_lists(self) -> bool:
        return len(self.query(LinesView)) == len(("checks", "runs"))

    @property
    def checks_list(self) -> LinesView:
        """The checks of the run that is shown."""
        return self.query_one("#checks", LinesView)

    @property
    def runs_list(self) -> LinesView:
        """The runs of this session."""
        return self.query_one("#runs", LinesView)

    # Running

    def _begin(self, check_ids: Sequence[str]) -> None:
        from checks.catalogue import ALL_CHECKS  # noqa: PLC0415  # all checks, which the console's start does without

        checks: tuple[Check, ...] = tuple(c for c in ALL_CHECKS if not check_ids or c.id in check_ids)
        run = Run(self.runs.count + 1, checks, self.scope, self.session.clock())
        self.runs.begin(run)
        self._shown = self._going_on = run.number
        self._cancel = Event()
        self.checks_list.selected = frozenset()
        self._show()
        names = tuple(check.id for check in checks)
        arguments = (run.number, names, self._cancel, self.app.monotonic)
        Thread(target=self._run_checks, args=arguments, name="check run", daemon=True).start()

    def _run_checks(self, number: int, check_ids: Sequence[str], cancel: Event, monotonic: Callable[[], float]) -> None:
        """Run the checks, in a thread of its own that may outlive the screen."""
        started = monotonic()
        report, reason = None, ""
        try:
            with self.session.open_desk() as desk:
                look = desk.run(
                    self.scope, check_ids, lambda step: self._post(self.Stepped(number, step)), cancel.is_set
                )
                report = look.report
        # courtside: ignore[silent_exceptions] whatever goes wrong is said where the verdict would stand
        except Exception as error:  # noqa: BLE001  # see above
            reason = str(error) or type(error).__name__
        self._post(self.Ended(number, report, reason, monotonic() - started))

    def _post(self, message: Message) -> None:
        with suppress(RuntimeError):  # the application is gone, and nobody waits for this any more
            self.post_message(message)

    def on_check_run_screen_stepped(self, message: Stepped) -> None:
        """Show a step."""
        self._change(message.number, lambda run: run.after(message.progress))

    def on_check_run_screen_ended(self, message: Ended) -> None:
        """Show the end of a run."""
        if message.number == self._going_on:
            self._going_on = 0
        self._change(message.number, lambda run: run.ended(message.report, message.reason, message.seconds))

    def _change(self, number: int, change: Callable[[Run], Run]) -> None:
        run = self.runs.of(number)
        if run is not None:
            self.runs.put(change(run))
            self._show()

    # Showing

    def _show(self) -> None:
        """Bring both lists up to date; a step may come before they are there, or after they are gone."""
        if not self._has_lists:
            return
        self.checks_list.show(run_table(self.runs.of(self._shown), self._options(self.checks_list)))
        self.runs_list.show(runs_table(self.runs.kept, self._shown, self._options(self.runs_list)))

    def _options(self, view: LinesView) -> Options:
        width = view.size.width or self.app.size.width  # of the screen before the first layout
        return Options(max(width - MARK_COLUMNS, 10), ascii=self.session.ascii)

    def on_resize(self) -> None:
        """Make the lines again for the new width."""
        self.call_after_refresh(self._show)

    # Keys

    def action_stop_or_leave(self) -> None:
        """Stop the run; leave when nothing runs, or when it does not stop."""
        run = self.runs.of(self._going_on)
        if run is None or run.state is State.STOPPING:
            self.app.pop_screen()
            return
        self._cancel.set()
        self.runs.put(replace(run, state=State.STOPPING))
        self._show()

    def action_run_chosen(self) -> None:
        """Run the selected checks again, all when none is selected; not while a run is going on."""
        if self._going_on:
            self.app.say("a run is going on: Esc stops it")
            return
        chosen = self.checks_list.chosen() if self.checks_list.selected else []
        self._begin([item.key for item in chosen])

    def action_other_list(self) -> None:
        """Focus the other list."""
        (self.runs_list if self.checks_list.has_focus else self.checks_list).focus()

    def on_lines_view_opened(self, message: LinesView.Opened) -> None:
        """Show the run under the cursor; what a check found is opened by the application."""
        if self.runs_list.has_focus:
            message.stop()
            self._shown = int(message.item.key)
            self._show()
