"""The line that filters a panel while it is typed."""

from __future__ import annotations

from collections.abc import Callable

from textual.widgets import Input

from screens.dialogs.prompt import Prompt
from screens.panels.panel import Panel


class FilterLine(Prompt):
    """Narrows a panel to rows that contain what is typed. Enter keeps it, Esc clears it."""

    def __init__(self, panel: Panel, done: Callable[[], object], *, plain: bool) -> None:
        super().__init__("/", done, panel.options.filter, plain=plain)
        self._panel = panel

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter with every letter."""
        event.stop()
        if event.value != self._panel.options.filter:
            self._panel.set_options(filter=event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep the filter."""
        event.stop()
        self.close()

    def action_give_up(self) -> None:
        """Clear the filter."""
        self._panel.set_options(filter="")
        self.close()
