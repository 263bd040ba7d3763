"""What an `except` clause does with the error that it catches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from ast_grep_py import SgNode

from console.audits.exceptions.answers import is_answer
from console.audits.exceptions.caught import types_of
from console.audits.exceptions.outcomes import TEXT_ONLY, Outcomes
from console.audits.exceptions.reactions import Reactions
from console.audits.module import LOOPS, Module, around, called, statements, within
from console.audits.rules import RuleFile

_KEEPS = re.compile(r"exc_info(?!\s*=\s*(?:False|None|0)\b)|\bopt\([^)]*\bexception=(?!None\b|False\b)")
"""What hands the traceback to a log: of logging and structlog, and of loguru."""
_SET = re.compile(r"\s*[-+*/|]?=(?!=)")
_FAR = 10_000
"""Characters before and behind a clause in which a name is looked for; without a limit, a file of clauses would take for ever."""
_ASSIGNMENTS = ("assignment", "augmented_assignment")
_VALUES = ("identifier", "dictionary", "list", "set", "tuple", "parenthesized_expression", "string")
"""Statements that do nothing: a value that nobody takes."""
_STATEMENTS = ("return_statement", "expression_statement", "raise_statement", "yield")


@dataclass(frozen=True, eq=False)  # not slotted: what is computed once is kept
class Handler:
    """An `except` clause: the last names of the types that it catches (none: all), the error's name, and its body.

    `module` is the file that it stands in.
    """

    clause: SgNode
    rules: RuleFile
    module: Module

    @cached_property
    def types(self) -> tuple[str, ...]:
        """`("Forbidden", "NotFound")`; empty for a bare `except`."""
        head = next((child for child in statements(self.clause) if child.kind() != "block"), None)
        if head is None:
            return ()
        text = head.text()
        if head.kind() == "as_pattern":
            text = text.rpartition(" as ")[0]
        return types_of(text, self.module)

    @cached_property
    def error(self) -> str:
        """The name of the error, or ""."""
        head = next((child for child in statements(self.clause) if child.kind() == "as_pattern"), None)
        return "" if head is None else head.text().rpartition(" as ")[2].strip()

    @cached_property
    def body(self) -> SgNode:
        """The block of the clause."""
        return next(child for child in self.clause.children() if child.kind() == "block")

    @cached_property
    def nodes(self) -> list[SgNode]:
        """All nodes of the body."""
        return list(within(self.body))

    def catches(self, kind: str) -> bool:
        """Return whether one of the types is in the list `kind` of the rules."""
        return not self.rules.names[kind].isdisjoint(self.types)

    @property
    def is_blind(self) -> bool:
        """True for a bare `except`, Exception and BaseException."""
        return not self.types or self.catches("broad")

    @cached_property
    def is_expected(self) -> bool:
        """True when every type caught is an answer rather than a failure; a group of errors is none."""
        whole = around(self.clause, "try_statement")
        tried = whole.field("body") if whole is not None else None
        if not self.types or tried is None or self.clause.text().startswith("except*"):
            return False
        return is_answer(tried, self.types, self.rules)

    @cached_property
    def raises(self) -> bool:
        """True when the body raises, or ends the program."""
        return any(
            node.kind() == "raise_statement"
            or (node.kind() == "call" and called(node) in self.rules.names["ending"] and not is_good_end(node))
            or (node.kind() == "call" and "pytest." in node.text()[:7])
            for node in self.nodes
        )

    @cached_property
    def cuts_off(self) -> bool:
        """True when the body raises another error `from None`, and has not kept the traceback before."""
        raised = any(node.kind() == "raise_statement" and node.text().endswith(" from None") for node in self.nodes)
        return raised and not self.keeps_traceback and "exception(" not in self.body.text()

    @property
    def keeps_traceback(self) -> bool:
        """True when the body hands the traceback on: to a reporter of errors, or as text."""
        return self.tells("keeping") or _KEEPS.search(self.body.text()) is not None

    @property
    def drops_row(self) -> bool:
        """True when a loop leaves something out, whatever is wrong with it: `except (KeyError, ValueError): continue`."""
        return len(self.types) > 1 and self.catches("of_rows") and self.silence == "continues"

    @cached_property
    def ends_well(self) -> bool:
        """True when the body ends the program as if all were well: `sys.exit(0)`."""
        return any(node.kind() == "call" and is_good_end(node) for node in self.nodes)

    def tells(self, kind: str = "telling") -> bool:
        """Return whether the body calls something of the list `kind`."""
        return any(node.kind() == "call" and called(node) in self.rules.names[kind] for node in self.nodes)

    @cached_property
    def carries(self) -> bool:
        """True when the error itself, not only its text, goes somewhere: it is stored, returned or handed on."""
        names = (node for node in self.nodes if node.kind() == "identifier" and node.text() == self.error)
        return bool(self.error) and any(self._is_carried(node) for node in names)

    def _is_carried(self, name: SgNode) -> bool:
        targets: list[SgNode] = []
        for above in name.ancestors():
            kind = above.kind()
            if kind in _ASSIGNMENTS and (target := above.field("left")) is not None:
                targets.append(target)
            if kind in ("interpolation", "attribute", "comparison_operator", "if_statement", "except_clause"):
                return False
            if kind == "call" and (called(above) in TEXT_ONLY or called(above) in self.rules.names["telling"]):
                return False
            if kind == "expression_statement" and not targets:
                return not all(one.kind() in _VALUES for one in statements(above))
            if kind in _STATEMENTS:
                return not targets or any(map(self._is_kept, targets))
        return False

    def _is_kept(self, target: SgNode) -> bool:
        """Return whether what is set is read: a variable of a function where it says so, all else perhaps elsewhere."""
        if around(self.clause, "function_definition") is None or target.kind() in ("attribute", "subscript"):
            return True
        names = [one.text() for one in target.find_all(kind="identifier")]
        return any(name.strip("_") and self.is_read(name) for name in names)

    @cached_property
    def outcome(self) -> str:
        """What the caller sees instead of the error, as a verb; "" where it sees that something went wrong, or more is done."""
        return self.outcome_of(statements(self.body), may_tell=True)

    @cached_property
    def silence(self) -> str:
        """The same, and nobody is told."""
        return self.outcome_of(statements(self.body), may_tell=False)

    def outcome_of(self, listed: Iterable[SgNode], *, may_tell: bool) -> str:
        """Return what comes of some statements of the body; a line in a log reaches the caller only if not `may_tell`."""
        reactions = None if may_tell else Reactions(self.clause, self.rules, self.module, self.is_blind)
        return Outcomes(self.rules, self.errors, self.is_read, may_tell, reactions).of(listed)

    @cached_property
    def given(self) -> list[tuple[str, SgNode]]:
        """The variables that the body sets, with what it sets them to."""
        pairs = ((node.field("left"), node.field("right")) for node in self.nodes if node.kind() == "assignment")
        return [
            (target.text(), value)
            for target, value in pairs
            if target is not None and value is not None and target.kind() == "identifier"
        ]

    @cached_property
    def errors(self) -> frozenset[str]:
        """The names of the error, and of what is made of it in the clause: `text = str(error)`."""
        found = {self.error} - {""}
        for name, value in self.given if found else ():
            if found & set(re.findall(r"\w+", value.text())):
                found.add(name)
        return frozenset(found)

    def is_read_behind(self, name: str) -> bool:
        """Return whether the function, or the file outside of functions, reads a name behind the clause, or in its loop again."""
        above = list(self.clause.ancestors())
        place = next((one for one in above if one.kind() == "function_definition"), above[-1])
        inside = above[: above.index(place)] if place in above else above
        loop = next((one for one in reversed(inside) if one.kind() in LOOPS), self.clause)
        text, start = place.text(), place.range().start.index
        first, last = self.clause.range().start.index - start, self.clause.range().end.index - start
        before = text[max(loop.range().start.index - start, first - _FAR) : first]
        if _reads(before, name) or _reads(text[last : last + _FAR], name):
            return True
        # The statement stands at the head of the function, as a rule.
        head = text[:_FAR]
        is_outer = "nonlocal" in head or "global" in head
        return is_outer and re.search(rf"\b(?:global|nonlocal)\b[^\n]*\b{re.escape(name)}\b", head) is not None

    def is_read(self, name: str) -> bool:
        """Return whether a name is read in the body or behind the clause."""
        return _reads(self.body.text(), name) or self.is_read_behind(name)


def _reads(text: str, name: str) -> bool:
    """Return whether a text has a name that is not only set; to look for the name first is much quicker."""
    at = text.find(name)
    while at >= 0:
        end = at + len(name)
        is_whole = re.match(r"[\w.]", text[at - 1 : at]) is None and re.match(r"\w", text[end : end + 1]) is None
        if is_whole and _SET.match(text, end) is None:
            return True
        at = text.find(name, end)
    return False


def is_good_end(call: SgNode) -> bool:
    """Return whether a call ends the program as if all were well."""
    listed = call.field("arguments")
    is_zero = listed is not None and listed.text() in ("()", "(0)", "(None)")
    function = call.field("function")
    return is_zero and function is not None and function.text() in ("exit", "os._exit", "quit", "sys.exit")


def branches_of(statement: SgNode) -> Iterator[tuple[SgNode | None, SgNode]]:
    """Yield the conditions of an `if` with their blocks, in order; that of `else` is None."""
    for child in (statement, *statement.children()):
        block = child.field("consequence") or child.field("body")
        if child.kind() in ("if_statement", "elif_clause", "else_clause") and block is not None:
            yield child.field("condition"), block
