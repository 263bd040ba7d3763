"""Games that were not played on their date, and a schedule that nobody refreshes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from checks.facts.freshness import FRESHNESS, TableFreshness
from checks.facts.lineage import LINEAGE, GameLineage
from checks.model import Evidence, Fault, Finding, Severity
from checks.policy import Policy
from checks.schedule import not_played, stale
from tests.builders import at, counts, facts_for, game, scope_at

AS_OF = "2026-01-25T15:00"
NEWEST = "2026-01-23T04:05"


def gsw_min(**changes: Any) -> GameLineage:
    values: dict[str, Any] = {"nba_game_id": "0022500644", "tip": "2026-01-24T22:30", **changes}
    return game("GSW@MIN", **values)


def found(*games: GameLineage, as_of: str = AS_OF) -> tuple[Finding, ...]:
    return not_played(facts_for(not_played, scope_at(as_of), (LINEAGE, games)), Policy(), at(as_of))


class TestNotPlayed:
    def test_a_postponed_game_is_a_note_that_says_where_it_went_and_that_it_is_not_missing(self) -> None:
        (note,) = found(gsw_min(status_text="Postponed", other_dates=("2026-01-25",)))
        assert note.severity is Severity.OK
        assert note.sentence == (
            "GSW@MIN on 2026-01-24 was not played: postponed, moved to 2026-01-25; it is not missing"
        )
        assert str(note.subject) == "GSW@MIN 2026-01-24"

    def test_a_cancelled_game_is_a_note(self) -> None:
        (note,) = found(gsw_min(status_text="Cancelled"))
        assert note.severity is Severity.OK
        assert "was not played: cancelled; it is not missing" in note.sentence

    def test_a_game_called_postponed_is_a_note_even_under_the_final_status_number(self) -> None:
        (note,) = found(gsw_min(game_status=3, status_text="Postponed"))
        assert note.severity is Severity.OK
        assert "Final" not in note.sentence

    def test_a_game_moved_under_its_id_is_a_note_that_names_both_dates(self) -> None:
        (note,) = found(gsw_min(other_dates=("2026-01-25",)))
        assert note.severity is Severity.OK
        dates = Evidence("dates under NBA id 0022500644", "2026-01-24, 2026-01-25", "", "lineage")
        assert dates in note.evidence

    def test_final_without_a_score_is_a_warning_about_the_data(self) -> None:
        (warning,) = found(gsw_min(game_status=3, status_text="Final"))
        assert (warning.severity, warning.fault) == (Severity.WARNING, Fault.DATA)
        assert warning.sentence == (
            "GSW@MIN on 2026-01-24 was not played: set to Final without a score; it is not missing"
        )

    @pytest.mark.parametrize(("as_of", "number"), [("2026-01-25T01:59", 0), ("2026-01-25T02:00", 1)])
    def test_final_without_a_score_is_told_once_the_box_score_is_due(self, as_of: str, number: int) -> None:
        assert len(found(gsw_min(game_status=3, status_text="Final"), as_of=as_of)) == number

    def test_final_without_a_score_after_postponed_is_a_warning(self) -> None:
        (warning,) = found(gsw_min(game_status=3, status_text="Final", ever_postponed=True))
        assert warning.severity is Severity.WARNING
        assert "once called postponed, then set to Final without a score" in warning.sentence

    def test_a_moved_game_called_final_without_a_score_is_a_warning_that_says_both(self) -> None:
        (warning,) = found(gsw_min(game_status=3, status_text="Final", other_dates=("2026-01-25",)))
        assert warning.severity is Severity.WARNING
        assert warning.sentence == (
            "GSW@MIN on 2026-01-24 was not played: moved to 2026-01-25 under the same NBA id; "
            "the schedule calls it Final without a score; it is not missing"
        )

    def test_a_rematch_is_mentioned_as_another_game(self) -> None:
        (note,) = found(gsw_min(status_text="Postponed", rematch_dates=("2026-01-26",)))
        assert "also meet on 2026-01-26, another game under another NBA id" in note.sentence
        assert Evidence("rematch under another NBA id", "2026-01-26", "", "lineage") in note.evidence

    def test_a_game_called_off_before_its_tip_off_will_not_be_played(self) -> None:
        row = gsw_min(status_text="Postponed")
        assert "will not be played: postponed; nothing of it is due" in found(row, as_of="2026-01-24T22:29")[0].sentence
        assert "was not played: postponed; it is not missing" in found(row, as_of="2026-01-24T22:30")[0].sentence

    def test_games_that_were_played_are_not_mentioned(self) -> None:
        assert found(game(box_scores=counts(35, 20)), game("BOS@CHI", game_status=3, home_score=101)) == ()

    def test_a_really_missing_game_is_not_called_unplayed(self) -> None:
        assert found(game(), game("BOS@CHI", game_status=3, away_score=99, home_score=101)) == ()

    def test_without_games_there_is_nothing_to_say(self) -> None:
        assert found() == ()

    def test_games_of_dates_out_of_scope_are_left_out(self) -> None:
        assert found(gsw_min(day=date(2026, 1, 20), status_text="Postponed")) == ()

    def test_findings_come_by_date_and_game_whatever_the_order_of_rows(self) -> None:
        games = [
            game(label, day=day, tip=f"{day}T22:00", status_text="Postponed", nba_game_id=label)
            for label, day in (
                ("DEN@MEM", date(2026, 1, 25)),
                ("DAL@MIL", date(2026, 1, 25)),
                ("GSW@MIN", date(2026, 1, 24)),
            )
        ]
        assert found(*games) == found(*reversed(games))
        assert [f.subject.name for f in found(*games)] == ["GSW@MIN", "DAL@MIL", "DEN@MEM"]

    def test_it_stays_one_trouble_while_the_schedule_changes_its_words(self) -> None:
        shapes = (
            gsw_min(status_text="Postponed"),
            gsw_min(status_text="Postponed", other_dates=("2026-01-25",)),
            gsw_min(game_status=3, status_text="Final", other_dates=("2026-01-25",)),
        )
        assert len({found(shape)[0].fingerprint for shape in shapes}) == 1


def staleness(*rows: TableFreshness, as_of: str) -> tuple[Finding, ...]:
    return stale(facts_for(stale, scope_at(as_of), (FRESHNESS, rows)), Policy(), at(as_of))


def schedule(newest: str | None = NEWEST) -> TableFreshness:
    return TableFreshness("nba_raw.nbac_schedule", 120, at(newest) if newest else None)


class TestStale:
    @pytest.mark.parametrize(
        ("as_of", "severities"),
        [
            ("2026-01-24T04:04", []),
            ("2026-01-24T04:05", [Severity.WARNING]),
            ("2026-01-24T16:04", [Severity.WARNING]),
            ("2026-01-24T16:05", [Severity.ERROR]),
        ],
    )
    def test_it_warns_after_24_hours_and_is_an_error_after_36(self, as_of: str, severities: list[Severity]) -> None:
        assert [f.severity for f in staleness(schedule(), as_of=as_of)] == severities

    def test_it_says_since_when_in_both_zones_and_how_long(self) -> None:
        (error,) = staleness(schedule(), as_of="2026-01-24T23:05")
        assert error.since == at(NEWEST)
        assert "for 43 h 00 min, since Thu 22 Jan 23:05 EST (2026-01-23T04:05Z)" in error.sentence
        assert error.fault is Fault.PIPELINE
        assert Evidence("age of the newest write", 2580, "minutes", "freshness") in error.evidence
        assert error.suggestions[0].command == "courtside gaps --hours 48"

    @pytest.mark.parametrize(
        "rows",
        [(), (schedule(None),), (TableFreshness("nba_raw.bdl_player_boxscores", 3, at(NEWEST)),)],
        ids=["no rows at all", "never written", "only another table"],
    )
    def test_a_schedule_that_nobody_wrote_is_an_error(self, rows: tuple[TableFreshness, ...]) -> None:
        (error,) = staleness(*rows, as_of=AS_OF)
        assert error.severity is Severity.ERROR
        assert error.sentence.startswith("no schedule was written in the window")
        assert error.since is None

    def test_other_tables_are_not_judged_here(self) -> None:
        old = TableFreshness("nba_raw.odds_api_player_points_props", 3, at("2026-01-01T00:00"))
        assert staleness(old, schedule(), as_of="2026-01-23T05:00") == ()

    def test_a_write_in_the_same_minute_is_fresh(self) -> None:
        assert staleness(schedule(), as_of=NEWEST) == ()

    def test_it_stays_one_trouble_as_it_grows(self) -> None:
        grown = [staleness(schedule(), as_of=as_of)[0] for as_of in ("2026-01-24T05:00", "2026-01-24T20:00")]
        assert len({finding.fingerprint for finding in grown}) == 1
