from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from checks import reconcile
from checks.facts.lineage import LINEAGE, GameLineage
from checks.model import Fault, Finding, Severity, SubjectKind
from checks.policy import Policy
from checks.registry import Check
from tests.builders import at, counts, facts_for, game, players, scope_at

LATER = "2026-01-26T12:00"  # after everything of 24 January is due and missing
THE_24TH = date(2026, 1, 24)
THRESHOLDS = pytest.mark.parametrize(
    ("lost", "severity"),
    [(1, None), (2, Severity.WARNING), (4, Severity.WARNING), (5, Severity.ERROR), (20, Severity.CRITICAL)],
)
LOSSES = (reconcile.games, reconcile.players, reconcile.features, reconcile.predictions, reconcile.grading)


def judge(check: Check, games: Iterable[GameLineage], moment: str = LATER) -> tuple[Finding, ...]:
    return check(facts_for(check, scope_at(moment, days=3), (LINEAGE, games)), Policy(), at(moment))


def played(label: str = "LAL@DAL", tip: str = "2026-01-25T01:30", **changes: Any) -> GameLineage:
    """Return a game of 24 January that every stage holds: 36 listed, 20 appeared."""
    values: dict[str, Any] = {
        "game_status": 3,
        "status_text": "Final",
        "away_score": 110,
        "home_score": 116,
        "box_scores": counts(36, appeared=20),
        "analytics": counts(20),
        "features": counts(36, appeared=20),
        "predictions": counts(30, appeared=20),
        "grading": counts(20),
    }
    return game(label, tip, **{**values, **changes})


def without_box_score(label: str) -> GameLineage:
    return played(label, box_scores=counts(), analytics=counts(), grading=counts())


def lacking(lost: int, of: int) -> dict[str, Any]:
    return {"listed": of - lost, "missing": players("p", lost)}


def severities(findings: Iterable[Finding]) -> list[Severity]:
    return [finding.severity for finding in findings]


@pytest.mark.parametrize("check", LOSSES, ids=lambda check: check.id)
def test_without_games_nothing_is_lost(check: Check) -> None:
    assert judge(check, []) == ()


@pytest.mark.parametrize("check", LOSSES, ids=lambda check: check.id)
def test_a_whole_game_is_silent(check: Check) -> None:
    assert judge(check, [played()]) == ()


@pytest.mark.parametrize("check", LOSSES, ids=lambda check: check.id)
def test_a_postponed_game_is_held_against_nobody(check: Check) -> None:
    """GSW@MIN on 24 January had 55 predictions and was not played."""
    postponed = game("GSW@MIN", status_text="Postponed", features=counts(30), predictions=counts(0, missing=("a",)))
    assert judge(check, [postponed]) == ()


@pytest.mark.parametrize("check", LOSSES, ids=lambda check: check.id)
def test_a_game_of_tonight_is_held_against_nobody(check: Check) -> None:
    tonight = game(features=counts(30), predictions=counts(0, missing=players("p", 30)))
    assert judge(check, [tonight], "2026-01-24T20:00") == ()


class TestGames:
    @pytest.mark.parametrize(
        ("lost", "of", "severity"),
        [
            (1, 20, None),
            (1, 19, Severity.WARNING),
            (1, 5, Severity.WARNING),
            (1, 4, Severity.ERROR),
            (2, 2, Severity.CRITICAL),
        ],
    )
    def test_warns_below_95_errs_below_80_and_is_critical_at_0(
        self, lost: int, of: int, severity: Severity | None
    ) -> None:
        games = [without_box_score(f"L{n:02d}@XXX") for n in range(lost)]
        games += [played(f"P{n:02d}@XXX") for n in range(of - lost)]
        found = judge(reconcile.games, games)
        assert severities(found) == ([severity] if severity else [])

    def test_names_the_games_and_says_how_many_are_there(self) -> None:
        found = judge(reconcile.games, [*(played(f"P{n}@XXX") for n in range(6)), without_box_score("BOS@CHI")])
        assert found[0].sentence == (
            "2026-01-24: box scores lack 1 of 7 games that were played and are due (85.7 % are there)"
        )
        assert found[0].names == ("BOS@CHI",)
        assert found[0].subject.kind is SubjectKind.DATE
        assert found[0].since == at("2026-01-25T05:00")

    def test_one_game_that_is_missing_is_all_of_them(self) -> None:
        found = judge(reconcile.games, [without_box_score("BOS@CHI")])
        assert found[0].sentence == "2026-01-24: box scores lack the only game that was played and is due"
        assert found[0].fault is Fault.PIPELINE

    @pytest.mark.parametrize(("moment", "fires"), [("2026-01-25T10:14", False), ("2026-01-25T10:15", True)])
    def test_speaks_when_the_last_post_game_window_has_passed(self, moment: str, fires: bool) -> None:
        assert bool(judge(reconcile.games, [game()], moment)) is fires

    def test_games_still_awaited_count_neither_way(self) -> None:
        late = game("MIA@UTA", tip="2026-01-25T03:30")
        found = judge(reconcile.games, [game(), late], "2026-01-25T10:15")
        assert found[0].names == ("LAL@DAL",)
        assert found[0].severity is Severity.CRITICAL

    def test_a_box_score_of_five_players_is_lost_too(self) -> None:
        assert severities(judge(reconcile.games, [game(box_scores=counts(5))])) == [Severity.CRITICAL]


