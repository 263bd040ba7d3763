"""Lineage, the schedule's half: which row of a game counts, when it tips off, and where else it stands."""

from __future__ import annotations

from datetime import date

import pytest

from checks.facts.lineage import LINEAGE, GameLineage
from tests.builders import at
from tests.facts.tables import DAY, NEXT_DAY, Tables


def only_game(tables: Tables, as_of: str = "2026-01-30T00:00", day: date = DAY) -> GameLineage:
    (found,) = tables.ask(LINEAGE, as_of, day, day)
    return found


def test_a_game_that_was_scraped_many_times_is_one_row(tables: Tables) -> None:
    for hour in range(10, 20):
        tables.schedule(processed_at=at(f"2026-01-20T{hour}:00"))
    assert only_game(tables).schedule_seen_at == at("2026-01-20T19:00")


def test_the_two_ids_meet_by_date_and_tricodes(tables: Tables) -> None:
    tables.schedule("0022500648")
    tables.box_score("lukadoncic")
    tables.box_score("nobody", game_id="0022500648")
    found = only_game(tables)
    assert (found.nba_game_id, found.bdl_game_id) == ("0022500648", "20260124_LAL_DAL")
    assert (found.label, found.box_scores.rows) == ("LAL@DAL", 1)


def test_the_highest_status_counts_even_when_a_later_scrape_says_less(tables: Tables) -> None:
    tables.schedule(game_status=3, game_status_text="Final", home_team_score=111, away_team_score=116)
    tables.schedule(processed_at=at("2026-01-26T10:00"))
    found = only_game(tables)
    assert (found.game_status, found.status_text, found.away_score, found.home_score) == (3, "Final", 116, 111)


def test_of_equal_statuses_the_newest_scrape_counts(tables: Tables) -> None:
    tables.schedule(game_date_est=at("2026-01-24T23:00"))
    tables.schedule(game_date_est=at("2026-01-24T17:00"), processed_at=at("2026-01-24T15:00"))
    assert only_game(tables).tip_off == at("2026-01-24T17:00")
    assert only_game(tables, as_of="2026-01-24T14:59").tip_off == at("2026-01-24T23:00")


def test_a_scrape_of_the_very_minute_is_visible_and_a_later_one_is_not(tables: Tables) -> None:
    tables.schedule(processed_at=at("2026-01-24T15:00"))
    assert tables.ask(LINEAGE, "2026-01-24T15:00")
    assert not tables.ask(LINEAGE, "2026-01-24T14:59")


def test_a_scrape_without_a_processing_time_counts_from_its_creation(tables: Tables) -> None:
    tables.schedule(processed_at=None, created_at=at("2026-01-24T15:00"))
    assert only_game(tables).schedule_seen_at == at("2026-01-24T15:00")
    assert not tables.ask(LINEAGE, "2026-01-24T14:59")


@pytest.mark.parametrize("text", ["Postponed", "PPD", "Cancelled", "Canceled"])
def test_a_game_once_called_off_is_remembered_after_it_is_set_to_final(tables: Tables, text: str) -> None:
    tables.schedule(game_status_text=text)
    tables.schedule(game_status=3, game_status_text="Final", processed_at=at("2026-01-25T15:00"))
    found = only_game(tables)
    assert (found.status_text, found.ever_postponed) == ("Final", True)


def test_a_game_without_any_status_text_was_never_called_off(tables: Tables) -> None:
    tables.schedule(game_status_text=None)
    assert not only_game(tables).ever_postponed


def test_a_postponement_that_comes_later_is_not_known_yet(tables: Tables) -> None:
    tables.schedule()
    tables.schedule(game_status_text="Postponed", processed_at=at("2026-01-24T20:30"))
    assert not only_game(tables, as_of="2026-01-24T20:29").ever_postponed
    assert only_game(tables, as_of="2026-01-24T20:30").ever_postponed


def test_a_moved_game_stands_on_both_dates_and_each_names_the_other(tables: Tables) -> None:
    tables.schedule("0022500644", "GSW@MIN")
    tables.schedule("0022500644", "GSW@MIN", NEXT_DAY)
    old, new = tables.ask(LINEAGE, first=DAY, last=NEXT_DAY)
    assert (old.game_date, old.other_dates, old.rematch_dates) == (DAY, ("2026-01-25",), ())
    assert (new.game_date, new.other_dates, new.rematch_dates) == (NEXT_DAY, ("2026-01-24",), ())


