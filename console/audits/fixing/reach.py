"""Which files of a checkout run when one of its modules is imported: what it imports, what that imports, and their packages.

An import inside a function counts too: the call that makes it may be the one that is asked about. One for types only does not.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from console.audits.files import within
from console.audits.sources import Unreadable, decode, read
from console.audits.values import AuditError

_PACKAGE = "__init__.py"
_BY_NAME = ("import_module", "__import__")


@dataclass(frozen=True, slots=True)
class _Edge:
    """A file that another one imports; `is_implied` for a package that only runs because something in it is imported."""

    path: str
    is_implied: bool = False


@dataclass(frozen=True, slots=True)
class _Import:
    """One import: dots before it, the module's parts, and the names that are asked of the module."""

    level: int
    parts: tuple[str, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """The imports of the files of a folder, each file read once."""

    root: Path
    _read: dict[tuple[str, str], tuple[_Edge, ...]] = field(default_factory=dict)

    def way(self, start: str, base: str, goal: str) -> tuple[str, ...]:
        """Return the files by which importing the file `start` runs `goal`, from the first to the last; () when it does not.

        `base` is the folder that `start` is imported from. Packages that hold both have run before. Raises AuditError for a file
        on the way that cannot be read.
        """
        parts = PurePosixPath(start).relative_to(base).parts[:-1]
        packages = (_under(base, *parts[: count + 1], _PACKAGE) for count in range(len(parts)))
        inits = [path for path in packages if is_file(self.root, path)]
        spared = frozenset(path for path in inits if goal.startswith(path.removesuffix(_PACKAGE)))
        before: dict[str, str] = dict.fromkeys((start, *(path for path in inits if path not in spared)), "")
        waiting = list(before)
        for path in waiting:  # grows as it is walked
            if path == goal:
                return _chain(before, goal)
            for edge in self._edges(path, base):
                if edge.path not in before and not (edge.is_implied and edge.path in spared):
                    before[edge.path] = path
                    waiting.append(edge.path)
        return ()

    def _edges(self, path: str, base: str) -> tuple[_Edge, ...]:
        if (path, base) not in self._read:
            found = (edge for one in _imports(self._tree(path)) for edge in self._resolved(path, base, one))
            self._read[path, base] = tuple(dict.fromkeys(found))
        return self._read[path, base]

    def _tree(self, path: str) -> ast.Module:
        try:
            within(self.root, path)
            return ast.parse(decode(read(self.root, path)))
        except (AuditError, Unreadable, SyntaxError, ValueError, RecursionError) as error:
            raise AuditError(f"{path}, which is imported with the loader, cannot be read: {error}") from error

    def _resolved(self, path: str, base: str, one: _Import) -> Iterator[_Edge]:
        if not one.level:
            if one.parts[0] in sys.stdlib_module_names:
                return
            for folder in dict.fromkeys((base, *bases(path))):
                yield from self._in_folder(folder, one)
            return
        above = PurePosixPath(path).parents
        if one.level <= len(above):
            yield from self._in_folder(_under(str(above[one.level - 1])), one)

    def _in_folder(self, folder: str, one: _Import) -> Iterator[_Edge]:
        """Yield the files of an import from a folder: packages on the way, the module, and submodules among the names."""
        for count in range(1, len(one.parts)):
            package = _under(folder, *one.parts[:count], _PACKAGE)
            if is_file(self.root, package):
                yield _Edge(package, is_implied=True)
        stem = _under(folder, *one.parts)
        parts = [self._module(_under(stem, name)) for name in one.names]
        yield from (_Edge(part) for part in parts if part)
        if own := self._module(stem):
            yield _Edge(own, is_implied=bool(parts) and all(parts))

    def _module(self, stem: str) -> str:
        choices = (_under(stem, _PACKAGE), f"{stem}.py")
        return next((path for path in choices if is_file(self.root, path)), "")


def bases(path: str) -> Iterator[str]:
    """Yield the folders that a file may import from: its own, those above it, and the root's `src`; "" is the root."""
    yield from (_under(str(folder)) for folder in PurePosixPath(path).parents)
    yield "src"


def is_file(root: Path, path: str) -> bool:
    """Return whether there is such a file."""
    return os.path.isfile(root / path)  # noqa: PTH113  # never raises, whatever the path is


def _under(*parts: str) -> str:
    return "/".join(part for part in parts if part not in ("", "."))


def _chain(before: Mapping[str, str], goal: str) -> tuple[str, ...]:
    chain = [goal]
    while before[chain[-1]]:
        chain.append(before[chain[-1]])
    return tuple(reversed(chain))


def _imports(tree: ast.Module) -> Iterator[_Import]:
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (_Import(0, tuple(alias.name.split("."))) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = tuple(node.module.split(".")) if node.module else ()
            yield _Import(node.level, parts, tuple(alias.name for alias in node.names))
        elif isinstance(node, ast.Call):
            yield from _by_name(node)
        is_for_types = isinstance(node, ast.If) and _last(node.test) == "TYPE_CHECKING"
        waiting.extend(node.orelse if isinstance(node, ast.If) and is_for_types else ast.iter_child_nodes(node))


def _last(name: ast.expr) -> str:
    """Return the last part of a dotted name."""
    if isinstance(name, ast.Attribute):
        return name.attr
    return name.id if isinstance(name, ast.Name) else ""


def _by_name(call: ast.Call) -> Iterator[_Import]:
    """Yield what `import_module("shared.clock")` imports."""
    given = call.args[0] if call.args and _last(call.func) in _BY_NAME else None
    if isinstance(given, ast.Constant) and isinstance(given.value, str) and given.value.strip("."):
        module = given.value.lstrip(".")
        yield _Import(len(given.value) - len(module), tuple(module.split(".")))
