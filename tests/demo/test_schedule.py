"""What the scrapes of the demo's schedule saw."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import duckdb
import pytest

from tests.builders import at

COLUMNS = "game_status, game_status_text, epoch_us(game_date_est), home_team_score, data_source"


def seen(demo: duckdb.DuckDBPyConnection, nba_id: str, day: str, moment: str) -> tuple[Any, ...] | None:
    """Return what the newest row of a game under a date says at `moment`: status, text, tip-off, home score, source."""
    row = demo.execute(
        f"SELECT {COLUMNS} FROM nba_raw.nbac_schedule WHERE game_id = ? AND game_date = ? AND processed_at <= ? "
        "ORDER BY processed_at DESC LIMIT 1",
        [nba_id, date.fromisoformat(day), at(moment)],
    ).fetchone()
    return None if row is None else (*row[:2], utc(row[2]), *row[3:])


def utc(micros: int) -> datetime:
    return datetime.fromtimestamp(micros / 1_000_000, tz=at("2026-01-01T00:00").tzinfo)


SCRAPED = "nbac_schedule_api"


@pytest.mark.parametrize(
    ("nba_id", "day", "moment", "says"),
    [
        # before tip-off, in progress, final
        ("0022500627", "2026-01-22", "2026-01-22T12:00", (1, "7:00 pm ET", "2026-01-23T00:00", None, SCRAPED)),
        ("0022500633", "2026-01-22", "2026-01-23T04:10", (2, "Q2", "2026-01-23T03:00", 47, SCRAPED)),
        ("0022500627", "2026-01-22", "2026-01-23T04:10", (3, "Final", "2026-01-23T00:00", 97, SCRAPED)),
        # in the silence a game stays as it was last scraped
        ("0022500633", "2026-01-22", "2026-01-25T01:39", (2, "Q2", "2026-01-23T03:00", 47, SCRAPED)),
        ("0022500633", "2026-01-22", "2026-01-25T01:40", (3, "Final", "2026-01-23T03:00", 112, SCRAPED)),
        # WAS@CHA: nobody saw the new tip-off until the silence was over
        ("0022500645", "2026-01-24", "2026-01-25T01:39", (1, "6:00 pm ET", "2026-01-24T23:00", None, SCRAPED)),
        ("0022500645", "2026-01-24", "2026-01-25T01:40", (3, "Final", "2026-01-24T17:00", 119, SCRAPED)),
        # GSW@MIN: postponed, set to Final without a score, and played on the 25th under the same id
        ("0022500644", "2026-01-24", "2026-01-25T01:39", (1, "5:30 pm ET", "2026-01-24T22:30", None, SCRAPED)),
        ("0022500644", "2026-01-24", "2026-01-25T01:40", (1, "Postponed", "2026-01-24T22:30", None, SCRAPED)),
        ("0022500644", "2026-01-24", "2026-01-25T08:00", (3, "Final", "2026-01-24T22:30", None, "self_heal")),
        ("0022500644", "2026-01-25", "2026-01-25T01:40", (1, "5:30 pm ET", "2026-01-25T22:30", None, SCRAPED)),
        ("0022500644", "2026-01-25", "2026-01-26T04:05", (3, "Final", "2026-01-25T22:30", 85, SCRAPED)),
        # the two of the 25th
        ("0022500651", "2026-01-25", "2026-01-25T11:04", (1, "3:30 pm ET", "2026-01-25T20:30", None, SCRAPED)),
        ("0022500651", "2026-01-25", "2026-01-25T11:05", (1, "Postponed", "2026-01-25T20:30", None, SCRAPED)),
        ("0022500652", "2026-01-25", "2026-01-26T07:59", (1, "Postponed", "2026-01-26T00:00", None, SCRAPED)),
        ("0022500652", "2026-01-25", "2026-01-26T08:00", (3, "Final", "2026-01-26T00:00", None, "self_heal")),
        # the same teams again, under another id
        ("0022500663", "2026-01-26", "2026-01-26T12:00", (1, "9:30 pm ET", "2026-01-27T02:30", None, SCRAPED)),
    ],
)
def test_the_schedule_says_what_the_last_scrape_saw(
    demo: duckdb.DuckDBPyConnection, nba_id: str, day: str, moment: str, says: tuple[Any, ...]
) -> None:
    status, text, tip_off, *rest = says
    assert seen(demo, nba_id, day, moment) == (status, text, at(tip_off), *rest)


def test_the_played_date_of_the_postponed_game_is_unknown_in_the_silence(demo: duckdb.DuckDBPyConnection) -> None:
    assert seen(demo, "0022500644", "2026-01-25", "2026-01-25T01:39") is None


def test_nobody_scrapes_the_schedule_in_the_silence(demo: duckdb.DuckDBPyConnection) -> None:
    written = demo.execute(
        "SELECT DISTINCT processed_at FROM nba_raw.nbac_schedule WHERE processed_at > ? AND processed_at < ?",
        [at("2026-01-23T04:10"), at("2026-01-25T01:40")],
    ).fetchall()
    assert written == []


def test_on_the_evening_of_the_24th_the_schedule_is_43_and_the_game_lines_34_hours_old(
    demo: duckdb.DuckDBPyConnection,
) -> None:
    evening = at("2026-01-25T00:00")
    ages = demo.execute(
        "SELECT scraper_name, floor((? - epoch(max(completed_at))) / 3600) FROM nba_orchestration.scraper_execution_log "
        "WHERE scraper_name IN ('nbac_schedule_api', 'oddsa_game_lines') AND completed_at <= ? GROUP BY 1 ORDER BY 1",
        [evening.timestamp(), evening],
    ).fetchall()
    assert ages == [("nbac_schedule_api", 43), ("oddsa_game_lines", 34)]


def test_both_ids_of_every_box_score_meet_through_the_view(demo: duckdb.DuckDBPyConnection) -> None:
    """Read through the view's rule, not the view: the view itself looks 90 days back from today."""
    unmatched = demo.execute(
        "SELECT DISTINCT game_id FROM nba_raw.bdl_player_boxscores WHERE game_id NOT IN "
        "(SELECT strftime(game_date, '%Y%m%d_') || away_team_tricode || '_' || home_team_tricode "
        "FROM nba_raw.nbac_schedule)"
    ).fetchall()
    assert unmatched == []
