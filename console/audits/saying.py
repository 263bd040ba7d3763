"""What an audit says in a sentence: how the checkout stands, and what was not looked at."""

from __future__ import annotations

from checks.model import Severity
from console.audits.audit import Outcome
from console.audits.sources import counted_reason
from screens.text.amount import counted

MOST_PATHS = 20
"""That are named of what was passed by for one reason; a document names all."""


def verdict_sentence(outcome: Outcome) -> str:
    """Return how many findings there are, in how many files, and how much was looked at."""
    failing = [spot for spot in outcome.spots if spot.hit.severity is not Severity.OK]
    files = len({spot.hit.path for spot in failing})
    looked = f"{counted(outcome.files, 'file')}, {counted(outcome.lines, 'line')}"
    if failing:
        return f"{counted(len(failing), 'finding')} in {counted(files, 'file')}; looked at {looked}"
    if outcome.reason:
        return outcome.reason
    return f"nothing {'new ' if outcome.known else ''}found; looked at {looked}"


def passed_paths(outcome: Outcome) -> list[tuple[str, list[str]]]:
    """Return what was passed by for each reason, up to `MOST_PATHS` of each by name and how many more there are."""
    by_reason: dict[str, list[str]] = {}
    for one in outcome.skipped:
        by_reason.setdefault(one.reason, []).append(one.path)
    return [(reason, _some(sorted(paths))) for reason, paths in sorted(by_reason.items())]


def _some(paths: list[str]) -> list[str]:
    more = len(paths) - MOST_PATHS
    return [*paths[:MOST_PATHS], *([f"and {more} more"] if more > 0 else [])]


def passed_sentence(outcome: Outcome) -> str:
    """Return how many files and folders were passed by for each reason, the most first, and which checks were idle, why.

    "" when there is nothing of either.
    """
    ordered = sorted(outcome.passed_by.items(), key=lambda item: (-item[1], item[0]))
    passed = ", ".join(counted_reason(number, reason) for reason, number in ordered)
    idle = [f"{check}: {why}" for check, why in outcome.idle]
    return "; ".join([*([f"passed by: {passed}"] if passed else []), *idle])
