"""Which functions of a file run for every request or message: what they make, they make again each time."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from ast_grep_py import SgNode

from console.audits.module import Module, around
from console.audits.rules import RuleFile

_CALLS = re.compile(r"(?:\b(?:self|cls)\.|(?<![\w.]))(\w+)\s*\(")
_DECORATED = re.compile(r"@[^(\n]*?(\w+)[ \t]*(?=[(#\r\n])")
_DEFINED = re.compile(r"\bdef\s+(\w+)")
_LOOPS = ("for_statement", "while_statement", "list_comprehension", "generator_expression", "dictionary_comprehension")


def hot_functions(module: Module, rules: RuleFile) -> frozenset[str]:
    """Return the names of functions that run for every request, and of those that they call in the same file."""
    if not _may_have_entry(module, rules):
        return frozenset()
    bodies: dict[str, str] = {}
    hot: set[str] = set()
    for node in module.whole.find_all(kind="function_definition"):
        name = _name(node)
        bodies[name] = bodies.get(name, "") + _body(node)
        if _is_entry(module, node, rules):
            hot.add(name)
    waiting = list(hot)
    while waiting:
        calls = {name for name in _CALLS.findall(bodies[waiting.pop()]) if name in bodies} - hot
        hot |= calls
        waiting.extend(calls)
    return frozenset(hot)


def why_hot(node: SgNode, hot: frozenset[str]) -> str:
    """Return why what a node makes is made again and again, or ""."""
    function = around(node, "function_definition")
    if function is not None and _name(function) in hot:
        return f"{_name(function)} runs for every request"
    loop = around(node, *_LOOPS, "function_definition")
    if loop is not None and loop.kind() in _LOOPS:
        return "in a loop"
    return ""


def decorators(function: SgNode) -> frozenset[str]:
    """Return the last names of a function's decorators."""
    parent = function.parent()
    if parent is None or parent.kind() != "decorated_definition":
        return frozenset()
    texts = (child.text() for child in parent.children() if child.kind() == "decorator")
    return frozenset(text.lstrip("@ ").partition("(")[0].strip().rpartition(".")[2] for text in texts)


def _may_have_entry(module: Module, rules: RuleFile) -> bool:
    """Return whether the text has a word without which no function is an entry: then it need not be parsed."""
    if any(word in module.text for word in rules.names["request_parameters"]):
        words = "|".join(sorted(rules.names["request_parameters"]))
        if re.search(rf"\b(?:{words})\b", module.text):
            return True
    if rules.names["request_decorators"] & set(_DECORATED.findall(module.text)):
        return True
    names = set(_DEFINED.findall(module.text))
    return any(fnmatchcase(name, pattern) for name in names for pattern in module.options.hot_functions)


def _is_entry(module: Module, node: SgNode, rules: RuleFile) -> bool:
    if decorators(node) & rules.names["request_decorators"]:
        return True
    if any(fnmatchcase(_name(node), pattern) for pattern in module.options.hot_functions):
        return True
    parameters = node.field("parameters")
    words = set(re.findall(r"\w+", parameters.text())) if parameters is not None else set()
    return not words.isdisjoint(rules.names["request_parameters"])


def _name(function: SgNode) -> str:
    name = function.field("name")
    return name.text() if name is not None else ""


def _body(function: SgNode) -> str:
    body = function.field("body")
    return body.text() if body is not None else ""
