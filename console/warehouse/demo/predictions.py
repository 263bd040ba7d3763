"""Points lines, the predictions made on them, and their grading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from console.warehouse.demo.box_scores import stat_lines
from console.warehouse.demo.fixture import Fixture, on
from console.warehouse.demo.plan import SYSTEMS, GamePlan, Player
from console.warehouse.demo.rows import GradeRow, LineRow, PredictionRow
from console.warehouse.demo.spread import evenly, wobble

BOOKMAKERS = ("northbook", "riverbet")
_BETWEEN_VERSIONS = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Slot:
    """One prediction of a player: the system, and its version, of which only the newest is active."""

    system: str
    version: int
    age: int


@cache
def slots(rows: int) -> tuple[Slot, ...]:
    """Return what `rows` predictions of one player are: the newest version of every system, then the versions before."""
    newest = (rows - 1) // len(SYSTEMS) + 1
    return tuple(Slot(SYSTEMS[n % len(SYSTEMS)], newest - n // len(SYSTEMS), n // len(SYSTEMS)) for n in range(rows))


def line(plan: GamePlan, player: Player) -> float:
    """Return the points line of a player in a game: falls with the rank, always a half."""
    return max(3, round(26 - 2.1 * player.number + wobble(f"{plan.game.bdl_id}{player.lookup}", 2))) + 0.5


def predicted_points(plan: GamePlan, player: Player, slot: Slot) -> float:
    """Return a prediction near the player's line, different for each system and version."""
    key = f"{plan.game.bdl_id}{player.lookup}{slot.system}{slot.version}"
    return round(line(plan, player) + wobble(key, 4), 1)


def prediction_rows(fixture: Fixture, plan: GamePlan) -> Iterator[PredictionRow]:
    """Yield the predictions of a game, over all systems and versions."""
    game, newest_at = plan.game, fixture.times.predictions_at(plan.game.day)
    counts = evenly(plan.predictions, plan.predicted)
    for player, count in zip(plan.players[: plan.predicted], counts, strict=True):
        points_line = line(plan, player)
        for slot in slots(count):
            points = predicted_points(plan, player, slot)
            created_at = newest_at - slot.age * _BETWEEN_VERSIONS
            yield PredictionRow(
                prediction_id=f"{game.bdl_id}-{player.lookup}-{slot.system}-v{slot.version}",
                system_id=slot.system,
                player_lookup=player.lookup,
                game_date=game.day,
                game_id=game.bdl_id,
                prediction_version=slot.version,
                predicted_points=points,
                confidence_score=round(70 + 5 * abs(points - points_line), 1),
                recommendation="OVER" if points > points_line else "UNDER",
                has_prop_line=True,
                current_points_line=points_line,
                line_source="ACTUAL_PROP",
                is_active=slot.age == 0,
                is_production_ready=True,
                created_at=created_at,
                updated_at=created_at,
            )


def grade_rows(fixture: Fixture, plan: GamePlan) -> Iterator[GradeRow]:
    """Yield the graded predictions of a game: one system after the other, the production system first."""
    game, lines = plan.game, stat_lines(plan.game)
    graded_at = on(game.day + timedelta(days=1), fixture.times.grading)
    counts = evenly(plan.predictions, plan.predicted)
    newest = [
        (player, slots(count)[n])
        for n in range(len(SYSTEMS))
        for player, count in zip(plan.players[: plan.predicted], counts, strict=True)
    ]
    for player, slot in newest[: plan.graded]:
        _, actual = lines[player]
        points, points_line = predicted_points(plan, player, slot), line(plan, player)
        yield GradeRow(
            player_lookup=player.lookup,
            game_id=game.bdl_id,
            game_date=game.day,
            system_id=slot.system,
            predicted_points=points,
            actual_points=actual,
            prediction_correct=(points > points_line) == (actual > points_line),
            is_voided=False,
            graded_at=graded_at,
        )


def line_rows(fixture: Fixture, plan: GamePlan) -> Iterator[LineRow]:
    """Yield the points lines of the predicted players: every snapshot of every bookmaker."""
    game = plan.game
    for snapshot in fixture.times.lines:
        for player in plan.players[: plan.predicted]:
            for bookmaker in BOOKMAKERS:
                moved = round(wobble(f"{game.bdl_id}{player.lookup}{bookmaker}{snapshot}", 1))
                yield LineRow(
                    game_id=game.bdl_id,
                    game_date=game.day,
                    home_team_abbr=game.home.tricode,
                    away_team_abbr=game.away.tricode,
                    player_lookup=player.lookup,
                    bookmaker=bookmaker,
                    points_line=line(plan, player) + moved,
                    snapshot_timestamp=on(game.day, snapshot),
                )
