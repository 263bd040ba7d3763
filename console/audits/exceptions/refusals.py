"""How a handler tells a refused permission from other errors: which of its conditions are true of one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from ast_grep_py import SgNode

from console.audits.exceptions.handlers import Handler
from console.audits.exceptions.statuses import has_range, holds_refusal
from console.audits.module import called, statements, within

_PERMISSION = re.compile(r"(?i)\b403\b|forbidden|permission|access.?denied|unauthori[sz]ed")
_TEXT_ONLY = frozenset({"str", "repr", "hasattr", "bool", "len", "getattr"})
_TESTS = ("if_statement", "elif_clause", "conditional_expression", "case_clause")


@dataclass(frozen=True, eq=False)  # not slotted: what is computed once is kept
class Refusal:
    """A refused permission as a handler meets it."""

    handler: Handler

    @cached_property
    def question(self) -> SgNode | None:
        """The first place in the clause that asks whether the error is a refused permission."""
        for node in self.handler.nodes:
            condition = _condition(node) if node.kind() in _TESTS else None
            if condition is not None and self._is_asked(condition):
                return node
        return None

    def _is_asked(self, condition: SgNode) -> bool:
        names = dict(self.handler.given)
        asked = names.get(condition.text(), condition)
        if names_permission(asked.text()) or names_permission(condition.text()):
            return True
        parts = (node for node in within(asked) if node.kind() in ("comparison_operator", "call"))
        return self._is_about_error(asked) and any(holds_refusal(part) is not None for part in parts)

    def _is_about_error(self, condition: SgNode) -> bool:
        return not self.handler.errors.isdisjoint(re.findall(r"\w+", condition.text()))

    def decide(self, condition: SgNode) -> bool | None:
        """Return whether a condition is true of a refused permission; None where that cannot be told."""
        kind = condition.kind()
        parts = statements(condition)
        if kind == "parenthesized_expression" and parts:
            return self.decide(parts[0])
        if kind == "not_operator" and parts:
            inner = self.decide(parts[-1])
            return None if inner is None else not inner
        if kind == "boolean_operator" and len(parts) == 2:
            return self._of_both(condition, parts)
        if kind == "identifier" and not names_permission(condition.text()):
            value = dict(self.handler.given).get(condition.text())
            return self.decide(value) if value is not None and value.text() != condition.text() else None
        return self._of_question(condition)

    def _of_question(self, condition: SgNode) -> bool | None:
        text = condition.text()
        truth = holds_refusal(condition) if self._is_about_error(condition) else None
        if truth is not None:
            return truth
        is_against = condition.kind() == "comparison_operator" and re.search(r"!=|\bnot\s+in\b|\bis\s+not\b", text)
        if names_permission(text):
            return not is_against
        return bool(is_against) if self._tells_apart(condition) else None

    def _of_both(self, condition: SgNode, parts: list[SgNode]) -> bool | None:
        operator = condition.field("operator")
        is_or = operator is not None and operator.text() == "or"
        truths = {self.decide(part) for part in parts}
        if is_or in truths:
            return is_or
        return None if None in truths else not is_or

    def _tells_apart(self, condition: SgNode) -> bool:
        """Return whether a condition asks which error it is: then it is one of another kind."""
        if not self._is_about_error(condition):
            return False
        if condition.kind() == "comparison_operator":
            last = statements(condition)[-1]
            is_known = condition.find(kind="string") or condition.find(kind="integer") or last.kind() == "attribute"
            return is_known is not None and is_known is not False and last.text() not in ("None", "0")
        return condition.kind() == "call" and called(condition) not in _TEXT_ONLY

    def cases(self, match: SgNode) -> tuple[list[SgNode], bool]:
        """Return the blocks that a `match` may lead a refused permission to, and whether it leads to one of them in any case."""
        found = [
            (one.find(kind="case_pattern"), one.field("consequence")) for one in match.find_all(kind="case_clause")
        ]
        cases = [(pattern.text(), block) for pattern, block in found if pattern is not None and block is not None]
        asked = [block for pattern, block in cases if _PERMISSION.search(pattern)]
        if asked:
            return asked, True
        rest = [block for pattern, block in cases if re.fullmatch(r"[a-z_]\w*", pattern)]
        subject = match.field("subject")
        if subject is not None and self.handler.errors & set(re.findall(r"\w+", subject.text())):
            return rest, bool(rest)
        return [block for _, block in cases], bool(rest)


def _condition(node: SgNode) -> SgNode | None:
    if node.kind() == "conditional_expression":
        parts = statements(node)
        return parts[1] if len(parts) > 1 else None
    return node.field("condition") or (node.find(kind="case_pattern") if node.kind() == "case_clause" else None)


def asking(text: str) -> bool:
    """Return whether a text has a word of permissions or a range of statuses: without, no condition in it asks for them."""
    return names_permission(text) or has_range(text)


def names_permission(text: str) -> bool:
    """Return whether a text has a word of permissions."""
    return _PERMISSION.search(text) is not None
