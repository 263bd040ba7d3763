"""A screen about one thing: a header, one panel, the keys."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.screen import Screen

from screens.header import Header
from screens.keybar import KeyBar
from screens.panels.panel import Panel, Spec

if TYPE_CHECKING:
    from screens.app import CourtsideApp

_NUMBERS = count(1)


class Detail(Screen[None]):
    """Shows one spec on the whole screen.

    A spec with a cadence has a feed of its own, `feed`, for as long as the screen is open; one without is made of the full
    report.
    """

    app: CourtsideApp  # this screen lives in no other application

    def __init__(self, spec: Spec) -> None:
        super().__init__()
        self.spec = spec
        self.feed = f"{spec.id} {next(_NUMBERS)}" if spec.cadence > 0 else ""

    def compose(self) -> ComposeResult:
        """Make the widgets."""
        plain = self.app.session.ascii
        yield self.app.dressed(Header(self.app.header_state()))
        yield self.app.dressed(self.spec.panel(self.spec, plain) if self.spec.panel else Panel(self.spec, ascii=plain))
        yield self.app.dressed(KeyBar(ascii=plain))

    @property
    def panel(self) -> Panel:
        """The one panel."""
        return self.query_one(Panel)

    def on_mount(self) -> None:
        """Show what is known already and ask for the rest; nothing on a screen that was closed again before it was open."""
        if not self.query(Panel):
            return
        self.panel.focus()
        self.app.opened(self)
        if self.spec.redraw > 0:
            self.set_interval(self.spec.redraw, self.panel.redraw)

    def on_unmount(self) -> None:
        """Ask no more."""
        self.app.closed(self)
