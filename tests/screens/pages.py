"""Pages of a game and of a date in tests: one section of them, and scrape attempts of the 24th."""

from __future__ import annotations

from datetime import date
from typing import Any

from checks.facts.scrape_attempts import ScrapeAttempt
from screens.table import Table
from tests.builders import at
from tests.screens.looks import rows


def section(table: Table, title: str) -> list[str]:
    """Return the rows of one section, without its headings."""
    keys = list(table.keys())
    start = next(n for n, key in enumerate(keys) if key.startswith(f"= {title}")) + 1
    while keys[start].startswith(f"= {title}"):
        start += 1
    end = next((n for n in range(start, len(keys)) if keys[n].startswith("= ")), len(keys))
    return rows(table)[start:end]


def attempt(when: str, **changes: Any) -> ScrapeAttempt:
    values: dict[str, Any] = {
        "scrape_timestamp": at(when),
        "workflow": "live_box_scores",
        "game_date": date(2026, 1, 24),
        "away": "LAL",
        "home": "DAL",
        "was_available": False,
        "player_count": None,
        "game_status": "4th Qtr",
    }
    return ScrapeAttempt(**{**values, **changes})
