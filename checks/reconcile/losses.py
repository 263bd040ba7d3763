"""What a stage lacks of what the stage before handed over, with names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from checks.facts.fact import Facts
from checks.facts.lineage import LINEAGE, GameLineage
from checks.funnel import (
    StagePart,
    by_date,
    coverage_severity,
    format_percent,
    in_order,
    percent,
    stage_part,
    with_game,
)
from checks.games import GameState
from checks.model import Evidence, Fault, Finding, Severity, Subject, SubjectKind, Suggestion
from checks.pipeline import PRODUCTION_SYSTEM, Stage
from checks.policy import Policy
from checks.registry import check


@dataclass(frozen=True, slots=True)
class _Step:
    """How to speak of one step of the funnel: `lacks` is who lacks, `one` and `many` what, `issue` what to diagnose."""

    check: str
    stage: Stage
    lacks: str
    one: str
    many: str
    issue: str


_GAMES = _Step(
    "reconcile.games",
    Stage.BOX_SCORES,
    "box scores lack",
    "game that was played and is due",
    "games that were played and are due",
    "missing_boxscores",
)
_PLAYERS = _Step(
    "reconcile.players",
    Stage.ANALYTICS,
    "analytics lacks",
    "player who appeared",
    "players who appeared",
    "missing_analytics",
)
_FEATURES = _Step(
    "reconcile.features", Stage.FEATURES, "features lack", "analytics player", "analytics players", "low_coverage"
)
_PREDICTIONS = _Step(
    "reconcile.predictions",
    Stage.PREDICTIONS,
    f"active {PRODUCTION_SYSTEM} predictions lack",
    "player with production-ready features",
    "players with production-ready features",
    "low_coverage",
)
_GRADING = _Step(
    "reconcile.grading",
    Stage.GRADING,
    "grading lacks",
    "predicted player who appeared",
    "predicted players who appeared",
    "grading_lag",
)


@check(
    "reconcile.games",
    "games that were played and whose box scores are missing, per date",
    may_be_empty=(LINEAGE,),
)
def games(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Yield one finding per date whose box scores lack games. Games not played, not due or still awaited count neither way."""
    for day, group in by_date(facts[LINEAGE]):
        parts = [part for part in _parts(group, Stage.BOX_SCORES, policy, as_of) if part.held]
        lost = [part for part in parts if part.lost]
        severity = coverage_severity(len(parts) - len(lost), len(parts), policy, settled=True)
        if severity is not Severity.OK:
            names = tuple(sorted(part.game.label for part in lost))
            yield _lost(_GAMES, _date(day), severity, len(parts), names, _since(lost, as_of))


