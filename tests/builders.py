"""Rows for tests: valid defaults, so that a test names only what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from checks.facts.decisions import Decision
from checks.facts.fact import Fact, Facts
from checks.facts.lineage import GameLineage, StageCounts
from checks.model import Scope
from checks.registry import Check


def at(text: str) -> datetime:
    """Return the instant of `2026-01-23T06:20` (UTC)."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def scope_at(text: str, *, days: int = 2, last: date | None = None) -> Scope:
    return Scope.at(at(text), days=days, last=last)


def facts_for(check: Check, scope: Scope, *loaded: tuple[Fact[Any], Iterable[object]]) -> Facts:
    """Return facts in which every fact that `check` needs is loaded, empty unless given."""
    given = {fact.name for fact, _ in loaded}
    return Facts.of(scope, *((fact, ()) for fact in check.facts if fact.name not in given), *loaded)


def decision(when: datetime, workflow: str = "betting_lines", action: str = "SKIP", **changes: Any) -> Decision:
    values: dict[str, Any] = {
        "decision_id": f"{workflow}-{when:%Y%m%dT%H%M%S}",
        "decision_time": when,
        "workflow_name": workflow,
        "action": action,
        "reason": None,
        "scrapers_triggered": (),
        "target_games": (),
        "next_check_time": None,
    }
    return Decision(**{**values, **changes})


def hourly_decisions(first: datetime, last: datetime, workflow: str = "betting_lines") -> list[Decision]:
    """Return one decision an hour from `first` to `last`, both included."""
    hours = int((last - first) / timedelta(hours=1))
    return [decision(first + timedelta(hours=n), workflow) for n in range(hours + 1)]


def players(prefix: str, count: int) -> tuple[str, ...]:
    return tuple(f"{prefix}{n:02d}" for n in range(1, count + 1))


def counts(listed: int = 0, appeared: int | None = None, **changes: Any) -> StageCounts:
    """Return the counts of a stage with `listed` players, one row each, all of whom appeared unless said otherwise."""
    values: dict[str, Any] = {
        "rows": listed,
        "listed": listed,
        "appeared": listed if appeared is None else appeared,
        "missing": (),
        "extra": (),
        "first_write": None,
        "last_write": None,
    }
    return StageCounts(**{**values, **changes})


def game(
    label: str = "LAL@DAL", tip: str = "2026-01-25T01:30", day: date = date(2026, 1, 24), **changes: Any
) -> GameLineage:
    """Return a scheduled game with nothing in any stage."""
    away, home = label.split("@")
    values: dict[str, Any] = {
        "nba_game_id": "0022500648",
        "bdl_game_id": f"{day:%Y%m%d}_{away}_{home}",
        "game_date": day,
        "tip_off": at(tip),
        "arena_timezone": "America/Chicago",
        "away": away,
        "home": home,
        "game_status": 1,
        "status_text": "7:30 pm ET",
        "away_score": None,
        "home_score": None,
        "ever_postponed": False,
        "other_dates": (),
        "rematch_dates": (),
        "schedule_seen_at": at("2026-01-24T12:00"),
        "box_scores": counts(),
        "analytics": counts(),
        "features": counts(),
        "predictions": counts(),
        "grading": counts(),
    }
    return GameLineage(**{**values, **changes})
