"""The client that rows are written with: whether the loader writes to the same place, or may write elsewhere.

A client that is made with arguments has a project, a place or credentials of its own; an object of the file's own classes may be
no client at all. A name is looked for in all of its file, in whatever function it is given: what is not sure is not rewritten.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from console.audits.module import Module

_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_STAND_IN = re.compile(r"(?i)fake|mock|stub|dummy|dry_?run")
_ELSEWHERE = "and the loader may write elsewhere"
_MANY = (ast.For, ast.AsyncFor, ast.comprehension)


@dataclass(frozen=True, slots=True)
class _Given:
    """Something that a name is given: an expression; `is_type` where it only says what the name is."""

    value: ast.expr
    is_type: bool = False
    is_one_of_many: bool = False


@dataclass(frozen=True, slots=True)
class Clients:
    """What the names of a file are given, by the last part of each name; its parameters and its classes.

    `made` is the first line that makes a client of BigQuery with arguments, 0 for none.
    """

    given: Mapping[str, Sequence[_Given]]
    parameters: frozenset[str]
    classes: frozenset[str]
    made: int

    def why_not(self, receiver: str) -> str:
        """Return why rows that are written with `receiver` may go elsewhere than the loader writes, or ""."""
        if not _NAME.fullmatch(receiver):
            return f"what it is called on is no plain name, {_ELSEWHERE}"
        if receiver in ("self", "cls"):
            return f"{receiver} is an object of a class of this file, {_ELSEWHERE}"
        seen: set[str] = set()
        waiting = [part for part in receiver.split(".") if part not in ("self", "cls")]
        for name in waiting:  # grows as it is walked
            if name in seen:
                continue
            seen.add(name)
            if why := self._why(name):
                return why
            waiting.extend(part for one in self.given.get(name, ()) for part in _names(one.value))
        is_known = any(not one.is_type for one in self.given.get(receiver.rpartition(".")[2], ()))
        if self.made and not (is_known and seen.isdisjoint(self.parameters)):
            return f"line {self.made} makes a client with arguments, and {receiver} may be it"
        return ""

    def _why(self, name: str) -> str:
        if name in self.classes:
            return f"its client may be of {name}, a class of this file"
        if _STAND_IN.search(name):
            return f"its client may be {name}, a stand-in by its name"
        for one in self.given.get(name, ()):
            if one.is_one_of_many:
                return f"{name} is one of several, {_ELSEWHERE}"
            if not one.is_type and any(
                isinstance(node, ast.Call) and _has_arguments(node) for node in ast.walk(one.value)
            ):
                return f"{name} is made with arguments in line {one.value.lineno}, {_ELSEWHERE}"
        return ""


def clients_of(module: Module) -> Clients:
    """Return what a file gives to its names. Raises SyntaxError and ValueError for a text that this Python does not parse."""
    tree = ast.parse(module.text)
    given: dict[str, list[_Given]] = {}
    for node in ast.walk(tree):
        for name, one in _bindings(node):
            given.setdefault(name, []).append(one)
    parameters = frozenset(node.arg for node in ast.walk(tree) if isinstance(node, ast.arg))
    classes = frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and _has_arguments(node))
    lines = [call.lineno for call in calls if _is_client(module, call)]
    return Clients(given, parameters, classes, min(lines, default=0))


def _has_arguments(call: ast.Call) -> bool:
    return bool(call.args or call.keywords)


def _is_client(module: Module, call: ast.Call) -> bool:
    first, _, rest = ast.unparse(call.func).partition(".")
    name = f"{module.imports.get(first, first)}.{rest}".rstrip(".").lower()
    return "client" in name.rpartition(".")[2] and re.search(r"bigquery|(?:^|[._])bq", name) is not None


def _bindings(node: ast.AST) -> Iterator[tuple[str, _Given]]:
    """Yield the names that a node gives something to, and what."""
    if isinstance(node, ast.Assign):
        yield from (pair for target in node.targets for pair in _pairs(target, node.value))
    elif isinstance(node, ast.AnnAssign):
        yield from ((name, _Given(node.annotation, is_type=True)) for name in _targets(node.target))
        yield from _pairs(node.target, node.value)
    elif isinstance(node, ast.NamedExpr | ast.AugAssign):
        yield from _pairs(node.target, node.value)
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield from _pairs(node.optional_vars, node.context_expr)
    elif isinstance(node, _MANY):
        yield from ((name, _Given(node.iter, is_one_of_many=True)) for name in _targets(node.target))
    elif isinstance(node, ast.keyword) and node.arg is not None:
        yield node.arg, _Given(node.value)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        returned = (one.value for one in ast.walk(node) if isinstance(one, ast.Return))
        yield from ((node.name, _Given(value)) for value in returned if value is not None)
    elif isinstance(node, ast.arguments):
        yield from _parameters(node)


def _parameters(node: ast.arguments) -> Iterator[tuple[str, _Given]]:
    places = [*node.posonlyargs, *node.args]
    defaults = [*zip(reversed(places), reversed(node.defaults), strict=False)]
    for parameter, default in (*defaults, *zip(node.kwonlyargs, node.kw_defaults, strict=True)):
        if default is not None:
            yield parameter.arg, _Given(default)
    for parameter in (*places, *node.kwonlyargs):
        if parameter.annotation is not None:
            yield parameter.arg, _Given(parameter.annotation, is_type=True)


def _pairs(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[str, _Given]]:
    if value is None:
        return
    many = ast.Tuple | ast.List
    if isinstance(target, many) and isinstance(value, many) and len(target.elts) == len(value.elts):
        for one, part in zip(target.elts, value.elts, strict=True):
            yield from _pairs(one, part)
        return
    is_one_of_many = any(isinstance(node, ast.Subscript) for node in ast.walk(value))
    yield from ((name, _Given(value, is_one_of_many=is_one_of_many)) for name in _targets(target))


def _targets(target: ast.expr) -> Iterator[str]:
    """Yield the last parts of the names that an assignment gives something to."""
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Attribute):
        yield target.attr
    elif isinstance(target, ast.Starred):
        yield from _targets(target.value)
    elif isinstance(target, ast.Tuple | ast.List):
        yield from (name for one in target.elts for name in _targets(one))


def _names(value: ast.expr) -> Iterator[str]:
    """Yield the names that an expression is made of: of dotted ones the last part; of a type in quotes, what stands in them."""
    for node in ast.walk(value):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from re.findall(r"\w+", node.value)
        elif isinstance(node, ast.Name) and node.id not in ("self", "cls"):
            yield node.id
