"""Thresholds: the pipeline's own by default, and nothing impossible gets in."""

from __future__ import annotations

from dataclasses import fields

import pytest

from checks.policy import Policy, PolicyError


def test_every_threshold_has_a_unit_a_source_and_bounds_that_hold_its_default() -> None:
    for item in fields(Policy):
        assert item.metadata["unit"] in ("minutes", "percent", "count")
        assert item.metadata["source"]
        assert item.metadata["low"] <= item.default <= item.metadata["high"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("gap_warning_minutes", 60),
        ("gap_critical_minutes", 120),
        ("largest_gap_error_minutes", 120),
        ("largest_gap_critical_minutes", 240),
        ("transition_warning_minutes", 30),
        ("transition_critical_minutes", 60),
        ("stuck_run_minutes", 240),
        ("coverage_warning_percent", 95.0),
        ("coverage_error_percent", 80.0),
        ("gate_block_percent", 80.0),
        ("players_per_game_alert_percent", 80.0),
        ("queue_age_critical_minutes", 240),
        ("conflict_breaker_percent", 50.0),
        ("feature_quality_warning_score", 75.0),
        ("feature_quality_error_score", 65.0),
        ("phase2_target_minutes", 30),
        ("phase3_target_minutes", 60),
        ("phase4_target_minutes", 45),
        ("phase5_target_minutes", 30),
        ("phase6_target_minutes", 15),
    ],
)
def test_the_defaults_are_the_operators_thresholds(name: str, value: float) -> None:
    assert getattr(Policy(), name) == value


def test_the_warning_has_a_grace_of_a_quarter_of_the_cadence() -> None:
    assert Policy().gap_warning_with_grace_minutes == 75
    assert Policy.from_table({"controller_cadence_minutes": 40}).gap_warning_with_grace_minutes == 70


def test_a_table_changes_what_it_names_and_nothing_else() -> None:
    policy = Policy.from_table({"gap_critical_minutes": 180, "coverage_warning_percent": 90})
    assert policy == Policy(gap_critical_minutes=180, coverage_warning_percent=90)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"gap_warnig_minutes": 60}, "policy.gap_warnig_minutes is not a threshold"),
        ({"gap_warning_minutes": 0}, "policy.gap_warning_minutes must be 1 to"),
        ({"gap_warning_minutes": -5}, "policy.gap_warning_minutes must be"),
        ({"gap_warning_minutes": 60.5}, "policy.gap_warning_minutes must be a whole number of minutes"),
        ({"gap_warning_minutes": True}, "policy.gap_warning_minutes must be a whole number"),
        ({"gap_warning_minutes": "60"}, "policy.gap_warning_minutes must be a whole number"),
        ({"coverage_warning_percent": 101}, "policy.coverage_warning_percent must be 0.0 to 100.0 percent"),
        ({"coverage_warning_percent": float("nan")}, "policy.coverage_warning_percent must be"),
        ({"gap_warning_minutes": 121}, "policy.gap_warning_minutes must not be above policy.gap_critical_minutes"),
        (
            {"coverage_warning_percent": 79},
            "policy.coverage_error_percent must not be above policy.coverage_warning_percent",
        ),
    ],
)
def test_unknown_keys_and_impossible_values_are_refused_by_name(table: dict[str, object], says: str) -> None:
    with pytest.raises(PolicyError, match=says.replace(".", r"\.")):
        Policy.from_table(table)
