"""Imports point down: console → screens → checks; and the pure core stays pure."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOOR = {"checks": 0, "screens": 1, "console": 2}
ENGINES = {
    "textual",
    "rich",
    "typer",
    "click",
    "duckdb",
    "google",
    "slack_sdk",
    "sqlite3",
    "requests",
    "pandas",
    "sqlglot",
}
ALLOWED_UP = {("screens", "console.desk")}


def imported(path: Path) -> set[str]:
    """Return the modules that a file imports when it runs, wherever in the file."""
    modules: set[str] = set()
    pending: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules.add(node.module)
        pending.extend(ast.iter_child_nodes(node))
    return modules


def sources() -> list[Path]:
    return sorted(path for floor in FLOOR for path in (ROOT / floor).rglob("*.py"))


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    floor = path.relative_to(ROOT).parts[0]
    up = {
        module
        for module in imported(path)
        if FLOOR.get(module.split(".")[0], -1) > FLOOR[floor] and (floor, module) not in ALLOWED_UP
    }
    assert up == set()


@pytest.mark.parametrize("path", sorted((ROOT / "checks").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_checks_know_no_engine_and_only_the_standard_library(path: Path) -> None:
    outside = {module.split(".")[0] for module in imported(path)} - {"checks"} - set(sys.stdlib_module_names)
    assert outside == set()
    assert not {module.split(".")[0] for module in imported(path)} & ENGINES


@pytest.mark.parametrize("path", sorted((ROOT / "checks").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_checks_read_no_clock(path: Path) -> None:
    calls = {
        node.func.attr
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not calls & {"now", "utcnow", "today"}
