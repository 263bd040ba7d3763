"""The gates: proceed, proceed degraded or block, and what was taken out of the denominator."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from checks.dependencies import DependencyState
from checks.facts.fact import Facts
from checks.facts.feature_quality import FEATURE_QUALITY, FeatureQuality
from checks.facts.lineage import LINEAGE, GameLineage
from checks.gates import GATE_FACTS, ExcludedGame, GateDecision, Outcome, evaluate_gate
from checks.pipeline import Transition
from checks.policy import Policy
from tests.builders import at, counts, game, players, scope_at

DAY = date(2026, 1, 24)
MORNING_AFTER = "2026-01-25T18:00"
TEAMS = ("NYK@PHI", "WAS@CHA", "CLE@ORL", "BOS@CHI", "LAL@DAL", "MIA@UTA", "GSW@MIN", "DEN@MEM", "DAL@MIL", "TOR@OKC")


def games(complete: int, lacking: int = 0, **changes: Any) -> list[GameLineage]:
    """Return games of which the first `complete` have a box score of 20 players and everything else."""
    full = {stage: counts(20) for stage in ("box_scores", "analytics", "features", "predictions")}
    return [game(label, **{**(full if n < complete else {}), **changes}) for n, label in _labels(complete + lacking)]


def _labels(count: int) -> list[tuple[int, str]]:
    return list(enumerate(TEAMS[:count]))


def quality(mean: float | None) -> FeatureQuality:
    return FeatureQuality(
        game_date=DAY,
        rows=120,
        players=120,
        mean_score=mean,
        least_score=50.0,
        low_quality=3,
        distinct_scores=40,
        production_ready=120,
        window_expected=1200,
        window_actual=1200,
        mean_completeness_percent=100.0,
        insufficient=0,
    )


def decide(
    transition: Transition,
    scheduled: list[GameLineage],
    as_of: str = MORNING_AFTER,
    scores: tuple[FeatureQuality, ...] = (),
) -> GateDecision:
    facts = Facts.of(scope_at(as_of, last=DAY), (LINEAGE, scheduled), (FEATURE_QUALITY, scores))
    return evaluate_gate(transition, facts, Policy(), at(as_of))


def dependency(decision: GateDecision, name: str) -> DependencyState:
    return next(item for item in decision.dependencies if item.name == name)


def raw(scheduled: list[GameLineage], as_of: str = MORNING_AFTER) -> GateDecision:
    return decide(Transition.PHASE2_TO_PHASE3, scheduled, as_of)


# phase2_to_phase3


@pytest.mark.parametrize(
    ("complete", "lacking", "outcome"),
    [
        (7, 0, Outcome.PROCEED),
        (1, 0, Outcome.PROCEED),
        (9, 1, Outcome.PROCEED_DEGRADED),
        (4, 1, Outcome.PROCEED_DEGRADED),
        (7, 2, Outcome.BLOCK),
        (0, 1, Outcome.BLOCK),
    ],
)
def test_below_80_percent_of_box_scores_blocks_and_below_95_degrades(
    complete: int, lacking: int, outcome: Outcome
) -> None:
    decision = raw(games(complete, lacking))
    assert decision.outcome is outcome
    assert (decision.present, decision.expected) == (complete, complete + lacking)
    assert decision.coverage_percent == pytest.approx(100 * complete / (complete + lacking))
    assert decision.missing == tuple(sorted(TEAMS[complete : complete + lacking]))


def test_a_block_names_the_games_and_tells_the_operators() -> None:
    decision = raw(games(1, 1))
    assert decision.reasons == (
        "games with box scores: 1 of 2 games (50.0 %), and at least 80 % are required; missing: WAS@CHA",
        "phase 3 (analytics) of 2026-01-24 must wait: tell the operators",
    )
    assert decision.is_alarm


def test_95_percent_is_not_degraded() -> None:
    scheduled = [game(f"A{n:02d}@H{n:02d}", box_scores=counts(20 if n else 0)) for n in range(20)]
    assert raw(scheduled).outcome is Outcome.PROCEED


@pytest.mark.parametrize(("appeared", "outcome"), [(0, Outcome.BLOCK), (15, Outcome.BLOCK), (16, Outcome.PROCEED)])
def test_a_list_of_players_who_did_not_appear_is_no_box_score(appeared: int, outcome: Outcome) -> None:
    assert raw([game(box_scores=counts(36, appeared))]).outcome is outcome


def test_a_postponed_game_is_taken_out_by_name() -> None:
    postponed = game("GSW@MIN", status_text="Postponed", other_dates=("2026-01-25",))
    decision = raw([*games(6), postponed])
    assert (decision.outcome, decision.coverage_percent, decision.expected) == (Outcome.PROCEED, 100.0, 6)
    assert decision.excluded == (ExcludedGame("GSW@MIN", "not played: postponed, moved to 2026-01-25"),)


def test_games_not_due_are_taken_out_while_those_that_are_decide() -> None:
    late = game("MIA@UTA", tip="2026-01-25T17:00")
    decision = raw([*games(1), late])
    assert (decision.outcome, decision.expected) == (Outcome.PROCEED, 1)
    assert decision.excluded[0].reason == "not due until 2026-01-25T20:30Z (Sun 25 Jan 15:30 EST)"


def test_with_nothing_due_the_gate_blocks_and_is_no_alarm() -> None:
    # Tip-off 01:30Z plus 2 h 45 min plus 45 min.
    decision = raw(games(0, 3), "2026-01-24T15:20")
    assert (decision.outcome, decision.not_due, decision.is_alarm) == (Outcome.BLOCK, True, False)
    assert (decision.coverage_percent, decision.expected) == (None, 0)
    assert "not due until 2026-01-25T05:00Z" in decision.reasons[0]


def test_the_minute_a_box_score_is_due_its_absence_becomes_an_alarm() -> None:
    assert not raw(games(0, 1), "2026-01-25T04:59").is_alarm
    assert raw(games(0, 1), "2026-01-25T05:00").is_alarm


def test_with_no_game_played_there_is_nothing_to_wait_for() -> None:
    decision = raw([game(label, status_text="Postponed") for label in TEAMS[:2]])
    assert (decision.outcome, decision.coverage_percent) == (Outcome.PROCEED, None)
    assert "no game was played" in decision.reasons[0]


def test_an_empty_schedule_is_never_simply_well() -> None:
    decision = raw([])
    assert decision.outcome is Outcome.PROCEED_DEGRADED
    assert "schedule was not loaded" in decision.reasons[0]


def test_games_of_other_dates_do_not_count() -> None:
    assert raw([*games(2), *games(0, 5, game_date=date(2026, 1, 23))]).expected == 2


# phase3_to_phase4


ANALYTICS_DUE = "2026-01-25T18:15"


def analytics(scheduled: list[GameLineage], as_of: str = ANALYTICS_DUE) -> GateDecision:
    return decide(Transition.PHASE3_TO_PHASE4, scheduled, as_of)


@pytest.mark.parametrize(
    ("lacking", "outcome"),
    [
        (0, Outcome.PROCEED),
        (1, Outcome.PROCEED),
        (2, Outcome.PROCEED_DEGRADED),
        (4, Outcome.PROCEED_DEGRADED),
        (5, Outcome.BLOCK),
    ],
)
def test_analytics_must_hold_80_percent_of_the_players_who_appeared(lacking: int, outcome: Outcome) -> None:
    held = counts(20 - lacking, missing=players("m", lacking))
    decision = analytics([game(box_scores=counts(34, 20), analytics=held)])
    assert decision.outcome is outcome
    assert (decision.present, decision.expected, decision.missing) == (20 - lacking, 20, players("m", lacking))


def test_players_counted_too_many_degrade_and_never_hide_players_who_are_missing() -> None:
    held = counts(30, 15, missing=players("m", 5), extra=players("x", 15))
    decision = analytics([game(box_scores=counts(36, 20), analytics=held)])
    assert (decision.outcome, decision.coverage_percent) == (Outcome.BLOCK, 75.0)
    genuine = dependency(decision, "analytics players who appeared")
    assert (genuine.met, genuine.required, genuine.surplus) == (False, False, players("x", 15))


def test_inflated_analytics_alone_degrade() -> None:
    held = counts(36, 20, extra=players("x", 16))
    decision = analytics([game(box_scores=counts(36, 20), analytics=held)])
    assert (decision.outcome, decision.coverage_percent) == (Outcome.PROCEED_DEGRADED, 100.0)
    assert len(decision.reasons) == 1


def test_analytics_that_are_due_and_empty_block_although_no_name_is_given() -> None:
    decision = analytics([game(box_scores=counts(36, 20))])
    assert (decision.outcome, decision.coverage_percent) == (Outcome.BLOCK, 0.0)


def test_analytics_of_games_without_box_scores_block() -> None:
    decision = analytics(games(0, 2))
    assert (decision.outcome, decision.missing) == (Outcome.BLOCK, ("NYK@PHI", "WAS@CHA"))


def test_analytics_that_came_before_they_were_due_let_the_next_phase_start() -> None:
    assert analytics(games(3), "2026-01-25T07:00").outcome is Outcome.PROCEED


def test_analytics_not_due_yet_block_without_alarm() -> None:
    decision = analytics([game(box_scores=counts(36, 20))], "2026-01-25T18:14")
    assert (decision.outcome, decision.not_due) == (Outcome.BLOCK, True)


# phase4_to_phase5


def features(scheduled: list[GameLineage], *scores: FeatureQuality, as_of: str = "2026-01-25T00:00") -> GateDecision:
    return decide(Transition.PHASE4_TO_PHASE5, scheduled, as_of, scores)


def test_features_of_good_quality_proceed() -> None:
    assert features(games(7), quality(78.96)).outcome is Outcome.PROCEED


@pytest.mark.parametrize(
    ("mean", "outcome"),
    [(75.0, Outcome.PROCEED), (74.99, Outcome.PROCEED_DEGRADED), (64.43, Outcome.PROCEED_DEGRADED)],
)
def test_poor_quality_degrades_and_never_blocks(mean: float, outcome: Outcome) -> None:
    assert features(games(7), quality(mean)).outcome is outcome


@pytest.mark.parametrize("scores", [(), (quality(None),)])
def test_unknown_quality_degrades(scores: tuple[FeatureQuality, ...]) -> None:
    decision = features(games(7), *scores)
    assert (decision.outcome, decision.reasons) == (Outcome.PROCEED_DEGRADED, ("mean feature quality: not known",))


def test_quality_that_was_not_loaded_counts_as_not_known() -> None:
    facts = Facts.of(scope_at(MORNING_AFTER, last=DAY), (LINEAGE, games(7)))
    decision = evaluate_gate(Transition.PHASE4_TO_PHASE5, facts, Policy(), at(MORNING_AFTER))
    assert decision.outcome is Outcome.PROCEED_DEGRADED


def test_features_are_due_two_hours_before_tip_off() -> None:
    assert features(games(0, 2), as_of="2026-01-24T23:29").not_due
    decision = features(games(0, 2), as_of="2026-01-24T23:30")
    assert (decision.outcome, decision.not_due) == (Outcome.BLOCK, False)


# phase5_to_phase6


def grading(scheduled: list[GameLineage], as_of: str = MORNING_AFTER) -> GateDecision:
    return decide(Transition.PHASE5_TO_PHASE6, scheduled, as_of)


def test_grading_needs_box_scores_and_predictions() -> None:
    assert grading(games(7)).outcome is Outcome.PROCEED
    assert grading(games(7, predictions=counts())).outcome is Outcome.BLOCK
    assert grading(games(7, box_scores=counts())).outcome is Outcome.BLOCK


def test_the_lower_coverage_of_two_decides() -> None:
    scheduled = [*games(4), game("MIA@UTA", box_scores=counts(20))]
    decision = grading(scheduled)
    assert (decision.outcome, decision.coverage_percent, decision.missing) == (
        Outcome.PROCEED_DEGRADED,
        80.0,
        ("MIA@UTA",),
    )


def test_grading_waits_for_the_games() -> None:
    assert grading(games(0, 2, predictions=counts(10)), "2026-01-24T20:00").not_due


# all gates


@pytest.mark.parametrize("transition", list(Transition))
def test_every_gate_gives_a_reason_and_only_counts_what_it_expects(transition: Transition) -> None:
    for scheduled in ([], games(1), games(0, 3), games(5, 2)):
        decision = decide(transition, scheduled)
        assert decision.reasons
        assert decision.transition is transition
        assert decision.present <= decision.expected
        assert decision.coverage_percent is None or decision.coverage_percent <= 100.0


def test_the_facts_a_gate_reads_are_told() -> None:
    assert GATE_FACTS == (LINEAGE, FEATURE_QUALITY)
