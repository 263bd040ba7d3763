"""A checkout as its own baseline has it, and its findings with the code around each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from console.audits.audit import Outcome, audit
from console.audits.baseline import baseline_of, held_against, read_baseline
from console.audits.choosing import why_not_from_here
from console.audits.options import read_options
from console.audits.saying import passed_sentence, verdict_sentence
from console.audits.sources import Unreadable, decode, read
from console.audits.values import AuditError, Spot, printable
from screens.ports import Audit, AuditSpot
from screens.text.amount import counted

AROUND = 8
"""Lines of code shown before a finding's own, and as many after it."""
LONGEST_LINE = 1_000
"""Characters of a line that are kept: more than any screen shows."""

Numbered = tuple[tuple[int, str], ...]


def audited(checkout: Path, ids: Sequence[str] = ()) -> Outcome:
    """Return what is new in the checkout; what its own baseline knows fails nothing, as with `courtside audit`.

    Raises AuditError as `audit` does, for options and a baseline that cannot be read, and for a folder below the root of a
    checkout whose configuration would not be read.
    """
    if why := why_not_from_here(checkout, ids, ""):
        raise AuditError(why)
    options = read_options(checkout)
    outcome = audit(checkout, ids, options)
    baseline = baseline_of(checkout, options)
    return outcome if baseline is None else held_against(outcome, read_baseline(baseline))


def view_of(checkout: Path) -> Audit:
    """Return an audit of the checkout as the console shows it. Raises AuditError as `audited` does, and for no Python files."""
    outcome = audited(checkout)
    if outcome.files == 0 and not outcome.spots:
        raise AuditError(f"{checkout}: there is no Python file to audit; give the folder of a checkout of the pipeline")
    texts = {path: _lines(outcome.root, path) for path in sorted({spot.hit.path for spot in outcome.spots})}
    spots = tuple(_shown(spot, texts) for spot in outcome.spots)
    return Audit(str(checkout), outcome.severity, verdict_sentence(outcome), spots, _asides(outcome))


def around(lines: Sequence[str], line: int) -> Numbered:
    """Return the numbered lines around a line, from 1; the first ones of the file for line 0."""
    first = max(line - AROUND, 1)
    last = max(line, 1) + AROUND
    return tuple((number, text[:LONGEST_LINE]) for number, text in enumerate(lines[first - 1 : last], start=first))


def _shown(spot: Spot, texts: Mapping[str, Sequence[str]]) -> AuditSpot:
    hit = spot.hit
    return AuditSpot(
        id=spot.finding.fingerprint,
        check=hit.check,
        path=printable(hit.path),
        line=hit.line,
        severity=hit.severity,
        sentence=hit.sentence,
        remedy=hit.remedy,
        code=around(texts[hit.path], hit.line),
        about=hit.about,
    )


def _lines(root: Path, path: str) -> Sequence[str]:
    """Return a file's lines; none when it cannot be read, or when a symbolic link leads out of the checkout."""
    if not (root / path).resolve().is_relative_to(root):
        return ()
    try:
        text = decode(read(root, path))
    except Unreadable:  # courtside: ignore[silent_exceptions] the finding stays, and the page says that it has no code
        return ()
    return [line.removesuffix("\r") for line in text.split("\n")]


def _asides(outcome: Outcome) -> tuple[str, ...]:
    """Return what is known of the baseline and of what was passed by."""
    known = f"{counted(len(outcome.known), 'finding')} of the baseline not shown" if outcome.known else ""
    return tuple(filter(None, (known, passed_sentence(outcome))))