def test_a_moved_game_is_found_when_only_its_old_date_is_asked_for(tables: Tables) -> None:
    tables.schedule("0022500644", "GSW@MIN")
    tables.schedule("0022500644", "GSW@MIN", NEXT_DAY)
    assert only_game(tables).other_dates == ("2026-01-25",)


def test_one_id_on_two_dates_is_named_even_when_the_teams_differ(tables: Tables) -> None:
    tables.schedule("0022500644", "GSW@MIN")
    tables.schedule("0022500644", "GSW@MEM", NEXT_DAY)
    assert only_game(tables).other_dates == ("2026-01-25",)


def test_a_renamed_game_is_a_rematch_and_not_another_date(tables: Tables) -> None:
    tables.schedule("0022500644", "GSW@MIN")
    tables.schedule("0022500651", "GSW@MIN", date(2026, 1, 26))
    found = only_game(tables)
    assert (found.other_dates, found.rematch_dates) == ((), ("2026-01-26",))


def test_the_return_game_is_no_rematch(tables: Tables) -> None:
    tables.schedule("0022500644", "GSW@MIN")
    tables.schedule("0022500651", "MIN@GSW", date(2026, 1, 26))
    assert only_game(tables).rematch_dates == ()


@pytest.mark.parametrize(
    ("day", "is_seen"),
    [
        (date(2026, 1, 20), False),
        (date(2026, 1, 21), True),
        (date(2026, 2, 14), True),
        (date(2026, 2, 15), False),
    ],
)
def test_rematches_count_three_days_back_and_twenty_one_ahead(tables: Tables, day: date, *, is_seen: bool) -> None:
    tables.schedule("0022500644", "GSW@MIN")
    tables.schedule("0022500651", "GSW@MIN", day)
    assert only_game(tables).rematch_dates == ((day.isoformat(),) if is_seen else ())


def test_what_a_game_s_row_says_does_not_depend_on_how_many_dates_are_asked_for(tables: Tables) -> None:
    tables.schedule("0022500644", "GSW@MIN")
    tables.schedule("0022500651", "GSW@MIN", date(2026, 2, 15))
    week = tables.ask(LINEAGE, first=DAY, last=date(2026, 1, 31))
    assert week == tables.ask(LINEAGE)


def test_several_other_dates_come_once_each_in_order(tables: Tables) -> None:
    for day in (27, 25, 27, 26):
        tables.schedule("0022500644", "GSW@MIN", date(2026, 1, day), processed_at=at(f"2026-01-{day}T0{day - 20}:00"))
    tables.schedule("0022500644", "GSW@MIN")
    assert only_game(tables).other_dates == ("2026-01-25", "2026-01-26", "2026-01-27")


@pytest.mark.parametrize(
    ("day", "midnight"),
    [
        (date(2026, 1, 24), "2026-01-24T05:00"),
        (date(2026, 3, 7), "2026-03-07T05:00"),
        (date(2026, 3, 8), "2026-03-08T05:00"),
        (date(2026, 3, 9), "2026-03-09T04:00"),
        (date(2025, 11, 2), "2025-11-02T04:00"),
        (date(2025, 11, 3), "2025-11-03T05:00"),
    ],
)
def test_a_game_without_a_tip_off_gets_midnight_eastern_of_its_date(tables: Tables, day: date, midnight: str) -> None:
    tables.schedule(day=day, game_date_est=None, processed_at=at("2025-10-01T10:00"))
    assert only_game(tables, "2026-12-31T00:00", day).tip_off == at(midnight)


def test_a_game_without_tricodes_and_the_all_star_game_are_no_rows(tables: Tables) -> None:
    tables.schedule("0022500001", away_team_tricode=None)
    tables.schedule("0022500002", home_team_tricode=None)
    tables.schedule("0032500001", "EST@WST", is_all_star=True)
    tables.schedule("0022500648", is_all_star=False)
    assert [game.nba_game_id for game in tables.ask(LINEAGE)] == ["0022500648"]


def test_games_come_by_date_tip_off_and_id(tables: Tables) -> None:
    tables.schedule("0022500649", "MIA@UTA", game_date_est=at("2026-01-25T02:30"))
    tables.schedule("0022500645", "WAS@CHA", game_date_est=at("2026-01-24T17:00"))
    tables.schedule("0022500650", "DEN@MEM", NEXT_DAY, game_date_est=None)
    tables.schedule("0022500646", "CLE@ORL", game_date_est=at("2026-01-24T17:00"))
    games = tables.ask(LINEAGE, first=DAY, last=NEXT_DAY)
    assert [game.label for game in games] == ["WAS@CHA", "CLE@ORL", "MIA@UTA", "DEN@MEM"]
