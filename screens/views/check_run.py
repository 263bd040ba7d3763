"""A run of checks as a value that grows with every step, and as tables: its checks, and the runs before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from checks.model import CheckResult, FactOutcome, Report, Scope, Severity
from checks.progress import Progress
from checks.registry import Check
from checks.times import both_zones, format_utc
from screens.lines import Line, Part, Span, Tone, flow, severity_word
from screens.table import Item, Table, Target
from screens.views.fitting import cell, fit, fit_all
from screens.views.options import Options

BAR_COLUMNS = 20
LONGEST_NAME = 29
"""The columns of `orchestration.silent_workflow`."""


class State(Enum):
    """How a run stands; the value is the word for it."""

    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Run:
    """One run: its checks in order, what has come so far, and how it ended. `started_at` is aware UTC, `seconds` its length."""

    number: int
    checks: tuple[Check, ...]
    scope: Scope
    started_at: datetime
    state: State = State.RUNNING
    facts: tuple[FactOutcome, ...] = ()
    results: tuple[CheckResult, ...] = ()
    report: Report | None = None
    reason: str = ""
    seconds: float = 0.0

    @property
    def is_running(self) -> bool:
        """True until it ended, also while it is being stopped."""
        return self.state in (State.RUNNING, State.STOPPING)

    @property
    def needed(self) -> tuple[str, ...]:
        """The names of the facts that its checks need."""
        return tuple(dict.fromkeys(fact.name for check in self.checks for fact in check.facts))

    def after(self, progress: Progress) -> Run:
        """Return the run one step later."""
        if isinstance(progress.step, FactOutcome):
            return replace(self, facts=(*self.facts, progress.step))
        return replace(self, results=(*self.results, progress.step))

    def ended(self, report: Report | None, reason: str, seconds: float) -> Run:
        """Return the run at its end: with a report, or the reason why there is none."""
        if report is None:
            return replace(self, state=State.FAILED, reason=reason, seconds=seconds)
        lacking = any(outcome.reason for outcome in report.facts)
        state = State.STOPPED if self.state is State.STOPPING and lacking else State.DONE
        return replace(self, state=state, report=report, results=report.results, facts=report.facts, seconds=seconds)


def run_table(run: Run | None, options: Options) -> Table:
    """Return one row per check of a run, with its outcome or what it waits for; the head says how far the run is."""
    if run is None:
        return Table.of((), empty="no run yet")
    results = {result.check: result for result in run.results}
    items = [_check_item(check, results.get(check.id), run, options) for check in run.checks]
    return Table.of(items, head=fit_all(_head(run, options), options), empty="no checks")


def _head(run: Run, options: Options) -> list[Line]:
    """Return how far a run is, and at its end the verdict."""
    facts, checks = len(run.needed), len(run.checks)
    steps, total = len(run.facts) + len(run.results), facts + checks
    filled = BAR_COLUMNS * steps // total if total else BAR_COLUMNS
    parts: list[Part] = [Span(f"run {run.number} {run.state.value}", Tone.STRONG)]
    if run.is_running:
        parts.append(f"[{'#' * filled}{'.' * (BAR_COLUMNS - filled)}]")
    parts.append(f"facts {len(run.facts)} of {facts}, checks {len(run.results)} of {checks}")
    parts.append(f"in {run.seconds:.1f} s" if not run.is_running else "(Esc stops it)")
    as_of = Span(f"as of {both_zones(run.scope.as_of)}", Tone.FAINT)
    if run.report is not None:
        parts.append(as_of)
    lines = [tuple(flow(parts, 10_000)[0])]
    if run.report is not None:
        lines.append(_verdict(run))
    elif run.reason:
        lines.append((severity_word(Severity.UNKNOWN), Span(f" the run failed: {run.reason}", Tone.STRONG)))
    else:
        lines.append((as_of,))
    return [fit(line, options) for line in lines]


def _verdict(run: Run) -> Line:
    """Return the verdict of a run that ended; one of a run that was stopped is not the verdict on the pipeline."""
    if run.report is None:
        return (Span(run.reason or run.state.value, Tone.UNKNOWN),)
    verdict = run.report.verdict
    note = "stopped early: " if run.state is State.STOPPED else ""
    return (severity_word(verdict.severity), Span(f" {note}{verdict.sentence}", Tone.STRONG))


def _check_item(check: Check, result: CheckResult | None, run: Run, options: Options) -> Item:
    name_columns = LONGEST_NAME if options.width >= 76 else 20
    name = cell(check.id, name_columns, Tone.STRONG if result else Tone.FAINT)
    if result is None:
        there = {outcome.fact for outcome in run.facts}
        lacking = [fact.name for fact in check.facts if fact.name not in there]
        waits = f"waits for {', '.join(lacking)}" if lacking and run.is_running else check.says
        line: Line = (Span("        ", Tone.FAINT), Span(" "), name, Span(f" {waits}", Tone.FAINT))
        return Item(check.id, fit(line, options))
    worst = max(result.findings, key=lambda finding: (finding.is_active, finding.severity), default=None)
    over = "over: " if worst and not worst.is_active else ""
    said = result.reason or (f"{over}{worst.sentence}" if worst else check.says)
    more = f" (and {len(result.findings) - 1} more)" if len(result.findings) > 1 else ""
    tone = Tone.FAINT if result.severity is Severity.OK else Tone.PLAIN
    line = (severity_word(result.severity), Span(" "), name, Span(f" {said}{more}", tone))
    target = Target("finding", worst.fingerprint, worst.subject.game_date) if worst else None
    return Item(check.id, fit(line, options), target, worst.subject if worst else None)


def runs_table(runs: Sequence[Run], shown: int, options: Options) -> Table:
    """Return one row per run of this session, the newest first; the one whose number is `shown` is marked."""
    items = [_run_item(run, run.number == shown, options) for run in reversed(runs)]
    return Table.of(items, head=(fit((Span("runs of this session", Tone.FAINT),), options),), empty="none yet")


def _run_item(run: Run, shown: bool, options: Options) -> Item:  # noqa: FBT001  # the mark of a row
    count = f"{len(run.checks)} checks" if len(run.checks) != 1 else run.checks[0].id
    mark = "*" if shown else " "
    when = format_utc(run.started_at)[11:]
    start = f"{mark}{run.number:>2} {when} {run.state.value:<8} {count}, {run.seconds:.1f} s  "
    return Item(str(run.number), fit((Span(start), *_verdict(run)), options))
