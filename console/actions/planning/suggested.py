"""What a finding suggests to run again. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date

from checks.model import Finding, Report, Subject, SubjectKind
from checks.pipeline import Stage
from console.actions.plan import PlanItem

_GAME = re.compile(r"[A-Z]{3}@[A-Z]{3}")
_ROW = re.compile(r"(\S+) ([0-9]{4}-[0-9]{2}-[0-9]{2})")

_ANALYTICS, _FEATURES = "player_game_summary", "ml_feature_store"
_PROCESSORS: Mapping[str, str] = {
    "reconcile.players": _ANALYTICS,
    "reconcile.inflated": _ANALYTICS,
    "reconcile.impossible": _ANALYTICS,
    "reconcile.features": _FEATURES,
    "quality.features": _FEATURES,
    "quality.rolling_window": _FEATURES,
}
"""The processor that makes what a check finds lacking or wrong; of predictions and grading PIPELINE.md names none."""
_IMPOSSIBLE = "reconcile.impossible"
LATE_SOURCE = "availability.late_source"
_OF_STAGES: Mapping[str, str] = {Stage.ANALYTICS.value: _ANALYTICS, Stage.FEATURES.value: _FEATURES}
"""The same for the stage in the key of a finding about a late one."""


def suggested(finding: Finding) -> tuple[Subject, ...]:
    """Return what to run again because of a finding; its own subject, where that is nothing that runs, for the plan to say so.

    That is a row of the queue by its id, a date's processor, a game, or each game or row that the finding counts.
    """
    subject, day = finding.subject, finding.subject.game_date
    processor = _maker(finding)
    if processor and day is not None:
        return (Subject(SubjectKind.PROCESSOR, processor, day),)
    if subject.kind is SubjectKind.QUEUE and day is not None:
        return (Subject(SubjectKind.QUEUE, finding.key or subject.name, day),)
    if subject.kind in (SubjectKind.GAME, SubjectKind.PROCESSOR):
        return (subject,)
    return _named(finding) or (subject,)


def _maker(finding: Finding) -> str | None:
    """Return the processor that makes what a finding says is lacking or wrong, None where none is known."""
    if finding.check == LATE_SOURCE:
        return maker_of_late_stage(finding)
    if finding.check == _IMPOSSIBLE and "analytics" not in finding.sentence:  # other stages have impossible counts, too
        return None
    return _PROCESSORS.get(finding.check)


def maker_of_late_stage(finding: Finding) -> str | None:
    """Return the processor that makes the stage which a finding of LATE_SOURCE calls late.

    None for a box score, which is asked for game by game, and for stages of which nobody knows it.
    """
    return _OF_STAGES.get(finding.key)


def unfounded(report: Report, fingerprints: Collection[str]) -> tuple[PlanItem, ...]:
    """Return an item for each named trouble that is no finding of the report, with the reason why nothing runs again for it."""
    found = {finding.fingerprint for finding in report.findings}
    causes = {cause.key: cause for cause in report.causes}
    items = []
    for name in dict.fromkeys(fingerprints):
        cause = causes.get(name)
        if name in found:
            continue
        if cause is None:
            items.append(PlanItem(name, "", "the report has no such finding any more: refresh, and choose again"))
        else:
            checks = cause.sentence.partition(" cannot be judged")[0]
            step = "".join(f": `{step.command}`, {step.purpose}" for step in cause.suggestions[:1])
            why = f"not judged, so nothing is known to have failed that could run again{step}"
            items.append(PlanItem(checks, "", why))
    return tuple(items)


def is_faulted(processor: str, fingerprints: Collection[str]) -> bool:
    """Return whether an order that names findings means that what a processor made is lacking, although its run succeeded.

    A finding is about the data; that a run has ended well says nothing of them.
    """
    return bool(fingerprints) and processor in _PROCESSORS.values()


def checks_of(processor: str) -> tuple[str, ...]:
    """Return the ids of checks whose findings suggest to run a processor again, so that they are asked whether it has helped."""
    late = (LATE_SOURCE,) if processor in _OF_STAGES.values() else ()
    return (*(check for check, name in _PROCESSORS.items() if name == processor), *late, "transitions.stuck_run")


def _named(finding: Finding) -> tuple[Subject, ...]:
    """Return the games and the rows among the names of a finding."""
    day = finding.subject.game_date
    games = [Subject(SubjectKind.GAME, name, day) for name in finding.names if day and _GAME.fullmatch(name)]
    if finding.subject.kind is not SubjectKind.QUEUE:
        return tuple(games)
    return tuple(_row(found) for name in finding.names if (found := _ROW.fullmatch(name)))


def _row(found: re.Match[str]) -> Subject:
    return Subject(SubjectKind.QUEUE, found[1], date.fromisoformat(found[2]))
