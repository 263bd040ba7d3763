"""The overview: everything on one screen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from screens.board import Board
from screens.header import Header
from screens.keybar import KeyBar
from screens.keymap import BY_ID
from screens.panels.findings_panel import FindingsPanel
from screens.panels.panel import Panel, Spec
from screens.specs import PANELS

if TYPE_CHECKING:
    from screens.app import CourtsideApp


FULL = "findings"
"""The panel whose feed is the full report: it has all facts, so it serves every panel."""


def _panel(spec: Spec, *, ascii: bool) -> Panel:
    return FindingsPanel(spec, ascii=ascii) if spec.id == FULL else Panel(spec, ascii=ascii)


class Overview(Screen[None]):
    """Header, six panels and the keys; a panel can be focused by its number, and maximised."""

    app: CourtsideApp  # this screen lives in no other application

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(BY_ID[name].keys, f"app.do('{name}')", BY_ID[name].says, show=False, id=name)
        for name in ("next_panel", "previous_panel")
    ]

    def compose(self) -> ComposeResult:
        """Make the widgets, top to bottom."""
        plain = self.app.session.ascii
        yield self.app.dressed(Header(self.app.header_state()))
        yield Board(*(self.app.dressed(_panel(self._titled(spec), ascii=plain)) for spec in PANELS))
        yield self.app.dressed(KeyBar(ascii=plain))

    def _titled(self, spec: Spec) -> Spec:
        """Return the spec, with a title that says when not all that is shown was recorded; `?` says what."""
        if spec.id == FULL and self.app.session.provenance:
            return replace(spec, title=f"{spec.title}: a demo, partly reconstructed")
        return spec

    def on_mount(self) -> None:
        """After the first frame, show the findings of an earlier run until there are others."""
        self.call_after_refresh(self._recall)

    def _recall(self) -> None:
        from checks.policy import Policy  # noqa: PLC0415  # after the first frame
        from screens.unloaded import Unloaded  # noqa: PLC0415  # after the first frame

        for panel in self.query(FindingsPanel):  # none when the console is left at once
            if panel.look is None and (known := self.app.recalled) is not None:
                panel.update_look(Unloaded(known.report), known.report.scope, Policy())

    @property
    def board(self) -> Board:
        """The room of the panels."""
        return self.query_one(Board)

    @property
    def panels(self) -> list[Panel]:
        """The panels, in the order of their numbers."""
        return list(self.query(Panel))

    def panel(self, name: str) -> Panel:
        """Return one panel by its id."""
        return self.query_one(f"#{name}", Panel)

    @property
    def current(self) -> Panel:
        """The panel in use; it stays so while the terminal or a prompt has the focus."""
        return self.panel(self.board.current)

    def use(self, panel: Panel) -> None:
        """Focus a panel; a maximised one gives its place to it."""
        self.board.use(panel.spec.id, maximised=self.board.is_maximised)
        self.set_focus(panel, scroll_visible=False)  # at once: panel.focus() would come after the next key

    def maximise(self, *, maximised: bool) -> None:
        """Give the panel in use all the room, or restore the others."""
        self.board.use(self.board.current, maximised=maximised)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Follow a focus that came with the mouse, unless a later key has taken it on already."""
        if isinstance(event.widget, Panel) and event.widget is self.focused:
            self.board.use(event.widget.spec.id, maximised=self.board.is_maximised)
