"""The facts of `january.toml` as values; nothing is computed here but what reading needs."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from checks.times import eastern_date

_FILE = Path(__file__).with_name("january.toml")


@dataclass(frozen=True, slots=True)
class Team:
    """One team; `arena_timezone` is an IANA name."""

    tricode: str
    id: int
    name: str
    arena_timezone: str


@dataclass(frozen=True, slots=True)
class Result:
    """How a game ended: points, and players who appeared, of each side."""

    away_points: int
    home_points: int
    away_appeared: int
    home_appeared: int


@dataclass(frozen=True, slots=True)
class Game:
    """One game on one date of the schedule; times are UTC. `result` is None when it was not played on that date.

    Scrapes before `retimed_at` show `planned_tip_off`. Scrapes before `listed_from` and after `listed_until` do not show the
    game under this date, those from `postponed_from` on call it postponed; `healed_at` is when a job set it to Final.
    `day` is the Eastern game date, `bdl_id` the id of box scores and everything after (`20260124_LAL_DAL`).
    """

    nba_id: str
    tip_off: datetime
    away: Team
    home: Team
    result: Result | None
    planned_tip_off: datetime
    retimed_at: datetime | None = None
    listed_from: datetime | None = None
    listed_until: datetime | None = None
    postponed_from: datetime | None = None
    healed_at: datetime | None = None
    blocked_at_source: bool = False

    day: date = field(init=False)
    bdl_id: str = field(init=False)

    def __post_init__(self) -> None:
        """Work the date and the second id out once: every row of the game carries them."""
        day = eastern_date(self.tip_off)
        object.__setattr__(self, "day", day)
        object.__setattr__(self, "bdl_id", f"{day:%Y%m%d}_{self.away.tricode}_{self.home.tricode}")


@dataclass(frozen=True, slots=True)
class DateCounts:
    """What each stage held of one game date: rows of box scores, analytics, predictions and grading; players otherwise."""

    box_scores: int
    analytics: int
    predicted: int
    expected: int
    predictions: int
    graded: int


@dataclass(frozen=True, slots=True)
class GameCounts:
    """Rows of one game of the 24th, where they were recorded game by game."""

    box_scores: int
    analytics: int
    predictions: int
    graded: int


@dataclass(frozen=True, slots=True)
class Quality:
    """The feature scores (0-100) of one date: their mean, the percentage below 65, the rows, and the mean of the low ones."""

    mean: float
    low_percent: float
    rows: int
    low_mean: float


@dataclass(frozen=True, slots=True)
class WriteTimes:
    """When rows of a date are written (UTC): on the date itself, but analytics and grading on the day after it."""

    features: time
    predictions: time
    lines: tuple[time, ...]
    analytics: time
    grading: time
    late_features: Mapping[date, datetime]
    late_predictions: Mapping[date, datetime]
    lines_by_hand: frozenset[date]
    game_lines_by_hand: datetime
    box_score_minutes_after_end: int

    def features_at(self, day: date) -> datetime:
        """Return when the features of `day` were written."""
        return self.late_features.get(day) or on(day, self.features)

    def predictions_at(self, day: date) -> datetime:
        """Return when the predictions of `day` were written."""
        return self.late_predictions.get(day) or on(day, self.predictions)


@dataclass(frozen=True, slots=True)
class Controller:
    """When the master controller decided: hourly, but for the silence; both its edges are off the hour."""

    first: datetime
    last_before_silence: datetime
    first_after_silence: datetime
    last: datetime
    seconds_between_decisions: int


@dataclass(frozen=True, slots=True)
class Betting:
    """The window of the betting-lines workflow, Eastern hours."""

    from_hours_before_first_game: int
    every_hours: int
    first_hour: int
    last_hour: int


@dataclass(frozen=True, slots=True)
class Workflows:
    """Workflows' windows in Eastern hours from midnight of the game date (25 is 01:00 of the next day), and their scrapers."""

    never_decide: tuple[str, ...]
    early_games_only: tuple[str, ...]
    early_game_hour: int
    betting: Betting
    hours: Mapping[str, tuple[int, ...]]
    scrapers: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Slate:
    """One game date as known on its morning."""

    date: date
    games: int
    first_tip_off: datetime


