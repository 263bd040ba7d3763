"""`# courtside: ignore[check] reason`: a finding that somebody has judged, on its line or on the line above it.

What is about all of a file, such as a copy that differs, is silenced in its first lines.
A reason is required, and a comment that silences nothing is reported: else the comments outlive what they were written for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from checks.model import Severity
from console.audits.module import Module, line_of
from console.audits.values import Hit

CHECK = "source.ignores"
NEEDS = "courtside: ignore"

FIRST_LINES = 20
"""Lines in which a comment may be about all of a file."""

_IGNORE = re.compile(r"#\s*courtside:\s*ignore(?:\[([^\]]*)\])?[ \t:-]*(.*)")
_FOR_OTHERS = re.compile(r"#\s*(?:noqa|type:|nosec|pragma:|pylint:|fmt:).*")
_WORD = re.compile(r"[^\W\d_]{2}")


@dataclass(frozen=True, slots=True)
class Ignore:
    """One comment: the checks that it silences, why, and the lines that it is about."""

    path: str
    line: int
    checks: tuple[str, ...]
    reason: str
    lines: tuple[int, ...]

    def covers(self, hit: Hit) -> bool:
        """Return whether the comment is about a hit; in the first lines of a file it is about all of the file too."""
        if hit.check not in self.checks:
            return False
        if hit.line == 0:
            return self.line <= FIRST_LINES
        return any(hit.line <= line <= max(hit.end_line, hit.line) for line in self.lines)


def reads(_: Module) -> Callable[[str], bool]:
    """Return what tells whether a part of a module may hold a comment that silences."""
    return lambda part: "courtside:" in part


def ignores_of(module: Module, known: Collection[str]) -> Iterator[Ignore]:
    """Yield the comments of a file; `known` are the ids of all checks, of which the last part may stand alone."""
    if NEEDS not in module.text:
        return
    lines = module.text.split("\n")
    for node in module.root.find_all({"rule": {"kind": "comment", "regex": r"courtside:\s*ignore"}}):
        found = _IGNORE.search(node.text())
        if found is None:
            continue
        line = line_of(node)
        names = tuple(_full(part.strip(), known) for part in (found[1] or "").split(",") if part.strip())
        about = _next_code(lines, line) if lines[line - 1].lstrip().startswith("#") else line
        yield Ignore(module.path, line, names, _reason(found[2]), (about,))


def _reason(text: str) -> str:
    """Return the reason that a comment gives; what is for another tool, or holds no word, is none."""
    reason = _FOR_OTHERS.sub("", text).strip()
    return reason if _WORD.search(reason) is not None else ""


def _full(name: str, known: Collection[str]) -> str:
    return next((one for one in known if name in (one, one.rpartition(".")[2])), name)


def _next_code(lines: Sequence[str], line: int) -> int:
    """Return the first line after a comment that is neither blank nor a comment."""
    rest = enumerate(lines[line:], line + 1)
    return next((at for at, text in rest if text.strip() and not text.lstrip().startswith("#")), line)


def silenced(hits: Sequence[Hit], ignores: Sequence[Ignore], ran: Collection[str], known: Collection[str]) -> list[Hit]:
    """Return the hits that no comment silences, and one for each comment that gives no reason or silences nothing.

    Of comments about checks that did not run (`ran`) it is not said that they silence nothing.
    """
    by_path: dict[str, list[Ignore]] = {}
    for ignore in ignores:
        by_path.setdefault(ignore.path, []).append(ignore)
    kept: list[Hit] = []
    used: set[tuple[Ignore, str]] = set()
    for hit in hits:
        covering = [one for one in by_path.get(hit.path, ()) if one.covers(hit) and one.reason]
        used.update((one, hit.check) for one in covering)
        if not covering:
            kept.append(hit)
    return [*kept, *(hit for ignore in ignores for hit in _faults(ignore, used, ran, known))]


def _faults(
    ignore: Ignore, used: Collection[tuple[Ignore, str]], ran: Collection[str], known: Collection[str]
) -> Iterable[Hit]:
    if not ignore.checks:
        yield _hit(ignore, "unnamed", "the comment names no check: write # courtside: ignore[check] reason")
        return
    if not ignore.reason:
        yield _hit(
            ignore, "reason", f"the comment silences {', '.join(ignore.checks)} without a reason, so it does not count"
        )
        return
    for check in ignore.checks:
        if check not in known:
            yield _hit(ignore, "unknown", f"there is no check {check!r} to silence")
        elif check in ran and (ignore, check) not in used:
            yield _hit(ignore, "unused", f"the comment silences {check}, which finds nothing here")


def _hit(ignore: Ignore, rule: str, sentence: str) -> Hit:
    return Hit(
        check=CHECK,
        rule=rule,
        path=ignore.path,
        line=ignore.line,
        severity=Severity.WARNING,
        sentence=sentence,
        code=f"{','.join(ignore.checks)} {ignore.reason}",
        remedy="write the reason behind the bracket, or remove the comment",
        end_line=ignore.line,
    )
