"""Findings: root causes first, the worst and newest on top, with what they explain folded beneath them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from checks.hushes import Hush, Hushes, HushKind
from checks.model import Finding, RootCause, Scope, Severity
from checks.policy import Policy
from checks.times import format_minutes, minutes_between
from screens.clean import for_terminal
from screens.lines import Line, Span, Tone, severity_word
from screens.ports import Look
from screens.table import Item, Table, Target
from screens.views.finding_text import about_cause, about_finding
from screens.views.fitting import cell, fit, fit_all, fold_marker
from screens.views.options import Options
from screens.words import hushes_of, hushes_trouble

FULL_AGE_FROM = 56
"""From this width on an age has hours and minutes; below it only its greatest unit."""
COUNT_FROM = 56
"""From this width on what is folded is counted in words, else by number."""
LONGEST_NAME = 12
"""Characters of the name of whoever has something in hand that a row shows."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: a cause, a finding beneath one, or (with neither cause nor fold) a note."""

    key: str
    cause: RootCause | None
    finding: Finding | None
    folded: bool | None = None
    """Of a cause with something beneath it: whether that is hidden. None of every other row."""


def findings_view(look: Look, scope: Scope, policy: Policy, options: Options, unfolded: Collection[str] = ()) -> Table:
    """Return the causes that are going on, those that somebody has in hand after the others, then what is over, then notes.

    What a cause explains is shown when its key is in `unfolded`, and wherever the filter asks for it. Where it is not known what
    somebody has in hand, the head says so.
    """
    report = look.report
    hushes = hushes_of(look)
    entries = list(_entries(_in_order(report.causes, hushes), options.filter.casefold(), unfolded))
    wanted = options.filter.casefold()
    notes = (finding for finding in report.findings if finding.severity is Severity.OK)
    entries.extend(Entry(f"note {note.fingerprint}", None, note) for note in notes if wanted in _words(note))

    def item(number: int) -> Item:
        entry = entries[number]
        return _item(entry, _hush(entry, hushes), scope.as_of, options)

    def about(number: int, width: int) -> tuple[Line, ...]:
        entry = entries[number]
        if entry.finding is not None:
            lines = about_finding(entry.finding, entry.cause, scope.as_of, width, _hush(entry, hushes))
        else:
            lines = about_cause(entry.cause, scope.as_of, width, _hush(entry, hushes)) if entry.cause else []
        return fit_all(lines, Options(width, ascii=options.ascii))

    empty = "no finding matches" if wanted else "no findings"
    keys = [entry.key for entry in entries]
    trouble = hushes_trouble(look)
    head = (fit((Span(trouble, Tone.UNKNOWN),), options),) if trouble else ()
    return Table(head, len(entries), item, lambda: keys, empty, about=about)


def _in_order(causes: Iterable[RootCause], hushes: Hushes) -> list[RootCause]:
    """Return causes in their order, but those that somebody has in hand after the others that are going on."""
    return sorted(causes, key=lambda cause: (cause.until is not None, hushes.of_cause(cause) is not None))


def _hush(entry: Entry, hushes: Hushes) -> Hush | None:
    """Return the word in force about what a row shows."""
    if entry.finding is not None:
        return hushes.of_finding(entry.finding)
    return hushes.of_cause(entry.cause) if entry.cause else None


def cause_key_of(key: str) -> str:
    """Return the key of the cause that a row belongs to, from the row's own: what it is, a space, its cause's key."""
    return key.partition(" ")[2]


def foldable(causes: Iterable[RootCause]) -> frozenset[str]:
    """Return the keys of the causes that have something beneath them."""
    return frozenset(cause.key for cause in causes if beneath(cause))


def beneath(cause: RootCause) -> tuple[Finding, ...]:
    """Return what stands under a cause: its further signs, then what it explains, each the worst and newest first."""
    return (*sorted(cause.evidence[1:], key=_urgency), *sorted(cause.symptoms, key=_urgency))


def _urgency(said: Finding) -> tuple[bool, int, float]:
    """Return what sorts the worst and newest to the top, and what is over to the end."""
    newest = -said.since.timestamp() if said.since else float("inf")
    return (said.until is not None, -said.severity, newest)


