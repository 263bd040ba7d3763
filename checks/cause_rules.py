"""The rules that tell causes from symptoms, most fundamental first.

A rule says which checks establish the cause, how to key it (one key, one incident), and which findings it explains. The order
matters: a finding belongs to the first rule that claims it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from checks.keys import cause_key
from checks.model import Finding, RootCause, Severity
from checks.times import day_bounds, eastern_instant

Evidence = tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of root cause.

    `least` is the severity from which a finding of `checks` establishes it; `scope_key` adds to the key what tells two causes
    of this kind apart; `is_symptom` says whether the evidence explains another finding; `lead` is the check whose sentence
    names the cause best, where all the evidence shows one and the same trouble. `is_machinery` marks what somebody must repair
    now, rather than data that came out wrong. `is_episodic` marks a cause whose scopes tell episodes of one trouble apart: a
    silence that one decision interrupted is the same incident.
    """

    name: str
    checks: tuple[str, ...]
    issue: str = ""
    least: Severity = Severity.WARNING
    scope_key: Callable[[Finding], str] = lambda _finding: ""
    is_symptom: Callable[[Finding, Evidence], bool] = lambda _finding, _evidence: False
    lead: str = ""
    is_machinery: bool = False
    is_episodic: bool = False

    def establishes(self, finding: Finding) -> bool:
        """Return whether `finding` is evidence of this cause."""
        return finding.check in self.checks and finding.severity >= self.least

    def key(self, finding: Finding) -> str:
        """Return the incident key that `finding` belongs to under this rule; at most 255 characters."""
        return cause_key(self.name, self.scope_key(finding))

    def explains(self, finding: Finding, evidence: Evidence) -> bool:
        """Return whether this cause, established by `evidence`, explains `finding`."""
        return self.is_symptom(finding, evidence)

    def sentence(self, evidence: Evidence) -> str:
        """Return one sentence for the cause: its leading evidence, the worst and newest first, and how much more there is."""
        leading = [finding for finding in evidence if finding.check == self.lead] or list(evidence)
        first = max(leading, key=weight)
        more = len(evidence) - 1 if not self.lead else 0
        return f"{first.sentence} (and {more} more like it)" if more else first.sentence


def weight(finding: Finding) -> tuple[bool, int, str, str]:
    """Return how much a finding stands for the others: going on before over, then worst, then newest."""
    day = finding.subject.game_date.isoformat() if finding.subject.game_date else ""
    return (finding.is_active, finding.severity, day, finding.subject.name)


_BEFORE_GAME = ("quality.", "coverage.", "reconcile.features", "reconcile.predictions")
"""Checks of what is made between morning and tip-off of the game date."""

_DRIVEN_BY_CONTROLLER = (
    "orchestration.missed_run",
    "schedule.stale",
    "transitions.",
    "availability.",
    "reconcile.games",
    "reconcile.players",
    "reconcile.grading",
    *_BEFORE_GAME,
)


_FOREVER = datetime.max.replace(tzinfo=UTC)


def _silence_start(finding: Finding) -> str:
    return finding.key


def _left_by_silence(finding: Finding, evidence: Evidence) -> bool:
    """Return whether a finding lies in the time of the silence: nothing that the controller drives was run then."""
    starts = [item.since for item in evidence if item.since is not None]
    made = _made_between(finding)
    if not starts or made is None or not finding.check.startswith(_DRIVEN_BY_CONTROLLER):
        return False
    ends = [item.until for item in evidence if item.until is not None]
    over = max(ends) if len(ends) == len(evidence) else None
    return made[1] > min(starts) and (over is None or made[0] < over)


def _made_between(finding: Finding) -> tuple[datetime, datetime] | None:
    """Return when the thing that a finding laments should have been made (UTC); None when nothing tells."""
    day = finding.subject.game_date
    if day is None:
        return (finding.since, finding.until or _FOREVER) if finding.since else None
    if finding.check.startswith(_BEFORE_GAME):
        return eastern_instant(day, 6), eastern_instant(day, 20)
    return day_bounds(day)[1], day_bounds(day)[1] + timedelta(hours=12)


def _same_date(finding: Finding, evidence: Evidence) -> bool:
    return finding.subject.game_date in {item.subject.game_date for item in evidence}


def _after_missing_box_scores(finding: Finding, evidence: Evidence) -> bool:
    downstream = ("availability.late_source", "reconcile.games", "reconcile.players", "reconcile.grading")
    return finding.check.startswith(downstream) and _same_date(finding, evidence)


def _after_conflicts(finding: Finding, evidence: Evidence) -> bool:
    held = ("availability.", "reconcile.games", "reconcile.players")
    return finding.check.startswith(held) and _same_date(finding, evidence)


