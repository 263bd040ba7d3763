"""What the schedule says that would otherwise be misread: games that were not played on their date, and a schedule gone stale."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from checks.facts.fact import Facts
from checks.facts.freshness import FRESHNESS, TableFreshness
from checks.facts.lineage import LINEAGE, GameLineage
from checks.games import games_in_scope, is_called_off, is_final_without_score, not_played_reason, tip_off
from checks.model import Evidence, Fault, Finding, Severity, Subject, SubjectKind, Suggestion
from checks.policy import Policy
from checks.registry import check
from checks.times import both_zones, format_minutes, format_utc, minutes_between

SCHEDULE_TABLE = "nba_raw.nbac_schedule"


@check(
    "schedule.not_played",
    "games that were not played on their date: postponed, cancelled, moved, or called Final without a score",
    may_be_empty=(LINEAGE,),
)
def not_played(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Yield a note per game that was not played on its date, a warning where the schedule calls such a game Final."""
    for game in games_in_scope(facts):
        if reason := not_played_reason(game, policy, as_of):
            yield _not_played(game, reason, as_of)


def _not_played(game: GameLineage, reason: str, as_of: datetime) -> Finding:
    day = game.game_date.isoformat()
    contradicts = is_final_without_score(game) and not is_called_off(game)
    is_over = as_of >= tip_off(game)
    sentence = f"{game.label} on {day} {'was not' if is_over else 'will not be'} played: {reason}"
    if contradicts and "Final" not in reason:
        sentence += "; the schedule calls it Final without a score"
    sentence += "; it is not missing" if is_over else "; nothing of it is due"
    if game.rematch_dates:
        sentence += f" (the same teams also meet on {', '.join(game.rematch_dates)}, another game under another NBA id)"
    return Finding(
        check="schedule.not_played",
        severity=Severity.WARNING if contradicts else Severity.OK,
        subject=Subject(SubjectKind.GAME, game.label, game.game_date),
        sentence=sentence,
        fault=Fault.DATA,
        evidence=_schedule_evidence(game),
        suggestions=(
            Suggestion(f"courtside trace {game.label} --date {day}", "see the game in the schedule and in every stage"),
        ),
        key=game.nba_game_id,
    )


def _schedule_evidence(game: GameLineage) -> tuple[Evidence, ...]:
    """Return the schedule's words on the game, and the other dates of its id and of its teams."""
    score = (
        "none" if is_final_without_score(game) or game.home_score is None else f"{game.away_score}-{game.home_score}"
    )
    evidence = [
        Evidence("NBA game id", game.nba_game_id, "", LINEAGE.name),
        Evidence("status in the schedule", game.status_text or "none", "", LINEAGE.name),
        Evidence("score in the schedule", score, "", LINEAGE.name),
        Evidence("schedule last seen", format_utc(game.schedule_seen_at), "", LINEAGE.name),
    ]
    if game.other_dates:
        dates = ", ".join(sorted({game.game_date.isoformat(), *game.other_dates}))
        evidence.append(Evidence(f"dates under NBA id {game.nba_game_id}", dates, "", LINEAGE.name))
    if game.rematch_dates:
        evidence.append(Evidence("rematch under another NBA id", ", ".join(game.rematch_dates), "", LINEAGE.name))
    return tuple(evidence)


@check("schedule.stale", "how long nobody has refreshed the schedule", needs=(FRESHNESS,))
def stale(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Yield a warning or an error when the newest write of the schedule is too old, or when there is none."""
    row = next((r for r in facts[FRESHNESS] if r.table_name == SCHEDULE_TABLE), None)
    if row is None or row.newest_write is None:
        yield _stale(
            Severity.ERROR,
            f"no schedule was written in the window: {SCHEDULE_TABLE} has no row for these dates, so no game can be judged",
            facts,
            row,
        )
        return
    age = minutes_between(row.newest_write, as_of)
    if age < policy.schedule_stale_warning_minutes:
        return
    is_error = age >= policy.schedule_stale_error_minutes
    limit = policy.schedule_stale_error_minutes if is_error else policy.schedule_stale_warning_minutes
    yield _stale(
        Severity.ERROR if is_error else Severity.WARNING,
        f"the schedule has not been refreshed for {format_minutes(age)}, since {both_zones(row.newest_write)}: "
        f"postponed and moved games will be misread (limit {format_minutes(limit)})",
        facts,
        row,
        age,
    )


def _stale(
    severity: Severity, sentence: str, facts: Facts, row: TableFreshness | None, age: int | None = None
) -> Finding:
    since = row.newest_write if row else None
    evidence = [Evidence(f"rows of {SCHEDULE_TABLE}", row.rows if row else 0, "rows", FRESHNESS.name)]
    if since and age is not None:
        evidence.append(Evidence("newest write", format_utc(since), "", FRESHNESS.name))
        evidence.append(Evidence("age of the newest write", age, "minutes", FRESHNESS.name))
    day = facts.scope.last.isoformat()
    return Finding(
        check="schedule.stale",
        severity=severity,
        subject=Subject(SubjectKind.TABLE, SCHEDULE_TABLE),
        sentence=sentence,
        fault=Fault.PIPELINE,
        since=since,
        evidence=tuple(evidence),
        suggestions=(
            Suggestion("courtside gaps --hours 48", "see whether the controller still decides"),
            Suggestion(f"courtside diagnose --date {day} --issue controller", "find out what stopped the schedule"),
        ),
    )
