"""What a check is, and how a function becomes one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from checks.facts.fact import Fact, Facts
from checks.model import Finding
from checks.policy import Policy

Judge = Callable[[Facts, Policy, datetime], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Check:
    """A registered check: a stable id, what it says, the facts it needs, and the function that judges them.

    `needs` must load, and must not be empty where the fact calls an empty answer suspect; `may_be_empty` must load, but the
    check has its own answer to an empty one.
    """

    id: str
    says: str
    needs: tuple[Fact[Any], ...]
    may_be_empty: tuple[Fact[Any], ...]
    judge: Judge

    @property
    def facts(self) -> tuple[Fact[Any], ...]:
        """All facts that must have loaded."""
        return self.needs + self.may_be_empty

    def __call__(self, facts: Facts, policy: Policy, as_of: datetime) -> tuple[Finding, ...]:
        """Return the findings. Deterministic: same facts, same findings, same order."""
        return tuple(self.judge(facts, policy, as_of))


def check(
    id: str, says: str, *, needs: tuple[Fact[Any], ...] = (), may_be_empty: tuple[Fact[Any], ...] = ()
) -> Callable[[Judge], Check]:
    """Make the decorated function `(facts, policy, as_of) -> findings` a check."""

    def register(judge: Judge) -> Check:
        return Check(id=id, says=says, needs=needs, may_be_empty=may_be_empty, judge=judge)

    return register
