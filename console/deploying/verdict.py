"""Where a deployment stands: each step by its newest answer, and what they come to together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from checks.severity import Severity, Verdict
from console.actions.refusal import RefusedError
from console.deploying.checklist import Step


class Word(Enum):
    """What somebody, or a check, had to say of a step."""

    YES = "yes"
    NO = "no"
    SKIP = "skip"
    CHECKED = "checked"
    """A check was run: its severity says what it came to."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to one step: by whom, when (aware UTC), and why. `severity` is that of a check that was run, else None."""

    step: str
    word: Word
    at: datetime
    by: str
    note: str = ""
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Deployment:
    """One deployment: its name, its warehouse, who began it when, the checklist that it has, and all answers, oldest first."""

    name: str
    place: str
    at: datetime
    by: str
    steps: tuple[Step, ...]
    answers: tuple[Answer, ...] = ()

    def step(self, name: str) -> Step:
        """Return a step by its id. Raises RefusedError for one that there is not."""
        found = next((step for step in self.steps if step.id == name), None)
        if found is None:
            known = ", ".join(step.id for step in self.steps)
            raise RefusedError(f"{self.name} has no step {name!r}: its steps are {known}")
        return found


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one step stands: its newest answer, None while nobody has said anything."""

    step: Step
    answer: Answer | None

    @property
    def is_done(self) -> bool:
        """True when the step needs nothing any more: answered yes, checked and OK, or skipped for a reason."""
        if self.answer is None:
            return False
        if self.answer.word is Word.CHECKED:
            return self.answer.severity is Severity.OK
        return self.answer.word is Word.YES or (self.answer.word is Word.SKIP and bool(self.answer.note))

    @property
    def state(self) -> str:
        """The step's state in a word: open, yes, no, skipped, or the severity that its check came to."""
        if self.answer is None:
            return "open"
        if self.answer.severity is not None:
            return self.answer.severity.name.lower()
        return {Word.SKIP: "skipped"}.get(self.answer.word, self.answer.word.value)

    @property
    def severity(self) -> Severity:
        """OK when it is done, WARNING while it is open, ERROR after a no, else what its check came to."""
        if self.is_done:
            return Severity.OK
        if self.answer is None or self.answer.word is Word.SKIP:
            return Severity.WARNING
        return Severity.ERROR if self.answer.severity is None else self.answer.severity


def standings(deployment: Deployment) -> tuple[Standing, ...]:
    """Return where each step stands, in the order of the checklist."""
    newest: Mapping[str, Answer] = {answer.step: answer for answer in deployment.answers}
    return tuple(Standing(step, newest.get(step.id)) for step in deployment.steps)


def verdict(deployment: Deployment) -> Verdict:
    """Return what the steps come to: complete only when every single one is done. UNKNOWN is never a yes."""
    found = standings(deployment)
    left = [item for item in found if not item.is_done]
    if not left:
        skipped = sum(item.answer is not None and item.answer.word is Word.SKIP for item in found)
        but = f", {skipped} of them skipped" if skipped else ""
        return Verdict(Severity.OK, f"{deployment.name} is complete: all {len(found)} steps are done{but}", None)
    by_state: dict[str, list[str]] = {}
    for item in sorted(left, key=lambda item: -item.severity):
        by_state.setdefault(item.state, []).append(item.step.id)
    said = "; ".join(f"{state}: {', '.join(steps)}" for state, steps in by_state.items())
    sentence = f"{deployment.name} is not complete, {len(left)} of {len(found)} steps are not done ({said})"
    return Verdict(max(item.severity for item in left), sentence, None)
