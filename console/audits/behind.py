"""What comes behind an `except` clause that does not leave the function: does it raise after all, or say what failed?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from console.audits.admissions import Witness
from console.audits.handlers import Handler
from console.audits.module import around, statements
from console.audits.refusals import Refusal

_LOOPS = ("for_statement", "while_statement")
_TRIES = re.compile(r"(?i)\brange\(|attempt|retr(?:y|ies)|tries|delay|backoff|count\(")
_CLAUSES = ("except_clause", "else_clause", "finally_clause", "elif_clause", "case_clause")


def is_used_behind(handler: Handler, name: str) -> bool:
    """Return whether the function, or the file outside of functions, uses a name behind the clause."""
    place = around(handler.clause, "function_definition")
    end = handler.clause.range().end.index
    text = handler.module.text if place is None else place.text()
    start = 0 if place is None else place.range().start.index
    return re.search(rf"(?<![\w.]){re.escape(name)}\b", text[end - start :]) is not None


def raises_behind(handler: Handler, refusal: Refusal, *, is_next: bool) -> bool:
    """Return whether what comes next raises: the next statement if `is_next`, or when no try is left, that behind the loop."""
    node = around(handler.clause, "try_statement")
    while node is not None and node.kind() not in ("function_definition", "lambda", "class_definition"):
        if node.kind() in _LOOPS:
            return _raises_behind_loop(handler, refusal, node)
        follows = _next(node)
        if is_next and follows is not None:
            return _is_raised_by(handler, refusal, follows)
        node = node.parent()
    return False


def _raises_behind_loop(handler: Handler, refusal: Refusal, loop: SgNode) -> bool:
    otherwise = next((child for child in loop.children() if child.kind() == "else_clause"), None)
    if otherwise is not None and otherwise.find(kind="raise_statement") is not None:
        return True
    is_retry = loop.kind() == "while_statement" or _TRIES.search(loop.text().partition("\n")[0]) is not None
    if is_retry and handler.raises:
        return True
    follows = _next(loop)
    return follows is not None and _is_raised_by(handler, refusal, follows)


def _is_raised_by(handler: Handler, refusal: Refusal, statement: SgNode) -> bool:
    """Return whether a statement raises, returns a fault, or raises for what the clause has set."""
    if statement.kind() == "raise_statement":
        return True
    value = next(iter(statements(statement)), None)
    if statement.kind() == "return_statement" and value is not None:
        return Witness(frozenset(), frozenset(), refusal.decide).says(value) == "fault"
    condition, block = statement.field("condition"), statement.field("consequence")
    if statement.kind() != "if_statement" or condition is None or block is None:
        return False
    ends = statements(block)[-1:]
    is_about = not set(_set_in(handler)).isdisjoint(re.findall(r"\w+", condition.text()))
    return is_about and bool(ends) and ends[0].kind() == "raise_statement"


def _set_in(handler: Handler) -> Iterator[str]:
    """Yield the variables that a clause sets."""
    for node in handler.nodes:
        target = node.field("left") if node.kind() == "assignment" else None
        if target is not None and target.kind() == "identifier":
            yield target.text()


def _next(node: SgNode) -> SgNode | None:
    follows = node.next()
    while follows is not None and (follows.kind() == "comment" or not follows.is_named()):
        follows = follows.next()
    return None if follows is None or follows.kind() in _CLAUSES else follows
