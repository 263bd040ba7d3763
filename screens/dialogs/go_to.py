"""The line that asks for a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from textual.widgets import Input

from screens.dialogs.prompt import Prompt
from screens.dialogs.times import HOW, TimeRefusedError, read_moment


class GoTo(Prompt):
    """Takes a moment; refuses in a sentence what is none, and stays open for another try."""

    def __init__(
        self,
        shown: datetime,
        now: datetime,
        go: Callable[[datetime | None], object],
        done: Callable[[], object],
        *,
        plain: bool,
    ) -> None:
        super().__init__("go to time: ", done, plain=plain)
        self.field.placeholder = HOW
        self._shown = shown
        self._now = now
        self._go = go

    def on_input_changed(self, event: Input.Changed) -> None:
        """Take a refusal back as soon as something else is typed."""
        event.stop()
        self.refuse("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go, or say why not."""
        event.stop()
        try:
            moment = read_moment(event.value, self._shown, self._now)
        except TimeRefusedError as refusal:
            self.refuse(str(refusal))
        else:
            self.close()
            self._go(moment)
