"""Orchestration gaps: has anybody been deciding? A strip of time to scale, and what each workflow last decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from checks.facts.decisions import DECISIONS, Decision
from checks.model import CheckResult, Finding, Report, Scope, Severity, Subject, SubjectKind
from checks.pipeline import ENABLED_WORKFLOWS
from checks.policy import Policy
from checks.times import EASTERN, both_zones, format_eastern, format_minutes, minutes_between, to_minute
from screens.lines import Line, Span, Tone
from screens.ports import Look
from screens.table import Item, Table, Target
from screens.views.brief import MEDIUM, WIDE, brief_minutes, longest_that_fits, weekday_time
from screens.views.fitting import cell, fit, fit_all, shows
from screens.views.options import Options
from screens.views.time_strip import Bar, TimeStrip

if TYPE_CHECKING:
    from checks.orchestration import Silence

SORTS = ("never", "workflow", "last", "action", "cadence")
"""Those that never decide first (the default); by name; the longest quiet first; by what was decided; the rarest first."""

_GAP = "orchestration.gap"
_MOST_GAPS = 3
_TROUBLES = {
    "undecided": "missed runs",
    "unexecuted": "decided, not executed",
    "fruitless": "triggered nothing",
    "failed": "scrapers failed",
}
"""By the key of a finding of `orchestration.missed_run`."""


@dataclass(frozen=True, slots=True)
class WorkflowRow:
    """A workflow: its last decision (None: it never decides), median minutes between decisions, and what is wrong with it."""

    name: str
    last: Decision | None
    cadence: float | None
    findings: tuple[Finding, ...]

    @property
    def stopped(self) -> bool:
        """True when it decided once, and no longer although others do."""
        return self.last is not None and any(f.check == "orchestration.silent_workflow" for f in self.findings)

    @property
    def severity(self) -> Severity:
        """The worst that is going on."""
        return max((finding.severity for finding in self.findings if finding.is_active), default=Severity.OK)

    @property
    def trouble(self) -> str:
        """What is wrong with its runs, in a few words; "" when nothing is."""
        kinds = [_TROUBLES[f.key] for f in self.findings if f.is_active and f.key in _TROUBLES]
        kinds = ["no longer decides", *kinds] if self.stopped else kinds
        return f"{self.severity.name} {', '.join(dict.fromkeys(kinds))} · " if kinds else ""


def gaps_view(look: Look, scope: Scope, policy: Policy, options: Options) -> Table:
    """Return strip and verdict in the first three lines, then the long gaps that are over, then the workflows."""
    from checks.orchestration import silences  # noqa: PLC0415  # imported already by the desk's thread

    decisions = look.rows(DECISIONS)
    since = scope.as_of - scope.lookback
    found = silences(decisions, scope.as_of, since)
    bars = _bars(found, look.report, policy)
    strip = TimeStrip(since, scope.as_of, options.width, found[0].start if found else None, options.ascii)
    times = {to_minute(decision.decision_time) for decision in decisions}
    running = bars[-1] if bars and bars[-1].end is None else None
    head = [_verdict(found, look.report, scope, options), strip.line(times, bars), strip.hours(EASTERN, "ET", running)]
    if options.width >= WIDE:
        head.append(strip.hours(UTC, "UTC"))
    if options.width >= MEDIUM:
        head.append(_heading(options))
    rows = workflow_rows(decisions, look.report, scope)
    items = [*_gap_items(bars, look.report, options), *_workflow_items(rows, scope, options)]
    table = Table.of(items, head=fit_all(head, options), empty=f"nothing holds {options.filter!r}")
    return replace(table, columns=SORTS)


def _bars(found: Sequence[Silence], report: Report, policy: Policy) -> list[Bar]:
    """Return the silences that are longer than a healthy day has, as bad as the check finds them."""
    severities = {f.since: f.severity for f in report.findings if f.check == _GAP and f.since is not None}
    return [
        Bar(silence.start, silence.end, silence.minutes, severities.get(silence.start, Severity.WARNING))
        for silence in found
        if silence.minutes >= policy.gap_warning_with_grace_minutes
    ]


def _verdict(found: Sequence[Silence], report: Report, scope: Scope, options: Options) -> Line:
    """Return in one line how bad it is, how long nobody has decided, since when; then the largest gap."""
    result = next((result for result in report.results if result.check == _GAP), None)
    if not found or (result and result.severity is Severity.UNKNOWN):
        return _blind(result)
    running = found[-1]
    severity = result.severity if result else Severity.OK
    word = Span(f"{severity.name} ", Tone.of(severity))
    forms = (_silent if severity > Severity.OK else _deciding)(running, found, scope)
    return (word, Span(longest_that_fits(forms, options.width - word.width), Tone.STRONG))


def _blind(result: CheckResult | None) -> Line:
    why = result.reason if result else ""
    said = (why if result and result.unreadable else why.partition(": ")[2]) or why or "no decision is known"
    return (Span("UNKNOWN ", Tone.UNKNOWN), Span(said, Tone.STRONG))


def _silent(running: Silence, found: Sequence[Silence], scope: Scope) -> tuple[str, ...]:
    """Return forms of the sentence about a silence that is going on, longest first."""
    start, length, brief = running.start, format_minutes(running.minutes), brief_minutes(running.minutes)
    largest = max(found, key=lambda silence: silence.minutes)
    hours = int(scope.lookback.total_seconds() // 3600)
    more = (
        f"the largest gap of {hours} h"
        if largest is running
        else f"the largest gap is {brief_minutes(largest.minutes)}"
    )
    day = (
        weekday_time(start) if running.minutes < 6 * 24 * 60 else start.astimezone(EASTERN).strftime("%-d %b %H:%M %Z")
    )
    return (
        f"nobody has decided for {length}, since {both_zones(start)}; {more}",
        f"nobody has decided for {length}, since {both_zones(start)}",
        f"nobody has decided for {length}, since {format_eastern(start)}",
        f"no decision for {length}, since {format_eastern(start)}",
        f"{length}, since {format_eastern(start)}",
        f"{brief} since {day}",
    )


def _deciding(running: Silence, found: Sequence[Silence], scope: Scope) -> tuple[str, ...]:
    """Return forms of the sentence about a controller that decides, longest first."""
    start, ago = running.start, format_minutes(running.minutes)
    largest = max(found, key=lambda silence: silence.minutes)
    gap, brief = format_minutes(largest.minutes), brief_minutes(largest.minutes)
    return (
        f"last decision {ago} ago, {both_zones(start)}; largest gap {gap}, since {both_zones(largest.start)}",
        f"last decision {ago} ago, {format_eastern(start)}; largest gap {gap}, since {format_eastern(largest.start)}",
        f"last decision {ago} ago, {format_eastern(start)}; largest gap {gap}",
        f"last decision {ago} ago; largest gap {gap}",
        f"{ago} ago; largest gap {brief}",
    )


def _gap_items(bars: Sequence[Bar], report: Report, options: Options) -> list[Item]:
    """Return the long gaps that are over, the largest first."""
    findings = {f.since: f for f in report.findings if f.check == _GAP and f.since is not None}
    closed = sorted(((bar, bar.end) for bar in bars if bar.end), key=lambda pair: -pair[0].minutes)[:_MOST_GAPS]
    items: list[Item] = []
    for bar, end in closed:
        finding = findings.get(bar.start)
        spans = (Span("gap ", Tone.of(bar.severity)), Span(_gap_text(bar, end, options.width - 4)))
        if shows(spans, options.filter, _gap_text(bar, end, 1_000)):
            target = Target("finding", finding.fingerprint) if finding else None
            subject = finding.subject if finding else None
            items.append(Item(f"gap {bar.start:%Y%m%d%H%M}", fit(spans, options), target, subject))
    return items


def _gap_text(bar: Bar, end: datetime, width: int) -> str:
    start, length = bar.start, format_minutes(bar.minutes)
    return longest_that_fits(
        (
            f"of {length}, over: from {both_zones(start)} to {both_zones(end)}",
            f"of {length}, over: from {format_eastern(start)} to {format_eastern(end)}",
            f"{length}, {format_eastern(start)} to {format_eastern(end)}",
            f"{brief_minutes(bar.minutes)} {start.astimezone(EASTERN):%a %H:%M} to {weekday_time(end)}",
        ),
        width,
    )


def workflow_rows(decisions: Sequence[Decision], report: Report, scope: Scope) -> list[WorkflowRow]:
    """Return every workflow that is enabled, expected or ever decided: those that never decide first, then as configured."""
    findings: dict[str, list[Finding]] = {}
    for finding in report.findings:
        if finding.subject.kind is SubjectKind.WORKFLOW:
            findings.setdefault(finding.subject.name, []).append(finding)
    own: dict[str, list[Decision]] = {}
    for decision in sorted(decisions, key=lambda decision: decision.decision_time):
        own.setdefault(decision.workflow_name, []).append(decision)
    others = sorted({*own, *findings} - set(ENABLED_WORKFLOWS))
    rows = []
    for name in (*ENABLED_WORKFLOWS, *others):
        made = own.get(name, [])
        rows.append(WorkflowRow(name, made[-1] if made else None, _cadence(made, scope), tuple(findings.get(name, ()))))
    return sorted(rows, key=lambda row: (row.last is not None, not row.stopped))


def _cadence(decisions: Sequence[Decision], scope: Scope) -> float | None:
    """Return the median minutes between decisions of the window, oldest first; None when there are not two."""
    times = [item.decision_time for item in decisions if item.decision_time >= scope.as_of - scope.lookback]
    between = [minutes_between(earlier, later) for earlier, later in pairwise(times)]
    return median(between) if between else None


def _sorted(rows: list[WorkflowRow], options: Options) -> list[WorkflowRow]:
    moments = {row.name: row.last.decision_time.timestamp() if row.last else 0.0 for row in rows}
    if options.sort == "workflow":
        return sorted(rows, key=lambda row: row.name)
    if options.sort == "last":
        return sorted(rows, key=lambda row: moments[row.name])
    if options.sort == "action":
        return sorted(rows, key=lambda row: row.last.action if row.last else "")
    if options.sort == "cadence":
        return sorted(rows, key=lambda row: -(row.cadence or float("inf")))
    return rows


def _workflow_items(rows: list[WorkflowRow], scope: Scope, options: Options) -> list[Item]:
    anybody = any(row.last for row in rows)
    items: list[Item] = []
    for row in _sorted(rows, options):
        spans = _workflow_line(row, scope, options) if row.last else _never_line(row, options, known=anybody)
        if shows(spans, options.filter, row.name, row.last.reason or "" if row.last else ""):
            subject = Subject(SubjectKind.WORKFLOW, row.name)
            items.append(Item(row.name, fit(spans, options), Target("workflow", row.name), subject))
    return items


def _never_line(row: WorkflowRow, options: Options, *, known: bool) -> Line:
    """Return the row of a workflow without a decision; nobody is blamed while no decision of anybody is known."""
    name = f"{row.name:<{_columns(options)[0]}}"
    if not known:
        return (Span(name), Span(" no decision known", Tone.UNKNOWN))
    why = row.findings[0].sentence.removeprefix(row.name) if row.findings else ""
    return (Span(name), Span(" NEVER decides", Tone.WARNING), Span(f":{why}" if why else "", Tone.FAINT))


def _columns(options: Options) -> tuple[int, int]:
    """Return the widths of the workflow's name and of the time of its last decision."""
    return (19 if options.width < MEDIUM else 21), (0 if options.width < WIDE else 13 if options.width < 100 else 20)


