"""What holds for every registered check, whatever it judges."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from checks.catalogue import ALL_CHECKS, BY_ID, IF_WATCHED, IF_WORKERS
from checks.facts.catalogue import ALL_FACTS
from checks.facts.fact import Fact, Facts, Window
from checks.model import Severity
from checks.policy import Policy
from checks.registry import Check
from checks.runner import needed_facts
from tests.builders import facts_for, scope_at
from tests.running import run

SCOPE = scope_at("2026-01-24T18:00")


class Broken:
    """A warehouse of which one table cannot be read; all others are empty."""

    concurrency = 4

    def __init__(self, fact: str) -> None:
        self.fact = fact

    def load(self, fact: Fact[Any], window: Window, as_of: datetime) -> tuple[Any, ...]:
        if fact.name == self.fact:
            raise PermissionError("access denied")
        return ()

    def cancel(self) -> None: ...


def test_ids_are_unique_and_say_their_subject_first() -> None:
    assert len(BY_ID) == len(ALL_CHECKS) + len(IF_WATCHED) + len(IF_WORKERS)
    assert all(check.id.count(".") == 1 and check.says for check in BY_ID.values())


def test_the_checks_need_exactly_the_facts_there_are() -> None:
    assert {fact.name for fact in needed_facts(ALL_CHECKS)} == {fact.name for fact in ALL_FACTS}


@pytest.mark.parametrize("check", ALL_CHECKS, ids=lambda check: check.id)
def test_a_failing_source_makes_the_check_unknown(check: Check) -> None:
    assert check.facts
    for fact in check.facts:
        (result,) = run((check,), Broken(fact.name), Policy(), SCOPE).results
        assert result.severity is Severity.UNKNOWN
        assert result.reason


@pytest.mark.parametrize("check", ALL_CHECKS, ids=lambda check: check.id)
def test_a_suspect_empty_source_makes_the_check_unknown(check: Check) -> None:
    (result,) = run((check,), Broken("none"), Policy(), SCOPE).results
    suspect = any(fact.suspect_when_empty for fact in check.needs)
    assert (result.severity is Severity.UNKNOWN) is suspect


@pytest.mark.parametrize("check", ALL_CHECKS, ids=lambda check: check.id)
def test_a_check_looks_only_at_the_facts_it_declares(check: Check) -> None:
    facts: Facts = facts_for(check, SCOPE)
    assert check(facts, Policy(), SCOPE.as_of) == check(facts, Policy(), SCOPE.as_of)
