"""The application: it wires session, feeds and screens together, and decides nothing."""

from __future__ import annotations

import random
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.filter import LineFilter, NoColor
from textual.screen import Screen
from textual.timer import Timer

from screens.header import Header, HeaderState
from screens.key_order import KeyOrder
from screens.keybar import KeyBar
from screens.keymap import ACTIONS, BY_ID, keys_of
from screens.moment import Moment
from screens.overview import FULL, Overview
from screens.panels.lines_view import LinesView
from screens.pause import Pause
from screens.session import Session
from screens.standing import Standing
from screens.strips import Styles
from screens.themes import styles_of

if TYPE_CHECKING:
    from textual.command import Provider

    from checks.model import Scope
    from screens.detail.check_run import Runs
    from screens.detail.detail import Detail
    from screens.feed import Loaded, Refresher
    from screens.ports import Remembered

TICK_SECONDS = 2.0

Dressed = TypeVar("Dressed", bound=Header | KeyBar | LinesView)


def _commands() -> type[Provider]:
    from screens.commands import Commands  # noqa: PLC0415  # imported when the palette opens

    return Commands


class CourtsideApp(KeyOrder):
    """The console."""

    TITLE = "courtside"
    CSS_PATH = Path(__file__).with_name("courtside.tcss")
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_commands}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+p,colon", "command_palette", "all commands", show=False, id="palette")
        if action.id == "palette"
        else Binding(action.keys, f"do('{action.id}')", action.says, show=bool(action.label), id=action.id)
        for action in ACTIONS
        if action.on == "app" and not action.id.endswith("_panel")
    ]

    def __init__(self, session: Session, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__(ansi_color=True)
        self.session = session
        self.animation_level = "full" if session.animation else "none"
        self.monotonic = monotonic
        self.moment = Moment(session.clock, session.at, ends_at=session.ends_at)
        self.last_date: date | None = None
        self.player: Timer | None = None
        self.runs: Runs | None = None
        self.pause = Pause()
        self._is_following_up = False
        self.standing = Standing()
        self.theme_name = session.memory.preference("theme")
        self.line_styles: Styles = styles_of(self.theme_name, color=session.color)
        self.set_keymap({name: ",".join(keys_of(BY_ID[name], session.keys)) for name in session.keys if name in BY_ID})

    # Opening

    def get_default_screen(self) -> Screen[None]:
        """Return the overview, with the verdict of an earlier run."""
        known = self.session.memory.last_verdict(self.session.place)
        if known is not None:
            self.standing.recall(*known)
        return Overview()

    @cached_property
    def recalled(self) -> Remembered | None:
        """The last report of an earlier run; read after the first frame, which has only its verdict."""
        return self.session.memory.last_report(self.session.place)

    @cached_property
    def refresher(self) -> Refresher:
        """What asks for the panels; made after the first frame, which needs no answer."""
        from screens.feed import Refresher  # noqa: PLC0415
        from screens.receiving import feeds  # noqa: PLC0415

        made = Refresher(self.session.open_desk, self._from_thread, self.monotonic, lambda: random.uniform(-1, 1))  # noqa: S311  # spreads refreshes, guards nothing
        for feed in feeds(self.monotonic()):
            made.add(feed)
        return made

    def on_mount(self) -> None:
        """Start asking, after the first frame."""
        self.call_after_refresh(self.tick)
        self.set_interval(TICK_SECONDS, self.tick)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return Textual's filters, and one that takes all colours away when the session wants none."""
        filters = super().get_line_filters()
        return filters if self.session.color else [*filters, NoColor()]

    # Asking and answering

    def scope(self) -> Scope:
        """Return what is looked at now."""
        from checks.model import Scope  # noqa: PLC0415  # the first frame has none

        scope = Scope.at(self.moment.now(), last=self.last_date, days=self.session.days)
        return self.session.aimed(scope, self.moment.fixed_at)

    def tick(self) -> None:
        """Refresh what is due, give up what does not come back, and keep the header true."""
        for lost in self.refresher.give_up():
            self.on_loaded(lost)
        self.refresher.slowness = self.standing.slowness(self.session.clock(), is_live=self.moment.is_live)
        if not self.pause.holds(self.monotonic()):
            self.refresher.refresh(self.refresher.due(), self.scope())
        self.show_header()

    def refresh_all(self, *, by_hand: bool = True) -> None:
        """Ask for everything now: the full report, and what it does not hold."""
        from screens.detail.detail import Detail  # noqa: PLC0415  # after the first frame

        scope = self.scope()
        wanted = [feed for feed in self.refresher.feeds.values() if feed.name == FULL or feed.scope_of(scope) != scope]
        wanted += [self.refresher.feeds[s.feed] for s in self.screen_stack if isinstance(s, Detail) and s.feed]
        self.refresher.refresh({feed.name: feed for feed in wanted}.values(), scope, by_hand=by_hand)

    def look_at(self, moment: Moment, last_date: date | None) -> None:
        """Look at another moment or at other dates."""
        before = self.scope()
        self.moment, self.last_date = moment, last_date
        if self.scope() != before:
            self.refresher.moved()
            self.refresh_all()
        self.show_header()

    def on_loaded(self, message: Loaded) -> None:
        """Hand what came back to its panels, and remember a full report for the next run."""
        from screens.receiving import receive  # noqa: PLC0415  # after the first frame

        receive(self, message)
        unmoved = self.moment.is_live or (self.moment.fixed_at == self.session.at and self.last_date is None)
        if self.standing.latest is message and unmoved and message.look is not None:
            memory, environment = self.session.memory, self.session.place
            self.in_background(partial(memory.remember, environment, message.look.report, self.session.clock()))
        if message.feed == FULL and not self._is_following_up:
            self._is_following_up = True
            self.in_background(self._follow_up)

    def _follow_up(self) -> None:
        """Verify what is due of what was done, in a thread, and say what came of it."""
        try:
            if said := "; ".join(self.session.hands.follow_up()):
                self._from_thread(events.Callback(callback=partial(self.say, said)))
        finally:
            self._is_following_up = False

    def in_background(self, work: Callable[[], object]) -> None:
        """Do something slow that nobody waits for; what goes wrong is said."""

        def run() -> None:
            try:
                work()
            # courtside: ignore[silent_exceptions] the console goes on without its memory, and says so
            except Exception as error:  # noqa: BLE001  # see above
                self._from_thread(events.Callback(callback=partial(self.say, f"not kept: {error}")))

        Thread(target=run, daemon=True).start()

    def _from_thread(self, message: Loaded | events.Callback) -> None:
        """Post from a thread that may outlive the application."""
        with suppress(RuntimeError):  # its event loop is closed, and nobody waits for this any more
            self.post_message(message)

    # What screens ask of the application

    def opened(self, detail: Detail) -> None:
        """Fill a detail screen with what is known and refresh it for as long as it is open."""
        from screens.feed import Feed  # noqa: PLC0415  # after the first frame
        from screens.receiving import fill  # noqa: PLC0415  # as above

        fill(self, detail)
        if detail.feed:
            spec = detail.spec
            self.refresher.add(Feed(detail.feed, spec.checks, spec.cadence, self.monotonic(), scope_of=spec.scope_of))
            self.refresher.refresh([self.refresher.feeds[detail.feed]], self.scope())

    def closed(self, detail: Detail) -> None:
        """Refresh a detail screen no more."""
        self.refresher.remove(detail.feed)
        self.standing.forget(detail.feed)

    def dressed(self, widget: Dressed) -> Dressed:
        """Return a widget in the theme, and in ASCII where the terminal knows no more."""
        widget.line_styles = self.line_styles
        if self.session.ascii and isinstance(widget, LinesView):
            widget.marks = (">", "*")
        return widget

    def dress(self, styles: Styles) -> None:
        """Show all open screens in another theme."""
        self.line_styles = styles
        for screen in self.screen_stack:
            for widget in screen.query("*"):
                if isinstance(widget, (Header, KeyBar, LinesView)):
                    widget.line_styles = styles
                    widget.refresh()

    def header_state(self) -> HeaderState:
        """Return what the header says now."""
        standing, session = self.standing, self.session
        pace = standing.pace(session.clock(), is_live=self.moment.is_live)
        return HeaderState(
            session.environment,
            self.moment.now(),
            clock=", ".join(filter(None, (self.moment.word(), self.pause.word(self.monotonic()), pace))),
            dates="" if self.last_date is None else self._dates(),
            verdict=standing.verdict,
            data_as_of=standing.as_of,
            remembered=standing.remembered,
            source=standing.source,
            failure=standing.failure,
            cost=standing.cost(session.clock()),
            watcher=standing.watched(self.moment.now()),
            untold=standing.untold if self.moment.is_live else "",
            read_only=bool(session.hands.read_only),
            on_copy=session.on_copy,
            ascii=session.ascii,
        )

    def _dates(self) -> str:
        from screens.text.report import dates_of  # noqa: PLC0415  # not before somebody looks at other dates

        return dates_of(self.scope())

    def show_header(self) -> None:
        """Bring the headers of all open screens up to date; what did not change is not repainted."""
        state = self.header_state()
        for screen in self.screen_stack:
            for header in screen.query(Header):
                header.show(state)

    def say(self, notice: str) -> None:
        """Say a sentence at the bottom, away from the verdict."""
        bars = [bar for screen in self.screen_stack for bar in screen.query(KeyBar)]
        for bar in bars[-1:]:
            bar.say(notice)

    # Keys

    async def action_do(self, name: str) -> None:
        """Do what a key of the keymap does, to the end where the next key depends on it."""
        from screens.handlers import HANDLERS  # noqa: PLC0415  # what keys do is imported with the first key

        done = HANDLERS[name](self)
        if isinstance(done, Awaitable):
            await done

    async def action_command_palette(self) -> None:  # type: ignore[override]  # Textual's opens without waiting for the field
        """Open the palette of all commands."""
        from screens.commands import open_palette  # noqa: PLC0415  # not before the key

        await open_palette(self)

    def on_lines_view_opened(self, message: LinesView.Opened) -> None:
        """Open what a row is about."""
        from screens.navigation import open_target  # noqa: PLC0415  # not before somebody presses Enter

        open_target(self, message.item.target)

    def action_help_quit(self) -> None:
        """Answer Ctrl+C, which many try first."""
        self.say("q quits")

    def on_app_blur(self) -> None:
        """Begin to count how long nobody looks."""
        self.pause.blurred_at = self.monotonic()

    def on_app_focus(self) -> None:
        """Somebody looks again: bring everything up to date."""
        self.pause.blurred_at = None
        self.tick()
