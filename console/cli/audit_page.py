"""The layout of `courtside audit`: the verdict, the findings by check, worst first, and what was passed by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from checks.model import Severity
from console.audits.audit import Outcome
from console.audits.catalogue import AUDITS, ELSEWHERE
from console.audits.saying import passed_paths, passed_sentence, verdict_sentence
from console.audits.values import Spot
from screens.lines import BLANK, Line, Span, Tone, flow, line, severity_word
from screens.text.amount import counted
from screens.text.report import INDENT, severity_lead


def audit_lines(outcome: Outcome, width: int, *, explains: bool = False, has_baseline: bool = False) -> list[Line]:
    """Return an audit as text; `explains` adds why a check matters and what to do, and shows notes.

    `has_baseline` is whether the findings are those that a baseline does not know.
    """
    said = [spot for spot in outcome.spots if explains or spot.hit.severity is not Severity.OK]
    lines = _verdict(outcome, width)
    for check in dict.fromkeys(spot.hit.check for spot in said):
        found = [spot for spot in said if spot.hit.check == check]
        lines.extend((BLANK, *_check_lines(check, found, width, explains=explains)))
    rest = _rest(outcome, notes=len(outcome.spots) - len(said), explains=explains)
    if has_baseline and said:
        rest.append(_TO_ACCEPT)
    return [*lines, BLANK, *(row for text in rest for row in flow([Span(text, Tone.FAINT)], width, hang=2))]


_TO_ACCEPT = (
    "what is new is mended, or ignored with a reason where it stands; `--update-baseline --accept-new` adds it to the baseline, "
    "say when a file was renamed or more is looked at than before"
)


def catalogue_lines(width: int) -> list[Line]:
    """Return every check by id, with what it finds, and what runs it where it looks at no checkout."""
    said = [(audit.id, audit.title) for audit in AUDITS]
    said += [(one.id, f"{one.title}: `{one.command}`") for one in ELSEWHERE]
    room = max(len(name) for name, _ in said) + 2
    return [
        spans
        for name, text in said
        for spans in flow([text], width, first=Span(f"{name:<{room}}", Tone.STRONG), hang=room)
    ]


def catalogue_fields() -> list[dict[str, str]]:
    """Return the same for a document; the command of an audit of a checkout lacks its PATH."""
    own = [{"check": audit.id, "finds": audit.title, "command": f"courtside audit {audit.id}"} for audit in AUDITS]
    return own + [{"check": one.id, "finds": one.title, "command": one.command} for one in ELSEWHERE]


def _verdict(outcome: Outcome, width: int) -> list[Line]:
    return flow([Span(verdict_sentence(outcome), Tone.STRONG)], width, first=severity_lead(outcome.severity))


def _check_lines(check: str, spots: Sequence[Spot], width: int, *, explains: bool) -> Iterable[Line]:
    titles = {audit.id: audit for audit in AUDITS}
    title = titles[check].title if check in titles else ""
    head = f" · {title}" if title else ""
    yield line(Span(check, Tone.STRONG), Span(f"{head} · {len(spots)}", Tone.FAINT))
    if explains and check in titles:
        yield from flow([Span(titles[check].why, Tone.FAINT)], width)
    counted_files: set[str] = set()
    for spot in spots:
        is_first = spot.hit.path not in counted_files
        counted_files.add(spot.hit.path)
        many = [Span(f"({spot.hit.count} in this file)", Tone.FAINT)] if is_first and spot.hit.count > 1 else []
        yield from flow([Span(spot.hit.place, Tone.STRONG), spot.hit.sentence, *many], width, first=_lead(spot))
        if explains:
            yield from _explained(spot, width)


def _lead(spot: Spot) -> Span:
    word = severity_word(spot.hit.severity)
    return Span(f"{word.text} ", word.tone)


def _explained(spot: Spot, width: int) -> Iterable[Line]:
    hit = spot.hit
    where = f" in {hit.scope}" if hit.scope else ""
    said = f"rule {hit.rule} of {hit.tool}{where}, fingerprint {spot.finding.fingerprint}"
    yield from flow([Span(said, Tone.FAINT)], width, first=INDENT)
    if hit.remedy:
        yield from flow([hit.remedy], width, first=Span(f"{'→':<9}", Tone.FAINT))


def _rest(outcome: Outcome, notes: int, *, explains: bool) -> list[str]:
    """Return what else is to be known: notes, the baseline, and what was not looked at."""
    said: list[str] = []
    if notes:
        said.append(f"{counted(notes, 'note')} not shown: --explain shows them")
    if outcome.known:
        said.append(f"{counted(len(outcome.known), 'finding')} of the baseline")
    if outcome.risen:
        said.append(f"{counted(outcome.risen, 'finding')} of these in the baseline as less bad than now")
    if outcome.outdated:
        said.append(
            f"{counted(len(outcome.outdated), 'line')} of the baseline without a severity, or with a worse one than is found: "
            "--update-baseline writes down what is found, and from then on it is told when that grows worse"
        )
    if outcome.stale:
        said.append(
            f"{counted(len(outcome.stale), 'line')} of the baseline found no more: --update-baseline takes them out"
        )
    if passed := passed_sentence(outcome):
        said.append(passed)
    if explains:
        said += [f"{reason}: {', '.join(paths)}" for reason, paths in passed_paths(outcome)]
    return said
