"""What a screen has before anything was loaded: the report of an earlier run, and no facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from checks.facts.fact import Fact, Row
from checks.loading import NOT_ASKED
from checks.model import Report, Scope, Severity, Verdict
from screens.ports import Query


class NotLoadedError(LookupError):
    """A fact was asked for before anything was loaded."""


@dataclass(frozen=True, slots=True)
class Unloaded:
    """A look with a report and without facts."""

    report: Report

    @classmethod
    def nothing(cls, scope: Scope) -> Unloaded:
        """Return a look that knows nothing."""
        verdict = Verdict(Severity.UNKNOWN, "nothing is loaded yet", None)
        return cls(Report(scope, verdict, (), (), ()))

    def rows(self, fact: Fact[Row]) -> tuple[Row, ...]:
        """Raise NotLoadedError."""
        raise NotLoadedError(f"{fact.name}: not loaded yet")

    def reason(self, fact: Fact[Any]) -> str:  # noqa: ARG002  # the same of each
        """Return that nobody has asked for it yet."""
        return NOT_ASKED

    @property
    def watched_at(self) -> None:
        """None: nothing is known of a watcher yet."""
        return

    @property
    def untold(self) -> int:
        """0: nothing is known of messages yet."""
        return 0

    def query(self, fact: str) -> Query:
        """Raise KeyError: nothing was asked yet."""
        raise KeyError(fact)
