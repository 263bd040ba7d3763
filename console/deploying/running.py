"""Runs the checks of a checklist's steps: what each comes to is an answer, whatever it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from checks.model import CheckResult, Severity
from console.deploying.checklist import Runner, Step
from console.deploying.verdict import Answer, Word

Run = Callable[[Sequence[str]], Sequence[CheckResult]]
"""Returns what checks come to; may raise whatever keeps it from being known."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Who runs the checks, by what; `now` returns aware UTC."""

    by: str
    now: Callable[[], datetime]
    runners: dict[Runner, Run]


def checked(step: Step, hand: Hand) -> Answer:
    """Return what a step's checks come to now; one that cannot be run, or that nothing came of, is UNKNOWN with the reason."""
    try:
        results = [] if step.runs is None else hand.runners[step.runs](step.checks)
    # courtside: ignore[silent_exceptions] whatever it is, it is kept as why the step is not known
    except Exception as error:  # noqa: BLE001  # as above
        return _answer(step, hand, Severity.UNKNOWN, str(error) or type(error).__name__)
    if not results or not set(step.checks) <= {result.check for result in results}:
        return _answer(step, hand, Severity.UNKNOWN, f"not all of {step.command} was run")
    worst = max(results, key=lambda result: result.severity)
    return _answer(step, hand, worst.severity, "" if worst.severity is Severity.OK else _said(worst))


def _answer(step: Step, hand: Hand, severity: Severity, note: str) -> Answer:
    return Answer(step.id, Word.CHECKED, hand.now(), hand.by, note, severity)


def _said(result: CheckResult) -> str:
    """Return the first finding of the result's severity, or why there is none, as one sentence."""
    worst = [finding.sentence for finding in result.findings if finding.severity is result.severity]
    more = f", and {len(worst) - 1} more" if len(worst) > 1 else ""
    return f"{result.check}: {worst[0]}{more}" if worst else f"{result.check}: {result.reason or 'not known'}"
