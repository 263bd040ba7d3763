"""A plan is a value with an identity: text and back, a hash of what was read, and an age at which it is no longer applied."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from console.actions.plan import PLAN_LASTS
from console.actions.plan_codec import UnreadablePlanError, plan_of_text, text_of_plan
from tests.actions.entries import NOW
from tests.actions.plans import every_kind, order


def test_a_plan_comes_back_from_its_text_as_it_was() -> None:
    plan = every_kind()
    assert plan_of_text(text_of_plan(plan)) == plan
    until = replace(plan, order=replace(order(), note="flapping", until=NOW, fingerprints=("abc",)))
    assert plan_of_text(text_of_plan(until)) == until


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"id": 1}', "[" * 100_000])
def test_a_text_that_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(UnreadablePlanError, match="no plan of this version"):
        plan_of_text(text)


def test_a_plan_with_a_word_of_a_later_version_is_refused() -> None:
    values = json.loads(text_of_plan(every_kind()))
    values["order"]["force"] = True
    with pytest.raises(UnreadablePlanError, match="force"):
        plan_of_text(json.dumps(values))


def test_the_hash_changes_with_anything_that_was_read_and_with_nothing_else() -> None:
    plan = every_kind()
    other = replace(plan.items[0], read='[{"status":"retrying"}]')
    assert replace(plan, items=(other, *plan.items[1:])).hash != plan.hash
    assert replace(plan, id="p2", made_at=NOW + timedelta(minutes=1)).hash == plan.hash


def test_only_what_has_a_step_is_eligible() -> None:
    assert every_kind().eligible == (0, 1, 2, 3)


@pytest.mark.parametrize(
    ("later", "too_old"),
    [
        (timedelta(0), False),
        (PLAN_LASTS, False),
        (PLAN_LASTS + timedelta(seconds=1), True),
        (timedelta(seconds=-1), True),
    ],
    ids=["at once", "at ten minutes", "after", "before it was made"],
)
def test_a_plan_is_applied_within_ten_minutes_by_a_clock_that_runs_on(later: timedelta, *, too_old: bool) -> None:
    assert every_kind().is_too_old(NOW + later) is too_old
