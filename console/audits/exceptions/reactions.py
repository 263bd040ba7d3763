"""What a clause does that is the right answer to its error, or tells it: it ends what was tried with, it gives a status."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ast_grep_py import SgNode

from console.audits.module import Module, around, called, end_line_of, line_of, statements, within
from console.audits.rules import RuleFile

_CODE = re.compile(r"-?[1-9]\d*")
_WELL = re.compile(r"(?m)^[ \t]*return 0[ \t]*(?:#[^\n]*)?$")

_MOST_LINES = 1000
"""Lines of a function in which another status is looked for; without a limit, one of many clauses would take for ever."""


@dataclass(frozen=True, slots=True)
class Reactions:
    """What one clause may do: `is_blind` of one that catches everything, which reacts to nothing in particular."""

    clause: SgNode
    rules: RuleFile
    module: Module
    is_blind: bool

    def is_reaction(self, call: SgNode) -> bool:
        """Return whether a call ends or leaves out what was tried with: `proc.kill()`, `self.sockets.discard(socket)`.

        Not of a `try` that gives a value, which its caller still lacks.
        """
        if self.is_blind or called(call) not in self.rules.names["reacting"]:
            return False
        whole, function, listed = around(self.clause, "try_statement"), call.field("function"), call.field("arguments")
        tried = whole.field("body") if whole is not None else None
        if tried is None or function is None or any(map(_gives, within(tried))):
            return False
        owner = function.text().rpartition(".")[0]
        if owner in self.module.imports:
            return False
        text = tried.text()
        is_sibling = owner.startswith("self.") and "self." in text
        given = statements(listed) if listed is not None else []
        names = [owner, *(one.text() for one in given if one.kind() in ("identifier", "attribute"))]
        return is_sibling or any(name and re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", text) for name in names)

    def is_code(self, value: SgNode) -> bool:
        """Return whether a returned value is a status of a program that failed: its function has a `return 0` as well."""
        function = around(self.clause, "function_definition") if _CODE.fullmatch(value.text()) else None
        if function is None or end_line_of(function) - line_of(function) > _MOST_LINES:
            return False
        return _WELL.search(function.text()) is not None


def _gives(statement: SgNode) -> bool:
    return statement.kind() == "return_statement" and bool(statements(statement))
