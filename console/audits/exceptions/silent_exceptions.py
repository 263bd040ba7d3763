"""`source.silent_exceptions`: errors that nobody hears of.

Which clauses are bare, blind or empty ruff says (`rules/linting.toml`); what else a clause does `handlers` says. A clause that
turns a refused permission into "busy", "empty" or "success" is its own rule: that one caused the outage.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from ast_grep_py import SgNode

from checks.model import Severity
from console.audits.exceptions.behind import is_told_behind
from console.audits.exceptions.caught import types_of
from console.audits.exceptions.handlers import Handler
from console.audits.exceptions.permissions import asks_for_process, hidden, is_by_type
from console.audits.module import Module, end_line_of, line_of, scope_of
from console.audits.rules import RuleFile, rule_file
from console.audits.values import Hit

CHECK = "source.silent_exceptions"

_CLAUSE = re.compile(r"except\b")
_REMEDIES = {
    "permission": "let a refused permission raise: it is neither busy, nor empty, nor a success",
    "bare": "name the exceptions, log with logger.exception(...), or let it raise",
    "silent": "log with logger.exception(...) before giving the default, or let it raise",
    "typed": "log what was caught before giving the default",
    "traceback": "logger.exception(...) keeps the traceback; str(error) does not",
    "finally": "leave return, break and continue out of `finally`: they drop the exception",
    "expected": "nothing to do when this error is an answer",
}


def reads(module: Module) -> Callable[[str], bool]:
    """Return what tells whether a part of a module may lose an error."""
    names = tuple(_suppressing(module))
    if names in ((), ("suppress",)):
        return lambda part: "suppress" in part or _CLAUSE.search(part) is not None
    return lambda part: any(name in part for name in names) or _CLAUSE.search(part) is not None


@lru_cache(maxsize=1)
def _suppressing(module: Module) -> frozenset[str]:
    """Return the names that `contextlib.suppress` has in a file; none in most files, which do not have the word."""
    if "suppress" not in module.text:
        return frozenset()
    names = {"suppress"}
    if "suppress as " in module.text:
        names |= {name for name, full in module.imports.items() if full == "contextlib.suppress"}
    if ".suppress\n" in module.text:
        names |= {name for name, full in module.aliases.items() if full.endswith(".suppress")}
    return frozenset(names)


def inspect(module: Module) -> Iterator[Hit]:
    """Yield the clauses of a module that lose an error."""
    rules = rule_file("silent_exceptions")
    for clause in rules.find(module.root, "except") if "except" in module.text else ():
        if clause.find(kind="block") is not None:
            handler = Handler(clause, rules, module)
            yield from _of_handler(module, handler)
    if names := _suppressing(module):
        for call in rules.find(module.root, "suppress", names):
            yield from _of_suppress(module, call, rules)
    for line, codes in module.marks.items():
        if "B012" in codes:
            yield _hit(
                module, "finally", line, _severity(module, Severity.ERROR), "`finally` leaves and drops the exception"
            )


def _of_handler(module: Module, handler: Handler) -> Iterator[Hit]:
    clause = handler.clause
    if handler.catches("permission_of_files") and asks_for_process(clause):
        return
    found = hidden(handler)
    if found is not None:
        yield _hit(module, "permission", line_of(found.place), found.severity, found.sentence, clause)
    if found is not None or (is_by_type(handler) and not handler.is_blind):
        return
    codes = _codes(module, handler)
    caught = ", ".join(handler.types) or "everything"
    if handler.is_blind and handler.cuts_off:
        sentence = f"catches {caught} and raises another `from None`, without the traceback"
        yield _hit(module, "traceback", line_of(clause), Severity.WARNING, sentence, clause)
    if handler.raises or handler.carries or (handler.silence and is_told_behind(handler, handler.silence, by_log=True)):
        return
    if handler.silence and (handler.is_blind or codes & {"E722", "BLE001"}):
        rule = "silent" if handler.types else "bare"
        severity = _severity(module, Severity.ERROR)
        yield _hit(
            module, rule, line_of(clause), severity, f"catches {caught}, tells nobody and {handler.silence}", clause
        )
    elif "E722" in codes:
        yield _hit(
            module, "bare", line_of(clause), Severity.WARNING, "a bare `except` catches everything, also Ctrl-C", clause
        )
    elif "BLE001" in codes and not handler.keeps_traceback:
        sentence = f"catches {caught} and loses the traceback"
        yield _hit(module, "traceback", line_of(clause), Severity.WARNING, sentence, clause)
    elif handler.silence or codes & {"S110", "S112"}:
        is_answer = handler.is_expected and not handler.drops_row
        rule, severity = ("expected", Severity.OK) if is_answer else ("typed", Severity.WARNING)
        did = handler.silence or "goes on"
        yield _hit(module, rule, line_of(clause), severity, f"catches {caught}, tells nobody and {did}", clause)


def _of_suppress(module: Module, call: SgNode, rules: RuleFile) -> Iterator[Hit]:
    listed = call.field("arguments")
    function = call.field("function")
    if listed is None or function is None or not module.full_name(function).endswith("contextlib.suppress"):
        return
    names = frozenset(types_of(listed.text(), module))
    if names & rules.names["permission"]:
        yield _hit(module, "permission", line_of(call), Severity.CRITICAL, "a refused permission is suppressed", call)
    elif above := names & rules.names["above_permission"]:
        sentence = f"{', '.join(sorted(above))} includes a refused permission, which is suppressed"
        yield _hit(module, "permission", line_of(call), Severity.ERROR, sentence, call)
    elif names & rules.names["broad"]:
        severity = _severity(module, Severity.ERROR)
        yield _hit(module, "silent", line_of(call), severity, "suppresses every exception and tells nobody", call)


def _codes(module: Module, handler: Handler) -> frozenset[str]:
    """Return the rules of ruff that apply to the clause: they are marked on its head, which may be of several lines."""
    head = range(line_of(handler.clause), line_of(handler.body) + 1)
    return frozenset(code for line in head for code in module.marks.get(line, ()) if code != "B012")


def _severity(module: Module, in_important: Severity) -> Severity:
    return in_important if module.options.is_important(module.path) else Severity.WARNING


def _hit(module: Module, rule: str, line: int, severity: Severity, sentence: str, node: SgNode | None = None) -> Hit:
    tool = "ruff" if rule in ("bare", "traceback", "finally") else "ast-grep"
    return Hit(
        check=CHECK,
        rule=rule,
        path=module.path,
        line=line,
        severity=severity,
        sentence=sentence,
        scope="" if node is None else scope_of(node),
        code="" if node is None else node.text(),
        remedy=_REMEDIES[rule],
        tool=tool,
        end_line=max(line, end_line_of(node) if node is not None else line),
        area=0 if module.options.is_important(module.path) else 1,
    )
