"""The last line: what can be pressed here, made from the bindings; and for some seconds what was just done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.screen import Screen
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from screens.keymap import BY_ID, key_label
from screens.lines import Line, Span, Tone
from screens.plain import ascii_line
from screens.strips import Styles, strip_of
from screens.themes import DEFAULT_THEME, THEMES

if TYPE_CHECKING:
    from textual.app import App

NOTICE_SECONDS = 8.0


def keybar_line(keys: Sequence[tuple[str, str]], width: int) -> Line:
    """Return as many keys with what they do as fit."""
    spans: list[Span] = []
    used = 0
    for key, does in keys:
        needed = len(key) + len(does) + 3
        if used + needed > width:
            break
        spans.extend((Span(f" {key}", Tone.STRONG), Span(f" {does} ", Tone.FAINT)))
        used += needed
    return tuple(spans)


class KeyBar(Widget):
    """One line; a fraction of the cost of a row of buttons. Notices stand here, where they hide no verdict."""

    DEFAULT_CSS = "KeyBar { height: 1; dock: bottom; }"

    app: App[int]

    def __init__(self, *, ascii: bool = False) -> None:
        super().__init__(id="keybar")
        self.line_styles: Styles = THEMES[DEFAULT_THEME].styles
        self.notice = ""
        self._ascii = ascii
        self._drawn: Line | None = None
        self._expiry: Timer | None = None

    def on_mount(self) -> None:
        """Follow the bindings, which change with the focus."""
        self.screen.bindings_updated_signal.subscribe(self, self._update)

    def say(self, notice: str) -> None:
        """Show a sentence instead of the keys for a while."""
        self.notice = notice
        if self._expiry is not None:
            self._expiry.stop()
        self._expiry = self.set_timer(NOTICE_SECONDS, self._expire) if notice else None
        self._update()

    def _expire(self) -> None:
        self.say("")

    def _update(self, _screen: Screen[object] | None = None) -> None:
        """Repaint only when another line is to be shown."""
        if self._drawn is not None and self._drawn != self.line():
            self.refresh()

    def keys(self) -> list[tuple[str, str]]:
        """Return key and word of what can be done here, in the order of the keymap."""
        shown: dict[str, str] = {}
        for _, binding, enabled, _tooltip in self.screen.active_bindings.values():
            action = BY_ID.get(binding.id or "")
            leads_nowhere = binding.id == "back" and len(self.app.screen_stack) == 1
            if action is not None and action.label and enabled and not leads_nowhere:
                shown.setdefault(action.id, key_label(binding.key))
        return [(shown[name], action.label) for name, action in BY_ID.items() if name in shown]

    def line(self) -> Line:
        """Return the line as it should stand now."""
        said = (Span(f" {self.notice}", Tone.STRONG),) if self.notice else keybar_line(self.keys(), self.size.width)
        return ascii_line(said) if self._ascii else said

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        if y:
            return Strip.blank(self.size.width)
        self._drawn = self.line()
        return strip_of(self._drawn, self.size.width, self.line_styles)
