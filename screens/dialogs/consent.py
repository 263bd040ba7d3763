"""What an operator is asked before something is applied."""

from __future__ import annotations

from dataclasses import dataclass, field

from screens.dialogs.questions import Question
from screens.orders import Consent
from screens.ports import Preview


def said_in_words(typed: str) -> str:
    """Return a reason without the space around it. Raises ValueError when there is none."""
    if not typed.strip():
        raise ValueError("a reason is needed: colleagues read it in the journal")
    return typed.strip()


@dataclass(slots=True)
class Agreement:
    """The consent to a preview, as it is given answer by answer; `reason` is what was said already."""

    preview: Preview
    reason: str = ""
    count: int | None = field(default=None, init=False)

    @property
    def consent(self) -> Consent:
        """What was agreed to."""
        return Consent(self.reason, self.count)

    def questions(self) -> list[Question]:
        """Return what must be asked."""
        asked = []
        if self.preview.asks_reason:
            hint = "why it is done, for colleagues and for the journal"
            asked.append(Question("reason: ", self._take_reason, hint, self.reason))
        if self.preview.asks_count is not None:
            label = f"{self.preview.asks_count} items; type their number: "
            asked.append(Question(label, self._take_count, "Esc changes nothing"))
        return asked

    def _take_reason(self, typed: str) -> None:
        self.reason = said_in_words(typed)

    def _take_count(self, typed: str) -> None:
        if typed.strip() != str(self.preview.asks_count):
            raise ValueError(f"{typed.strip() or 'nothing'} is not {self.preview.asks_count}: nothing was done")
        self.count = self.preview.asks_count
