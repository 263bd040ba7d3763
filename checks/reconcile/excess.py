"""What a stage holds and cannot or should not: players who did not play, repeated rows, counts beyond their whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from checks.facts.fact import Facts
from checks.facts.feature_quality import FEATURE_QUALITY, FeatureQuality
from checks.facts.lineage import LINEAGE, GameLineage
from checks.funnel import by_date, in_order, with_game
from checks.games import GameState, stage_state
from checks.model import Evidence, Fault, Finding, Severity, Subject, SubjectKind, Suggestion
from checks.pipeline import Stage
from checks.policy import Policy
from checks.registry import check

_PLAYER_STAGES = tuple(stage for stage in Stage if stage is not Stage.SCHEDULE)
_LEAST_ROWS_TO_VARY = 20
"""Fewer feature rows than this may share one score by chance."""


@check(
    "reconcile.inflated",
    "players counted as having played who did not, per game",
    may_be_empty=(LINEAGE,),
)
def inflated(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Yield one finding per game whose analytics counts players who did not appear in its complete box score."""
    for game in in_order(facts[LINEAGE]):
        if not game.analytics.extra or not _can_compare(game, policy, as_of):
            continue
        listed, appeared, extra = game.analytics.listed, game.box_scores.appeared, len(game.analytics.extra)
        yield Finding(
            check="reconcile.inflated",
            severity=Severity.ERROR,
            subject=_game(game),
            sentence=f"{game.label}: analytics counts {_people(listed)}, {appeared} appeared: "
            f"{extra} who did not play {'is' if extra == 1 else 'are'} counted as having played",
            fault=Fault.DATA,
            since=game.analytics.first_write,
            evidence=(
                Evidence("counted by analytics", listed, "players", LINEAGE.name),
                Evidence("appeared in the box score", appeared, "players", LINEAGE.name),
                Evidence("counted and did not play", extra, "players", LINEAGE.name),
            ),
            names=tuple(sorted(game.analytics.extra)),
            suggestions=_trace(game),
        )


