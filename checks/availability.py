"""Is what is due there? Box scores per game, with what each attempt to scrape them saw; the other stages per date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from checks.box_scores import BoxScore, box_scores_of
from checks.facts.fact import Facts
from checks.facts.lineage import LINEAGE, GameLineage
from checks.facts.scrape_attempts import SCRAPE_ATTEMPTS
from checks.games import (
    GameState,
    StageState,
    games_in_scope,
    is_called_off,
    late_and_missing_at,
    later_date,
    stage_state,
)
from checks.model import Evidence, Fault, Finding, Severity, Subject, SubjectKind, Suggestion
from checks.pipeline import Stage
from checks.policy import Policy
from checks.registry import check
from checks.times import both_zones, format_minutes, minutes_between

_BY_DATE = (Stage.FEATURES, Stage.PREDICTIONS, Stage.ANALYTICS, Stage.GRADING)
_ISSUES = {
    Stage.FEATURES: "low_coverage",
    Stage.PREDICTIONS: "low_coverage",
    Stage.ANALYTICS: "missing_analytics",
    Stage.GRADING: "grading_lag",
}
_DUE = (GameState.DUE, GameState.LATE, GameState.MISSING, GameState.COMPLETE)


@check(
    "availability.missing_game",
    "box scores that are due and absent, with what each scrape attempt saw",
    may_be_empty=(LINEAGE, SCRAPE_ATTEMPTS),
)
def missing_game(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Yield an error per game whose box score is missing or too small; critical when a whole date has nothing."""
    boxes = box_scores_of(facts, policy, as_of)
    blank = _blank_dates(boxes)
    for box in boxes:
        if box.state.state is GameState.MISSING:
            yield _missing(box, is_blank_date=box.game.game_date in blank)
        elif _is_played_unseen(box, policy, as_of):
            yield _played_unseen(box)


def _blank_dates(boxes: tuple[BoxScore, ...]) -> frozenset[date]:
    """Return the dates on which at least two games are missing and no due game has a single player."""
    blank: set[date] = set()
    for day in {box.game.game_date for box in boxes}:
        due = [box for box in boxes if box.game.game_date == day and box.state.state in _DUE]
        missing = [box for box in due if box.state.state is GameState.MISSING]
        if len(missing) >= 2 and all(box.game.box_scores.appeared == 0 for box in due):
            blank.add(day)
    return frozenset(blank)


def _missing(box: BoxScore, *, is_blank_date: bool) -> Finding:
    day = box.game.game_date.isoformat()
    what = "no box score"
    if box.game.box_scores.rows:
        what = f"only part of a box score ({box.state.reason})"
    all_of_them = ", like every other game due that date" if is_blank_date else ""
    return Finding(
        check="availability.missing_game",
        severity=Severity.CRITICAL if is_blank_date else Severity.ERROR,
        subject=box.subject,
        sentence=f"{box.game.label} on {day} has {what}{all_of_them}; it was due at {both_zones(box.state.due_at)}, "
        f"and {box.source}",
        fault=box.fault,
        since=box.state.due_at,
        evidence=box.evidence,
        suggestions=_suggestions(box),
    )


def _is_played_unseen(box: BoxScore, policy: Policy, as_of: datetime) -> bool:
    """Return whether only "Final without a score" speaks against a game whose players the source has shown.

    With a stale schedule, the job that sets past games to Final does so to games that were played, too.
    """
    if box.state.state is not GameState.NOT_PLAYED or box.best is None:
        return False
    says_so = is_called_off(box.game) or box.game.ever_postponed or later_date(box.game)
    _, missing_at = late_and_missing_at(box.game, Stage.BOX_SCORES, policy)
    return not says_so and as_of >= missing_at and box.best.scrape_timestamp > box.game.tip_off


def _played_unseen(box: BoxScore) -> Finding:
    day = box.game.game_date.isoformat()
    return Finding(
        check="availability.missing_game",
        severity=Severity.ERROR,
        subject=box.subject,
        sentence=f"{box.game.label} on {day} looks not played ({box.state.reason}), yet {box.source}: "
        "it was played, and its box score is missing",
        fault=Fault.PIPELINE,
        since=box.state.due_at,
        evidence=box.evidence,
        suggestions=_suggestions(box),
    )


