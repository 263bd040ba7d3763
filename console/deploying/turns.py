"""Whose turn it is: which of a checklist's checks `--run` runs now, and why it leaves the others as they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import takewhile

from console.actions.refusal import RefusedError
from console.deploying.checklist import Step
from console.deploying.verdict import Deployment, Standing, Word, standings
from screens.text.amount import counted


def next_to_run(deployment: Deployment, ran: Collection[str]) -> Step | None:
    """Return the first check whose turn it is and that is not among those that `ran` already, or None."""
    return next(
        (
            step
            for step in deployment.steps
            if not step.is_question and step.id not in ran and not why_left(deployment, step)
        ),
        None,
    )


def asked_for(deployment: Deployment, names: Sequence[str]) -> tuple[Step, ...]:
    """Return checks that are to be run by name, also once more. Raises RefusedError for a question, and for one that waits."""
    steps = tuple(deployment.step(name) for name in dict.fromkeys(names))
    for step in steps:
        if step.is_question:
            raise RefusedError(f"{step.id} is a question and no check: --answer {step.id} yes, no or skip answers it")
        if why := why_waiting(deployment, step):
            raise RefusedError(f"{step.id} {why}")
    return steps


def why_left(deployment: Deployment, step: Step) -> str:
    """Return why `--run` leaves a check as it is, "" when it is its turn."""
    if why := why_waiting(deployment, step):
        return why
    found = {item.step.id: item for item in standings(deployment)}
    own, after = found[step.id].answer, found[step.before].answer if step.before else None
    if own is not None and own.word is Word.SKIP:
        return "was skipped"
    if after is not None and after.word is Word.YES:
        return f"is about the time before {step.before}, which was answered yes"
    if all(item.is_done for item in found.values() if item.step.stage is step.stage):
        return f"is of the stage {step.stage.value}, which is complete"
    return ""


def why_waiting(deployment: Deployment, step: Step) -> str:
    """Return which steps of earlier stages a step waits for, those of the first by name; "" when they are all done."""
    before = takewhile(lambda item: item.step.stage is not step.stage, standings(deployment))
    left = [item for item in before if not item.is_done]
    first = [_named(item) for item in left if item.step.stage is left[0].step.stage]
    more = len(left) - len(first)
    after = f" and {counted(more, 'step')} after" if more else ""
    return f"waits for {', '.join(first)}{after}" if left else ""


def _named(item: Standing) -> str:
    return f"{item.step.id} ({item.state})"
