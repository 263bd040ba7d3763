"""What the checks say of one game: which of them speak of games, which findings are about one, and how it stands by them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from checks.severity import Severity

if TYPE_CHECKING:
    from checks.facts.lineage import GameLineage
    from checks.model import Finding, Report

RECONCILE_CHECKS = (
    "reconcile.games",
    "reconcile.players",
    "reconcile.features",
    "reconcile.predictions",
    "reconcile.grading",
    "reconcile.inflated",
    "reconcile.impossible",
)
"""The checks that hold what stages have of games against each other."""

GAME_CHECKS = (
    "schedule.not_played",
    "availability.missing_game",
    "availability.late_source",
    *RECONCILE_CHECKS,
    "streaming.conflicts",
    "queue.overdue",
    "queue.exhausted",
    "orchestration.gap",
)
"""The checks that speak of single games, and those that bring the retry queue and the decisions."""


def about_game(finding: Finding, game: GameLineage) -> bool:
    """Return whether a finding is about a game, or is of its date and names the game or players of it."""
    if finding.subject.game_date != game.game_date:
        return False
    mine = f"({game.label})"
    return finding.subject.name == game.label or any(
        name == game.label or name.endswith(mine) for name in finding.names
    )


def worst_of(findings: Iterable[Finding], report: Report) -> Severity:
    """Return the worst of some findings that is going on; UNKNOWN when nothing is, and a check of the report could not see."""
    unseen = Severity.UNKNOWN if any(result.reason for result in report.results) else Severity.OK
    return max((finding.severity for finding in findings if finding.is_active), default=Severity.OK) or unseen
