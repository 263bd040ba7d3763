"""Games and scrape attempts of one evening, and how to run the availability checks on them."""

from __future__ import annotations

from datetime import date
from typing import Any

from checks.facts.lineage import LINEAGE, GameLineage
from checks.facts.scrape_attempts import SCRAPE_ATTEMPTS, ScrapeAttempt
from checks.model import Finding
from checks.policy import Policy
from checks.registry import Check
from tests.builders import at, counts, facts_for, game, scope_at

# LAL@DAL tips off at 01:30Z: its box score is due at 05:00Z, late at 07:00Z, missing at 10:15Z.
DUE, LATE, MISSING = "2026-01-25T05:00", "2026-01-25T07:00", "2026-01-25T10:15"
FULL = counts(35, 20)
ALL_DONE: dict[str, Any] = {
    "box_scores": FULL,
    "features": FULL,
    "predictions": FULL,
    "analytics": FULL,
    "grading": FULL,
}
BEFORE_GAME: dict[str, Any] = {"features": FULL, "predictions": FULL}


def attempt(when: str, *, available: bool = False, players: int | None = 0, label: str = "LAL@DAL") -> ScrapeAttempt:
    away, home = label.split("@")
    return ScrapeAttempt(at(when), "post_game_window_2", date(2026, 1, 24), away, home, available, players, None)


def run(check: Check, as_of: str, games: list[GameLineage], attempts: tuple[ScrapeAttempt, ...] = ()) -> list[Finding]:
    facts = facts_for(check, scope_at(as_of), (LINEAGE, games), (SCRAPE_ATTEMPTS, attempts))
    return list(check(facts, Policy(), at(as_of)))


def played(label: str = "LAL@DAL", **changes: Any) -> GameLineage:
    return game(label, **{**ALL_DONE, **changes})
