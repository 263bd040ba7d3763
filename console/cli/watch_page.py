"""What `courtside watch --once` says, and the watcher's sign of life, as text and as fields of a document."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from checks.facts.watcher_runs import WatcherRun
from checks.times import both_zones, format_minutes, minutes_between
from console.document import Json, instant, severity
from screens.lines import Line, Span, Tone, flow
from screens.text.report import INDENT, verdict_lines

if TYPE_CHECKING:
    from console.watching.watcher import Outcome

NOBODY_TOLD = 'nobody is told: no sinks under [notify] in the settings, such as sinks = ["slack"]'


def outcome_lines(outcome: Outcome, width: int) -> list[Line]:
    """Return what a run came to: the verdict, who was told, and what went wrong with the run itself."""
    if outcome.report is None:
        return flow([outcome.says], width)
    sent = outcome.sent
    held = f" ({sent.held} held back)" if sent.held else ""
    told = f"{sent.arrived} told, {sent.waiting} waiting{held}, {sent.refused} refused"
    lines = [*verdict_lines(outcome.report, width), *flow([told], width, first=INDENT)]
    if sent.is_mute:
        lines.extend(flow([Span(NOBODY_TOLD, Tone.WARNING)], width, first=INDENT))
    if outcome.trouble:
        lines.extend(flow([Span(f"the run: {outcome.trouble}", Tone.UNKNOWN)], width, first=INDENT))
    return lines


def outcome_fields(outcome: Outcome) -> Json:
    """Return a run: its role, its verdict (null where another watcher does the work), notices told, and the run's trouble.

    `nobody_told` is that the settings name no sink: then nobody hears of anything, however bad.
    """
    report, sent = outcome.report, outcome.sent
    return {
        "role": outcome.role.value.replace(" ", "_"),
        "severity": severity(report.verdict.severity) if report else None,
        "verdict": report.verdict.sentence if report else None,
        "as_of": instant(report.scope.as_of) if report else None,
        "notices": {
            "arrived": sent.arrived,
            "waiting": sent.waiting - sent.held,
            "refused": sent.refused,
            "held_back": sent.held,
            "nobody_told": sent.is_mute,
        },
        "trouble": outcome.trouble or None,
        "says": outcome.says,
    }


def life_line(run: WatcherRun | None, as_of: datetime, width: int, tone: Tone = Tone.FAINT) -> list[Line]:
    """Return `watcher  last ran 12 min ago, …`; nothing where there is no watcher."""
    if run is None:
        return []
    ago = format_minutes(max(minutes_between(run.ran_at, as_of), 0))
    every = format_minutes(run.every_seconds / 60)
    which = f", of {run.checks.replace(',', ', ')}" if run.checks else ""
    said = f"last ran {ago} ago, {both_zones(run.ran_at)} on {run.host}, every {every}{which}"
    return flow([Span(said, tone)], width, first=Span("watcher  ", tone), hang=len(INDENT))


def life_fields(run: WatcherRun | None) -> Json | None:
    """Return when a watcher last ran, where, how often it is to, its verdict, and which checks (null: all); null for none."""
    if run is None:
        return None
    return {
        "at": instant(run.ran_at),
        "host": run.host,
        "every_seconds": run.every_seconds,
        "verdict": run.verdict.lower(),
        "checks": run.checks.split(",") if run.checks else None,
    }
