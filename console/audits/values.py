"""The values that audits speak in before they become findings: where, which rule, how bad, what to do."""

from __future__ import annotations

import hashlib
import shlex
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from checks.model import Evidence, Fault, Finding, Severity, Subject, SubjectKind, Suggestion
from console.actions.refusal import RefusedError


class AuditError(RefusedError):
    """Something that an audit was asked for cannot be; the message says what, where and what to do."""


def printable(path: str) -> str:
    """Return a path as text that can be written: bytes of it that are no UTF-8 stand as their numbers."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


@dataclass(frozen=True, slots=True)
class Hit:
    """One place that a rule applies to.

    `path` is relative to the audited folder, lines count from 1. `scope` is the dotted name of the function or class around it.
    `code` is its source without white space between words: with `rule` and `scope` it tells apart two hits of one file without
    a line number. `area` orders hits of one severity: the smaller, the earlier. `column`, from 1, tells apart two hits of one
    line; 0 where nothing asks for it.
    """

    check: str
    rule: str
    path: str
    line: int
    severity: Severity
    sentence: str
    scope: str = ""
    code: str = ""
    remedy: str = ""
    tool: str = "ast-grep"
    end_line: int = 0
    area: int = 1
    about: str = ""
    count: int = 1
    column: int = 0

    @property
    def place(self) -> str:
        """`orchestration/main.py:12`, or only the file of what is about all of it."""
        path = printable(self.path)
        return f"{path}:{self.line}" if self.line else path


@dataclass(frozen=True, slots=True)
class Spot:
    """A finding with what a list, an annotation and an editor want of it besides: its line and its rule."""

    hit: Hit
    finding: Finding


def spots_of(hits: Iterable[Hit]) -> tuple[Spot, ...]:
    """Return the hits as findings, worst first, then by area, path and line."""
    ordered = sorted(hits, key=lambda hit: (hit.path, hit.line, hit.check, hit.rule))
    seen: Counter[tuple[str, str, str]] = Counter()
    spots = []
    for hit in ordered:
        identity = (hit.check, hit.path, _key(hit))
        seen[identity] += 1
        spots.append(Spot(hit, _finding(hit, seen[identity])))
    return tuple(sorted(spots, key=lambda s: (-s.hit.severity, s.hit.area, s.hit.check, s.hit.path, s.hit.line)))


def with_counts(hits: Sequence[Hit]) -> list[Hit]:
    """Return hits that know how many of their check stand in their file."""
    counts = Counter((hit.check, hit.path) for hit in hits)
    return [replace(hit, count=counts[hit.check, hit.path]) for hit in hits]


def _key(hit: Hit) -> str:
    digest = hashlib.sha256("".join(hit.code.split()).encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{hit.rule}|{hit.scope}|{digest}"


def _opening(path: str, line: int) -> str:
    """Return the command that opens a file at a line, whatever its name would mean to a shell."""
    return f"$EDITOR +{max(line, 1)} {shlex.quote(f'./{path}' if path.startswith('-') else path)}"


def _finding(hit: Hit, number: int) -> Finding:
    """Return the finding; its key names no line, so that it stays the same when code above it moves."""
    path = printable(hit.path)
    numbers = [Evidence("line", hit.line, "", f"{hit.tool}:{hit.rule}")] if hit.line else []
    if hit.count > 1:
        numbers.append(Evidence("in this file", hit.count, "places", f"{hit.tool}:{hit.rule}"))
    return Finding(
        check=hit.check,
        severity=hit.severity,
        subject=Subject(SubjectKind.FILE, path),
        sentence=hit.sentence,
        fault=Fault.PIPELINE,
        evidence=tuple(numbers),
        names=(hit.scope,) if hit.scope else (),
        suggestions=(Suggestion(_opening(path, hit.line), hit.remedy),) if hit.remedy else (),
        key=f"{_key(hit)}|{number}",
    )
