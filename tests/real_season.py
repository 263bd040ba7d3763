"""Reads the real season 2025-26 into lineage rows: the schedule as planned and as played, the box scores as they were.

The folder is named by `COURTSIDE_REAL_DATA`; its README says where the files come from.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from checks.facts.lineage import GameLineage
from checks.times import EASTERN, eastern_instant
from tests.builders import counts, game

SCHEDULE_FILE = "schedule_2025-26_planned_and_played.csv"
BOX_SCORE_FILE = "player_boxscores_2025-10-21_to_2026-01-26.csv.gz"
SCHEDULE_SEEN_AT = datetime(2026, 1, 27, 5, 0, tzinfo=UTC)


@dataclass(slots=True)
class RealBoxScore:
    """One game as it was played: its teams, how many dressed, how many played, and the points."""

    away: str
    home: str
    listed: int = 0
    appeared: int = 0
    points: dict[str, int] = field(default_factory=lambda: defaultdict(int))


@dataclass(frozen=True, slots=True)
class RealGame:
    """One game of the season; `tip_off` is None where the plan has none, `played_on` where it was not played."""

    nba_game_id: str
    away: str
    home: str
    arena_timezone: str | None
    planned_on: date | None
    tip_off: datetime | None
    played_on: date | None
    box_score: RealBoxScore | None

    @property
    def was_moved(self) -> bool:
        """True for a game that was played on another date than planned."""
        return None not in (self.planned_on, self.played_on) and self.planned_on != self.played_on


def read_season(folder: Path) -> list[RealGame]:
    """Return the 1,231 games of the schedule with the box scores of those that were played."""
    boxes = _read_box_scores(folder / BOX_SCORE_FILE)
    with (folder / SCHEDULE_FILE).open(encoding="utf-8", newline="") as file:
        return [_real_game(row, boxes.get(row["game_id"])) for row in csv.DictReader(file)]


def _read_box_scores(path: Path) -> dict[str, RealBoxScore]:
    boxes: dict[str, RealBoxScore] = {}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        header = next(reader)
        at_id, at_team, at_matchup, at_minutes, at_points = (
            header.index(name) for name in ("GAME_ID", "TEAM_ABBREVIATION", "MATCHUP", "MIN", "PTS")
        )
        for row in reader:
            box = boxes.get(row[at_id])
            if box is None:
                box = boxes[row[at_id]] = RealBoxScore(*_teams(row[at_matchup]))
            box.listed += 1
            box.appeared += int(row[at_minutes]) > 0
            box.points[row[at_team]] += int(row[at_points])
    return boxes


def _teams(matchup: str) -> tuple[str, str]:
    """Return away and home of `ORL @ NYK` or `NYK vs. ORL`."""
    if " @ " in matchup:
        away, home = matchup.split(" @ ")
    else:
        home, away = matchup.split(" vs. ")
    return away, home


def _real_game(row: dict[str, str], box: RealBoxScore | None) -> RealGame:
    tip = row["planned_tip_utc"]
    return RealGame(
        nba_game_id=row["game_id"],
        away=box.away if box else row["away"] or "TBD",
        home=box.home if box else row["home"] or "TBD",
        arena_timezone=row["arena_tz"] or None,
        planned_on=date.fromisoformat(row["planned_date_et"]) if row["planned_date_et"] else None,
        tip_off=datetime.fromisoformat(tip) if tip else None,
        played_on=date.fromisoformat(row["played_date_et"]) if row["played_date_et"] else None,
        box_score=box,
    )


def played_row(real: RealGame) -> GameLineage:
    """Return the row of a game under the date on which it was played, Final with its score and its box score.

    A game that was moved keeps its hour; a game without a planned tip-off has a placeholder, midnight Eastern.
    """
    box = real.box_score
    if real.played_on is None or box is None:
        raise ValueError(f"{real.nba_game_id} was not played")
    return replace(
        _row(real, real.played_on, _tip_on(real, real.played_on)),
        game_status=3,
        status_text="Final",
        away_score=box.points[box.away],
        home_score=box.points[box.home],
        other_dates=(real.planned_on.isoformat(),) if real.was_moved and real.planned_on else (),
        box_scores=counts(box.listed, box.appeared),
    )


def planned_row(real: RealGame) -> GameLineage:
    """Return the row of a game under its planned date, as scheduled and nothing more."""
    if real.planned_on is None or real.tip_off is None:
        raise ValueError(f"{real.nba_game_id} has no planned date")
    other = (real.played_on.isoformat(),) if real.was_moved and real.played_on else ()
    return replace(_row(real, real.planned_on, real.tip_off), other_dates=other)


def _row(real: RealGame, day: date, tip: datetime) -> GameLineage:
    return game(
        f"{real.away}@{real.home}",
        day=day,
        tip_off=tip,
        nba_game_id=real.nba_game_id,
        arena_timezone=real.arena_timezone,
        schedule_seen_at=SCHEDULE_SEEN_AT,
    )


def _tip_on(real: RealGame, day: date) -> datetime:
    if real.tip_off is None:
        return eastern_instant(day, 0)
    local = real.tip_off.astimezone(EASTERN)
    return eastern_instant(day, local.hour, local.minute)
