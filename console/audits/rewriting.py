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

from ast_grep_py import Edit, SgNode

from console.audits.files import write_whole
from console.audits.linting import rows_of, with_sorted_imports
from console.audits.module import Module, arguments, end_line_of, line_of, string_of
from console.audits.options import Options
from console.audits.rules import load
from console.audits.sources import decode, encoding_of, read
from console.audits.streaming_inserts import CHECK
from console.audits.tables import table_of
from console.audits.values import AuditError, Hit

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
    edits: list[Edit] = []
    lines: list[int] = []
    left: list[Left] = []
    taken = _taken(module, options)
    for hit in sorted(hits, key=lambda one: one.line):
        call = _call_of(module, hit)
        reason = "it is not called in one piece" if call is None else taken or _obstacle(module, call)
        if call is None or reason:
            left.append(Left(hit.place, reason))
        else:
            edits.append(call.replace(_replaced(call, options)))
            lines.append(hit.line)
    if not edits:
        return [], left
    after = _in_order(text, _with_import(module.root.commit_edits(edits), options), root)
    trouble = _trouble(text, after, root) or _unwritable(raw, text, after)
    if trouble:
        return [], [*left, *(Left(f"{path}:{line}", trouble) for line in lines)]
    return [Rewrite(path, raw, text, after, tuple(lines))], left


def _taken(module: Module, options: Options) -> str:
    """Return why the loader cannot be called by its name in a module, or ""."""
    home, _, function = options.loader.partition(":")
    if module.imports.get(function) == f"{home}.{function}":
        return ""
    used = module.root.find(kind="identifier", regex=f"^{re.escape(function)}$")
    return f"{function} is something else in this file" if used is not None else ""


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
    function = options.loader.partition(":")[2]
    return f"{function}({table.text() if table else ''}, {rows.text() if rows else ''})"


def _with_import(text: str, options: Options) -> str:
    """Return the text with the loader's import behind the first imports of the file, unless it is there."""
    module, _, function = options.loader.partition(":")
    rewritten = Module("", text, options)
    if rewritten.imports.get(function) == f"{module}.{function}":
        return text
    ending = "\r" if "\r\n" in text else ""
    lines = text.split("\n")  # as ast-grep counts them; a form feed ends none
    at = _line_for_import(rewritten.root)
    return "\n".join([*lines[:at], f"from {module} import {function}{ending}", *lines[at:]])


def _line_for_import(root: SgNode) -> int:
    """Return behind how many lines an import goes: the last of the first imports, else docstring and comments."""
    at = 0
    has_import = False
    for child in (node for node in root.children() if node.is_named()):
        kind, end = child.kind(), child.range().end.line + 1
        is_import = kind in ("import_statement", "import_from_statement", "future_import_statement")
        is_docstring = kind == "expression_statement" and child.text().lstrip("rRuU").startswith(('"', "'"))
        if not (is_import or is_docstring or kind == "comment"):
            break
        has_import = has_import or is_import
        if kind != "comment" or not has_import:
            at = end
    return at


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


def _trouble(before: str, after: str, root: Path) -> str:
    """Return what is wrong with a rewritten text, or ""."""
    try:
        ast.parse(after)
    except (SyntaxError, ValueError) as error:
        return f"the rewritten file would not parse: {error}"
    new = [*(_rules_in(after, root) - _rules_in(before, root))]
    return f"ruff would find something new: {' '.join(new[0])}" if new else ""


def _rules_in(text: str, root: Path) -> Counter[tuple[str, str]]:
    """Return what ruff finds, without the numbers of lines and columns, which the import moves."""
    rules = load("linting")
    rows = rows_of(text, rules["after_fix"], root)
    return Counter((code, re.sub(r"\d+", "…", said)) for code, said in rows if code not in rules["after_fix_may"])
