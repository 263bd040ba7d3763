"""Prop coverage: a player with a points line and no prediction is lost business."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from checks.facts.fact import Facts
from checks.facts.lineage import LINEAGE, GameLineage
from checks.facts.prop_coverage import PROP_COVERAGE, PropCoverage
from checks.funnel import by_date, coverage_severity, format_percent, percent
from checks.games import due_at, not_played_reason
from checks.model import Evidence, Fault, Finding, Severity, Subject, SubjectKind, Suggestion
from checks.pipeline import PRODUCTION_SYSTEM, Stage
from checks.policy import Policy
from checks.registry import check


@check(
    "coverage.props",
    "players with a points line and no prediction, per date",
    may_be_empty=(PROP_COVERAGE, LINEAGE),
)
def props(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Yield one finding per date whose predictions are due and lack players with a points line.

    They are due when those of the date's first game are that may still be played; a date that the schedule does not know is
    judged at face value. Without published lines there is nothing to say.
    """
    lineage = dict(by_date(facts[LINEAGE]))
    for row in sorted(facts[PROP_COVERAGE], key=lambda row: row.game_date):
        games = lineage.get(row.game_date, [])
        due = _first_due(games, policy, as_of)
        if games and (due is None or as_of < due):
            continue
        if row.predicted + len(row.unpredicted) != row.players_with_line:
            yield _contradiction(row)
            continue
        severity = coverage_severity(row.predicted, row.players_with_line, policy, settled=True)
        if severity is not Severity.OK:
            yield _unpredicted(row, severity, due)


def _first_due(games: Sequence[GameLineage], policy: Policy, as_of: datetime) -> datetime | None:
    """Return when predictions are first due (UTC); None when no game of the date is played."""
    played = (game for game in games if not_played_reason(game, policy, as_of) is None)
    return min((due_at(game, Stage.PREDICTIONS, policy) for game in played), default=None)


def _unpredicted(row: PropCoverage, severity: Severity, due: datetime | None) -> Finding:
    day = row.game_date.isoformat()
    lost, lined = len(row.unpredicted), row.players_with_line
    share = format_percent(percent(row.predicted, lined))
    how_many = f"{lost} of {lined} players with a points line have" if row.predicted else _all_of(lined)
    return Finding(
        check="coverage.props",
        severity=severity,
        subject=_date(row),
        sentence=f"{day}: {how_many} no active {PRODUCTION_SYSTEM} prediction ({share} covered)",
        fault=Fault.DATA if row.predicted else Fault.PIPELINE,
        since=due,
        evidence=_evidence(row),
        names=tuple(sorted(row.unpredicted)),
        suggestions=_suggestions(day),
    )


def _all_of(lined: int) -> str:
    return "the only player with a points line has" if lined == 1 else f"all {lined} players with a points line have"


def _contradiction(row: PropCoverage) -> Finding:
    """Return the finding that the counts do not add up, so that no share of them may be shown."""
    day = row.game_date.isoformat()
    return Finding(
        check="coverage.props",
        severity=Severity.WARNING,
        subject=_date(row),
        sentence=f"{day}: prop coverage cannot be judged: {row.predicted} predicted and {len(row.unpredicted)} unpredicted "
        f"do not add up to {row.players_with_line} players with a points line",
        fault=Fault.CHECK,
        evidence=_evidence(row),
        suggestions=_suggestions(day),
        key="contradiction",
    )


def _evidence(row: PropCoverage) -> tuple[Evidence, ...]:
    return (
        Evidence("players with a points line", row.players_with_line, "players", PROP_COVERAGE.name),
        Evidence("of them predicted", row.predicted, "players", PROP_COVERAGE.name),
        Evidence("of them unpredicted", len(row.unpredicted), "players", PROP_COVERAGE.name),
    )


def _suggestions(day: str) -> tuple[Suggestion, ...]:
    return (
        Suggestion(f"courtside diagnose --date {day} --issue low_coverage", "find the cause"),
        Suggestion(f"courtside reconcile --date {day} --detailed", "see where the funnel loses players"),
    )


def _date(row: PropCoverage) -> Subject:
    return Subject(SubjectKind.DATE, row.game_date.isoformat(), row.game_date)
