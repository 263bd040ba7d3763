"""Box scores that are due and absent."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from checks.availability import late_source, missing_game
from checks.facts.lineage import GameLineage
from checks.facts.scrape_attempts import ScrapeAttempt
from checks.model import Fault, Finding, Severity
from checks.registry import Check
from tests.builders import at, counts, game
from tests.checks.availability_rows import DUE, MISSING, attempt, played, run


def missing(as_of: str, *games: GameLineage, attempts: tuple[ScrapeAttempt, ...] = ()) -> list[Finding]:
    return run(missing_game, as_of, list(games), attempts)


class TestMissingGame:
    @pytest.mark.parametrize(("as_of", "number"), [("2026-01-25T10:14", 0), (MISSING, 1)])
    def test_a_box_score_is_missing_six_hours_after_the_end_of_the_game(self, as_of: str, number: int) -> None:
        assert len(missing(as_of, game())) == number

    def test_it_is_an_error_that_names_the_game_its_due_time_and_the_next_command(self) -> None:
        (error,) = missing(MISSING, game())
        assert error.severity is Severity.ERROR
        assert str(error.subject) == "LAL@DAL 2026-01-24"
        assert error.since == at(DUE)
        assert "has no box score; it was due at Sun 25 Jan 00:00 EST (2026-01-25T05:00Z)" in error.sentence
        assert error.suggestions[0].command == "courtside trace LAL@DAL --date 2026-01-24"

    def test_what_each_attempt_saw_is_shown_oldest_first(self) -> None:
        attempts = (attempt("2026-01-25T07:10"), attempt("2026-01-25T03:10"), attempt("2026-01-25T04:10", players=None))
        (error,) = missing(MISSING, game(), attempts=attempts)
        assert [e.value for e in error.evidence if e.fact == "scrape_attempts"] == [
            "2026-01-25T03:10Z not available, 0 players",
            "2026-01-25T04:10Z not available, players not counted",
            "2026-01-25T07:10Z not available, 0 players",
        ]

    def test_a_source_that_never_had_it_is_at_fault(self) -> None:
        (error,) = missing(MISSING, game(), attempts=(attempt("2026-01-25T06:10"), attempt("2026-01-25T07:10")))
        assert error.fault is Fault.DATA
        assert "the source never had it (2 attempts, the last at 2026-01-25T07:10Z)" in error.sentence

    @pytest.mark.parametrize(("players", "had"), [(34, "34 players"), (None, "the game")])
    def test_what_the_source_had_and_nobody_stored_was_lost_by_the_pipeline(
        self, players: int | None, had: str
    ) -> None:
        seen = attempt("2026-01-25T06:10", available=True, players=players)
        (error,) = missing(MISSING, game(), attempts=(seen, attempt("2026-01-25T07:10")))
        assert error.fault is Fault.PIPELINE
        assert f"the source had {had} at 2026-01-25T06:10Z and they were lost on the way" in error.sentence

    def test_an_empty_page_of_the_source_is_nothing_that_could_be_lost(self) -> None:
        (error,) = missing(MISSING, game(), attempts=(attempt("2026-01-25T06:10", available=True, players=0),))
        assert error.fault is Fault.DATA

    def test_when_nobody_looked_the_pipeline_is_at_fault(self) -> None:
        (error,) = missing(MISSING, game(), attempts=(attempt("2026-01-25T06:10", label="MIA@UTA"),))
        assert error.fault is Fault.PIPELINE
        assert "no attempt to scrape it is recorded" in error.sentence

    @pytest.mark.parametrize(("appeared", "number"), [(0, 1), (15, 1), (16, 0)])
    def test_part_of_a_box_score_is_an_error_too(self, appeared: int, number: int) -> None:
        errors = missing(MISSING, game(box_scores=counts(35, appeared)))
        assert [f.severity for f in errors] == [Severity.ERROR] * number
        for error in errors:
            assert f"only part of a box score ({appeared} of 35 players appeared)" in error.sentence

    def test_a_partial_box_score_of_a_source_with_no_more_is_the_sources_fault(self) -> None:
        seen = attempt("2026-01-25T06:10", available=True, players=12)
        (error,) = missing(MISSING, game(box_scores=counts(12, 12)), attempts=(seen,))
        assert error.fault is Fault.DATA
        assert "the source had no more than 12 players (1 attempt)" in error.sentence

    def test_a_whole_date_without_a_box_score_is_critical(self) -> None:
        found = missing(MISSING, game(), game("BOS@CHI"))
        assert [f.severity for f in found] == [Severity.CRITICAL] * 2

    def test_the_only_game_of_a_date_is_an_error_not_critical(self) -> None:
        assert [f.severity for f in missing(MISSING, game())] == [Severity.ERROR]

    def test_a_date_with_one_box_score_is_not_critical(self) -> None:
        found = missing(MISSING, game(), game("BOS@CHI"), played("NYK@PHI"))
        assert [f.severity for f in found] == [Severity.ERROR] * 2

    def test_games_not_played_and_games_not_due_neither_save_nor_condemn_a_date(self) -> None:
        others = (game("GSW@MIN", status_text="Postponed"), game("MIA@UTA", tip="2026-01-25T09:00"))
        found = missing(MISSING, game(), game("BOS@CHI"), *others)
        assert {f.subject.name: f.severity for f in found} == {
            "LAL@DAL": Severity.CRITICAL,
            "BOS@CHI": Severity.CRITICAL,
        }

    def test_another_dates_box_scores_do_not_count_for_this_date(self) -> None:
        other_day = played("NYK@PHI", day=date(2026, 1, 25), tip="2026-01-25T20:00")
        assert {f.severity for f in missing(MISSING, game(), game("BOS@CHI"), other_day)} == {Severity.CRITICAL}

    @pytest.mark.parametrize(
        "row",
        [
            game(status_text="Postponed"),
            game(other_dates=("2026-01-25",)),
            game(game_status=3, status_text="Final"),
            played(),
        ],
        ids=["postponed", "moved", "final without a score", "complete"],
    )
    def test_games_not_played_and_complete_games_are_not_missing(self, row: GameLineage) -> None:
        assert missing("2026-01-26T15:20", row) == []

    def test_final_without_a_score_is_not_believed_against_a_source_that_showed_the_players(self) -> None:
        row = game(game_status=3, status_text="Final")
        seen = attempt("2026-01-25T04:10", available=True, players=34)
        assert missing("2026-01-25T10:14", row, attempts=(seen,)) == []
        (error,) = missing(MISSING, row, attempts=(seen,))
        assert (error.severity, error.fault) == (Severity.ERROR, Fault.PIPELINE)
        assert "it was played, and its box score is missing" in error.sentence

    @pytest.mark.parametrize(
        "changes",
        [{"ever_postponed": True}, {"status_text": "Postponed"}, {"other_dates": ("2026-01-25",)}],
        ids=["once postponed", "postponed", "moved"],
    )
    def test_a_postponed_game_stays_unplayed_whatever_the_source_shows(self, changes: dict[str, Any]) -> None:
        row = game(**{"game_status": 3, "status_text": "Final", **changes})
        assert missing(MISSING, row, attempts=(attempt("2026-01-25T04:10", available=True, players=34),)) == []

    def test_players_listed_before_the_tip_off_do_not_prove_a_game(self) -> None:
        row = game(game_status=3, status_text="Final")
        assert missing(MISSING, row, attempts=(attempt("2026-01-25T01:00", available=True, players=34),)) == []

    def test_without_games_there_is_nothing_to_say(self) -> None:
        assert missing(MISSING) == []

    def test_it_stays_one_trouble_as_attempts_are_added(self) -> None:
        first = missing(MISSING, game())[0]
        later = missing("2026-01-25T14:00", game(), attempts=(attempt("2026-01-25T13:00"),))[0]
        assert first.fingerprint == later.fingerprint


@pytest.mark.parametrize("check", [missing_game, late_source])
def test_on_26_january_at_10_20_eastern_nothing_is_due_and_nothing_is_said(check: Check) -> None:
    tips = {"IND@ATL": "2026-01-26T20:00", "PHI@CHA": "2026-01-26T20:00", "GSW@MIN": "2026-01-27T02:30"}
    games = [game(label, tip=tip, day=date(2026, 1, 26)) for label, tip in tips.items()]
    assert run(check, "2026-01-26T15:20", games) == []
