"""Questions that are answered in one line, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.widgets import Input

from screens.dialogs.prompt import Prompt

Then = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Question:
    """A question: its label, a hint for the empty field, what stands in it first, and what takes the answer.

    `take` raises ValueError with a sentence for the operator when the answer will not do; then it is asked again.
    """

    label: str
    take: Callable[[str], object]
    hint: str = ""
    value: str = ""


class Questions(Prompt):
    """Asks at least one question; `then` is done when all are answered, and not when the line is left with Esc."""

    def __init__(self, questions: Sequence[Question], then: Then, done: Then, *, plain: bool) -> None:
        first, *later = questions
        super().__init__(first.label, done, first.value, plain=plain)
        self.field.placeholder = first.hint
        self._question = first
        self._later = later
        self._then = then

    def on_input_changed(self, event: Input.Changed) -> None:
        """Take a refusal back as soon as something else is typed."""
        event.stop()
        self.refuse("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the answer, or say why not; ask the next question, or go on."""
        event.stop()
        try:
            self._question.take(event.value)
        except ValueError as refusal:
            self.refuse(str(refusal))
            return
        if self._later:
            self._question = self._later.pop(0)
            self.ask(self._question.label, self._question.value, self._question.hint)
        else:
            self.close()
            self._then()
