"""Which table an expression means, as far as the file tells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ast_grep_py import SgNode, SgRoot

from console.audits.module import Module, around, statements, string_of

_MOST_STEPS = 5
_PLACEHOLDER = re.compile(r"\{\s*([\w.]+)[^{}]*\}")
_TABLE = re.compile(r"^[\w-]+(?:[.:][\w-]+){0,2}$")
_IN_PIECES = re.compile(r"(?:dataset|table)\w*\(\s*[\"']([\w.-]+)[\"']")


def table_of(module: Module, node: SgNode) -> str:
    """Return `dataset.table` or `table` as far as the file tells; "" when it does not."""
    return _table(module, node, _MOST_STEPS)


def _table(module: Module, node: SgNode, steps: int) -> str:
    if steps == 0 or node.kind() == "conditional_expression":
        return ""
    if node.kind() == "parenthesized_expression" and statements(node):
        return _table(module, statements(node)[0], steps)
    string = string_of(node) if node.kind() != "binary_operator" else joined(node)
    if string is not None:
        return _of_string(module, node, string, steps)
    expression = node.text()
    pieces = _IN_PIECES.findall(expression)
    if pieces:
        return ".".join(".".join(pieces).split(".")[-2:])
    quoted = re.findall(r"[frFR]*[\"']([^\"']*)[\"']", expression)
    if quoted:
        return _of_string(module, node, quoted[-1], steps)
    inner = re.fullmatch(r"[\w.]+\(\s*([\w.]+)\s*\)", expression)
    return _of_name(module, node, inner[1] if inner else expression, steps)


def _of_name(module: Module, at: SgNode, name: str, steps: int) -> str:
    value = value_of(module, at, name) if re.fullmatch(r"[\w.]+", name) else None
    return "" if value is None else _table(module, value, steps - 1)


def joined(node: SgNode) -> str | None:
    """Return the text of strings and names put together with `+`, names in braces; None for any other operation."""
    if node.kind() != "binary_operator":
        return string_of(node) if string_of(node) is not None else f"{{{node.text()}}}"
    operator, left, right = node.field("operator"), node.field("left"), node.field("right")
    if operator is None or operator.text() != "+" or left is None or right is None:
        return None
    parts = [joined(left), joined(right)]
    return None if None in parts else "".join(part or "" for part in parts)


def _of_string(module: Module, at: SgNode, string: str, steps: int) -> str:
    """Return the table that a string names, with what is in its braces looked up."""

    def known(found: re.Match[str]) -> str:
        return _of_name(module, at, found[1], steps) or "?"

    parts = _PLACEHOLDER.sub(known, string).replace(":", ".").split(".")
    name = ".".join(part for part in parts[-2:] if part != "?")
    return name if parts[-1] != "?" and _TABLE.match(name) else ""


def value_of(module: Module, at: SgNode, name: str) -> SgNode | None:
    """Return what a name stands for where `at` is: in the functions around it, then in the file; None when that is not known."""
    first, _, rest = name.partition(".")
    if rest:
        return _attribute(at, first, name, rest)
    for above in at.ancestors():
        if above.kind() == "lambda" and _has_parameter(above, name):
            return None
        if above.kind() == "function_definition":
            if _has_parameter(above, name):
                return None
            given = _given(above, name)
            if given:
                return _last_before(given, at)
            if _is_bound(above, name):
                return None
    return _only(_at_margin(module, name))


def is_parameter(at: SgNode, name: str) -> bool:
    """Return whether a name is a parameter of a function around `at`."""
    return parameter_of(at, name) is not None


def parameter_of(at: SgNode, name: str) -> SgNode | None:
    """Return the parameter of this name of the innermost function around `at` that has one."""
    functions = (above for above in at.ancestors() if above.kind() in ("function_definition", "lambda"))
    return next((found for above in functions if (found := _parameter(above, name)) is not None), None)


def _attribute(at: SgNode, first: str, name: str, rest: str) -> SgNode | None:
    """Return what the class around a node gives to `self.name`, in a method or in its own body."""
    home = around(at, "class_definition")
    body = home.field("body") if home is not None else None
    if home is None or body is None or first not in ("self", "cls", "super"):
        return None
    given = _assignments(home, name)
    if given:
        return _only(given)
    owns = (one for one in statements(body) if one.kind() == "expression_statement")
    return _only([pair for one in owns for pair in _assignments(one, rest)])


def _given(function: SgNode, name: str) -> list[tuple[SgNode, SgNode]]:
    """Return the assignments to a name in a function, but for those of functions inside it."""
    place = function.range().start.index
    return [
        pair
        for pair in _assignments(function, name)
        if (home := around(pair[0], "function_definition", "lambda")) is not None and home.range().start.index == place
    ]


def _assignments(space: SgNode, name: str) -> list[tuple[SgNode, SgNode]]:
    """Return the assignments to a name, and what they give."""
    left = rf"^{re.escape(name)}$"
    nodes = space.find_all({"rule": {"kind": "assignment", "has": {"field": "left", "regex": left}}})
    found = ((node, node.field("right")) for node in nodes)
    return [(node, value) for node, value in found if value is not None]


def _last_before(given: list[tuple[SgNode, SgNode]], at: SgNode) -> SgNode | None:
    """Return the value of the last assignment before a place, unless that is made on some ways to the place only."""
    before = [pair for pair in given if pair[0].range().end.index <= at.range().start.index]
    if not before:
        return _only(given)
    node, value = before[-1]
    block = around(node, "block")
    home = "" if block is None else str(block.range())
    is_passed = not home or home in (str(above.range()) for above in at.ancestors() if above.kind() == "block")
    return value if is_passed else _only(before)


def _only(given: list[tuple[SgNode, SgNode]]) -> SgNode | None:
    return given[0][1] if len({value.text() for _, value in given}) == 1 else None


def _at_margin(module: Module, name: str) -> list[tuple[SgNode, SgNode]]:
    """Return the assignments to a name outside of functions and classes; only they are parsed."""
    found = re.finditer(
        rf"(?m)^{re.escape(name)}[ \t]*(?::[^=\n]+)?=(?!=)[^\n]*(?:\n(?=[ \t)\]}}\"'])[^\n]*)*", module.text
    )
    roots: Iterator[SgNode] = (SgRoot(one[0], "python").root() for one in found)
    return [pair for root in roots for pair in _assignments(root, name)]


def _has_parameter(function: SgNode, name: str) -> bool:
    return _parameter(function, name) is not None


def _parameter(function: SgNode, name: str) -> SgNode | None:
    parameters = function.field("parameters")
    for child in parameters.named_children() if parameters is not None else ():
        first = child.field("name") or next(iter(child.named_children()), child)
        if first.text() == name:
            return child
    return None


def _is_bound(function: SgNode, name: str) -> bool:
    """Return whether a function gives a name its value in another way than by an assignment: a loop, a `with`."""
    whole = re.escape(name)
    return (
        re.search(
            rf"\bfor\s[^:\n]*\b{whole}\b[^:\n]*\bin\b|\bas\s+{whole}\b|\b{whole}\s*:=|\b(?:import|global|nonlocal)\s[^\n]*\b{whole}\b"
            rf"|(?m:^\s*(?:\w+\s*,\s*)*{whole}\s*(?:,\s*\w+\s*)*=[^=])",
            function.text(),
        )
        is not None
    )
