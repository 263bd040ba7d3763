"""`--fix`: streaming inserts that become calls of the batch loader, where the call is simple enough.

All others are left and listed. A rewritten file parses, and ruff finds nothing in it that it did not find before.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ast_grep_py import SgNode

from console.audits.files import write_whole
from console.audits.fixing.clients import clients_of
from console.audits.fixing.loader import (
    is_home,
    is_imported,
    loader_of,
    place_of_import,
    why_circular,
    why_not_importable,
)
from console.audits.fixing.novelties import Findings, findings
from console.audits.fixing.obstacles import obstacle, table_and_rows
from console.audits.fixing.reach import Reach
from console.audits.module import FUNCTIONS, Module, around, end_line_of, line_of
from console.audits.options import Options
from console.audits.sources import decode, encoding_of, read
from console.audits.streaming.streaming_inserts import CHECK, position_of
from console.audits.values import AuditError, Hit


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A file before and after, with the lines of the calls that were rewritten."""

    path: str
    raw: bytes
    before: str
    after: str
    lines: tuple[int, ...]

    @property
    def diff(self) -> tuple[str, ...]:
        """The change as a unified diff."""
        before, after = self.before.splitlines(), self.after.splitlines()
        return tuple(difflib.unified_diff(before, after, f"a/{self.path}", f"b/{self.path}", lineterm=""))


@dataclass(frozen=True, slots=True)
class Left:
    """A streaming insert that a person has to rewrite, and why."""

    place: str
    reason: str


def plan(root: Path, hits: Iterable[Hit], options: Options) -> tuple[tuple[Rewrite, ...], tuple[Left, ...]]:
    """Return the files as they would be, and what is left. Raises AuditError when ruff cannot be run, Unreadable."""
    by_path: dict[str, list[Hit]] = {}
    for hit in hits:
        if hit.check == CHECK:
            by_path.setdefault(hit.path, []).append(hit)
    rewrites: list[Rewrite] = []
    left: list[Left] = []
    reach = Reach(root)
    for path in sorted(by_path):
        made, unmade = _rewrite(reach, path, by_path[path], options)
        rewrites.extend(made)
        left.extend(unmade)
    return tuple(rewrites), tuple(left)


def apply(root: Path, rewrites: Sequence[Rewrite]) -> None:
    """Write the files, each whole or not at all. Raises AuditError for one that has changed since it was looked at."""
    for one in rewrites:
        path = root / one.path
        if path.is_symlink() or read(root, one.path) != one.raw:
            raise AuditError(f"{one.path} has changed since it was looked at; run --fix again")
        write_whole(path, one.after.encode(encoding_of(one.raw)))


def _rewrite(reach: Reach, path: str, hits: Sequence[Hit], options: Options) -> tuple[list[Rewrite], list[Left]]:
    raw = read(reach.root, path)
    module = Module(path, decode(raw), options)
    ordered = sorted(hits, key=lambda one: (one.line, one.column))
    calls, left = _simple(reach, module, ordered)
    if not calls:
        return [], left
    try:
        draft = _Draft(raw, module, findings(reach.root, path, module.text))
    except AuditError as error:
        return [], _in_order([*left, *(Left(call.hit.place, str(error)) for call in calls)], ordered)
    kept, refused = _largest(draft, calls)
    left = _in_order([*left, *refused], ordered)
    if not kept:
        return [], left
    return [Rewrite(path, raw, module.text, draft.after(kept), tuple(call.hit.line for call in kept))], left


def _in_order(left: Iterable[Left], hits: Sequence[Hit]) -> list[Left]:
    order = [hit.place for hit in hits]
    return sorted(left, key=lambda one: order.index(one.place))


def _simple(reach: Reach, module: Module, hits: Sequence[Hit]) -> tuple[list[_Call], list[Left]]:
    """Return the calls of a file that are simple enough, and the others with the reason."""
    calls: list[_Call] = []
    left: list[Left] = []
    try:
        clients = clients_of(module)
    except (SyntaxError, ValueError, RecursionError) as error:
        return [], [Left(hit.place, f"this version of Python does not parse the file: {error}") for hit in hits]
    barred = _bar(reach, module)
    for hit in hits:
        node = _call_of(module, hit)
        if node is None or any(_start(node) == _start(call.node) for call in calls):
            left.append(Left(hit.place, "it is not called in one piece"))
        elif reason := obstacle(module, node, clients) or barred or _too_early(module, node):
            left.append(Left(hit.place, reason))
        else:
            calls.append(_Call(hit, node))
    return calls, left