def _entries(causes: Iterable[RootCause], wanted: str, unfolded: Collection[str]) -> Iterator[Entry]:
    for cause in causes:
        under = beneath(cause)
        folded = cause.key not in unfolded
        if wanted:
            under = tuple(finding for finding in under if wanted in _words(finding))
            folded = False
        if not wanted or under or wanted in _words(cause):
            yield Entry(f"cause {cause.key}", cause, None, folded if under else None)
        if not folded:
            yield from (Entry(f"{finding.fingerprint} {cause.key}", cause, finding) for finding in under)


def _words(said: Finding | RootCause) -> str:
    """Return what a row shows, whatever of it fits."""
    return f"{_word(said).text} {said.sentence}".casefold()


def _item(entry: Entry, hush: Hush | None, as_of: datetime, options: Options) -> Item:
    if entry.finding is not None:
        return _finding_item(entry.key, entry.finding, entry.cause, hush, as_of, options)
    assert entry.cause is not None  # noqa: S101  # an entry has one of them
    cause = entry.cause
    lead = cause.evidence[0] if cause.evidence else None
    target = Target("finding", lead.fingerprint if lead else cause.key, lead.subject.game_date if lead else None)
    marker = fold_marker(entry.folded, ascii=options.ascii)
    tone = Tone.FAINT if cause.until or hush else Tone.STRONG
    start = (Span(marker, Tone.STRONG), _word(cause), Span(" "), _age(cause, as_of, options), Span(" "))
    line = _with_count((*start, *_mark(hush), Span(cause.sentence, tone)), _count(cause, options), options)
    return Item(entry.key, line, target, lead.subject if lead else None, whole=cause.key)


def _finding_item(
    key: str, finding: Finding, cause: RootCause | None, hush: Hush | None, as_of: datetime, options: Options
) -> Item:
    lead = "  " if cause is None else "  ` " if options.ascii else "  └ "
    quiet = cause is None or not finding.is_active or hush is not None
    spans = (
        Span(lead, Tone.FAINT),
        _word(finding),
        Span(" "),
        _age(finding, as_of, options),
        Span(" "),
        *_mark(hush),
        Span(finding.sentence, Tone.FAINT if quiet else Tone.PLAIN),
    )
    target = Target("finding", finding.fingerprint, finding.subject.game_date)
    return Item(key, fit(spans, options), target, finding.subject)


def _mark(hush: Hush | None) -> Line:
    """Return `ack ann: ` or `silent ann: ` before a sentence; until when, and why, is said of the row under the cursor."""
    if hush is None:
        return ()
    word = "ack" if hush.kind is HushKind.ACKNOWLEDGED else "silent"
    return (Span(f"{word} {for_terminal(hush.by, LONGEST_NAME)}: ", Tone.STRONG),)


def _word(said: Finding | RootCause) -> Span:
    """Return how bad it is; what is over or only worth saying has a word of its own."""
    if said.until is not None:
        return Span("over    ", Tone.FAINT)
    return Span("note    ", Tone.FAINT) if said.severity is Severity.OK else severity_word(said.severity)


def _age(said: Finding | RootCause, as_of: datetime, options: Options) -> Span:
    """Return how long it has been going on, or how long it has been over."""
    start = said.until or said.since
    minutes = max(minutes_between(start, as_of), 0) if start else None
    if options.width >= FULL_AGE_FROM:
        return cell("" if minutes is None else format_minutes(minutes), 11, Tone.FAINT, right=True)
    return cell("" if minutes is None else _greatest_unit(minutes), 4, Tone.FAINT, right=True)


def _greatest_unit(minutes: int) -> str:
    if minutes < 60:
        return f"{minutes}m"
    return f"{minutes // 60}h" if minutes < 72 * 60 else f"{minutes // 1440}d"


def _count(cause: RootCause, options: Options) -> str:
    """Return what is beneath a cause: `explains 18`, `8 signs`."""
    signs, explains = len(cause.evidence), len(cause.symptoms)
    if options.width < COUNT_FROM:
        under = len(beneath(cause))
        return f"+{under}" if under else ""
    parts = [f"{signs} signs"] if signs > 1 else []
    if explains:
        parts.append(f"explains {explains}")
    return ", ".join(parts)


def _with_count(spans: Line, count: str, options: Options) -> Line:
    """Return a line with a count at its end, for which the sentence makes room."""
    if not count:
        return fit(spans, options)
    room = Options(max(options.width - len(count) - 1, 1), ascii=options.ascii)
    shown = fit(spans, room)
    padding = " " * (room.width - sum(span.width for span in shown) + 1)
    return (*shown, Span(f"{padding}{count}", Tone.FAINT))