class TestPlayers:
    @THRESHOLDS
    def test_warns_below_95_errs_below_80_and_is_critical_at_0(self, lost: int, severity: Severity | None) -> None:
        found = judge(reconcile.players, [played(analytics=counts(**lacking(lost, 20)))])
        assert severities(found) == ([severity] if severity else [])

    def test_names_the_players_and_the_game(self) -> None:
        found = judge(reconcile.players, [played(analytics=counts(18, missing=("p2", "p1")))])
        assert found[0].sentence == "LAL@DAL: analytics lacks 2 of 20 players who appeared (90.0 % are there)"
        assert found[0].names == ("p1", "p2")
        assert (found[0].subject.name, found[0].subject.game_date) == ("LAL@DAL", THE_24TH)
        assert "courtside trace LAL@DAL --date 2026-01-24" in [s.command for s in found[0].suggestions]

    @pytest.mark.parametrize(
        ("moment", "expected"),
        [
            # Over at 04:15 on the 25th: due 14 h later, late 2 h after that, missing 18 h later.
            ("2026-01-25T20:14", []),
            ("2026-01-25T20:15", [Severity.ERROR]),
            ("2026-01-25T22:14", [Severity.ERROR]),
            ("2026-01-25T22:15", [Severity.CRITICAL]),
        ],
    )
    def test_no_analytics_at_all_is_an_error_when_late_and_critical_when_missing(
        self, moment: str, expected: list[Severity]
    ) -> None:
        nothing = played(analytics=counts(0, missing=players("p", 20)))
        assert severities(judge(reconcile.players, [nothing], moment)) == expected

    def test_analytics_that_came_early_is_judged_at_once(self) -> None:
        early = counts(10, missing=players("p", 10), first_write=at("2026-01-25T06:00"))
        found = judge(reconcile.players, [played(analytics=early)], "2026-01-25T07:00")
        assert severities(found) == [Severity.ERROR]
        assert found[0].since == at("2026-01-25T06:00")

    def test_players_listed_who_did_not_play_are_never_missing(self) -> None:
        """NYK@PHI: 34 listed, 19 appeared, 19 in analytics."""
        right = played("NYK@PHI", box_scores=counts(34, appeared=19), analytics=counts(19))
        assert judge(reconcile.players, [right]) == ()

    def test_a_game_without_a_complete_box_score_has_nothing_to_compare(self) -> None:
        partial = played(box_scores=counts(5), analytics=counts(0, missing=players("p", 5)))
        assert judge(reconcile.players, [partial]) == ()

    def test_games_come_by_date_then_tip_off_then_label(self) -> None:
        gone = counts(0, missing=players("p", 20))
        first, second, third = (
            played("ZZZ@AAA", "2026-01-24T20:00", analytics=gone),
            played("BBB@AAA", "2026-01-25T00:00", analytics=gone),
            played("CCC@AAA", "2026-01-25T00:00", analytics=gone),
        )
        found = judge(reconcile.players, [third, second, first])
        assert [finding.subject.name for finding in found] == ["ZZZ@AAA", "BBB@AAA", "CCC@AAA"]


class TestFeatures:
    @THRESHOLDS
    def test_warns_below_95_errs_below_80_and_is_critical_at_0(self, lost: int, severity: Severity | None) -> None:
        features = counts(30, missing=players("p", lost))
        found = judge(reconcile.features, [played(features=features)])
        assert severities(found) == ([severity] if severity else [])

    def test_one_finding_per_date_names_players_with_their_games(self) -> None:
        lacking_one = counts(30, missing=("p1", "p2"))
        found = judge(reconcile.features, [played(features=lacking_one), played("BOS@CHI", features=lacking_one)])
        assert [finding.names for finding in found] == [
            ("p1 (BOS@CHI)", "p1 (LAL@DAL)", "p2 (BOS@CHI)", "p2 (LAL@DAL)")
        ]
        assert found[0].sentence == "2026-01-24: features lack 4 of 40 analytics players (90.0 % are there)"

    def test_a_date_without_any_features_is_left_to_availability(self) -> None:
        assert judge(reconcile.features, [played(features=counts(0, missing=players("p", 20)))]) == ()

    def test_a_date_without_analytics_has_nobody_to_miss(self) -> None:
        assert judge(reconcile.features, [game(features=counts(30))]) == ()

    def test_those_whom_analytics_invented_are_not_missed(self) -> None:
        inflated = counts(35, appeared=20, extra=players("bench", 15))
        features = counts(20, missing=players("bench", 15))
        assert judge(reconcile.features, [played(analytics=inflated, features=features)]) == ()