@check(
    "availability.late_source",
    "stages that are later than usual: box scores per game, the others per date; west-coast games are due later",
    may_be_empty=(LINEAGE, SCRAPE_ATTEMPTS),
)
def late_source(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Yield a warning per late box score, also when it has come since, and one finding per date and late stage."""
    for box in box_scores_of(facts, policy, as_of):
        if box.state.state is GameState.LATE:
            yield _late(box, as_of)
        elif box.state.state is GameState.COMPLETE:
            yield from _came_late(box, policy)
    games = games_in_scope(facts)
    for day in facts.scope.dates:
        of_day = [g for g in games if g.game_date == day]
        for stage in _BY_DATE:
            yield from _late_stage(day, stage, _judged(of_day, stage, policy, as_of), as_of)


def _late(box: BoxScore, as_of: datetime) -> Finding:
    day = box.game.game_date.isoformat()
    late = minutes_between(box.state.due_at, as_of)
    sentence = (
        f"The box score of {box.game.label} on {day} is {format_minutes(late)} late ({box.state.reason}); "
        f"it was due at {both_zones(box.state.due_at)}, and {box.source}"
    )
    return _late_box_score(box, sentence, late, box.fault)


def _came_late(box: BoxScore, policy: Policy) -> Iterator[Finding]:
    """Yield the history of a box score that came only after it had become late."""
    came = box.game.box_scores.first_write
    late_at, _ = late_and_missing_at(box.game, Stage.BOX_SCORES, policy)
    if came is None or came < late_at:
        return
    late = minutes_between(box.state.due_at, came)
    was_there = any(a.was_available and a.scrape_timestamp < late_at for a in box.attempts)
    sentence = (
        f"The box score of {box.game.label} on {box.game.game_date.isoformat()} came {format_minutes(late)} late, "
        f"at {both_zones(came)}; it was due at {both_zones(box.state.due_at)}"
    )
    fault = Fault.PIPELINE if was_there or not box.attempts else Fault.DATA
    yield replace(_late_box_score(box, sentence, late, fault), until=came)


def _late_box_score(box: BoxScore, sentence: str, late: int, fault: Fault) -> Finding:
    return Finding(
        check="availability.late_source",
        severity=Severity.WARNING,
        subject=box.subject,
        sentence=sentence,
        fault=fault,
        since=box.state.due_at,
        evidence=(*box.evidence, Evidence("late by", late, "minutes", LINEAGE.name)),
        suggestions=_suggestions(box),
        key=Stage.BOX_SCORES.value,
    )


def _judged(
    games: list[GameLineage], stage: Stage, policy: Policy, as_of: datetime
) -> list[tuple[GameLineage, StageState]]:
    """Return the games whose stage is due with its state; a game that nobody predicted has nothing to grade."""
    states = [
        (game, stage_state(game, stage, policy, as_of))
        for game in games
        if stage is not Stage.GRADING or game.predictions.listed > 0
    ]
    return [(game, state) for game, state in states if state.state in _DUE]


def _late_stage(
    day: date, stage: Stage, judged: list[tuple[GameLineage, StageState]], as_of: datetime
) -> Iterator[Finding]:
    """Yield the one finding of a date's stage, when any of its games is late or missing."""
    missing = [game for game, state in judged if state.state is GameState.MISSING]
    late = [game for game, state in judged if state.state is GameState.LATE]
    absent = {game.label for game in (*missing, *late)}
    if not absent:
        return
    since = min(state.due_at for game, state in judged if game.label in absent)
    word = "missing" if missing else "late"
    also = f", {len(late)} of them only late so far" if missing and late else ""
    yield Finding(
        check="availability.late_source",
        severity=Severity.ERROR if missing else Severity.WARNING,
        subject=Subject(SubjectKind.DATE, day.isoformat(), day),
        sentence=f"{stage.label} of {day.isoformat()}: {word} for {len(absent)} of {len(judged)} games due"
        f"{also}: {', '.join(sorted(absent))}; the first was due at {both_zones(since)}, "
        f"{format_minutes(minutes_between(since, as_of))} ago",
        fault=Fault.PIPELINE,
        since=since,
        evidence=(
            Evidence("games due", len(judged), "games", LINEAGE.name),
            Evidence("games late", len(late), "games", LINEAGE.name),
            Evidence("games missing", len(missing), "games", LINEAGE.name),
        ),
        names=tuple(sorted(absent)),
        suggestions=(
            Suggestion(
                f"courtside diagnose --date {day.isoformat()} --issue {_ISSUES[stage]}", "find out what holds it up"
            ),
            Suggestion(f"courtside reconcile --date {day.isoformat()} --detailed", "see every stage of every game"),
        ),
        key=stage.value,
    )


def _suggestions(box: BoxScore) -> tuple[Suggestion, ...]:
    day = box.game.game_date.isoformat()
    return (
        Suggestion(f"courtside trace {box.game.label} --date {day}", "see the game in every stage"),
        Suggestion(f"courtside diagnose --date {day} --issue missing_boxscores", "find out where it was lost"),
        Suggestion("courtside queue list", "see whether a retry is under way"),
    )
