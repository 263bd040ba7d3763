"""What an `except` clause does with the error that it catches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from ast_grep_py import SgNode

from console.audits.module import Module, called, statements, within
from console.audits.rules import RuleFile

_FAULT = re.compile(
    r"(?i)err|fail|unknown|unavailable|denied|forbidden|invalid|unhealthy|critical|exception|abort|not.?ok|[45]\d\d"
)
"""What a returned value says when it admits that something went wrong."""

_EMPTY_MAKERS = frozenset(
    {"dict", "list", "set", "tuple", "frozenset", "DataFrame", "Series", "Counter", "OrderedDict", "defaultdict"}
)
_CONSTANTS = frozenset({"none", "true", "false", "integer", "float", "unary_operator", "ellipsis"})
_COLLECTIONS = frozenset(
    {"list", "dictionary", "tuple", "set", "expression_list", "pair", "parenthesized_expression", "concatenated_string"}
)
_TEXT_ONLY = frozenset({"str", "repr", "type", "isinstance", "format", "getattr", "hasattr", "len"})
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
        parts = (part.strip() for part in re.sub(r"[()*\s]", " ", text).split(","))
        return tuple(self._original(part).rpartition(".")[2] for part in parts if part)

    def _original(self, name: str) -> str:
        return self.module.imports.get(name, name) if f" as {name}" in self.module.text else name

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

    @property
    def is_expected(self) -> bool:
        """True when every type caught is an answer rather than a failure."""
        return bool(self.types) and self.rules.names["expected"].issuperset(self.types)

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
        return self.tells("keeping") or "exc_info" in self.body.text()

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
        for above in name.ancestors():
            kind = above.kind()
            if kind in ("interpolation", "attribute", "comparison_operator", "if_statement", "except_clause"):
                return False
            if kind == "call" and (called(above) in _TEXT_ONLY or called(above) in self.rules.names["telling"]):
                return False
            if kind in _STATEMENTS:
                return True
        return False

    @cached_property
    def outcome(self) -> str:
        """What the caller sees instead of the error, as a verb; "" where it sees that something went wrong, or more is done."""
        return outcome_of(self.body, self.rules, self.error, may_tell=True)

    @cached_property
    def silence(self) -> str:
        """The same, and nobody is told."""
        return outcome_of(self.body, self.rules, self.error, may_tell=False)


def is_good_end(call: SgNode) -> bool:
    """Return whether a call ends the program as if all were well."""
    listed = call.field("arguments")
    is_zero = listed is not None and listed.text() in ("()", "(0)", "(None)")
    function = call.field("function")
    return is_zero and function is not None and function.text() in ("exit", "os._exit", "quit", "sys.exit")


def outcome_of(block: SgNode, rules: RuleFile, error: str, *, may_tell: bool) -> str:
    """Return what comes of a block that does nothing but to give a default: `returns []`, `continues`; "" for any other."""
    return outcome_of_all(statements(block), rules, error, may_tell=may_tell)


def outcome_of_all(listed: Iterable[SgNode], rules: RuleFile, error: str, *, may_tell: bool) -> str:
    """Return the same of the statements of a block."""
    said = ""
    for statement in listed:
        part = _outcome(statement, rules, error, may_tell=may_tell)
        if part is None:
            return ""
        said = part or said
    return said or "goes on"


def _outcome(statement: SgNode, rules: RuleFile, error: str, *, may_tell: bool) -> str | None:
    """Return what one statement gives; "" for one that gives nothing, None for one that does something."""
    kind = statement.kind()
    if kind in ("pass_statement", "continue_statement", "break_statement"):
        return {"pass": "goes on", "continue": "continues", "break": "breaks off"}[kind.partition("_")[0]]
    if kind == "delete_statement":
        return ""
    if kind == "return_statement":
        value = next(iter(statements(statement)), None)
        return f"returns {short(value)}" if value is None or is_default(value, error) else None
    if kind == "if_statement":
        parts = [_outcome_of_branch(block, rules, error, may_tell=may_tell) for block in _branches(statement)]
        return None if None in parts else max((part or "" for part in parts), default="")
    if kind != "expression_statement":
        return None
    inner = next(iter(statements(statement)), None)
    return "" if inner is None else _effect(inner, rules, error, may_tell=may_tell)


def _effect(inner: SgNode, rules: RuleFile, error: str, *, may_tell: bool) -> str | None:
    if inner.kind() == "assignment":
        target, value = inner.field("left"), inner.field("right")
        is_plain = target is not None and target.kind() == "identifier"
        if is_plain and value is not None and is_default(value, error):
            return f"goes on with {short(inner)}"
        return None
    if inner.kind() == "call" and called(inner) in rules.names["telling"]:
        return "" if may_tell and called(inner) not in rules.names["alarming"] else None
    return "" if inner.kind() in ("string", "ellipsis") else None


def _outcome_of_branch(block: SgNode, rules: RuleFile, error: str, *, may_tell: bool) -> str | None:
    return outcome_of(block, rules, error, may_tell=may_tell) or None


def _branches(statement: SgNode) -> Iterator[SgNode]:
    for child in statement.children():
        if child.kind() == "block":
            yield child
        elif child.kind() in ("elif_clause", "else_clause"):
            yield from _branches(child)


def branches_of(statement: SgNode) -> Iterator[tuple[SgNode | None, SgNode]]:
    """Yield the conditions of an `if` with their blocks, in order; that of `else` is None."""
    for child in (statement, *statement.children()):
        block = child.field("consequence") or child.field("body")
        if child.kind() in ("if_statement", "elif_clause", "else_clause") and block is not None:
            yield child.field("condition"), block


def is_default(value: SgNode, error: str = "") -> bool:
    """Return whether a value is one that says nothing of a failure: a constant, a name, something empty."""
    kind = value.kind()
    if kind in _CONSTANTS:
        return not _FAULT.search(value.text())
    if kind == "string":
        return "{" not in value.text() and not _FAULT.search(value.text())
    if kind in ("identifier", "attribute"):
        return (
            value.text() != error
            and not _FAULT.search(value.text())
            and not value.text().startswith(f"{error or '?'}.")
        )
    if kind in _COLLECTIONS:
        return all(is_default(child, error) for child in statements(value))
    if kind == "call":
        places = value.field("arguments")
        return called(value) in _EMPTY_MAKERS and (
            places is None or all(is_default(n, error) for n in statements(places))
        )
    return False


def short(node: SgNode | None, most: int = 40) -> str:
    """Return the text of a node on one line, cut off; "None" for none."""
    text = "None" if node is None else " ".join(node.text().split())
    return text if len(text) <= most else f"{text[: most - 1]}…"
