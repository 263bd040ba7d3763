"""The box score of each game beside what the attempts to scrape it saw: did the source have it, and was it lost?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from checks.facts.fact import Facts
from checks.facts.lineage import LINEAGE, GameLineage
from checks.facts.scrape_attempts import SCRAPE_ATTEMPTS, ScrapeAttempt
from checks.games import StageState, games_in_scope, stage_state
from checks.model import Evidence, Fault, Subject, SubjectKind
from checks.pipeline import Stage
from checks.policy import Policy
from checks.times import format_utc


@dataclass(frozen=True, slots=True)
class BoxScore:
    """One game's box score: its state, and what the attempts to scrape it saw, oldest first."""

    game: GameLineage
    state: StageState
    attempts: tuple[ScrapeAttempt, ...]

    @property
    def subject(self) -> Subject:
        """The game."""
        return Subject(SubjectKind.GAME, self.game.label, self.game.game_date)

    @property
    def best(self) -> ScrapeAttempt | None:
        """The attempt that saw the most players in the source."""
        seen = [a for a in self.attempts if a.was_available and a.player_count != 0]
        return max(seen, key=lambda a: a.player_count or 0, default=None)

    @property
    def was_lost(self) -> bool:
        """True when the source had more players than are stored (or had the game, and nothing is stored)."""
        return self.best is not None and (self.best.player_count or 1) > self.game.box_scores.listed

    @property
    def fault(self) -> Fault:
        """The source's, when every attempt was made in vain; the pipeline's, when it lost what it saw or never looked."""
        return Fault.PIPELINE if self.was_lost or not self.attempts else Fault.DATA

    @property
    def source(self) -> str:
        """What is known of the source, as the end of a sentence."""
        if not self.attempts:
            return "no attempt to scrape it is recorded"
        times = "1 attempt" if len(self.attempts) == 1 else f"{len(self.attempts)} attempts"
        if self.best is None:
            return f"the source never had it ({times}, the last at {format_utc(self.attempts[-1].scrape_timestamp)})"
        when = format_utc(self.best.scrape_timestamp)
        players = "the game" if self.best.player_count is None else f"{self.best.player_count} players"
        if self.was_lost:
            return f"the source had {players} at {when} and they were lost on the way"
        return f"the source had no more than {players} ({times})"

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What is stored, and what each attempt saw."""
        counts = self.game.box_scores
        return (
            Evidence("players listed", counts.listed, "players", LINEAGE.name),
            Evidence("players who appeared", counts.appeared, "players", LINEAGE.name),
            *(Evidence("scrape attempt", _saw(attempt), "", SCRAPE_ATTEMPTS.name) for attempt in self.attempts),
        )


def box_scores_of(facts: Facts, policy: Policy, as_of: datetime) -> tuple[BoxScore, ...]:
    """Return the box score of every game in scope, by date, tip-off and label."""
    attempts: dict[tuple[date, str, str], list[ScrapeAttempt]] = {}
    for attempt in sorted(facts[SCRAPE_ATTEMPTS], key=lambda a: a.scrape_timestamp):
        attempts.setdefault((attempt.game_date, attempt.away, attempt.home), []).append(attempt)
    return tuple(
        BoxScore(
            game,
            stage_state(game, Stage.BOX_SCORES, policy, as_of),
            tuple(attempts.get((game.game_date, game.away, game.home), ())),
        )
        for game in games_in_scope(facts)
    )


def _saw(attempt: ScrapeAttempt) -> str:
    """Return `2026-01-24T03:10Z not available, 0 players`."""
    found = "available" if attempt.was_available else "not available"
    players = "players not counted" if attempt.player_count is None else f"{attempt.player_count} players"
    return f"{format_utc(attempt.scrape_timestamp)} {found}, {players}"
