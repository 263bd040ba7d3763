"""Stages that come later than usual: box scores per game, the others per date."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from checks.availability import late_source
from checks.facts.lineage import GameLineage
from checks.facts.scrape_attempts import ScrapeAttempt
from checks.model import Evidence, Fault, Finding, Severity, SubjectKind
from tests.builders import at, counts, game
from tests.checks.availability_rows import BEFORE_GAME, DUE, LATE, MISSING, attempt, played, run


def late(as_of: str, *games: GameLineage, attempts: tuple[ScrapeAttempt, ...] = ()) -> list[Finding]:
    return run(late_source, as_of, list(games), attempts)


class TestLateBoxScore:
    @pytest.mark.parametrize(
        ("as_of", "number"), [(DUE, 0), ("2026-01-25T06:59", 0), (LATE, 1), ("2026-01-25T10:14", 1), (MISSING, 0)]
    )
    def test_it_warns_from_late_until_missing(self, as_of: str, number: int) -> None:
        assert len(late(as_of, game(**BEFORE_GAME))) == number

    def test_it_says_how_late_and_when_it_was_due_in_both_zones(self) -> None:
        (warning,) = late("2026-01-25T07:05", game(**BEFORE_GAME), attempts=(attempt("2026-01-25T06:10"),))
        assert warning.severity is Severity.WARNING
        assert (warning.since, warning.until) == (at(DUE), None)
        assert "is 2 h 05 min late (no rows)" in warning.sentence
        assert "it was due at Sun 25 Jan 00:00 EST (2026-01-25T05:00Z)" in warning.sentence
        assert warning.fault is Fault.DATA

    def test_a_west_coast_game_is_late_only_as_much_later_as_it_began(self) -> None:
        east = game("NYK@PHI", tip="2026-01-25T00:00", **BEFORE_GAME)
        west = game("MIA@UTA", tip="2026-01-25T03:00", **BEFORE_GAME)
        assert [f.subject.name for f in late("2026-01-25T05:30", east, west)] == ["NYK@PHI"]
        assert [f.subject.name for f in late("2026-01-25T08:29", east, west)] == ["NYK@PHI"]
        assert [f.subject.name for f in late("2026-01-25T08:30", east, west)] == ["NYK@PHI", "MIA@UTA"]

    @pytest.mark.parametrize(("came", "number"), [("2026-01-25T06:59", 0), (LATE, 1)])
    def test_a_box_score_that_came_late_is_history(self, came: str, number: int) -> None:
        row = played(box_scores=counts(35, 20, first_write=at(came)))
        assert len(late("2026-01-25T15:00", row)) == number

    def test_history_says_when_it_came_and_is_over(self) -> None:
        row = played(box_scores=counts(35, 20, first_write=at("2026-01-25T12:30")))
        (history,) = late("2026-01-25T15:00", row)
        assert (history.severity, history.since, history.until) == (
            Severity.WARNING,
            at(DUE),
            at("2026-01-25T12:30"),
        )
        assert "came 7 h 30 min late, at Sun 25 Jan 07:30 EST (2026-01-25T12:30Z)" in history.sentence
        assert not history.is_active

    @pytest.mark.parametrize(
        ("attempts", "fault"),
        [
            ((attempt("2026-01-25T06:10", available=True, players=34),), Fault.PIPELINE),
            ((attempt("2026-01-25T06:10"), attempt("2026-01-25T12:10", available=True, players=34)), Fault.DATA),
            ((), Fault.PIPELINE),
        ],
        ids=["the source had it in time", "the source had it late", "nobody looked"],
    )
    def test_history_tells_a_late_source_from_a_late_pipeline(
        self, attempts: tuple[ScrapeAttempt, ...], fault: Fault
    ) -> None:
        row = played(box_scores=counts(35, 20, first_write=at("2026-01-25T12:30")))
        (history,) = late("2026-01-25T15:00", row, attempts=attempts)
        assert history.fault is fault

    def test_it_is_the_same_trouble_while_it_lasts_and_when_it_is_over(self) -> None:
        (active,) = late("2026-01-25T08:00", game(**BEFORE_GAME))
        (over,) = late("2026-01-25T15:00", played(box_scores=counts(35, 20, first_write=at("2026-01-25T09:00"))))
        assert active.fingerprint == over.fingerprint

    def test_a_box_score_without_a_time_of_writing_is_not_called_late(self) -> None:
        assert late("2026-01-25T15:00", played()) == []


class TestLateStage:
    # LAL@DAL: features late 23:45Z, missing 00:15Z; predictions late 00:45Z, missing 01:15Z;
    # analytics late 20:15Z, missing 22:15Z; grading late 22:15Z, missing 04:15Z the day after.
    @pytest.mark.parametrize(
        ("stage", "late_at", "missing_at"),
        [
            ("features", "2026-01-24T23:45", "2026-01-25T00:15"),
            ("predictions", "2026-01-25T00:45", "2026-01-25T01:15"),
            ("analytics", "2026-01-25T20:15", "2026-01-25T22:15"),
            ("grading", "2026-01-25T22:15", "2026-01-26T04:15"),
        ],
    )
    def test_each_stage_warns_when_late_and_is_an_error_when_missing(
        self, stage: str, late_at: str, missing_at: str
    ) -> None:
        nothing: dict[str, Any] = {stage: counts()}
        row = played(**nothing)

        def severities(as_of: str) -> list[Severity]:
            return [f.severity for f in late(as_of, row)]

        def minute_before(moment: str) -> str:
            return f"{moment[:-2]}{int(moment[-2:]) - 1:02d}"

        assert severities(minute_before(late_at)) == []
        assert severities(late_at) == [Severity.WARNING]
        assert severities(minute_before(missing_at)) == [Severity.WARNING]
        assert severities(missing_at) == [Severity.ERROR]

    def test_a_late_stage_is_one_finding_per_date_with_its_games_named(self) -> None:
        games = [played(label, analytics=counts()) for label in ("MIA@UTA", "CLE@ORL")]
        games += [played("NYK@PHI"), game("GSW@MIN", status_text="Postponed")]
        (warning,) = late("2026-01-25T21:00", *games)
        assert warning.subject.kind is SubjectKind.DATE
        assert (warning.subject.name, warning.subject.game_date) == ("2026-01-24", date(2026, 1, 24))
        assert warning.names == ("CLE@ORL", "MIA@UTA")
        assert warning.sentence == (
            "analytics of 2026-01-24: late for 2 of 3 games due: CLE@ORL, MIA@UTA; "
            "the first was due at Sun 25 Jan 13:15 EST (2026-01-25T18:15Z), 2 h 45 min ago"
        )
        assert Evidence("games late", 2, "games", "lineage") in warning.evidence
        assert warning.suggestions[0].command == "courtside diagnose --date 2026-01-24 --issue missing_analytics"

    def test_missing_and_late_games_of_a_date_are_one_error(self) -> None:
        early = played("NYK@PHI", tip="2026-01-24T20:00", analytics=counts())
        (error,) = late("2026-01-25T21:00", early, played(analytics=counts()))
        assert error.severity is Severity.ERROR
        assert error.names == ("LAL@DAL", "NYK@PHI")
        assert "missing for 2 of 2 games due, 1 of them only late so far" in error.sentence

    def test_each_stage_of_a_date_is_a_trouble_of_its_own(self) -> None:
        found = late("2026-01-26T04:30", played(analytics=counts(), grading=counts()))
        assert [f.key for f in found] == ["analytics", "grading"]
        assert len({f.fingerprint for f in found}) == 2

    def test_it_stays_one_trouble_as_more_games_join(self) -> None:
        early = played("NYK@PHI", tip="2026-01-24T20:00", analytics=counts())
        one = late("2026-01-25T16:00", early, played(analytics=counts()))
        two = late("2026-01-25T21:00", early, played(analytics=counts()))
        assert [f.names for f in (*one, *two)] == [("NYK@PHI",), ("LAL@DAL", "NYK@PHI")]
        assert one[0].fingerprint == two[0].fingerprint

    def test_a_game_that_nobody_predicted_has_nothing_to_grade(self) -> None:
        found = late("2026-01-26T04:30", played(predictions=counts(), grading=counts()))
        assert [f.key for f in found] == ["predictions"]

    def test_stages_of_games_that_are_complete_or_not_played_are_not_mentioned(self) -> None:
        assert late("2026-01-26T15:20", played(), game("GSW@MIN", status_text="Postponed")) == []

    def test_without_games_there_is_nothing_to_say(self) -> None:
        assert late(LATE) == []
