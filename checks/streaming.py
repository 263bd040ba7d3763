"""Streaming conflicts: writes that failed on rows still in a streaming buffer, and the breakers that they open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from checks.breaker import opens
from checks.facts.breakers import BREAKERS, BreakerRow
from checks.facts.fact import Facts
from checks.facts.lineage import LINEAGE, GameLineage
from checks.facts.streaming_conflicts import STREAMING_CONFLICTS, StreamingConflict
from checks.games import GameState, stage_state
from checks.model import Evidence, Fault, Finding, Severity, Subject, SubjectKind, Suggestion
from checks.pipeline import Stage
from checks.policy import Policy
from checks.registry import check
from checks.times import format_minutes, format_utc, minutes_between, utc_and_eastern

REAL_CONFLICT = "streaming_buffer"
"""The one `conflict_type` that is a conflict. In January 2026 a "62.9 % conflict rate" counted files already processed."""

_OPEN_TOO_LONG = timedelta(days=1)
_ID = "streaming.conflicts"


@dataclass(frozen=True, slots=True)
class _Day:
    """The conflicts of one date: unresolved real ones, the games they name, the games there are, and what is no conflict."""

    game_date: date
    conflicts: tuple[StreamingConflict, ...]
    conflicted: tuple[str, ...]
    unknown: tuple[str, ...]
    games: tuple[str, ...]
    not_conflicts: tuple[tuple[str, int], ...]

    @property
    def share(self) -> str:
        """`2 of 7 games (29 %)`; without a ratio where there is none or it cannot be."""
        counted = f"{len(self.conflicted)} of {len(self.games)} games"
        if not self.games or len(self.conflicted) > len(self.games):
            return counted
        return f"{counted} ({100 * len(self.conflicted) / len(self.games):.0f} %)"


@check(
    _ID,
    "share of a date's games with unresolved streaming-buffer conflicts, the breaker's verdict, and breakers that are open",
    may_be_empty=(STREAMING_CONFLICTS, LINEAGE, BREAKERS),
)
def conflicts(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Judge each date of the scope, newest first, then each open breaker by name."""
    for day in reversed(facts.scope.dates):
        logged = [row for row in facts[STREAMING_CONFLICTS] if row.game_date == day]
        games = [game for game in facts[LINEAGE] if game.game_date == day]
        yield from _judge(_day(day, logged, games, policy, as_of), policy)
    for row in sorted(facts[BREAKERS], key=lambda row: row.processor_name):
        if row.state.upper() == "OPEN":
            yield _open_breaker(row, as_of)


def _day(
    day: date, logged: Sequence[StreamingConflict], games: Iterable[GameLineage], policy: Policy, as_of: datetime
) -> _Day:
    """Match conflicts to games by either id. A game with a conflict was attempted, so it counts although not due yet."""
    real = tuple(row for row in logged if row.conflict_type == REAL_CONFLICT and row.unresolved > 0)
    states = {game: stage_state(game, Stage.BOX_SCORES, policy, as_of).state for game in games}
    labels = {key: game.label for game in states for key in (game.nba_game_id, game.bdl_game_id)}
    due = {game.label for game, state in states.items() if state not in (GameState.NOT_PLAYED, GameState.NOT_DUE)}
    ids = {row.game_id for row in real if row.game_id}
    known = {labels[key] for key in ids if key in labels}
    unknown = {key for key in ids if key not in labels}
    others: dict[str, int] = {}
    for row in logged:
        if row.conflict_type != REAL_CONFLICT:
            others[row.conflict_type] = others.get(row.conflict_type, 0) + row.conflicts
    return _Day(
        game_date=day,
        conflicts=real,
        conflicted=tuple(sorted(known | unknown)),
        unknown=tuple(sorted(unknown)),
        games=tuple(sorted(due | known)),
        not_conflicts=tuple(sorted(others.items())),
    )


def _judge(day: _Day, policy: Policy) -> Iterator[Finding]:
    if not day.conflicts:
        if day.not_conflicts:
            yield _note(day)
        return
    iso = day.game_date.isoformat()
    since = min(row.first_at for row in day.conflicts)
    what = f"{day.share} of {iso} have unresolved streaming-buffer conflicts, the first at {utc_and_eastern(since)}"
    if not day.conflicted:
        what = f"streaming-buffer conflicts of {iso} that name no game are unresolved since {format_utc(since)}"
    severity, fault, verdict = _verdict(day, policy)
    yield Finding(
        check=_ID,
        severity=severity,
        subject=Subject(SubjectKind.DATE, iso, day.game_date),
        sentence=f"{what}: {verdict}.",
        fault=fault,
        since=since,
        evidence=_evidence(day),
        names=day.conflicted,
        suggestions=(
            Suggestion("courtside queue list", "see that the games in conflict are still queued"),
            Suggestion(f"courtside reconcile --date {iso} --detailed", "see which rows are lacking"),
        ),
    )


