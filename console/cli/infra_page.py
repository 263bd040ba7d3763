"""What `courtside infra` says, as text and as fields of a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from checks.model import CheckResult, Severity, Verdict
from checks.times import both_zones
from console import document
from console.audits.infra.running import World
from console.document import Json
from screens.lines import BLANK, Line, Part, Span, Tone, flow
from screens.text.report import finding_lines, note_lines, severity_lead


def infra_lines(verdict: Verdict, results: Sequence[CheckResult], world: World, width: int) -> list[Line]:
    """Return the verdict, what was found, what is worth a note, how many checks came to what, and why some could not see."""
    lines = flow([Span(verdict.sentence, Tone.STRONG)], width, first=severity_lead(verdict.severity))
    lines += flow([Span(f"{world.project or world.place} as of {both_zones(world.now)}", Tone.FAINT)], width, hang=2)
    found = [finding for result in results for finding in result.findings]
    for finding in (item for item in found if item.severity is not Severity.OK):
        lines += [BLANK, *finding_lines(finding, world.now, width, names=True)]
    if notes := [item for item in found if item.severity is Severity.OK]:
        lines += [BLANK, *note_lines(notes, width)]
    lines += [BLANK, *flow(_counts(results), width, first=Span("checks   ", Tone.FAINT))]
    for result in results:
        if result.reason and result.reason not in verdict.sentence:
            said = f"{result.check}: {result.reason}"
            lines += flow([said], width, first=severity_lead(Severity.UNKNOWN))
    return lines


def _counts(results: Sequence[CheckResult]) -> list[Part]:
    """Return `1 OK · 1 UNKNOWN`."""
    counts = Counter(result.severity for result in results)
    parts: list[Part] = []
    for severity in Severity:
        if counts[severity]:
            parts += [Span(f"{counts[severity]} {severity.name}", Tone.of(severity)), "·"]
    return parts[:-1]


def infra_fields(verdict: Verdict, results: Sequence[CheckResult], world: World) -> Json:
    """Return project, moment, verdict, findings and checks."""
    return {
        "project": world.project or None,
        "as_of": document.instant(world.now),
        "severity": document.severity(verdict.severity),
        "verdict": document.verdict(verdict),
        "findings": [document.finding(finding) for result in results for finding in result.findings],
        "checks": [document.check(result) for result in results],
    }
