"""The verdict: one sentence for the person who was just woken."""

from __future__ import annotations

from collections.abc import Sequence

from checks.model import CheckResult, RootCause, Severity, Verdict
from checks.times import format_utc


def verdict_of(causes: Sequence[RootCause], results: Sequence[CheckResult]) -> Verdict:
    """Return the verdict: that of the worst cause that is going on; what is over is mentioned, never an alarm."""
    going_on = [cause for cause in causes if cause.until is None]
    if not results:
        return Verdict(Severity.UNKNOWN, "no check was run, so nothing is known", None)
    if not going_on:
        checks = "the only check is" if len(results) == 1 else f"all {len(results)} checks are"
        return Verdict(Severity.OK, f"{checks} OK{_history(causes)}", None)
    worst = max(going_on, key=lambda cause: cause.severity)
    return Verdict(worst.severity, worst.sentence, worst.since)


def _history(causes: Sequence[RootCause]) -> str:
    """Return what ended within the window, as a clause."""
    ended = [cause for cause in causes if cause.until is not None]
    if not ended:
        return ""
    latest = max(ended, key=lambda cause: (cause.until is not None, cause.until))
    assert latest.until is not None  # noqa: S101  # only ended causes are in the list
    return f"; over since {format_utc(latest.until)}: {latest.sentence}"
