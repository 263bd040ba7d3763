from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from checks import reconcile
from checks.facts.feature_quality import FEATURE_QUALITY, FeatureQuality
from checks.facts.lineage import LINEAGE, GameLineage
from checks.model import Fault, Finding, Severity, SubjectKind
from checks.policy import Policy
from checks.registry import Check
from tests.builders import at, counts, facts_for, game, players, scope_at

LATER = "2026-01-25T16:00"
THE_24TH = date(2026, 1, 24)


def judge(
    check: Check, games: Iterable[GameLineage] = (), quality: Iterable[FeatureQuality] = ()
) -> tuple[Finding, ...]:
    loaded: list[Any] = [(LINEAGE, games)]
    if FEATURE_QUALITY in check.facts:
        loaded.append((FEATURE_QUALITY, quality))
    return check(facts_for(check, scope_at(LATER), *loaded), Policy(), at(LATER))


def played(label: str, listed: int, appeared: int, counted: int, **changes: Any) -> GameLineage:
    """Return a game of 24 January whose analytics counts `counted` players, those who appeared first."""
    values: dict[str, Any] = {
        "game_status": 3,
        "status_text": "Final",
        "box_scores": counts(listed, appeared=appeared),
        "analytics": counts(counted, appeared=appeared, extra=players("bench", counted - appeared)),
    }
    return game(label, **{**values, **changes})


def quality(day: date = THE_24TH, **changes: Any) -> FeatureQuality:
    values: dict[str, Any] = {
        "game_date": day,
        "rows": 200,
        "players": 200,
        "mean_score": 79.0,
        "least_score": 50.0,
        "low_quality": 4,
        "distinct_scores": 90,
        "production_ready": 190,
        "window_expected": 2000,
        "window_actual": 1980,
        "mean_completeness_percent": 99.0,
        "insufficient": 0,
    }
    return FeatureQuality(**{**values, **changes})


class TestInflated:
    def test_players_who_did_not_play_counted_as_played_are_an_error_with_their_names(self) -> None:
        found = judge(reconcile.inflated, [played("CLE@ORL", 34, 20, 35)])
        assert [(f.severity, f.fault) for f in found] == [(Severity.ERROR, Fault.DATA)]
        assert found[0].sentence == (
            "CLE@ORL: analytics counts 35 players, 20 appeared: 15 who did not play are counted as having played"
        )
        assert found[0].names == players("bench", 15)
        assert found[0].subject.kind is SubjectKind.GAME

    def test_one_is_enough(self) -> None:
        found = judge(reconcile.inflated, [played("CLE@ORL", 34, 20, 21)])
        assert found[0].sentence.endswith("1 who did not play is counted as having played")

    @pytest.mark.parametrize(("label", "listed", "appeared"), [("NYK@PHI", 34, 19), ("WAS@CHA", 35, 20)])
    def test_a_game_whose_analytics_match_who_appeared_is_right(self, label: str, listed: int, appeared: int) -> None:
        assert judge(reconcile.inflated, [played(label, listed, appeared, appeared)]) == ()

    def test_the_four_inflated_games_of_24_january_are_flagged_and_the_two_right_ones_are_not(self) -> None:
        games = [
            played("NYK@PHI", 34, 19, 19),
            played("WAS@CHA", 35, 20, 20),
            played("CLE@ORL", 34, 20, 35),
            played("BOS@CHI", 35, 20, 36),
            played("LAL@DAL", 36, 21, 36),
            played("MIA@UTA", 35, 21, 37),
        ]
        found = judge(reconcile.inflated, games)
        flagged = {finding.subject.name: len(finding.names) for finding in found}
        assert flagged == {"CLE@ORL": 15, "BOS@CHI": 16, "LAL@DAL": 15, "MIA@UTA": 16}

    def test_an_incomplete_box_score_cannot_say_who_did_not_play(self) -> None:
        assert judge(reconcile.inflated, [played("CLE@ORL", 5, 5, 20)]) == ()

    def test_a_box_score_in_which_nobody_appeared_yet_cannot_either(self) -> None:
        assert judge(reconcile.inflated, [played("CLE@ORL", 34, 0, 20)]) == ()

    def test_without_games_it_is_silent(self) -> None:
        assert judge(reconcile.inflated) == ()


