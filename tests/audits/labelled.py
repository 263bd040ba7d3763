"""The labelled corpus: snippets with the lines on which a check must find something, and which rule.

A snippet begins with `### difficulty [negative] [@ path]: title`; `#! rule` at a line's end is the label, which the check never
sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from checks.model import Severity
from console.audits.catalogue import chosen
from console.audits.linting import lint_text
from console.audits.module import Module
from console.audits.options import Options

FOLDER = Path(__file__).parent / "corpus"

_HEAD = re.compile(r"### (easy|medium|devious)( negative)?(?: @ (\S+))?: (.+)")
_LABEL = re.compile(r"\s*#! (\w+)$")


@dataclass(frozen=True, slots=True)
class Snippet:
    """One piece of code: `labels` are the lines, from 1, on which something must be found, with the rule."""

    check: str
    difficulty: str
    title: str
    path: str
    code: str
    labels: frozenset[tuple[int, str]]

    @property
    def name(self) -> str:
        return f"{self.check}: {self.title}"

    @property
    def lines(self) -> frozenset[int]:
        return frozenset(line for line, _ in self.labels)

    def found(self) -> frozenset[tuple[int, str]]:
        """Return the lines and rules that the check finds."""
        (audit,) = chosen([self.check])
        assert audit.inspect is not None
        assert audit.reads is not None
        if not any(word in self.code for word in audit.needs):
            return frozenset()
        linted = lint_text(self.path, self.code)
        assert not linted.broken, self.name
        module = Module(self.path, self.code, Options(), linted.marks.get(self.path, {}), (audit.reads,))
        return frozenset((hit.line, hit.rule) for hit in audit.inspect(module) if hit.severity is not Severity.OK)


def snippets(folder: Path = FOLDER) -> list[Snippet]:
    """Return a whole corpus: that which the rules are developed with, unless told otherwise."""
    return [snippet for path in sorted(folder.glob("*.txt")) for snippet in _snippets(path)]


def _snippets(path: Path) -> Iterator[Snippet]:
    for part in re.split(r"(?m)^(?=### )", path.read_text(encoding="utf-8")):
        head, _, body = part.partition("\n")
        found = _HEAD.fullmatch(head)
        if found is None:
            assert not part.strip(), head
            continue
        lines = body.rstrip().split("\n")
        labels = frozenset((at, label[1]) for at, line in enumerate(lines, 1) if (label := _LABEL.search(line)))
        assert bool(labels) is not bool(found[2]), head
        code = "".join(f"{_LABEL.sub('', line)}\n" for line in lines)
        yield Snippet(path.stem, found[1], found[4], found[3] or "orchestration/snippet.py", code, labels)


def precision_and_recall(results: Iterable[tuple[frozenset[int], frozenset[int]]]) -> tuple[float, float]:
    """Return both for pairs of what must be found and what was."""
    pairs = list(results)
    right = sum(len(wanted & found) for wanted, found in pairs)
    said = sum(len(found) for _, found in pairs)
    wanted_in_all = sum(len(wanted) for wanted, _ in pairs)
    return right / said, right / wanted_in_all
