"""A deployment as it is shown, and as a document."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from console import document
from console.deploying.checklist import Step
from console.deploying.verdict import Deployment, Standing, standings, verdict
from console.document import Json
from screens.text.checklist import ChecklistView, StepView


def view(deployment: Deployment) -> ChecklistView:
    """Return what is shown of a deployment."""
    steps = tuple(_step(item, item.step) for item in standings(deployment))
    return ChecklistView(deployment.name, deployment.at, deployment.by, verdict(deployment), steps)


def _step(item: Standing, step: Step) -> StepView:
    shown = StepView(step.id, step.stage.value, step.says, step.command, item.state, item.severity)
    said = item.answer
    return shown if said is None else replace(shown, at=said.at, by=said.by, note=said.note)


def fields(shown: ChecklistView) -> Json:
    """Return a deployment as fields of a document: each step with its newest answer."""
    return {**cast("Json", document.record(shown)), "verdict": document.verdict(shown.verdict)}
