"""A line at the bottom to type in. The only place that needs Textual's field, which is imported with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from screens.clean import for_terminal
from screens.lines import Line, Span, Tone
from screens.plain import ascii_line
from screens.strips import Styles, strip_of


class Words(Widget):
    """One line of text."""

    def __init__(self, text: str, tone: Tone, *, plain: bool, id: str | None = None) -> None:
        super().__init__(id=id)
        self.line_styles: Styles = {}
        self._plain = plain
        self._tone = tone
        self._line: Line = ()
        self.say(text)

    def say(self, text: str) -> None:
        """Show another text."""
        spans = (Span(text, self._tone),)
        self._line = ascii_line(spans) if self._plain else spans
        self.refresh(Region(0, 0, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        return strip_of(() if y else self._line, self.size.width, self.line_styles)


class Field(Input):
    """Textual's field, which cleans what is typed and pasted, and does not blink.

    Behind Enter it takes no more until `is_open` is set again: keys may come faster than what is typed is understood.
    """

    def __init__(self, value: str = "") -> None:
        super().__init__(value, compact=True, select_on_focus=False)
        self.cursor_blink = False
        self.is_open = True

    async def on_key(self, event: events.Key) -> None:
        """Take Enter here and now: as a binding it would come after the letters that were typed behind it."""
        if self.is_open and event.key != "enter":
            return
        event.stop()
        event.prevent_default()
        if self.is_open:
            self.is_open = False
            await self.action_submit()

    def replace(self, text: str, start: int, end: int) -> None:
        """Replace a part by cleaned text."""
        super().replace(for_terminal(text), start, end)


class Prompt(Widget):
    """A label, a field, and above them what is refused. Esc and losing the focus close it.

    `done` gives the focus back to where it belongs; left to itself it would go to the next widget.
    """

    DEFAULT_CSS = """
    Prompt { dock: bottom; height: auto; max-height: 2; background: ansi_default; }
    Prompt Horizontal { height: 1; }
    Prompt Words { height: 1; }
    Prompt #refusal { display: none; width: 1fr; }
    Prompt.refused #refusal { display: block; }
    Prompt Field { width: 1fr; background: ansi_default; color: ansi_default; }
    Prompt Field:focus { background: ansi_default; }
    Prompt Field > .input--cursor { background: ansi_default; color: ansi_default; text-style: reverse; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "give_up", "close", show=False)]

    def __init__(self, label: str, done: Callable[[], object], value: str = "", *, plain: bool) -> None:
        super().__init__()
        self._done = done
        self._refusal = Words("", Tone.ERROR, plain=plain, id="refusal")
        self._label = Words(label, Tone.STRONG, plain=plain, id="label")
        self._label.styles.width = len(label)
        self.field = Field(value)

    def compose(self) -> ComposeResult:
        """Make the widgets."""
        yield self._refusal
        with Horizontal():
            yield self._label
            yield self.field

    def on_mount(self) -> None:
        """Take the focus at once: field.focus() would come after the next key."""
        self.screen.set_focus(self.field)

    def ask(self, label: str, value: str = "", hint: str = "") -> None:
        """Ask another question, in the same line; `hint` stands in the empty field."""
        self._label.styles.width = len(label)
        self._label.say(label)
        self.field.placeholder = hint
        self.field.value = value
        self.field.cursor_position = len(value)
        self.field.is_open = True

    def refuse(self, sentence: str) -> None:
        """Say why what was typed cannot be, above the line."""
        self._refusal.say(f" {sentence}")
        self.set_class(bool(sentence), "refused")
        self.field.is_open = self.field.is_open or bool(sentence)

    def action_give_up(self) -> None:
        """Close without doing anything."""
        self.close()

    def close(self) -> None:
        """Give the focus back and go away."""
        self._done()
        self.remove()

    def on_descendant_blur(self) -> None:
        """Go away when another widget takes the focus, not when the terminal loses it."""
        if self.app.app_focus and self.is_attached:
            self.remove()
