"""What an action would do, item by item, before anything is done."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from checks.model import Scope
from checks.policy import Policy
from screens.lines import BLANK, Line, Span, Tone, flow
from screens.panels.lines_view import MARK_COLUMNS
from screens.panels.panel import Panel, Spec
from screens.ports import Look, Preview, PreviewItem
from screens.session import Session
from screens.table import Item, Table
from screens.unloaded import Unloaded
from screens.views.options import Options

if TYPE_CHECKING:
    from screens.app import CourtsideApp

NOT_AVAILABLE = "applying is not available: this shows what would happen, and nothing is done"
_MOST_COLUMNS = 110
_SIDES = MARK_COLUMNS + 2
_TITLE_AND_FOOT = 2
"""What a frame and the marks of rows take from the text."""


def preview_lines(preview: Preview, width: int) -> list[Line]:
    """Return a preview as lines: whether it can be applied, each item with what would happen or why not, then the text."""
    note = preview.note or ("" if preview.available else NOT_AVAILABLE)
    lines = flow([Span(note, Tone.WARNING)], width) if note else []
    refused = sum(bool(item.refused) for item in preview.items)
    if preview.items:
        counted = f"{len(preview.items) - refused} would be done, {refused} refused"
        lines += [*flow([Span(counted, Tone.STRONG)], width), BLANK]
    for item in preview.items:
        lines += _item(item, width)
    if preview.text:
        lines += [BLANK] if preview.items else []
        lines += [spans for text in preview.text.splitlines() for spans in flow([text], width) or [BLANK]]
    if not preview.items and not preview.text:
        lines.append((Span("nothing would be done", Tone.FAINT),))
    return lines


def preview_view(preview: Preview, look: Look, scope: Scope, policy: Policy, options: Options) -> Table:
    """Return a preview as a table of its lines."""
    return Table.of([Item(str(n), spans) for n, spans in enumerate(preview_lines(preview, options.width))])


def _item(item: PreviewItem, width: int) -> list[Line]:
    if item.refused:
        return flow([f"{item.subject}:", Span(item.refused, Tone.WARNING)], width, first="refused  ", hang=9)
    return flow([f"{item.subject}:", item.would], width, first="would    ", hang=9)


class PreviewDialog(ModalScreen[None]):
    """Shows a preview over the screen; there is nothing to press but what closes it."""

    app: CourtsideApp  # this screen lives in no other application

    # The margin leaves the verdict and the keys in sight; a padding of the screen would push down what lies behind it.
    DEFAULT_CSS = """
    PreviewDialog > .panel { background: ansi_default; margin: 3 0 1 0; border: solid ansi_default; border-top: none; }
    PreviewDialog > .plain { border: ascii ansi_default; border-top: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "close", "close", id="preview.close")]

    def __init__(self, preview: Preview, session: Session) -> None:
        super().__init__()
        self.preview = preview
        self._session = session

    def compose(self) -> ComposeResult:
        """Make the widgets."""
        spec = Spec("preview", "", f"{self.preview.title} (Esc closes)", partial(preview_view, self.preview), (), 0.0)
        panel = Panel(spec, ascii=self._session.ascii)
        panel.set_class(self._session.ascii, "plain")
        yield self.app.dressed(panel)

    def on_mount(self) -> None:
        """Show it at a size that fits what there is to say; nothing when it was closed again before it was open."""
        if not self.query(Panel):
            return
        panel = self.query_one(Panel)
        width = min(_MOST_COLUMNS, max(self.app.size.width - 4, 20))
        panel.styles.width = width
        lines = len(preview_lines(self.preview, width - _SIDES))
        panel.styles.height = min(lines + _TITLE_AND_FOOT, max(self.app.size.height - 4, 3))
        scope = self.app.scope()
        panel.update_look(Unloaded.nothing(scope), scope, Policy())
        panel.focus()

    def on_resize(self) -> None:
        """Stay within the terminal."""
        for panel in self.query(Panel):
            panel.styles.max_width = self.app.size.width
            panel.styles.max_height = max(self.app.size.height - 4, 1)

    def action_close(self) -> None:
        """Close."""
        self.dismiss()