def _verdict(day: _Day, policy: Policy) -> tuple[Severity, Fault, str]:
    """Return how bad a date's conflicts are, what is wrong, and what it means for the person who reads it."""
    if len(day.conflicted) > len(day.games):
        many = len(day.conflicted) >= policy.conflict_breaker_least_games
        named = f"{len(day.unknown)} of their ids match no scheduled game"
        verdict = f"more games than there are, so the count is wrong and no ratio is given; {named}"
        return (Severity.ERROR if many else Severity.WARNING), Fault.CHECK, verdict
    cooldown = format_minutes(policy.conflict_breaker_cooldown_minutes)
    if opens(len(day.conflicted), len(day.games), policy):
        verdict = (
            f"over {policy.conflict_breaker_percent:g} %, so the breaker opens; "
            f"write nothing for {cooldown}, then try one game"
        )
        return Severity.ERROR, Fault.PIPELINE, verdict
    verdict = f"the breaker stays closed; a buffer can last {cooldown}, so keep these games queued until it has drained"
    return Severity.WARNING, Fault.PIPELINE, verdict


def _evidence(day: _Day) -> tuple[Evidence, ...]:
    nameless = sum(row.unresolved for row in day.conflicts if not row.game_id)
    retries = max((row.most_retries or 0 for row in day.conflicts), default=0)
    source = STREAMING_CONFLICTS.name
    found = [
        Evidence("games in conflict", len(day.conflicted), "games", source),
        Evidence("games played or due", len(day.games), "games", LINEAGE.name),
        Evidence("unresolved conflicts", sum(row.unresolved for row in day.conflicts), "conflicts", source),
        Evidence("most retries", retries, "retries", source),
    ]
    if nameless:
        found.append(Evidence("conflicts that name no game", nameless, "conflicts", source))
    if day.unknown:
        found.append(Evidence("ids that match no game", ", ".join(day.unknown), "", source))
    return (*found, *_not_conflicts(day))


def _not_conflicts(day: _Day) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(f"not conflicts: {kind}", count, "rows", STREAMING_CONFLICTS.name) for kind, count in day.not_conflicts
    )


def _note(day: _Day) -> Finding:
    """Return the note that the log's rows of a date are no conflicts, so that nobody counts them as such."""
    iso = day.game_date.isoformat()
    total = sum(count for _, count in day.not_conflicts)
    return Finding(
        check=_ID,
        severity=Severity.OK,
        subject=Subject(SubjectKind.DATE, iso, day.game_date),
        sentence=f"The {total} rows of {iso} in the conflict log are not conflicts: their type is not {REAL_CONFLICT}.",
        fault=Fault.DATA,
        evidence=_not_conflicts(day),
        key="not_conflicts",
    )


def _open_breaker(row: BreakerRow, as_of: datetime) -> Finding:
    """Return the finding about an open breaker; a row without `opened_at` is dated by its last update."""
    since = row.opened_at or row.updated_at
    age = f"since {utc_and_eastern(since)}" if since else "since a time that was not recorded"
    lasted = f", {format_minutes(minutes_between(since, as_of))} now" if since else ""
    too_long = since is not None and as_of - since > _OPEN_TOO_LONG
    evidence = [Evidence("failures", row.failure_count, "failures", BREAKERS.name)]
    if row.last_error_type:
        evidence.append(Evidence("last error", row.last_error_type, "", BREAKERS.name))
    if row.last_error_message:
        evidence.append(Evidence("last error message", row.last_error_message, "", BREAKERS.name))
    return Finding(
        check=_ID,
        severity=Severity.ERROR if too_long else Severity.WARNING,
        subject=Subject(SubjectKind.PROCESSOR, row.processor_name),
        sentence=f"The circuit breaker of {row.processor_name} is open {age}{lasted}: it processes nothing.",
        fault=Fault.PIPELINE,
        since=since,
        evidence=tuple(evidence),
        suggestions=(Suggestion("courtside queue list", "see the work that waits for it"),),
        key="breaker",
    )