class TestImpossible:
    def test_without_anything_it_is_silent(self) -> None:
        assert judge(reconcile.impossible) == ()

    def test_a_game_and_a_date_as_they_should_be_are_silent(self) -> None:
        assert judge(reconcile.impossible, [played("NYK@PHI", 34, 19, 19)], [quality()]) == ()

    @pytest.mark.parametrize(
        ("rows", "severity"),
        [(34, None), (35, Severity.WARNING), (68, Severity.WARNING), (69, Severity.ERROR)],
    )
    def test_repeated_rows_warn_and_more_than_two_for_each_player_are_an_error(
        self, rows: int, severity: Severity | None
    ) -> None:
        repeated = played("NYK@PHI", 34, 19, 19, box_scores=counts(34, appeared=19, rows=rows))
        found = judge(reconcile.impossible, [repeated])
        assert [finding.severity for finding in found] == ([severity] if severity else [])

    def test_repeated_rows_are_one_finding_per_date_and_stage_naming_the_games(self) -> None:
        twice = counts(20, rows=40)
        games = [game("NYK@PHI", features=twice, predictions=twice), game("BOS@CHI", features=twice)]
        found = judge(reconcile.impossible, games)
        assert [finding.names for finding in found] == [("BOS@CHI", "NYK@PHI"), ("NYK@PHI",)]
        assert found[0].sentence == (
            "2026-01-24: features hold 80 rows for 40 players in 2 games: rows are repeated, or name nobody"
        )
        assert len({finding.fingerprint for finding in found}) == 2

    def test_analytics_may_keep_rows_of_players_whom_it_calls_inactive(self) -> None:
        right = played("NYK@PHI", 34, 19, 19, analytics=counts(19, rows=34))
        assert judge(reconcile.impossible, [right]) == ()

    def test_analytics_with_more_rows_than_the_box_score_has_players_repeats_them(self) -> None:
        found = judge(reconcile.impossible, [played("NYK@PHI", 34, 19, 19, analytics=counts(19, rows=38))])
        assert [finding.severity for finding in found] == [Severity.WARNING]

    def test_rows_without_any_player_are_an_error(self) -> None:
        found = judge(reconcile.impossible, [game(features=counts(0, rows=20))])
        assert [finding.severity for finding in found] == [Severity.ERROR]

    def test_more_analytics_players_than_the_box_score_lists_are_an_error(self) -> None:
        found = judge(reconcile.impossible, [played("MIA@UTA", 35, 21, 37)])
        assert [finding.severity for finding in found] == [Severity.ERROR]
        assert found[0].sentence == (
            "MIA@UTA: analytics counts 37 players, the box score lists only 35: at least 2 have no box-score row"
        )

    def test_as_many_analytics_players_as_the_box_score_lists_can_be(self) -> None:
        assert judge(reconcile.impossible, [played("LAL@DAL", 36, 21, 36)]) == ()

    def test_analytics_without_a_complete_box_score_is_not_compared(self) -> None:
        assert judge(reconcile.impossible, [played("LAL@DAL", 5, 5, 21)]) == ()

    def test_predictions_without_features_warn_with_names(self) -> None:
        found = judge(reconcile.impossible, [game(features=counts(10), predictions=counts(12, extra=("b", "a")))])
        assert [finding.severity for finding in found] == [Severity.WARNING]
        assert found[0].names == ("a (LAL@DAL)", "b (LAL@DAL)")
        assert "predictions for 2 players without a production-ready feature row, of 12 in all" in found[0].sentence

    def test_grades_for_players_never_predicted_warn_with_names(self) -> None:
        found = judge(reconcile.impossible, [game(grading=counts(12, extra=("a",)))])
        assert [(finding.severity, finding.names) for finding in found] == [(Severity.WARNING, ("a (LAL@DAL)",))]

    @pytest.mark.parametrize(("appeared", "fires"), [(30, False), (31, True)])
    def test_more_than_two_rosters_in_one_game_are_an_error(self, appeared: int, fires: bool) -> None:
        found = judge(reconcile.impossible, [game(box_scores=counts(36, appeared=appeared))])
        assert [finding.severity for finding in found] == ([Severity.ERROR] if fires else [])

    @pytest.mark.parametrize(
        ("rows", "distinct", "fires"), [(20, 1, True), (19, 1, False), (20, 2, False), (20, 0, False)]
    )
    def test_one_score_for_everybody_is_an_error(self, rows: int, distinct: int, fires: bool) -> None:
        same = quality(rows=rows, players=rows, low_quality=0, production_ready=rows, distinct_scores=distinct)
        found = judge(reconcile.impossible, quality=[same])
        assert [finding.severity for finding in found] == ([Severity.ERROR] if fires else [])

    def test_one_score_on_a_day_before_the_scope_is_history(self) -> None:
        assert judge(reconcile.impossible, quality=[quality(date(2026, 1, 20), distinct_scores=1)]) == ()

    def test_a_part_greater_than_its_whole_is_the_checks_fault(self) -> None:
        found = judge(reconcile.impossible, quality=[quality(rows=100, players=100, production_ready=141)])
        assert [(finding.severity, finding.fault) for finding in found] == [(Severity.ERROR, Fault.CHECK)]

    @pytest.mark.parametrize(("mean", "fires"), [(100.0, False), (100.1, True), (0.0, False), (-1.0, True)])
    def test_a_mean_score_off_the_scale_is_an_error(self, mean: float, fires: bool) -> None:
        found = judge(reconcile.impossible, quality=[quality(mean_score=mean)])
        assert [finding.severity for finding in found] == ([Severity.ERROR] if fires else [])

    def test_dates_come_oldest_first(self) -> None:
        twice = counts(20, rows=40)
        games = [game("B@A", day=date(2026, 1, 25), features=twice), game("D@C", features=twice)]
        found = judge(reconcile.impossible, games)
        assert [finding.subject.name for finding in found] == ["2026-01-24", "2026-01-25"]
