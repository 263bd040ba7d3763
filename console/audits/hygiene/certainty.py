"""Tests that are true whatever is found, and checks that answer well whatever they find."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from console.audits.hygiene.comparisons import Known, flat, last_name
from console.audits.hygiene.emptiness import is_asked
from console.audits.hygiene.swallowing import CHECK_NAME
from console.audits.hygiene.verdicts import truth_of, verdict_of
from console.audits.module import called, statements, within
from console.audits.rules import RuleFile

_ALWAYS = {(">=", "0"), (">", "-1")}
_NEVER = {("<", "0"), ("<=", "-1")}
_TURNED = {"<=": ">=", "<": ">", ">=": "<=", ">": "<"}
_TESTING = ("return_statement", "assert_statement", "if_statement", "elif_clause", "not_operator")
_NAMED = {"assignment": "left", "keyword_argument": "name", "pair": "key"}
_OTHER_WAYS = re.compile(
    r"\b(?:raise|except|assert|yield|with|global|nonlocal|lambda|class|match|def|del|INSERT|UPDATE|DELETE|MERGE)\b"
)
"""How a check says otherwise than by what it returns that something is wrong, or does something; and what is not looked into."""
_LOOKS = frozenset(
    {"all", "any", "dict", "float", "get", "int", "len", "list", "max", "min", "print", "sorted", "str", "sum"}
)
_LOGS = frozenset({"debug", "error", "exception", "info", "warning"})
_CONSTANT = ("true", "string", "attribute", "dictionary")


def always_true(node: SgNode, rules: RuleFile) -> str:
    """Return what is wrong with a test that cannot fail: `len(rows) >= 0`, `… or True`, `assert (test, "message")`."""
    kind = node.kind()
    if kind == "comparison_operator":
        return _of_length(node)
    if kind == "assert_statement":
        pair = node.child(1)
        is_pair = pair is not None and pair.kind() == "tuple" and bool(statements(pair))
        return "a pair of a test and a message is asserted, which is always true" if is_pair else ""
    if kind != "boolean_operator":
        return ""
    right = node.field("right")
    is_or_true = right is not None and right.kind() == "true" and _is_test(node, rules)
    return "… or True is always true" if is_or_true else ""


def always_well(known: Known, rules: RuleFile) -> Iterator[tuple[SgNode, str]]:
    """Yield the last statement of a check that asks, looks at the answer, and returns the same good verdict on each way."""
    function = known.function
    name, body = function.field("name"), function.field("body")
    if name is None or body is None or CHECK_NAME.search(name.text().lower()) is None:
        return
    last = statements(body)[-1]
    if last.kind() != "return_statement" or not _is_well(last, rules) or _OTHER_WAYS.search(body.text()):
        return
    if len({flat(node) for node in within(body) if node.kind() == "return_statement"}) != 1:
        return
    if _looks_at_answer(known, rules) and all(_is_quiet(node, rules) for node in within(body)):
        yield last, f"{name.text()} asks, and ends with {flat(last)[:40]} whatever the answer is"


def _of_length(node: SgNode) -> str:
    if "len(" not in node.text():
        return ""
    parts = node.children()
    if len(parts) != 3:
        return ""
    left, operator, right = parts[0], parts[1].text(), parts[2]
    if right.kind() == "call":
        left, operator, right = right, _TURNED.get(operator, ""), left
    if left.kind() != "call" or (function := left.field("function")) is None or function.text() != "len":
        return ""
    asked = (operator, right.text())
    return f"{flat(node)} is {'always' if asked in _ALWAYS else 'never'} true" if asked in _ALWAYS | _NEVER else ""


def _is_test(node: SgNode, rules: RuleFile) -> bool:
    """Return whether the truth of an expression is asked for, or given to what has a name that says well or not."""
    parent = node.parent()
    while parent is not None and parent.kind() == "parenthesized_expression":
        parent = parent.parent()
    if parent is None:
        return False
    name = parent.field(_NAMED[parent.kind()]) if parent.kind() in _NAMED else None
    return parent.kind() in _TESTING or (name is not None and truth_of(last_name(name.text()), rules) != "")


def _is_well(returned: SgNode, rules: RuleFile) -> bool:
    value = next(iter(statements(returned)), None)
    return value is not None and value.kind() in _CONSTANT and verdict_of(value.text(), rules, "well") == "well"


def _looks_at_answer(known: Known, rules: RuleFile) -> bool:
    tested = (test.field("condition") for test in known.tests)
    names = {name for one in tested if one is not None for name in re.findall(r"\w+", one.text())}
    return any(is_asked(known.function, name, rules) for name in names)


def _is_quiet(node: SgNode, rules: RuleFile) -> bool:
    """Return whether a node tells nobody but the log, and sets nothing but a variable."""
    if node.kind() in ("assignment", "augmented_assignment"):
        target = node.field("left")
        return target is not None and target.kind() == "identifier"
    if node.kind() != "call":
        return True
    name = called(node)
    return name in _LOOKS or name in _LOGS or name in rules.names["asking"]