def _after_hand_over(finding: Finding, evidence: Evidence) -> bool:
    late = (
        "availability.late_source",
        "reconcile.players",
        "reconcile.features",
        "reconcile.predictions",
        "reconcile.grading",
    )
    return finding.check.startswith(late) and _same_date(finding, evidence)


def _of_queue(finding: Finding, _evidence: Evidence) -> bool:
    return finding.check in ("queue.overdue", "queue.exhausted")


def _of_inflation(finding: Finding, evidence: Evidence) -> bool:
    return finding.check == "reconcile.impossible" and "analytics" in finding.sentence and _same_date(finding, evidence)


def _of_quality(finding: Finding, _evidence: Evidence) -> bool:
    return finding.check == "quality.rolling_window"


def _of_predictions(finding: Finding, evidence: Evidence) -> bool:
    return finding.check == "coverage.props" and _same_date(finding, evidence)


def _subject(finding: Finding) -> str:
    return finding.subject.name


def _batch(finding: Finding) -> str:
    return finding.key


def _game_date(finding: Finding) -> str:
    return finding.subject.game_date.isoformat() if finding.subject.game_date else ""


RULES: tuple[Rule, ...] = (
    Rule(
        name="controller_silent",
        checks=("orchestration.gap", "orchestration.masked_outage"),
        issue="controller",
        scope_key=_silence_start,
        is_symptom=_left_by_silence,
        lead="orchestration.masked_outage",
        is_machinery=True,
        is_episodic=True,
    ),
    Rule(
        name="retrier_dead",
        checks=("queue.retrier_dead",),
        issue="retrier",
        is_symptom=_of_queue,
        is_machinery=True,
    ),
    Rule(
        name="streaming_conflicts",
        checks=("streaming.conflicts",),
        issue="missing_boxscores",
        least=Severity.ERROR,
        scope_key=_game_date,
        is_symptom=_after_conflicts,
        is_machinery=True,
    ),
    Rule(
        name="box_scores_missing",
        checks=("availability.missing_game",),
        issue="missing_boxscores",
        scope_key=_game_date,
        is_symptom=_after_missing_box_scores,
        is_machinery=True,
    ),
    Rule(
        name="hand_over_held",
        checks=("transitions.blocked", "transitions.stuck_run", "transitions.delay"),
        issue="missing_analytics",
        least=Severity.ERROR,
        scope_key=_game_date,
        is_symptom=_after_hand_over,
        is_machinery=True,
    ),
    Rule(
        name="watcher_silent",
        checks=("watcher.silent",),
        scope_key=_subject,
        is_machinery=True,
    ),
    Rule(
        name="batch_lost",
        checks=("workers.heartbeat",),
        issue="low_coverage",
        least=Severity.ERROR,
        scope_key=_batch,
        is_machinery=True,
    ),
    Rule(
        name="workflows_silent",
        checks=("orchestration.silent_workflow",),
        issue="controller",
    ),
    Rule(
        name="analytics_inflated",
        checks=("reconcile.inflated",),
        issue="low_coverage",
        is_symptom=_of_inflation,
    ),
    Rule(
        name="analytics_missing",
        checks=("reconcile.players",),
        issue="missing_analytics",
    ),
    Rule(
        name="feature_quality_low",
        checks=("quality.features",),
        issue="low_feature_quality",
        is_symptom=_of_quality,
    ),
    Rule(
        name="predictions_missing",
        checks=("reconcile.predictions",),
        issue="low_coverage",
        is_symptom=_of_predictions,
    ),
    Rule(
        name="grading_behind",
        checks=("reconcile.grading",),
        issue="grading_lag",
    ),
)

_BY_NAME = {rule.name: rule for rule in RULES}


def incident_name(cause: RootCause) -> str:
    """Return the name of a cause's incident, without the environment: the cause with its scope, where that tells two apart."""
    rule = _BY_NAME.get(cause.name)
    return cause.name if rule is not None and rule.is_episodic else cause.key


def is_one_trouble(name: str) -> bool:
    """Return whether all evidence of a cause of this name shows one and the same trouble, rather than several of a kind."""
    rule = _BY_NAME.get(name)
    return rule is not None and bool(rule.lead)


def spokesmen(cause: RootCause) -> Evidence:
    """Return the evidence that speaks for a cause that goes on: the worst of what lasts, and that whose sentence is shown."""
    lasting = tuple(finding for finding in cause.evidence if finding.is_active)
    worst = max((finding.severity for finding in lasting), default=Severity.OK)
    rule = _BY_NAME.get(cause.name)
    lead = rule.lead if rule is not None else ""
    return tuple(finding for finding in lasting if finding.severity == worst or finding.check == lead)
