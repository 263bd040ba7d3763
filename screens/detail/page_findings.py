"""What the pages of a game and of a date say of findings: how it stands, each finding, what could not be seen, what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checks.about_games import worst_of
from checks.model import Finding, Report, Severity
from screens.lines import Line, Part, Span, Tone, flow, line, severity_word
from screens.table import Target
from screens.views.fitting import fit_all
from screens.views.options import Options
from screens.views.paragraphs import Paragraph


def head_lines(said: str, findings: Sequence[Finding], report: Report, options: Options) -> tuple[Line, ...]:
    """Return how a thing stands in at most three lines, and the command to type next where it fits whole."""
    worst = severity_word(worst_of(findings, report))
    going_on = sum(finding.is_active and finding.severity is not Severity.OK for finding in findings)
    blind = sum(bool(result.reason) for result in report.results)
    parts: list[Part] = [
        Span(f"{said}:", Tone.STRONG),
        f"{going_on or 'no'} finding{'' if going_on == 1 else 's'} going on",
    ]
    if blind:
        parts.append(f"· {blind} check{' cannot' if blind == 1 else 's cannot'} be judged")
    lines = flow(parts, options.width, first=Span(f"{worst.text} ", worst.tone), hang=2)[:3]
    step = next(to_do(findings), None)
    if step is not None:
        command, purpose = step.parts
        next_line = line(Span("next: ", Tone.FAINT), command, " ", purpose)
        if sum(span.width for span in next_line[:2]) <= options.width:
            lines.append(next_line)
    return fit_all(lines, options)


def worst_first(findings: Sequence[Finding]) -> list[Finding]:
    """Return what is going on, worst first, then what is over, then notes."""
    return sorted(findings, key=lambda f: (f.severity is Severity.OK, not f.is_active, -f.severity))


def finding_paragraph(finding: Finding, extra: str = "") -> Paragraph:
    """Return a finding's sentence behind its severity; over and notes are said in words."""
    lead = severity_word(finding.severity)
    if finding.severity is Severity.OK:
        lead = Span("note    ", Tone.FAINT)
    elif not finding.is_active:
        lead = Span("over    ", Tone.FAINT)
    target = Target("finding", finding.fingerprint, finding.subject.game_date)
    parts = (finding.sentence, Span(extra, Tone.FAINT))
    key = f"finding {finding.fingerprint}"
    return Paragraph(key, parts, Span(f"{lead.text} ", lead.tone), hang=2, target=target, subject=finding.subject)


def nothing_paragraph(report: Report) -> Paragraph:
    """Return that nothing was found, where all checks could look; where one could not, that it cannot be known."""
    if any(result.reason for result in report.results):
        lead = severity_word(Severity.UNKNOWN)
        return Paragraph(
            "no findings", ("whether anything is wrong cannot be known",), Span(f"{lead.text} ", lead.tone), 2
        )
    return Paragraph("no findings", (Span("nothing that the checks know of", Tone.FAINT),))


def blind_paragraphs(report: Report) -> Iterator[Paragraph]:
    """Yield why checks could not be evaluated, each reason once."""
    reasons: dict[str, list[str]] = {}
    for result in report.results:
        if result.reason:
            reasons.setdefault(result.reason, []).append(result.check)
    for reason, checks in reasons.items():
        lead = severity_word(Severity.UNKNOWN)
        said = f"{', '.join(checks)} cannot be judged: {reason}"
        yield Paragraph(f"blind {checks[0]}", (said,), Span(f"{lead.text} ", lead.tone), hang=2)


def to_do(findings: Sequence[Finding]) -> Iterator[Paragraph]:
    """Yield each command that a finding suggests, once, those for the worst that is going on first."""
    steps = {
        step.command: step.purpose
        for finding in reversed(worst_first(findings))
        if finding.is_active
        for step in reversed(finding.suggestions)
    }
    for command, purpose in reversed(steps.items()):
        yield Paragraph(f"do {command}", (Span(command, Tone.STRONG), f"· {purpose}"), hang=2)
