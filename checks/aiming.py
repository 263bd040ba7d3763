"""Commands that are offered: each so that it looks at the place and the moment of the report that offers it."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import replace

from checks.model import CheckResult, RootCause, Scope, Suggestion
from checks.times import format_utc

SHOW_A_MOMENT = frozenset(("check", "diagnose", "gaps", "gate", "queue list", "reconcile", "trace", "transitions"))
"""The commands that take `--at`."""

_OF_NO_WAREHOUSE = frozenset(("audit",))


def aimed(suggestions: tuple[Suggestion, ...], scope: Scope) -> tuple[Suggestion, ...]:
    """Return next steps with `--warehouse` where the scope's is not the configured one, and `--at` where its moment was chosen.

    What is in the command already is not said twice, and what is no command of courtside is left as it is.
    """
    if not scope.place and not scope.is_chosen:
        return suggestions
    return tuple(replace(step, command=_aimed(step.command, scope)) for step in suggestions)


def results_aimed(results: Iterable[CheckResult], scope: Scope) -> list[CheckResult]:
    """Return results whose findings offer commands about the same."""
    if not scope.place and not scope.is_chosen:
        return list(results)
    return [
        replace(result, findings=tuple(replace(f, suggestions=aimed(f.suggestions, scope)) for f in result.findings))
        for result in results
    ]


def causes_aimed(causes: Iterable[RootCause], scope: Scope) -> tuple[RootCause, ...]:
    """Return causes that offer commands about the same."""
    return tuple(replace(cause, suggestions=aimed(cause.suggestions, scope)) for cause in causes)


def _aimed(command: str, scope: Scope) -> str:
    words = command.split()  # not by the shell's rules: text from outside can be a megabyte, and its quotes unbalanced
    if words[:1] != ["courtside"] or len(words) == 1:
        return command
    name = " ".join(words[1:3]) if words[1] in ("queue", "service") else words[1]
    added = ""
    if scope.place and name not in _OF_NO_WAREHOUSE and "--warehouse" not in words:
        added += f" --warehouse {shlex.quote(scope.place)}"
    if scope.is_chosen and name in SHOW_A_MOMENT and "--at" not in words:
        added += f" --at {format_utc(scope.as_of)}"
    return command + added