@dataclass(frozen=True, slots=True)
class QueueFailure:
    """The one recorded row of the retry queue."""

    processor: str
    phase: str
    game_date: date
    error_type: str
    error_message: str
    first_failure_at: datetime
    next_retry_at: datetime
    max_retries: int


@dataclass(frozen=True, slots=True)
class Fixture:
    """Everything that the demo warehouse is made from; games stand in the order of their dates and NBA ids."""

    season_year: int
    games: tuple[Game, ...]
    scrapes: tuple[datetime, ...]
    dates: Mapping[date, DateCounts]
    game_counts: Mapping[str, GameCounts]
    quality: Mapping[date, Quality]
    times: WriteTimes
    controller: Controller
    workflows: Workflows
    slates_before: tuple[Slate, ...]
    expected_from: date
    expected_locked_at: time
    queue: QueueFailure

    def games_on(self, day: date) -> tuple[Game, ...]:
        """Return the games that stood in the schedule under `day`."""
        return tuple(game for game in self.games if game.day == day)


def on(day: date, moment: time) -> datetime:
    """Return the instant of a time of UTC on `day`."""
    return datetime.combine(day, moment, tzinfo=UTC)


@cache
def load_fixture() -> Fixture:
    """Return the facts of the demo week. Raises KeyError or TypeError when the file is not of this shape."""
    facts: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    teams = {code: Team(code, *values) for code, values in facts["teams"].items()}
    workflows = facts["workflows"]
    return Fixture(
        season_year=facts["schedule"]["season_year"],
        games=_games(facts["schedule"], teams),
        scrapes=tuple(facts["schedule"]["scrapes"]["at"]),
        dates={day: DateCounts(*counts) for day, *counts in facts["counts"]["dates"]},
        game_counts={nba_id: GameCounts(*counts) for nba_id, *counts in facts["counts"]["games"]},
        quality={day: Quality(*numbers) for day, *numbers in facts["quality"]["dates"]},
        times=_write_times(facts["times"]),
        controller=Controller(**facts["controller"]),
        workflows=Workflows(
            never_decide=tuple(workflows["never_decide"]),
            early_games_only=tuple(workflows["early_games_only"]),
            early_game_hour=workflows["early_game_hour"],
            betting=Betting(**workflows["betting"]),
            hours=_tuples(workflows["hours"]),
            scrapers=_tuples(workflows["scrapers"]),
        ),
        slates_before=tuple(Slate(*values) for values in facts["days_before"]["slates"]),
        expected_from=facts["days_before"]["expected_from"],
        expected_locked_at=facts["days_before"]["expected_locked_at"],
        queue=QueueFailure(**facts["queue"]),
    )


def _games(schedule: Mapping[str, Any], teams: Mapping[str, Team]) -> tuple[Game, ...]:
    changes = schedule["changes"]
    moved = {nba_id: (planned, seen) for nba_id, planned, seen in changes["moved"]}
    replayed: dict[str, datetime] = dict(changes["replayed"])
    blocked = frozenset(changes["blocked_at_source"])
    games: list[Game] = []
    for nba_id, tip_off, away, home, *result in schedule["played"]:
        planned, retimed_at = moved.get(nba_id, (tip_off, None))
        listed_from = replayed.get(nba_id)
        games.append(Game(nba_id, tip_off, teams[away], teams[home], Result(*result), planned, retimed_at, listed_from))
    for nba_id, tip_off, away, home, postponed_from, listed_until, healed_at in changes["called_off"]:
        game = Game(
            nba_id=nba_id,
            tip_off=tip_off,
            away=teams[away],
            home=teams[home],
            result=None,
            planned_tip_off=tip_off,
            listed_until=listed_until,
            postponed_from=postponed_from,
            healed_at=healed_at,
            blocked_at_source=nba_id in blocked,
        )
        games.append(game)
    return tuple(sorted(games, key=lambda game: (game.day, game.nba_id)))


def _write_times(table: Mapping[str, Any]) -> WriteTimes:
    changed = {
        "lines": tuple(table["lines"]),
        "late_features": dict(table["late_features"]),
        "late_predictions": dict(table["late_predictions"]),
        "lines_by_hand": frozenset(table["lines_by_hand"]),
    }
    return WriteTimes(**{**table, **changed})


def _tuples(table: Mapping[str, Iterable[Any]]) -> dict[str, tuple[Any, ...]]:
    return {name: tuple(values) for name, values in table.items()}
