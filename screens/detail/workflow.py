"""A workflow's page: what is wrong with it, its expected runs and whether they were met, what it decided and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from checks.facts.decisions import DECISIONS, Decision
from checks.facts.executions import EXECUTIONS, Execution
from checks.facts.expected_runs import EXPECTED_RUNS, ExpectedRun
from checks.model import Finding, Report, Scope, Severity
from checks.policy import Policy
from checks.times import both_zones, format_minutes, format_utc, minutes_between, to_minute
from screens.clean import for_terminal
from screens.detail.page_findings import blind_paragraphs, nothing_paragraph
from screens.lines import Line, Span, Tone, severity_word
from screens.panels.panel import Spec
from screens.ports import Look
from screens.session import Session
from screens.table import Table, Target
from screens.views.brief import stamp
from screens.views.fitting import fit_all
from screens.views.options import Options
from screens.views.paragraphs import LONGEST_WORDS, Paragraph, Section, section_items

if TYPE_CHECKING:
    from checks.orchestration import Silence

WORKFLOW_CHECKS = ("orchestration.gap", "orchestration.silent_workflow", "orchestration.missed_run")
CADENCE_SECONDS = 30.0
_TITLE_LIMIT = 60


def workflow_spec(target: Target, session: Session) -> Spec:
    """Return the page of the workflow that `target` names."""
    title = f"Workflow {for_terminal(target.name, _TITLE_LIMIT)}"
    return Spec("workflow", "", title, partial(workflow_view, target.name), WORKFLOW_CHECKS, CADENCE_SECONDS)


@dataclass(frozen=True, slots=True)
class _Workflow:
    """All that is known of one workflow within the lookback, oldest first; `findings` are about it, or about the controller."""

    name: str
    decisions: Sequence[Decision]
    executions: Sequence[Execution]
    expected: Sequence[ExpectedRun]
    silences: Sequence[Silence]
    findings: Sequence[Finding]
    last: Decision | None


def workflow_view(name: str, look: Look, scope: Scope, policy: Policy, options: Options) -> Table:
    """Return the page: its last decision and the next command at the head, then everything that can be filtered."""
    known = _known(name, look, scope)
    sections = (
        Section("What is wrong", tuple(_wrong(known, look.report))),
        Section("Expected runs, newest first", tuple(_expected(known, scope, policy, options))),
        Section(f"Decisions of the last {_hours(scope)} h, newest first", tuple(_decided(known, policy, options))),
    )
    head = fit_all((_last(known, scope), _counts(known, scope), *_next(known)), options)
    return Table.of(section_items(sections, options), head=head, empty=f"nothing holds {options.filter!r}")


def _known(name: str, look: Look, scope: Scope) -> _Workflow:
    from checks.orchestration import silences  # noqa: PLC0415  # imported already by the desk's thread

    since = scope.as_of - scope.lookback
    own = sorted((d for d in look.rows(DECISIONS) if d.workflow_name == name), key=lambda d: d.decision_time)
    done = (e for e in look.rows(EXECUTIONS) if e.workflow_name == name and e.execution_time >= since)
    awaited = {run.expected_run_time: run for run in look.rows(EXPECTED_RUNS) if run.workflow_name == name}
    return _Workflow(
        name,
        [decision for decision in own if decision.decision_time >= since],
        sorted(done, key=lambda execution: execution.execution_time),
        [awaited[when] for when in sorted(awaited)],
        silences(own, scope.as_of, since),
        _findings(name, look.report),
        own[-1] if own else None,
    )


def _findings(name: str, report: Report) -> list[Finding]:
    """Return what is wrong with the workflow, then with the controller that should wake it; what goes on first."""
    found = [finding for finding in report.findings if finding.severity is not Severity.OK]
    own = [finding for finding in found if finding.subject.name == name]
    controller = [finding for finding in found if finding.check == "orchestration.gap"]
    return sorted((*own, *controller), key=lambda finding: not finding.is_active)


def _hours(scope: Scope) -> int:
    return int(scope.lookback.total_seconds() // 3600)


def _last(known: _Workflow, scope: Scope) -> Line:
    if known.last is None:
        return (Span("NEVER decides: ", Tone.WARNING), Span("no decision of it is known in two weeks", Tone.STRONG))
    last = known.last
    ago = format_minutes(max(minutes_between(last.decision_time, scope.as_of), 0))
    said = f", {last.reason}" if last.reason else ""
    return (
        Span(f"{last.action} {ago} ago", Tone.STRONG),
        Span(f", {both_zones(last.decision_time)}{for_terminal(said, LONGEST_WORDS)}"),
    )


def _counts(known: _Workflow, scope: Scope) -> Line:
    actions: dict[str, int] = {}
    for decision in known.decisions:
        actions[decision.action] = actions.get(decision.action, 0) + 1
    split = ", ".join(f"{count} {action}" for action, count in sorted(actions.items()))
    failed = sum(execution.scrapers_failed > 0 for execution in known.executions)
    decided = f"{_count(len(known.decisions), 'decision')} in {_hours(scope)} h{f' ({split})' if split else ''}"
    executed = f"{_count(len(known.executions), 'execution')}, {failed} with failures"
    return (Span(f"{decided}, {executed}", Tone.FAINT),)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _next(known: _Workflow) -> Iterator[Line]:
    for finding in known.findings[:1]:
        for suggestion in finding.suggestions[-1:]:
            yield (Span("next: ", Tone.FAINT), Span(suggestion.command, Tone.STRONG), Span(f" · {suggestion.purpose}"))


def _wrong(known: _Workflow, report: Report) -> Iterator[Paragraph]:
    if not known.findings:
        yield nothing_paragraph(report)
    for finding in known.findings:
        word = severity_word(finding.severity) if finding.is_active else Span("over    ", Tone.FAINT)
        key = f"finding {finding.fingerprint}"
        target = Target("finding", finding.fingerprint)
        lead = Span(f"{word.text} ", word.tone)
        yield Paragraph(key, (finding.sentence,), lead, target=target, subject=finding.subject)
    yield from blind_paragraphs(report)


def _expected(known: _Workflow, scope: Scope, policy: Policy, options: Options) -> Iterator[Paragraph]:
    """Say of each expected run what the check made of it, and which decision answered it."""
    missed = {name for finding in known.findings if finding.key == "undecided" for name in finding.names}
    window = timedelta(minutes=policy.expected_run_window_minutes)
    for run in reversed(known.expected):
        when = to_minute(run.expected_run_time)
        answer = _answer(known.decisions, when, window)
        if format_utc(when) in missed:
            said = Span("MISSED", Tone.ERROR)
        elif answer is not None:
            said = Span(f"met by {answer.action} at {stamp(answer.decision_time, 0)}", Tone.OK)
        elif when + window >= scope.as_of:
            said = Span("due now" if when - window <= scope.as_of else "not due yet", Tone.FAINT)
        elif when - window < scope.as_of - scope.lookback:
            said = Span(f"older than the {_hours(scope)} h looked at", Tone.FAINT)
        else:
            said = Span("no decision", Tone.WARNING)
        why = Span(for_terminal(f"· {run.reason}" if run.reason else "", LONGEST_WORDS), Tone.FAINT)
        yield Paragraph(f"expected {format_utc(when)}", (said, why), f"{stamp(when, options.width)} ", hang=2)


def _answer(decisions: Sequence[Decision], when: datetime, window: timedelta) -> Decision | None:
    """Return the decision within the window of an expected run: a RUN before a SKIP, the nearest of several."""
    near = [decision for decision in decisions if abs(to_minute(decision.decision_time) - when) <= window]
    return min(near, key=lambda d: (d.action != "RUN", abs(d.decision_time - when)), default=None)


def _decided(known: _Workflow, policy: Policy, options: Options) -> Iterator[Paragraph]:
    """Return decisions, silences between them, and executions: each under the decision that it names, else by its time."""
    times = {decision.decision_id: decision.decision_time for decision in known.decisions}
    lines = [(decision.decision_time, 2, _decision(decision, options)) for decision in known.decisions]
    for execution in known.executions:
        decided_at = times.get(execution.decision_id or "")
        when = decided_at or execution.execution_time
        lines.append((when, 1, _execution(execution, options, named=decided_at is not None)))
    lines.extend(
        (silence.end or datetime.max.replace(tzinfo=UTC), 0, _silence(silence))
        for silence in known.silences
        if silence.minutes >= policy.gap_warning_with_grace_minutes
    )
    return (paragraph for _, _, paragraph in sorted(lines, key=lambda entry: entry[:2], reverse=True))


def _decision(decision: Decision, options: Options) -> Paragraph:
    tone = {"RUN": Tone.STRONG, "SKIP": Tone.FAINT}.get(decision.action, Tone.WARNING)
    parts: list[Span] = [Span(decision.action, tone), Span(for_terminal(decision.reason or "", LONGEST_WORDS))]
    for label, names in (("scrapers", decision.scrapers_triggered), ("games", decision.target_games)):
        if names:
            parts.append(Span(for_terminal(f"· {label}: {', '.join(names)}", LONGEST_WORDS), Tone.FAINT))
    first = f"{stamp(decision.decision_time, options.width)} "
    return Paragraph(f"decision {decision.decision_id}", tuple(parts), first, hang=2)


def _execution(execution: Execution, options: Options, *, named: bool) -> Paragraph:
    failed = execution.scrapers_failed
    tone = Tone.ERROR if failed else Tone.OK if execution.scrapers_triggered else Tone.WARNING
    counts = f"{execution.scrapers_succeeded} of {execution.scrapers_triggered} scrapers succeeded"
    said = f"{counts}, {failed} failed" if failed else counts
    error = Span(for_terminal(execution.error_message or "", LONGEST_WORDS), Tone.ERROR)
    lead = "  └ executed " if named else f"{stamp(execution.execution_time, options.width)} executed, of no decision "
    parts = (Span(f"{execution.status}:"), Span(said, tone), error)
    return Paragraph(f"execution {execution.execution_id}", parts, lead, hang=4)


def _silence(silence: Silence) -> Paragraph:
    length = format_minutes(silence.minutes)
    said = f"no decision for {length}" + ("" if silence.end else ", and still none")
    return Paragraph(f"silence {format_utc(silence.start)}", (Span(said, Tone.WARNING),), "  ", hang=2)
