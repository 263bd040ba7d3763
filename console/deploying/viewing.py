"""A deployment as it is shown, and as a document."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from console import document
from console.deploying.checklist import Step
from console.deploying.turns import why_left, why_waiting
from console.deploying.verdict import Deployment, Standing, standings, verdict
from console.document import Json
from screens.text.checklist import ChecklistView, StepView


def view(deployment: Deployment) -> ChecklistView:
    """Return what is shown of a deployment."""
    steps = tuple(_step(item, item.step, _hint(deployment, item)) for item in standings(deployment))
    return ChecklistView(deployment.name, deployment.at, deployment.by, verdict(deployment), steps)


def _step(item: Standing, step: Step, hint: str) -> StepView:
    shown = StepView(step.id, step.stage.value, step.says, step.command, item.state, item.severity, hint=hint)
    said = item.answer
    return shown if said is None else replace(shown, at=said.at, by=said.by, note=said.note)


def _hint(deployment: Deployment, item: Standing) -> str:
    """Return what `--run` does with a check that is not done; "" when it runs it once more."""
    step = item.step
    if step.is_question or item.is_done:
        return ""
    if why := why_waiting(deployment, step):
        return f"{why}; then --run runs {step.command}"
    if why := why_left(deployment, step):
        return f"{why}; --run {step.id} runs {step.command} all the same"
    return "" if item.answer else f"--run runs {step.command}"


def fields(shown: ChecklistView) -> Json:
    """Return a deployment as fields of a document: each step with its newest answer."""
    return {**cast("Json", document.record(shown)), "verdict": document.verdict(shown.verdict)}
