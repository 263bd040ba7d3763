"""Keys are taken in the order in which they were pressed, however fast they come.

A slow connection delivers them in bursts. Textual sends each key to the widget in use and lets it rise from there, so that those
typed behind a `/` would be taken for commands before the field is there that they were meant for.
"""

from __future__ import annotations

from textual import events
from textual.app import App

from screens.clean import for_terminal
from screens.panels.lines_view import LinesView


class KeyOrder(App[int]):
    """An application that does what a key is bound to before it looks at the next; text fields have keys of their own."""

    async def on_event(self, event: events.Event) -> None:
        """Do what a key is bound to here and now, unless it is typed into a field."""
        if isinstance(event, events.Key) and not event.is_forwarded and self._takes_no_text:
            self.app_focus = True  # who presses keys has the terminal in front of them
            if await self._check_bindings(event.key, priority=True) or await self._check_bindings(event.key):
                return
        if isinstance(event, events.Paste):
            event.text = for_terminal(event.text)  # not every field that takes it is ours
        await super().on_event(event)

    @property
    def _takes_no_text(self) -> bool:
        return self.focused is None or isinstance(self.focused, LinesView)
