"""A deployment as it is shown, and as a document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, cast

from checks.severity import Severity
from console import document
from console.deploying.checklist import Step
from console.deploying.deployments import chosen
from console.deploying.verdict import Deployment, Standing, standings, verdict
from console.document import Json
from console.journal import JournalError
from console.memory import known_journal
from screens.lines import Line, flow
from screens.text.checklist import ChecklistView, StepView, checklist_lines
from screens.text.report import severity_lead

if TYPE_CHECKING:
    from console.settings import Settings


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


def newest_lines(settings: Settings, now: Callable[[], datetime], width: int) -> Sequence[Line]:
    """Return the checklist of the newest deployment of the settings' warehouse; why it cannot be read is said in its place."""
    try:
        found = chosen(known_journal(settings.state_dir, now=now), settings.warehouse, None)
    except JournalError as error:
        return flow([str(error)], width, first=severity_lead(Severity.UNKNOWN))
    return checklist_lines(None if found is None else view(found), width)
