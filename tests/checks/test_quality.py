from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from checks import quality
from checks.facts.feature_quality import FEATURE_QUALITY, FeatureQuality
from checks.facts.lineage import LINEAGE, GameLineage
from checks.model import Fault, Finding, Scope, Severity
from checks.policy import Policy
from tests.builders import at, counts, facts_for, game

AS_OF = at("2026-01-25T16:00")
THE_24TH = date(2026, 1, 24)
RECORDED_WEEK = ((20, 78.96, 1.8), (21, 76.71, 0.4), (22, 75.49, 8.8), (23, 69.07, 23.1), (24, 64.43, 74.6))
"""Day of January 2026, mean score, share of low-quality features in percent."""


def row(day: int = 24, **changes: Any) -> FeatureQuality:
    values: dict[str, Any] = {
        "game_date": date(2026, 1, day),
        "rows": 1000,
        "players": 1000,
        "mean_score": 79.0,
        "least_score": 50.0,
        "low_quality": 0,
        "distinct_scores": 90,
        "production_ready": 990,
        "window_expected": 1000,
        "window_actual": 1000,
        "mean_completeness_percent": 99.0,
        "insufficient": 0,
    }
    return FeatureQuality(**{**values, **changes})


def recorded(last: int) -> list[FeatureQuality]:
    """Return the recorded week up to and with a day of January 2026."""
    return [row(day, mean_score=mean, low_quality=round(10 * low)) for day, mean, low in RECORDED_WEEK if day <= last]


def features(
    rows: Iterable[FeatureQuality],
    games: Iterable[GameLineage] = (),
    last: date = THE_24TH,
    days: int = 1,
    **policy: Any,
) -> tuple[Finding, ...]:
    scope = Scope.at(AS_OF, last=last, days=days)
    facts = facts_for(quality.features, scope, (FEATURE_QUALITY, rows), (LINEAGE, games))
    return quality.features(facts, Policy(**policy), AS_OF)


def window(*rows: FeatureQuality) -> tuple[Finding, ...]:
    scope = Scope.at(AS_OF, last=THE_24TH, days=2)
    return quality.rolling_window(facts_for(quality.rolling_window, scope, (FEATURE_QUALITY, rows)), Policy(), AS_OF)


def severities(findings: Iterable[Finding]) -> list[Severity]:
    return [finding.severity for finding in findings]