@check(
    "reconcile.impossible",
    "repeated rows, counts beyond their whole, and constants where life varies",
    may_be_empty=(LINEAGE, FEATURE_QUALITY),
)
def impossible(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Yield what cannot be, by date: first what concerns the whole date, then game by game."""
    lineage = dict(by_date(facts[LINEAGE]))
    quality = {row.game_date: row for row in facts[FEATURE_QUALITY] if row.game_date in facts.scope.dates}
    for day in sorted(lineage.keys() | quality.keys()):
        group = lineage.get(day, [])
        for stage in _PLAYER_STAGES:
            yield from _repeated(day, stage, group)
        yield from _unfounded(
            day, Stage.PREDICTIONS, "predictions for {n} without a production-ready feature row", group
        )
        yield from _unfounded(day, Stage.GRADING, "grades for {n} who had no prediction or did not appear", group)
        if day in quality:
            yield from _of_features(quality[day])
        for game in group:
            yield from _beyond_box_score(game, policy, as_of)
            yield from _too_many(game, policy)


def _repeated(day: date, stage: Stage, group: Sequence[GameLineage]) -> Iterator[Finding]:
    """Yield a finding when a stage has more rows than players: WARNING, ERROR where some game has over two for each."""
    repeated = [game for game in group if game.stage(stage).rows > _distinct(game, stage)]
    if not repeated:
        return
    is_gross = any(game.stage(stage).rows > 2 * _distinct(game, stage) for game in repeated)
    rows = sum(game.stage(stage).rows for game in repeated)
    listed = sum(_distinct(game, stage) for game in repeated)
    yield Finding(
        check="reconcile.impossible",
        severity=Severity.ERROR if is_gross else Severity.WARNING,
        subject=_date(day),
        sentence=f"{day.isoformat()}: {stage.label} hold {rows} rows for {_people(listed)} in {_games(len(repeated))}: "
        "rows are repeated, or name nobody",
        fault=Fault.DATA,
        evidence=(
            Evidence("rows", rows, "rows", LINEAGE.name),
            Evidence("distinct players", listed, "players", LINEAGE.name),
        ),
        names=tuple(sorted(game.label for game in repeated)),
        suggestions=_detail(day),
        key=f"repeated-{stage.value}",
    )


def _distinct(game: GameLineage, stage: Stage) -> int:
    """Return how many rows a stage can have: one per player; analytics may also keep players whom it calls inactive."""
    listed = game.stage(stage).listed
    return max(listed, game.box_scores.listed) if stage is Stage.ANALYTICS else listed


def _unfounded(day: date, stage: Stage, words: str, group: Sequence[GameLineage]) -> Iterator[Finding]:
    """Yield a WARNING when a stage holds players whom the stage before does not have."""
    names = tuple(sorted(name for game in group for name in with_game(game.stage(stage).extra, game)))
    if names:
        listed = sum(game.stage(stage).listed for game in group)
        yield Finding(
            check="reconcile.impossible",
            severity=Severity.WARNING,
            subject=_date(day),
            sentence=f"{day.isoformat()}: {words.format(n=_people(len(names)))}, of {listed} in all",
            fault=Fault.DATA,
            evidence=(
                Evidence("without ground", len(names), "players", LINEAGE.name),
                Evidence("in all", listed, "players", LINEAGE.name),
            ),
            names=names,
            suggestions=_detail(day),
            key=f"unfounded-{stage.value}",
        )


def _of_features(row: FeatureQuality) -> Iterator[Finding]:
    """Yield what cannot be in a date's feature quality: one score for everybody, or parts beyond their whole."""
    day = row.game_date
    base = Finding(
        check="reconcile.impossible",
        severity=Severity.ERROR,
        subject=_date(day),
        sentence="",
        fault=Fault.DATA,
        evidence=(
            Evidence("feature rows", row.rows, "rows", FEATURE_QUALITY.name),
            Evidence("distinct scores", row.distinct_scores, "scores", FEATURE_QUALITY.name),
        ),
        suggestions=(
            Suggestion(
                f"courtside diagnose --date {day} --issue low_feature_quality", "find out what made the features"
            ),
        ),
    )
    if row.rows >= _LEAST_ROWS_TO_VARY and row.distinct_scores == 1:
        sentence = f"{day.isoformat()}: all {row.rows} feature rows have the same quality score: it was not computed"
        yield replace(base, sentence=sentence, key="constant-score")
    parts = (("players", row.players), ("low-quality rows", row.low_quality), ("ready rows", row.production_ready))
    over = [f"{count} {name}" for name, count in parts if count > row.rows]
    if over:
        sentence = f"{day.isoformat()}: {' and '.join(over)} in {row.rows} feature rows: do not trust these counts"
        yield replace(base, sentence=sentence, fault=Fault.CHECK, key="parts-beyond-rows")
    if row.mean_score is not None and not 0 <= row.mean_score <= 100:
        sentence = f"{day.isoformat()}: the mean feature quality is {row.mean_score:.2f}, on a scale of 0 to 100"
        yield replace(base, sentence=sentence, key="score-off-scale")


def _beyond_box_score(game: GameLineage, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Yield a finding when analytics lists more players than the complete box score: some are in no box score at all."""
    beyond = game.analytics.listed - game.box_scores.listed
    if beyond > 0 and _can_compare(game, policy, as_of):
        yield Finding(
            check="reconcile.impossible",
            severity=Severity.ERROR,
            subject=_game(game),
            sentence=f"{game.label}: analytics counts {_people(game.analytics.listed)}, the box score lists only "
            f"{game.box_scores.listed}: at least {beyond} {'has' if beyond == 1 else 'have'} no box-score row",
            fault=Fault.DATA,
            since=game.analytics.first_write,
            evidence=(
                Evidence("counted by analytics", game.analytics.listed, "players", LINEAGE.name),
                Evidence("listed in the box score", game.box_scores.listed, "players", LINEAGE.name),
            ),
            suggestions=_trace(game),
            key="beyond-box-score",
        )


def _too_many(game: GameLineage, policy: Policy) -> Iterator[Finding]:
    """Yield a finding when more players appeared than two teams have."""
    appeared = game.box_scores.appeared
    if appeared > policy.most_players_per_game:
        yield Finding(
            check="reconcile.impossible",
            severity=Severity.ERROR,
            subject=_game(game),
            sentence=f"{game.label}: the box score has {appeared} players who appeared, a game has at most "
            f"{policy.most_players_per_game}",
            fault=Fault.DATA,
            since=game.box_scores.first_write,
            evidence=(Evidence("appeared in the box score", appeared, "players", LINEAGE.name),),
            suggestions=_trace(game),
            key="too-many-players",
        )


def _can_compare(game: GameLineage, policy: Policy, as_of: datetime) -> bool:
    """Return whether a complete box score says who played, and analytics has rows to compare with it."""
    is_complete = stage_state(game, Stage.BOX_SCORES, policy, as_of).state is GameState.COMPLETE
    return is_complete and game.box_scores.appeared > 0 and game.analytics.listed > 0


def _trace(game: GameLineage) -> tuple[Suggestion, ...]:
    return (
        Suggestion(f"courtside trace {game.label} --date {game.game_date}", "follow this game through all stages"),
        Suggestion(f"courtside reconcile --date {game.game_date} --detailed", "see the funnel per game, with names"),
    )


def _detail(day: date) -> tuple[Suggestion, ...]:
    return (Suggestion(f"courtside reconcile --date {day} --detailed", "see the funnel per game, with names"),)


def _date(day: date) -> Subject:
    return Subject(SubjectKind.DATE, day.isoformat(), day)


def _game(game: GameLineage) -> Subject:
    return Subject(SubjectKind.GAME, game.label, game.game_date)


def _people(count: int) -> str:
    return "1 player" if count == 1 else f"{count} players"


def _games(count: int) -> str:
    return "1 game" if count == 1 else f"{count} games"
