"""`--fix`: streaming inserts that become calls of the batch loader, where the call is simple enough.

Simple is a call whose answer nobody looks at, with a table's name and the rows and nothing else. All others are left and listed.
A rewritten file parses, and ruff finds nothing in it that it did not find before.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ast_grep_py import SgNode

from console.audits.files import write_whole
from console.audits.linting import rows_of, with_sorted_imports
from console.audits.loader import is_imported, loader_of, place_of_import, why_not_importable
from console.audits.module import FUNCTIONS, Module, arguments, around, end_line_of, line_of, string_of
from console.audits.options import Options
from console.audits.rules import load
from console.audits.sources import decode, encoding_of, read
from console.audits.streaming_inserts import CHECK
from console.audits.tables import table_of
from console.audits.values import AuditError, Hit

_UNUSED = frozenset({"F401", "F841", "RUF059"})
"""Rules of ruff about an import or a variable that nothing uses."""
_METHODS = frozenset({"insert_rows_json", "insert_rows"})
_ROWS = ("json_rows", "rows")


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
    for path in sorted(by_path):
        made, unmade = _rewrite(root, path, by_path[path], options)
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


def _rewrite(root: Path, path: str, hits: Sequence[Hit], options: Options) -> tuple[list[Rewrite], list[Left]]:
    raw = read(root, path)
    text = decode(raw)
    module = Module(path, text, options)
    calls: list[_Call] = []
    left: list[Left] = []
    barred = _bar(root, module, options)
    for hit in sorted(hits, key=lambda one: one.line):
        node = _call_of(module, hit)
        reason = "it is not called in one piece" if node is None else _obstacle(module, node) or barred
        if node is None or reason or (reason := _too_early(module, node, options)):
            left.append(Left(hit.place, reason))
        else:
            calls.append(_Call(hit, node))
    if not calls:
        return [], left
    draft = _Draft(root, raw, text, options, tuple(_found_in(text, root)))
    kept, refused = _largest(draft, calls)
    order = [hit.place for hit in sorted(hits, key=lambda one: one.line)]
    left = sorted([*left, *refused], key=lambda one: order.index(one.place))
    if not kept:
        return [], left
    return [Rewrite(path, raw, text, draft.after(kept), tuple(call.hit.line for call in kept))], left


@dataclass(frozen=True, slots=True)
class _Call:
    """A call that is simple enough."""

    hit: Hit
    node: SgNode


@dataclass(frozen=True, slots=True)
class _Draft:
    """A file that is to be rewritten, with what ruff finds in it as it is."""

    root: Path
    raw: bytes
    text: str
    options: Options
    found: tuple[tuple[str, str], ...]

    def after(self, calls: Sequence[_Call]) -> str:
        """Return the text with these calls rewritten."""
        edits = [call.node.replace(_replaced(call.node, self.options)) for call in calls]
        rewritten = calls[0].node.get_root().root().commit_edits(edits)
        return _in_order(self.text, _with_import(rewritten, self.options), self.root)

    def trouble(self, calls: Sequence[_Call]) -> str:
        """Return what would be wrong with that text, or ""."""
        after = self.after(calls)
        try:
            ast.parse(after)
        except (SyntaxError, ValueError) as error:
            return f"the rewritten file would not parse: {error}"
        before = Counter(map(_key, self.found))
        for row in _found_in(after, self.root):
            before[_key(row)] -= 1
            if before[_key(row)] < 0:
                return _in_words(*row)
        return _unwritable(self.raw, self.text, after)


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


def _bar(root: Path, module: Module, options: Options) -> str:
    """Return why no call of a file can be rewritten, or ""."""
    if is_imported(module, options):
        return ""
    function = loader_of(options)[1]
    if module.whole.find(kind="identifier", regex=f"^{re.escape(function)}$") is not None:
        return f"{function} is something else in this file"
    if place_of_import(module, options) is None:
        return "sys.path is changed only where a function runs or the program starts, so the import has no sure place"
    return why_not_importable(root, module.path, options)


def _too_early(module: Module, call: SgNode, options: Options) -> str:
    """Return that a call runs before the loader can be imported, or ""."""
    place = place_of_import(module, options) or 0
    if is_imported(module, options) or around(call, *FUNCTIONS) is not None or line_of(call) > place:
        return ""
    return f"it runs before line {place}, behind which the import would go"


def _call_of(module: Module, hit: Hit) -> SgNode | None:
    squeezed = "".join(hit.code.split())
    calls = (node for node in module.root.find_all(kind="call") if line_of(node) <= hit.line <= end_line_of(node))
    return next((node for node in calls if "".join(node.text().split()) == squeezed), None)


def _obstacle(module: Module, call: SgNode) -> str:
    """Return why a call is not simple enough, or ""."""
    function, parent = call.field("function"), call.parent()
    name = function.field("attribute") if function is not None and function.kind() == "attribute" else None
    if name is None or name.text() not in _METHODS:
        return f"{function.text() if function is not None else 'it'} is another method, or another name of it"
    if parent is None or parent.kind() != "expression_statement":
        return "something is done with its answer"
    places, named = arguments(call)
    table, rows = _pair(places, named)
    if table is None or rows is None:
        return "it has other arguments than a table and rows"
    if call.find(kind="comment") is not None:
        return "there is a comment inside the call"
    if string_of(table) is None and not _is_name_of_table(module, table):
        return f"{table.text()} may be a table object, not its name"
    return ""


def _pair(places: Sequence[SgNode], named: dict[str, SgNode]) -> tuple[SgNode | None, SgNode | None]:
    """Return the table and the rows of a call that has nothing else; None for what it lacks, or when it has more."""
    rest = dict(named)
    table = places[0] if places else rest.pop("table", None)
    rows = places[1] if len(places) > 1 else next((rest.pop(name) for name in _ROWS if name in rest), None)
    if rest or len(places) > 2 or any("splat" in node.kind() for node in places):
        return None, None
    return table, rows


def _is_name_of_table(module: Module, table: SgNode) -> bool:
    if not re.fullmatch(r"[\w.]+", table.text()):
        return False
    if re.search(r"(?:^|_)(?:id|name|path)$", table.text(), re.IGNORECASE):
        return True
    given = re.search(rf"(?m)^\s*{re.escape(table.text())}(?:\s*:\s*\w+)?\s*=\s*[frFR]*[\"']", module.text)
    return given is not None and table_of(module, table) != ""


def _replaced(call: SgNode, options: Options) -> str:
    table, rows = _pair(*arguments(call))
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


def _in_order(before: str, after: str, root: Path) -> str:
    """Return the rewritten text with its imports sorted, where they were before."""
    was_sorted = not rows_of(before, ["I001"], root)
    return with_sorted_imports(after, root) if was_sorted and rows_of(after, ["I001"], root) else after


def _unwritable(raw: bytes, text: str, after: str) -> str:
    """Return why a rewritten text cannot be written as the file is, or ""."""
    encoding = encoding_of(raw)
    try:
        is_same = text.encode(encoding) == raw and after.encode(encoding).decode(encoding) == after
    except UnicodeError:
        is_same = False
    return "" if is_same else f"its {encoding} or its ends of lines cannot be written back as they were"


def _found_in(text: str, root: Path) -> list[tuple[str, str]]:
    """Return code and message of what ruff finds and what a rewritten file may not have more of."""
    rules = load("linting")
    return [row for row in rows_of(text, rules["after_fix"], root) if row[0] not in rules["after_fix_may"]]


def _key(row: tuple[str, str]) -> tuple[str, str]:
    """Return a row of ruff's without numbers of lines and columns, which the import moves."""
    return row[0], re.sub(r"\d+", "…", row[1])


def _in_words(code: str, message: str) -> str:
    """Return what ruff would find; most often a client that only this call used."""
    name = re.search(r"`([^`]+)`", message)
    if code in _UNUSED and name is not None:
        return f"{name[1]} would be used no more (ruff {code}): rewrite this call by hand and remove {name[1]} with it"
    return f"ruff would find something new: {code} {message}"