@check(
    "reconcile.players",
    "players who appeared in a game and are missing in its analytics, per game",
    may_be_empty=(LINEAGE,),
)
def players(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Yield one finding per game with a complete box score whose analytics, due or there, lacks players who appeared.

    Players who are listed in the box score and did not play are never missing.
    """
    for part in _parts(in_order(facts[LINEAGE]), Stage.ANALYTICS, policy, as_of):
        severity = coverage_severity(
            part.present,
            part.expected,
            policy,
            settled=part.settled,
            error_percent=policy.players_per_game_alert_percent,
        )
        if severity is not Severity.OK:
            subject = Subject(SubjectKind.GAME, part.game.label, part.game.game_date)
            yield _lost(_PLAYERS, subject, severity, part.expected, part.lost, _since([part], as_of))


@check(
    "reconcile.features",
    "players of analytics without a feature row, per date",
    may_be_empty=(LINEAGE,),
)
def features(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Yield one finding per date that has both analytics and features. A date without any features is availability's."""
    for day, group in by_date(facts[LINEAGE]):
        if any(game.features.listed for game in group):
            yield from _players_lost(_FEATURES, day, group, policy, as_of)


@check(
    "reconcile.predictions",
    "players with production-ready features and no active prediction of the production system, per date",
    may_be_empty=(LINEAGE,),
)
def predictions(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Yield one finding per date whose predictions are due and lack players, or are not there at all."""
    for day, group in by_date(facts[LINEAGE]):
        found = list(_players_lost(_PREDICTIONS, day, group, policy, as_of))
        yield from found or _none_ready(day, group, policy, as_of)


@check(
    "reconcile.grading",
    "predicted players who appeared and are not graded, per date",
    may_be_empty=(LINEAGE,),
)
def grading(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Yield one finding per date whose grading is due and lacks predicted players who appeared."""
    for day, group in by_date(facts[LINEAGE]):
        yield from _players_lost(_GRADING, day, group, policy, as_of)


def _parts(group: Sequence[GameLineage], stage: Stage, policy: Policy, as_of: datetime) -> list[StagePart]:
    return [stage_part(game, stage, policy, as_of) for game in group]


def _players_lost(
    step: _Step, day: date, group: Sequence[GameLineage], policy: Policy, as_of: datetime
) -> Iterator[Finding]:
    """Yield a date's finding for a player stage, if too many players are lost."""
    parts = _parts(group, step.stage, policy, as_of)
    lost = [part for part in parts if part.lost]
    expected = sum(part.expected for part in parts)
    present = sum(part.present for part in parts)
    severity = coverage_severity(present, expected, policy, settled=any(part.settled for part in lost))
    if severity is not Severity.OK:
        names = tuple(sorted(name for part in lost for name in with_game(part.lost, part.game)))
        yield _lost(step, _date(day), severity, expected, names, _since(lost, as_of))


def _none_ready(day: date, group: Sequence[GameLineage], policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Yield CRITICAL when features exist, none of them is ready for production, and no prediction came before tip-off."""
    parts = [part for part in _parts(group, Stage.PREDICTIONS, policy, as_of) if part.held]
    missing = [part for part in parts if part.state is GameState.MISSING]
    if not missing or any(part.players or part.expected for part in parts):
        return
    featured = sum(part.game.features.listed for part in parts)
    yield Finding(
        check="reconcile.predictions",
        severity=Severity.CRITICAL,
        subject=_date(day),
        sentence=f"{day.isoformat()}: no prediction at all, although features exist: production-ready are none of {featured}",
        fault=Fault.PIPELINE,
        since=_since(missing, as_of),
        evidence=(
            Evidence("players with features", featured, "players", LINEAGE.name),
            Evidence("players predicted", 0, "players", LINEAGE.name),
        ),
        names=tuple(sorted(part.game.label for part in missing)),
        suggestions=_suggestions(_PREDICTIONS, _date(day)),
    )


def _lost(
    step: _Step,
    subject: Subject,
    severity: Severity,
    expected: int,
    names: tuple[str, ...],
    since: datetime | None,
) -> Finding:
    """Return the finding that `names` of `expected` are lost."""
    share = percent(expected - len(names), expected)
    unit = "games" if step.stage is Stage.BOX_SCORES else "players"
    return Finding(
        check=step.check,
        severity=severity,
        subject=subject,
        sentence=f"{subject.name}: {step.lacks} {_how_many(step, len(names), expected)}",
        fault=Fault.PIPELINE if len(names) >= expected else Fault.DATA,
        since=since,
        evidence=(
            Evidence("expected", expected, unit, LINEAGE.name),
            Evidence("present", expected - len(names), unit, LINEAGE.name),
            Evidence("missing", len(names), unit, LINEAGE.name),
            Evidence("coverage", round(share or 0.0, 2), "percent", LINEAGE.name),
        ),
        names=names,
        suggestions=_suggestions(step, subject),
    )


def _since(parts: Sequence[StagePart], as_of: datetime) -> datetime | None:
    """Return since when (UTC) the games of `parts` lack something: their first due time, or the first write that came early."""
    due = [part.due_at for part in parts if part.due_at <= as_of]
    written = [part.game.stage(part.stage).first_write for part in parts]
    return min(due or [moment for moment in written if moment is not None], default=None)


def _how_many(step: _Step, lost: int, expected: int) -> str:
    """Return `3 of 21 players who appeared (85.7 % are there)`, and words instead where it is all of them."""
    if lost < expected:
        return f"{lost} of {expected} {step.many} ({format_percent(percent(expected - lost, expected))} are there)"
    return f"the only {step.one}" if expected == 1 else f"all {expected} {step.many}"


def _suggestions(step: _Step, subject: Subject) -> tuple[Suggestion, ...]:
    day = subject.game_date
    diagnose = Suggestion(f"courtside diagnose --date {day} --issue {step.issue}", "find the cause")
    if subject.kind is SubjectKind.GAME:
        return (
            Suggestion(f"courtside trace {subject.name} --date {day}", "follow this game through all stages"),
            diagnose,
        )
    return (Suggestion(f"courtside reconcile --date {day} --detailed", "see the funnel per game, with names"), diagnose)


def _date(day: date) -> Subject:
    return Subject(SubjectKind.DATE, day.isoformat(), day)
