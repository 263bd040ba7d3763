"""What a plan keeps of what it read: by that it is known whether the state has changed since."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from console.actions.planning.reading import QueueState
from tests.actions.planning.states import (
    AFTER,
    LAKERS,
    SUMMARY,
    breaker,
    conflict,
    plan_item,
    queued,
    run,
    state,
)
from tests.builders import at, counts, game


@pytest.mark.parametrize(
    "later",
    [
        state(game(), queue=[queued(status="pending")]),
        state(game(), queue=[queued(retry_count=2)]),
        state(game(), queue=[queued(updated_at=at("2026-01-25T07:01"))]),
        state(game(), queue=[queued(), queued(id="q-2")]),
        state(game(game_status=3), queue=[queued()]),
        state(game(away_score=101), queue=[queued()]),
        state(game(status_text="Postponed"), queue=[queued()]),
        state(game(box_scores=counts(30)), queue=[queued()]),
        state(game(), queue=[queued()], breakers=[breaker()]),
        state(game(), queue=[queued()], conflicts=[conflict()]),
    ],
)
def test_what_was_read_differs_once_the_state_has_changed(later: QueueState) -> None:
    before = plan_item(state(game(), queue=[queued()]), LAKERS)
    assert plan_item(later, LAKERS).read != before.read


def test_what_was_read_is_the_same_however_late_it_is() -> None:
    facts: dict[str, Any] = {"conflicts": [conflict()], "breakers": [breaker()], "runs": [run()]}
    reads = {
        plan_item(state(game(), queue=[queued()], now=now, **facts), LAKERS).read
        for now in ("2026-01-25T02:00", "2026-01-26T15:45", AFTER, "2026-03-01T00:00")
    }
    assert len(reads) == 1


def test_what_was_read_of_a_processor_differs_once_it_has_run() -> None:
    reads = [plan_item(state(runs=runs), SUMMARY).read for runs in ([], [run()], [run(status="success")])]
    assert len(set(reads)) == 3
    other = run(data_date=date(2026, 1, 23), run_id="r-0")
    assert plan_item(state(runs=[run(), other]), SUMMARY).read == reads[1]
