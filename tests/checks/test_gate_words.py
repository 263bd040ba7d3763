"""The operator's word about a gate: a hold blocks, a release lets through degraded, and each ends."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from checks.facts.fact import Facts
from checks.facts.feature_quality import FEATURE_QUALITY
from checks.facts.gate_overrides import GATE_OVERRIDES, GateOverride
from checks.facts.lineage import LINEAGE
from checks.gates import GateDecision, Outcome, evaluate_gate
from checks.pipeline import Transition
from checks.policy import Policy
from tests.builders import at, counts, game, scope_at

DAY = date(2026, 1, 24)
NOW = "2026-01-25T18:00"
DATA_BLOCKS = "games with box scores: 0 of 1 games (0.0 %), and at least 80 % are required; missing: LAL@DAL"
SAID = "by ann until Sun 25 Jan 14:00 EST (2026-01-25T19:00Z): the feed reloads"


def say(said: str, moment: str = "2026-01-25T17:00", **changes: Any) -> GateOverride:
    values: dict[str, Any] = {
        "override_id": f"{said}-{moment}",
        "game_date": DAY,
        "phase_name": "phase2_to_phase3",
        "word": said,
        "reason": "the feed reloads",
        "overridden_by": "ann",
        "overridden_at": at(moment),
        "expires_at": at("2026-01-25T19:00"),
    }
    return GateOverride(**{**values, **changes})


def decide(*words: GateOverride, arrived: bool = True, now: str = NOW) -> GateDecision:
    games = [game(box_scores=counts(20 if arrived else 0))]
    facts = Facts.of(scope_at(now, last=DAY), (LINEAGE, games), (FEATURE_QUALITY, ()), (GATE_OVERRIDES, words))
    return evaluate_gate(Transition.PHASE2_TO_PHASE3, facts, Policy(), at(now))


def test_a_hold_blocks_what_would_proceed_and_is_no_alarm_of_the_data() -> None:
    decision = decide(say("hold"))
    assert decision.outcome is Outcome.BLOCK
    assert decision.reasons[0] == f"held {SAID}"
    assert decision.reasons[1:] == decide().reasons
    assert not decision.is_alarm
    assert decision.word is not None
    assert (decision.word.by, decision.word.until) == ("ann", at("2026-01-25T19:00"))


def test_a_release_turns_a_block_into_degraded_and_keeps_the_reasons() -> None:
    blocked = decide(arrived=False)
    assert (blocked.outcome, blocked.reasons[0], blocked.is_alarm) == (Outcome.BLOCK, DATA_BLOCKS, True)
    decision = decide(say("release"), arrived=False)
    assert decision.outcome is Outcome.PROCEED_DEGRADED
    assert decision.reasons == (f"released {SAID}", *blocked.reasons)
    assert (decision.coverage_percent, decision.missing) == (blocked.coverage_percent, blocked.missing)
    assert not decision.is_alarm


def test_a_release_of_what_does_not_block_changes_no_outcome_and_is_shown() -> None:
    decision = decide(say("release"))
    assert decision.outcome is Outcome.PROCEED
    assert decision.reasons[0] == f"released {SAID}"


def test_a_release_lets_through_what_is_too_early_degraded() -> None:
    early = decide(arrived=False, now="2026-01-25T01:00")
    assert (early.outcome, early.not_due) == (Outcome.BLOCK, True)
    released = decide(say("release", "2026-01-25T00:30"), arrived=False, now="2026-01-25T01:00")
    assert (released.outcome, released.not_due) == (Outcome.PROCEED_DEGRADED, False)


@pytest.mark.parametrize("end", [at("2026-01-25T17:59"), at(NOW), None])
def test_a_word_that_has_ended_or_has_no_end_counts_for_nothing(end: object) -> None:
    assert decide(say("hold", expires_at=end)) == decide()


def test_the_newest_word_wins_whatever_the_order_of_the_rows() -> None:
    hold, release = say("hold", "2026-01-25T17:00"), say("release", "2026-01-25T17:30")
    assert decide(hold, release, arrived=False).outcome is Outcome.PROCEED_DEGRADED
    assert decide(release, hold, arrived=False).outcome is Outcome.PROCEED_DEGRADED


def test_a_newest_word_that_has_ended_does_not_revive_the_one_before() -> None:
    short = say("hold", "2026-01-25T17:30", expires_at=at("2026-01-25T17:40"))
    assert decide(say("hold"), short) == decide()


@pytest.mark.parametrize(
    "other", [{"game_date": date(2026, 1, 23)}, {"phase_name": "phase3_to_phase4"}, {"word": "open"}]
)
def test_a_word_about_another_date_or_hand_over_or_of_another_kind_does_not_count(other: dict[str, Any]) -> None:
    assert decide(say("hold", **other)) == decide()


def test_an_orchestrator_that_brings_no_words_decides_by_the_data() -> None:
    facts = Facts.of(scope_at(NOW, last=DAY), (LINEAGE, [game(box_scores=counts(20))]))
    decision = evaluate_gate(Transition.PHASE2_TO_PHASE3, facts, Policy(), at(NOW))
    assert (decision.outcome, decision.word) == (Outcome.PROCEED, None)
