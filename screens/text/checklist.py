"""A deployment's checklist as text, for the command and for the screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from checks.severity import Severity, Verdict
from checks.times import both_zones
from screens.lines import BLANK, Line, Span, Tone, flow, line
from screens.text.report import severity_lead

INDENT = " " * 11
BEGIN = "no deployment was begun yet: `courtside deploy checklist --new NAME` begins one"


@dataclass(frozen=True, slots=True)
class StepView:
    """One step as it is shown: what must be true, what is run ("" for a question), its state, and who said so.

    `at` is aware UTC, None while nobody has said anything. `hint` says what `--run` does with a check that is not done.
    """

    id: str
    stage: str
    says: str
    command: str
    state: str
    severity: Severity
    at: datetime | None = None
    by: str = ""
    note: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ChecklistView:
    """A deployment as it is shown; `at` is when it was begun, aware UTC."""

    name: str
    at: datetime
    by: str
    verdict: Verdict
    steps: tuple[StepView, ...]


def checklist_lines(view: ChecklistView | None, width: int) -> list[Line]:
    """Return the verdict, then the steps by stage, each with who said what and when."""
    if view is None:
        return flow([BEGIN], width, first=severity_lead(Severity.UNKNOWN))
    lines = verdict_lines(view, width)
    for stage, steps in groupby(view.steps, key=lambda step: step.stage):
        lines += [BLANK, stage_line(stage)]
        for step in steps:
            lines += step_lines(step, width)
    return lines


def verdict_lines(view: ChecklistView, width: int) -> list[Line]:
    """Return where a deployment stands, and who began it."""
    lines = flow([Span(view.verdict.sentence, Tone.STRONG)], width, first=severity_lead(view.verdict.severity))
    return lines + flow([Span(f"begun by {view.by} {both_zones(view.at)}", Tone.FAINT)], width, hang=2)


def stage_line(stage: str) -> Line:
    """Return the heading of a stage."""
    return line(Span(stage, Tone.STRONG))


def step_lines(step: StepView, width: int) -> Iterable[Line]:
    """Return a step with its state, and who said what of it when."""
    tone = Tone.FAINT if step.state == "open" else Tone.of(step.severity)
    yield from flow(
        [Span(f"{step.id}:", Tone.STRONG), step.says], width, first=Span(f"  {step.state:<9}", tone), hang=len(INDENT)
    )
    if step.at is not None:
        said = f"{step.by} {both_zones(step.at)}" + (f": {step.note}" if step.note else "")
        yield from flow([Span(said, Tone.FAINT)], width, first=INDENT)
    if step.hint:
        yield from flow([Span(step.hint, Tone.FAINT)], width, first=INDENT)


def deployment_lines(views: Sequence[ChecklistView], width: int) -> list[Line]:
    """Return one paragraph for each deployment, in the order given."""
    if not views:
        return flow([BEGIN], width, first=severity_lead(Severity.UNKNOWN))
    lines: list[Line] = []
    for view in views:
        lines += flow([view.verdict.sentence], width, first=severity_lead(view.verdict.severity))
        lines += flow([Span(f"begun by {view.by} {both_zones(view.at)}", Tone.FAINT)], width, first=" " * 9)
    return lines