def _heading(options: Options) -> Line:
    name, at = _columns(options)
    when = f"{'at':<{at}} " if at else ""
    return (Span(f"  {'workflow':<{name}} {'last':>5} {'did':<5} {'every':>5} {when}because", Tone.FAINT),)


def _workflow_line(row: WorkflowRow, scope: Scope, options: Options) -> Line:
    """Return name, age of the last decision, its action, the cadence; then the time and the reason."""
    if row.last is None:
        return ()
    name, at = _columns(options)
    wide = options.width >= MEDIUM
    moment = row.last.decision_time
    when = weekday_time(moment) if at < 20 else format_eastern(moment)
    tone = Tone.WARNING if row.stopped else Tone.STRONG if row.last.action == "RUN" else Tone.PLAIN
    every = "-" if row.cadence is None else brief_minutes(row.cadence)
    return (
        cell(row.name, name),
        Span(" "),
        cell(brief_minutes(max(minutes_between(moment, scope.as_of), 0)), 5, right=True),
        Span(" "),
        cell("STOP" if row.stopped else row.last.action, 5 if wide else 4, tone),
        Span(" "),
        cell(every, 5 if wide else 4, right=True),
        *((Span(" "), cell(when, at)) if at else ()),
        Span(f" {row.trouble}", Tone.of(row.severity)),
        Span(row.last.reason or "", Tone.FAINT),
    )
