"""A refused permission that a handler hides: it becomes "busy", "empty" or "success", and nobody hears of it.

This caused the outage. A clause that catches such an error by its type, its status or its text is right only if every way out
of it raises, says that something failed, or calls a person; a line in a log is none of these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ast_grep_py import SgNode

from checks.model import Severity
from console.audits.exceptions.admissions import words
from console.audits.exceptions.behind import is_told_behind
from console.audits.exceptions.handlers import Handler
from console.audits.exceptions.paths import Hiding, hiding
from console.audits.exceptions.refusals import Refusal, asking, names_permission
from console.audits.module import around, called, line_of, scope_of, within
from console.audits.sources import is_test, is_test_folder

_LOCK = re.compile(r"(?i)(?:^|_)(?:try_)?(?:acquire|lock|lease|claim)(?:_|$|s$|d$)|is_(?:busy|locked)")
_LETS_GO = frozenset({"release", "unlock", "free", "expire", "clear", "drop", "delete"})
_ASKS_FOR_ACCESS = re.compile(r"(?i)(?:^|_)(?:can|may)_|access|permission|permitted|allowed|authori[sz]ed|reachable")


@dataclass(frozen=True, slots=True)
class Hidden:
    """Where a refused permission becomes something else, in a sentence, and how bad it is."""

    place: SgNode
    sentence: str
    severity: Severity


def hidden(handler: Handler) -> Hidden | None:
    """Return what a clause hides, or None."""
    if is_by_type(handler):
        return None if _is_asserted(handler) else _by_type(handler)
    if asking(handler.body.text()) and (question := Refusal(handler).question) is not None:
        found = _way_out(handler)
        severity = Severity.CRITICAL if names_permission(handler.body.text()) else Severity.ERROR
        return None if found is None else Hidden(question, f"a refused permission {_becomes(found.did)}", severity)
    if _is_refused_before(handler):
        return None
    return _of_lock(handler) or _of_base(handler)


def _by_type(handler: Handler) -> Hidden | None:
    found = _way_out(handler)
    severity = Severity.CRITICAL if handler.catches("permission") else Severity.ERROR
    caught = ", ".join(handler.types)
    return (
        None
        if found is None
        else Hidden(handler.clause, f"a refused permission ({caught}) {_becomes(found.did)}", severity)
    )


def _of_lock(handler: Handler) -> Hidden | None:
    """A lock that catches everything: what it calls busy may be a refused permission."""
    name = _function(handler.clause)
    found = _way_out(handler) if _is_lock(name) and (handler.is_blind or handler.catches("above_permission")) else None
    if found is None or not found.tells_caller:
        return None
    sentence = f"{name}: a refused permission {_becomes(found.did)}, as if it were busy"
    return Hidden(handler.clause, sentence, Severity.CRITICAL)


def _of_base(handler: Handler) -> Hidden | None:
    """A clause for all errors of Google's interfaces that gives a default, whichever it was."""
    if not handler.catches("above_permission") or handler.raises or handler.carries:
        return None
    if not handler.outcome or is_told_behind(handler, handler.outcome, by_log=False):
        return None
    sentence = f"{', '.join(handler.types)} includes a refused permission, which {_becomes(handler.outcome)}"
    return Hidden(handler.clause, sentence, Severity.ERROR)


def _way_out(handler: Handler) -> Hiding | None:
    name = _function(handler.clause)
    is_false_fault = False if _is_lock(name) else True if _ASKS_FOR_ACCESS.search(name) else None
    return hiding(handler, Refusal(handler), is_false_fault=is_false_fault)


def _is_lock(name: str) -> bool:
    return _LOCK.search(name) is not None and words(name).isdisjoint(_LETS_GO)


def is_by_type(handler: Handler) -> bool:
    """Return whether a clause names the type of a refused permission."""
    return handler.catches("permission") or handler.catches("permission_of_files")


def asks_for_process(clause: SgNode) -> bool:
    """Return whether a signal is tried: that it may not be sent is an answer, for then there is such a process."""
    whole = around(clause, "try_statement")
    tried = whole.field("body") if whole is not None else None
    return tried is not None and any(node.kind() == "call" and called(node) == "kill" for node in within(tried))


def _function(node: SgNode) -> str:
    """Return the name of the function around a node; of a lock's `__enter__`, `acquire_lock`."""
    scope = scope_of(node).split(".")
    is_entered = scope[-1] in ("__enter__", "__aenter__") and "lock" in words(scope[-2] if len(scope) > 1 else "")
    return "acquire_lock" if is_entered else scope[-1]


def _is_asserted(handler: Handler) -> bool:
    """Return whether a test expects the refusal: it fails when there is none, or asserts something of the error."""
    parts = handler.module.path.split("/")
    if not is_test(parts[-1]) and not any(map(is_test_folder, parts)):
        return False
    whole = around(handler.clause, "try_statement")
    text = "" if whole is None else whole.text()
    return re.search(r"\bassert\b|\.assert\w+\(|pytest\.fail\(|self\.fail\(|AssertionError", text) is not None


def _is_refused_before(handler: Handler) -> bool:
    """Return whether an earlier clause of the same `try` catches a refused permission by name."""
    whole = around(handler.clause, "try_statement")
    if whole is None:
        return False
    first = line_of(handler.clause)
    earlier = (child for child in whole.children() if child.kind() == "except_clause" and line_of(child) < first)
    return any(Handler(clause, handler.rules, handler.module).catches("permission") for clause in earlier)


def _becomes(outcome: str) -> str:
    return f"is not raised: the code {outcome}"
