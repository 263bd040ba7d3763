"""The batch loader that `--fix` writes calls of: whether a file can import it, and where in the file its import goes."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

from ast_grep_py import SgNode

from console.audits.files import within
from console.audits.fixing.reach import Reach, bases, is_file
from console.audits.module import FUNCTIONS, Module, end_line_of
from console.audits.options import TABLE, Options
from console.audits.sources import Unreadable, decode, read
from console.audits.values import AuditError

_IMPORTS = ("import_statement", "import_from_statement", "future_import_statement")
_CHANGES_PATH = re.compile(r"\bsys\.path\b|\bsite\.addsitedir\b")
_STARTS = re.compile(r"if\s+__name__\b")
_LATER = (*FUNCTIONS, "class_definition", "decorated_definition")
"""Statements that do not do what stands in them when the module is imported."""
_POSITIONS = 2
"""What a rewritten call gives: a table and rows."""


def loader_of(options: Options) -> tuple[str, str]:
    """Return the loader's module and its name there."""
    module, _, function = options.loader.partition(":")
    return module, function


def is_imported(module: Module, options: Options) -> bool:
    """Return whether a file has the loader's name already."""
    home, function = loader_of(options)
    return module.imports.get(function) == f"{home}.{function}"


def why_not_importable(root: Path, path: str, options: Options) -> str:
    """Return why a file cannot import the loader, or "".

    Python takes the package that is nearest: that of the file's own folder, as a cloud function's copy of the shared code, or of
    a folder above it up to the root, or the root's `src`.
    """
    home, function = loader_of(options)
    base, found = _found(root, path, options)
    if base is None:
        package = home.partition(".")[0]
        return _unset(f"there is no {package}/ beside this file or above it, so {options.loader} is not there")
    if not found:
        return _unset(f"there is no {_stem(base, home)}.py, so {options.loader} is not there")
    try:
        within(root, found)
        tree = ast.parse(decode(read(root, found)))
    except (AuditError, Unreadable, SyntaxError, ValueError, RecursionError) as error:
        return _unset(f"{found}, where {options.loader} should be, cannot be read: {error}")
    return _unset(why) if (why := _why_unfit(tree, function, found)) else ""


def is_home(root: Path, path: str, options: Options) -> bool:
    """Return whether a file is the one that the loader stands in."""
    return _found(root, path, options)[1] == path


def why_circular(reach: Reach, path: str, options: Options) -> str:
    """Return that importing the loader runs the file itself, which therefore cannot import the loader, or ""."""
    base, found = _found(reach.root, path, options)
    if base is None or not found:
        return ""
    try:
        way = reach.way(found, base, path)
    except AuditError as error:
        return str(error)
    if not way:
        return ""
    first = f"{found}, where the loader is," if way[0] == found else f"{way[0]}, which runs before the loader,"
    through = f" through {', '.join(between)}" if (between := way[1:-1]) else ""
    return f"{first} imports this file{through}, so this file cannot import the loader"


def _found(root: Path, path: str, options: Options) -> tuple[str | None, str]:
    """Return the folder that a file imports the loader from, None when there is no such package, and the loader's file or ""."""
    home = loader_of(options)[0]
    package = home.partition(".")[0]
    base = next((one for one in bases(path) if _is_there(root, one, package)), None)
    if base is None:
        return None, ""
    stem = _stem(base, home)
    return base, next((name for name in (f"{stem}.py", f"{stem}/__init__.py") if is_file(root, name)), "")


def _stem(base: str, home: str) -> str:
    return "/".join(filter(None, (base, *home.split("."))))


def _unset(why: str) -> str:
    return f'{why}; set `loader = "module:function"` under [{TABLE}] in pyproject.toml, or add it there'


def _is_there(root: Path, base: str, package: str) -> bool:
    return os.path.isdir(root / base / package) or is_file(root, f"{base}/{package}.py".lstrip("/"))  # noqa: PTH112  # never raises


def _why_unfit(tree: ast.Module, function: str, found: str) -> str:
    """Return why a module has no function of this name that takes a table and rows, or ""."""
    node = next((one for one in _defined(tree) if function in _names(one)), None)
    if node is None:
        return f"{found} defines no {function}"
    if isinstance(node, ast.AsyncFunctionDef):
        return f"{function} in {found} is async, so that a plain call of it does nothing"
    if isinstance(node, ast.FunctionDef) and not _takes_two(node.args):
        return f"{function} in {found} does not take a table and rows and nothing else"
    return ""


def _defined(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield what a module defines, also where that depends on something; the last statement of a name is what counts."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.stmt):
            yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(node))


def _names(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.ImportFrom | ast.Import):
        return {alias.asname or alias.name for alias in node.names}
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _takes_two(arguments: ast.arguments) -> bool:
    places = len(arguments.posonlyargs) + len(arguments.args)
    needed = places - len(arguments.defaults)
    is_enough = places >= _POSITIONS or arguments.vararg is not None
    return needed <= _POSITIONS and is_enough and all(default is not None for default in arguments.kw_defaults)


def place_of_import(module: Module, options: Options) -> int | None:
    """Return behind how many lines the loader's import goes, None where no place is sure.

    That is beside the first import from the same package, which can be had there; else behind the last line that changes
    sys.path; else behind the first imports, docstring and comments.
    """
    package = loader_of(options)[0].split(".")[0]
    children = [node for node in module.whole.children() if node.is_named() and node.kind() != "comment"]
    started = next((at for at, node in enumerate(children) if _STARTS.match(node.text())), len(children))
    beside = next((end_line_of(node) for node in children[:started] if _is_import_of(node, package)), None)
    if beside is not None:
        return beside
    changes = [node for node in children if _CHANGES_PATH.search(node.text())]
    sure = [end_line_of(node) for node in changes if node in children[:started] and node.kind() not in _LATER]
    return None if changes and not sure else max([_behind_first_imports(module), *sure])


def _is_import_of(node: SgNode, package: str) -> bool:
    if node.kind() not in _IMPORTS:
        return False
    return re.match(rf"(?:from|import)\s+{re.escape(package)}\b", node.text()) is not None


def _behind_first_imports(module: Module) -> int:
    at = 0
    has_import = False
    for child in (node for node in module.whole.children() if node.is_named()):
        kind = child.kind()
        is_import = kind in _IMPORTS
        is_docstring = kind == "expression_statement" and child.text().lstrip("rRuU").startswith(('"', "'"))
        if not (is_import or is_docstring or kind == "comment"):
            break
        has_import = has_import or is_import
        if kind != "comment" or not has_import:
            at = end_line_of(child)
    return at
