"""What comes behind an `except` clause that does not leave the function: does it raise after all, or say what failed?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from console.audits.exceptions.admissions import Witness
from console.audits.exceptions.handlers import Handler
from console.audits.exceptions.refusals import Refusal
from console.audits.module import LOOPS, around, called, end_line_of, line_of, statements, within

_TRIES = re.compile(r"(?i)\brange\(|attempt|retr(?:y|ies)|tries|delay|backoff|count\(")
_NOTHING = frozenset({"False", "None", "0", "[]", "{}", "()", '""', "''"})
_MOST_BEHIND = 20
"""Statements behind a `try` that are looked at."""
_MOST_LINES = 300
"""Lines of a loop of tries; a longer one does something else."""
_MOST_OF_FUNCTION = 1000
"""Lines of a function in which a flag is looked for; without a limit, one of many clauses would take for ever."""
_CLAUSES = ("except_clause", "else_clause", "finally_clause", "elif_clause", "case_clause")


def is_told_behind(handler: Handler, did: str, *, by_log: bool) -> bool:
    """Return whether a clause that tells nobody, and then does what the verb says, leaves the telling to what comes behind it.

    A line in a log tells only with `by_log`.
    """
    if did.startswith(("returns", "yields")):
        return False
    is_next = not did.startswith(("continues", "breaks off"))
    is_raised = raises_behind(handler, Refusal(handler), is_next=is_next)
    return is_raised or (by_log and (_is_logged_behind(handler) or _is_flagged(handler)))


def _is_flagged(handler: Handler) -> bool:
    """Return whether a flag is True only when all went well, and is read behind: `ok = False`, and `ok = True` in the `try`."""
    whole = around(handler.clause, "try_statement")
    tried = whole.field("body") if whole is not None else None
    place = around(handler.clause, "function_definition", *LOOPS)
    function = around(handler.clause, "function_definition")
    if tried is None or whole is None or place is None or function is None:
        return False
    names = re.findall(r"(?m)^[ \t]*(\w+) = True$", statements(tried)[-1].text())
    if not names or end_line_of(function) - line_of(function) > _MOST_OF_FUNCTION:
        return False
    scope = place if place.kind() == "function_definition" or not _is_of_tries(place) else function
    before = scope.text()[: whole.range().start.index - scope.range().start.index]
    return any(
        re.search(rf"(?m)^[ \t]*{name} = False$", before) is not None
        and len(re.findall(rf"(?m)^[ \t]*{name} = True$", function.text())) == 1
        and handler.is_read_behind(name)
        for name in names
    )


def _is_logged_behind(handler: Handler) -> bool:
    """Return whether a warning stands behind the loop of tries, or behind the `try`, where the file asks for what was set."""
    whole, loop = around(handler.clause, "try_statement"), around(handler.clause, *LOOPS, "function_definition")
    if loop is not None and loop.kind() in LOOPS and _is_of_tries(loop):
        follows = _next(loop)
        return follows is not None and _warns(handler, follows)
    for _ in range(_MOST_BEHIND):
        whole = _next(whole) if whole is not None else None
        if whole is not None and _looks_at_lack(handler, whole) and _warns(handler, whole):
            return True
    return False


def _looks_at_lack(handler: Handler, statement: SgNode) -> bool:
    """Return whether a statement asks for nothing but what the clause sets: `if rows is None`, `if not rows or stale`."""
    condition = statement.field("condition") if _asks_what_is_set(handler, statement) else None
    names = "|".join(map(re.escape, set(_set_in(handler))))
    parts = re.split(r"\bor\b|\band\b", condition.text()) if condition is not None else []
    return any(
        re.fullmatch(rf"\s*(?:not )?(?:{names})(?: (?:is not|is|==|!=|<=?|>=?) \S+)?\s*", part) for part in parts
    )


def _warns(handler: Handler, statement: SgNode) -> bool:
    """Return whether a statement warns, or returns a fault."""
    names = handler.rules.names["warning"]
    if statement.kind() not in ("if_statement", "expression_statement"):
        return False
    block = statement.field("consequence") or statement
    if any(node.kind() == "call" and called(node) in names for node in within(block)):
        return True
    return any(
        _is_raised_by(handler, Refusal(handler), one) for one in statements(block) if one.kind() == "return_statement"
    )


def _asks_what_is_set(handler: Handler, statement: SgNode) -> bool:
    """Return whether a statement is an `if` about what the clause sets, which what it sets makes true as far as can be told."""
    condition = statement.field("condition") if statement.kind() == "if_statement" else None
    if condition is None or set(_set_in(handler)).isdisjoint(re.findall(r"\w+", condition.text())):
        return False
    asked = condition.text().removesuffix(" is not None")
    return (asked, True) not in {(name, value.text() in _NOTHING) for name, value in handler.given}


def raises_behind(handler: Handler, refusal: Refusal, *, is_next: bool) -> bool:
    """Return whether what comes next raises: the next statement if `is_next`, or when no try is left, that behind the loop."""
    node = around(handler.clause, "try_statement")
    while node is not None and node.kind() not in ("function_definition", "lambda", "class_definition"):
        if node.kind() in LOOPS:
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
    if _is_of_tries(loop) and (handler.raises or _raises_in_loop(handler, loop)):
        return True
    follows = _next(loop)
    return follows is not None and _is_raised_by(handler, refusal, follows)


def _is_of_tries(loop: SgNode) -> bool:
    return loop.kind() == "while_statement" or _TRIES.search(loop.text().partition("\n")[0]) is not None


def _raises_in_loop(handler: Handler, loop: SgNode) -> bool:
    """Return whether a loop asks for what the clause has set, a count of tries or the error, and raises for it."""
    names = set(_set_in(handler))
    is_short = end_line_of(loop) - line_of(loop) <= _MOST_LINES
    tests = (node for node in within(loop) if node.kind() == "if_statement") if names and is_short else ()
    for test in tests:
        condition, block = test.field("condition"), test.field("consequence")
        is_about = condition is not None and not names.isdisjoint(re.findall(r"\w+", condition.text()))
        if is_about and block is not None and block.find(kind="raise_statement") is not None:
            return True
    return False


def _is_raised_by(handler: Handler, refusal: Refusal, statement: SgNode) -> bool:
    """Return whether a statement raises, returns a fault, or raises for what the clause has set."""
    if statement.kind() == "raise_statement":
        return True
    value = next(iter(statements(statement)), None)
    if statement.kind() == "return_statement" and value is not None:
        is_fault = Witness(frozenset(), frozenset(), refusal.decide).says(value) == "fault"
        return is_fault or (value.kind() == "call" and _is_tried(handler, value))
    block = statement.field("consequence")
    ends = statements(block)[-1:] if block is not None and _asks_what_is_set(handler, statement) else []
    return bool(ends) and ends[0].kind() == "raise_statement"


def _is_tried(handler: Handler, call: SgNode) -> bool:
    """Return whether a call is made in the `try` of the clause too: what is tried once more raises if it fails again."""
    whole = around(handler.clause, "try_statement")
    tried = whole.field("body") if whole is not None else None
    return tried is not None and any(one.text() == call.text() for one in tried.find_all(kind="call"))


def _set_in(handler: Handler) -> Iterator[str]:
    """Yield the variables that a clause sets."""
    for node in handler.nodes:
        target = node.field("left") if node.kind() in ("assignment", "augmented_assignment") else None
        if target is not None and target.kind() == "identifier":
            yield target.text()


def _next(node: SgNode) -> SgNode | None:
    follows = node.next()
    while follows is not None and (follows.kind() == "comment" or not follows.is_named()):
        follows = follows.next()
    return None if follows is None or follows.kind() in _CLAUSES else follows