class TestFeatures:
    @pytest.mark.parametrize(
        ("day", "expected"),
        [(20, []), (21, []), (22, []), (23, [Severity.WARNING]), (24, [Severity.ERROR])],
    )
    def test_the_recorded_week_warns_for_the_23rd_and_errs_for_the_24th(
        self, day: int, expected: list[Severity]
    ) -> None:
        assert severities(features(recorded(day), last=date(2026, 1, day))) == expected

    def test_the_week_seen_as_a_whole_says_the_same(self) -> None:
        found = features(recorded(24), days=5)
        assert [(f.subject.name, f.severity) for f in found] == [
            ("2026-01-23", Severity.WARNING),
            ("2026-01-24", Severity.ERROR),
        ]

    def test_the_sentence_names_all_that_holds(self) -> None:
        found = features(recorded(24))
        assert found[0].sentence == (
            "2026-01-24: mean feature quality 64.43 is below 65; 74.6 % of the features are of low quality, over 50 %; "
            "it is 10.6 points under the days before (1000 rows)"
        )

    def test_without_rows_it_is_silent_even_when_features_are_due(self) -> None:
        assert features([], [game()]) == ()

    def test_one_good_day_alone_is_silent(self) -> None:
        assert features([row()]) == ()

    @pytest.mark.parametrize(
        ("mean", "expected"),
        [(75.0, []), (74.99, [Severity.WARNING]), (65.0, [Severity.WARNING]), (64.99, [Severity.ERROR])],
    )
    def test_a_mean_below_75_warns_and_below_65_errs(self, mean: float, expected: list[Severity]) -> None:
        assert severities(features([row(mean_score=mean)])) == expected

    @pytest.mark.parametrize(
        ("low", "expected"),
        [(200, []), (201, [Severity.WARNING]), (500, [Severity.WARNING]), (501, [Severity.ERROR])],
    )
    def test_more_than_20_percent_of_low_quality_warn_and_more_than_50_err(
        self, low: int, expected: list[Severity]
    ) -> None:
        assert severities(features([row(low_quality=low)])) == expected

    @pytest.mark.parametrize(("mean", "expected"), [(77.31, []), (77.3, [Severity.WARNING])])
    def test_a_drop_of_5_points_under_the_days_before_warns(self, mean: float, expected: list[Severity]) -> None:
        before = [row(22, mean_score=82.3), row(23, mean_score=82.3)]
        assert severities(features([*before, row(mean_score=mean)])) == expected

    def test_one_day_before_is_no_baseline(self) -> None:
        assert features([row(23, mean_score=99.0), row(mean_score=80.0)]) == ()

    def test_days_older_than_the_history_are_no_baseline(self) -> None:
        before = [row(21, mean_score=99.0), row(22, mean_score=99.0)]
        assert features([*before, row(mean_score=80.0)], quality_history_days=2) == ()
        assert severities(features([*before, row(mean_score=80.0)], quality_history_days=3)) == [Severity.WARNING]

    def test_days_without_a_score_are_no_baseline(self) -> None:
        before = [row(22, mean_score=None), row(23, mean_score=99.0)]
        assert features([*before, row(mean_score=80.0)]) == ()

    def test_a_bad_day_before_the_scope_is_history(self) -> None:
        assert features([row(23, mean_score=40.0), row()]) == ()

    def test_rows_without_any_score_warn(self) -> None:
        found = features([row(mean_score=None)])
        assert severities(found) == [Severity.WARNING]
        assert "no feature has a quality score at all" in found[0].sentence

    def test_the_trouble_is_as_old_as_the_first_feature_of_the_date(self) -> None:
        written = [at("2026-01-24T16:05"), at("2026-01-24T16:00"), None]
        games = [game(f"{n}@X", features=counts(20, first_write=when)) for n, when in enumerate(written)]
        assert features([row(mean_score=60.0)], games)[0].since == at("2026-01-24T16:00")

    def test_the_fingerprint_stays_while_the_score_moves(self) -> None:
        first, second = (features([row(mean_score=mean)])[0] for mean in (74.0, 50.0))
        assert first.fingerprint == second.fingerprint


class TestRollingWindow:
    def test_without_rows_it_is_silent(self) -> None:
        assert window() == ()

    @pytest.mark.parametrize(
        ("actual", "expected"),
        [
            (1000, []),
            (950, []),
            (949, [Severity.WARNING]),
            (800, [Severity.WARNING]),
            (799, [Severity.ERROR]),
            (0, [Severity.ERROR]),
        ],
    )
    def test_a_window_below_95_percent_warns_and_below_80_errs(self, actual: int, expected: list[Severity]) -> None:
        assert severities(window(row(window_actual=actual))) == expected

    def test_a_window_with_more_games_than_there_can_be_is_never_healthy(self) -> None:
        found = window(row(window_actual=1001))
        assert [(f.severity, f.fault) for f in found] == [(Severity.WARNING, Fault.DATA)]
        assert "%" not in found[0].sentence

    def test_a_window_of_which_nobody_says_how_full_it_should_be_cannot_be_judged(self) -> None:
        found = window(row(window_expected=0, window_actual=0))
        assert [(f.severity, f.fault) for f in found] == [(Severity.WARNING, Fault.CHECK)]
        assert "cannot be judged" in found[0].sentence

    def test_days_before_the_scope_are_history_and_those_in_it_come_oldest_first(self) -> None:
        found = window(row(24, window_actual=1), row(23, window_actual=1), row(22, window_actual=1))
        assert [f.subject.name for f in found] == ["2026-01-23", "2026-01-24"]