def _start(node: SgNode) -> int:
    return int(node.range().start.index)


@dataclass(frozen=True, slots=True)
class _Call:
    """A call that is simple enough."""

    hit: Hit
    node: SgNode


@dataclass(frozen=True, slots=True)
class _Draft:
    """A file that is to be rewritten, with what ruff finds in it as it is."""

    raw: bytes
    module: Module
    found: Findings

    def after(self, calls: Sequence[_Call]) -> str:
        """Return the text with these calls rewritten."""
        edits = [call.node.replace(_replaced(call.node, self.module.options)) for call in calls]
        rewritten = calls[0].node.get_root().root().commit_edits(edits)
        return self.found.in_order(_with_import(rewritten, self.module.options))

    def trouble(self, calls: Sequence[_Call]) -> str:
        """Return what would be wrong with that text, or ""."""
        after = self.after(calls)
        try:
            ast.parse(after)
        except (SyntaxError, ValueError) as error:
            return f"the rewritten file would not parse: {error}"
        return self.found.new_in(after) or _unwritable(self.raw, self.module.text, after)


def _largest(draft: _Draft, calls: Sequence[_Call]) -> tuple[list[_Call], list[Left]]:
    """Return the calls that can be rewritten together: all, or one after the other as long as the file stays whole."""
    trouble = draft.trouble(calls)
    if not trouble:
        return [*calls], []
    if len(calls) == 1:
        return [], [Left(calls[0].hit.place, trouble)]
    kept: list[_Call] = []
    left: list[Left] = []
    for call in calls:
        if trouble := draft.trouble([*kept, call]):
            left.append(Left(call.hit.place, trouble))
        else:
            kept.append(call)
    return kept, left


def _bar(reach: Reach, module: Module) -> str:
    """Return why no call of a file can be rewritten, or ""."""
    if is_home(reach.root, module.path, module.options):
        return "this is the file of the loader itself"
    why = "" if is_imported(module, module.options) else _why_no_import(reach.root, module)
    return why or why_circular(reach, module.path, module.options)


def _why_no_import(root: Path, module: Module) -> str:
    """Return why the loader's import cannot be put into a file, or ""."""
    options = module.options
    function = loader_of(options)[1]
    if module.whole.find(kind="identifier", regex=f"^{re.escape(function)}$") is not None:
        return f"{function} is something else in this file"
    if place_of_import(module, options) is None:
        return "sys.path is changed only where a function runs or the program starts, so the import has no sure place"
    return why_not_importable(root, module.path, options)


def _too_early(module: Module, call: SgNode) -> str:
    """Return that a call runs before the loader can be imported, or ""."""
    place = place_of_import(module, module.options) or 0
    if is_imported(module, module.options) or around(call, *FUNCTIONS) is not None or line_of(call) > place:
        return ""
    return f"it runs before line {place}, behind which the import would go"


def _call_of(module: Module, hit: Hit) -> SgNode | None:
    """Return the call that a hit is about: where it stands tells it apart from another one of the same words."""
    squeezed = "".join(hit.code.split())
    calls = (node for node in module.whole.find_all(kind="call") if line_of(node) <= hit.line <= end_line_of(node))
    same = (node for node in calls if "".join(node.text().split()) == squeezed)
    return next((node for node in same if position_of(node) == (hit.line, hit.column)), None)


def _replaced(call: SgNode, options: Options) -> str:
    table, rows = table_and_rows(call)
    function = loader_of(options)[1]
    return f"{function}({table.text() if table else ''}, {rows.text() if rows else ''})"


def _with_import(text: str, options: Options) -> str:
    """Return the text with the loader's import where it goes, unless it is there."""
    rewritten = Module("", text, options)
    if is_imported(rewritten, options):
        return text
    home, function = loader_of(options)
    ending = "\r" if "\r\n" in text else ""
    lines = text.split("\n")  # as ast-grep counts them; a form feed ends none
    at = place_of_import(rewritten, options) or 0
    return "\n".join([*lines[:at], f"from {home} import {function}{ending}", *lines[at:]])


def _unwritable(raw: bytes, text: str, after: str) -> str:
    """Return why a rewritten text cannot be written as the file is, or ""."""
    encoding = encoding_of(raw)
    try:
        is_same = text.encode(encoding) == raw and after.encode(encoding).decode(encoding) == after
    except UnicodeError:
        is_same = False
    return "" if is_same else f"its {encoding} or its ends of lines cannot be written back as they were"