class TestPredictions:
    @THRESHOLDS
    def test_warns_below_95_errs_below_80_and_is_critical_at_0(self, lost: int, severity: Severity | None) -> None:
        found = judge(reconcile.predictions, [played(predictions=counts(**lacking(lost, 20)))])
        assert severities(found) == ([severity] if severity else [])

    @pytest.mark.parametrize(
        ("moment", "expected"),
        [
            # Tip-off 01:30: due an hour before, late 45 minutes before, missing 15 minutes before.
            ("2026-01-25T00:44", []),
            ("2026-01-25T00:45", [Severity.ERROR]),
            ("2026-01-25T01:14", [Severity.ERROR]),
            ("2026-01-25T01:15", [Severity.CRITICAL]),
        ],
    )
    def test_none_at_all_is_an_error_when_late_and_critical_when_missing(
        self, moment: str, expected: list[Severity]
    ) -> None:
        nothing = game(features=counts(30), predictions=counts(0, missing=players("p", 30)))
        found = judge(reconcile.predictions, [nothing], moment)
        assert severities(found) == expected
        assert all(finding.since == at("2026-01-25T00:30") for finding in found)

    def test_games_whose_predictions_are_not_due_count_neither_way(self) -> None:
        """A west-coast game two hours later still has time."""
        later = game(
            "MIA@UTA", "2026-01-25T03:30", features=counts(30), predictions=counts(0, missing=players("q", 30))
        )
        assert judge(reconcile.predictions, [played(), later], "2026-01-25T01:00") == ()

    def test_features_none_of_them_ready_and_no_prediction_is_critical(self) -> None:
        found = judge(reconcile.predictions, [game(features=counts(30))], "2026-01-25T01:15")
        assert severities(found) == [Severity.CRITICAL]
        assert found[0].sentence == (
            "2026-01-24: no prediction at all, although features exist: production-ready are none of 30"
        )

    def test_a_date_without_features_is_left_to_availability(self) -> None:
        assert judge(reconcile.predictions, [game()]) == ()

    def test_the_sentence_speaks_of_the_production_system(self) -> None:
        found = judge(reconcile.predictions, [played(predictions=counts(10, missing=players("p", 10)))])
        assert found[0].sentence == (
            "2026-01-24: active catboost_v8 predictions lack 10 of 20 players with production-ready features "
            "(50.0 % are there)"
        )


class TestGrading:
    @THRESHOLDS
    def test_warns_below_95_errs_below_80_and_is_critical_at_0(self, lost: int, severity: Severity | None) -> None:
        found = judge(reconcile.grading, [played(grading=counts(**lacking(lost, 20)))])
        assert severities(found) == ([severity] if severity else [])

    @pytest.mark.parametrize(
        ("moment", "expected"),
        [
            # Over at 04:15 on the 25th: due 16 h later, late 2 h after that, missing 24 h later.
            ("2026-01-25T22:14", []),
            ("2026-01-25T22:15", [Severity.ERROR]),
            ("2026-01-26T04:14", [Severity.ERROR]),
            ("2026-01-26T04:15", [Severity.CRITICAL]),
        ],
    )
    def test_none_at_all_is_an_error_when_late_and_critical_when_missing(
        self, moment: str, expected: list[Severity]
    ) -> None:
        nothing = played(grading=counts(0, missing=players("p", 20)))
        assert severities(judge(reconcile.grading, [nothing], moment)) == expected

    def test_a_game_that_nobody_predicted_cannot_be_graded(self) -> None:
        assert judge(reconcile.grading, [played(predictions=counts(), grading=counts())]) == ()


def test_dates_come_oldest_first_each_with_its_own_finding() -> None:
    gone = counts(0, missing=players("p", 20))
    older = played("BOS@CHI", "2026-01-24T01:00", day=date(2026, 1, 23), grading=gone)
    found = judge(reconcile.grading, [played(grading=gone), older])
    assert [finding.subject.name for finding in found] == ["2026-01-23", "2026-01-24"]


def test_the_fingerprint_stays_while_the_numbers_move() -> None:
    worse, better = (judge(reconcile.players, [played(analytics=counts(**lacking(n, 20)))])[0] for n in (12, 6))
    assert worse.fingerprint == better.fingerprint
