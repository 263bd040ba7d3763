"""`source.check_hygiene`: checks that report OK on failure.

A check is a function named so, or any function of a file named so. Four ways for it to be blind: an error of its query becomes
nothing found, nothing found becomes OK, a threshold is compared the wrong way round, or what is asked is always true.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from ast_grep_py import SgNode

from checks.model import Severity
from console.audits.hygiene.certainty import always_true, always_well
from console.audits.hygiene.comparisons import Known
from console.audits.hygiene.emptiness import empty_answers, full_of_nothing, unasked_loops
from console.audits.hygiene.order import overwritten, unreachable, unreachable_value
from console.audits.hygiene.swallowing import CHECK_NAME, swallowed
from console.audits.hygiene.thresholds import BRANCHES, inverted, inverted_assertion, inverted_value
from console.audits.module import SCOPES, Module, around, end_line_of, line_of, scope_of
from console.audits.rules import RuleFile, rule_file
from console.audits.values import Hit

CHECK = "source.check_hygiene"

_TOO_YOUNG = re.compile(
    r"(?i)\bstill\b|\bsuppress|\bcool.?down|\bthrottl|\balready\b|\bbuffer|\bnot yet\b"
    r"|\btoo (?:soon|early|young|new|recent)\b|\bwait"
)
"""What is said of a young thing that alarms rightly, or not again: rows in the streaming buffer, an alert of a moment ago."""
_DEFINED = re.compile(r"def (\w+)")
_DECORATED = re.compile(r"^[ \t]*@(\w+)(?:\(.*)?\n(?:[ \t]*@.*\n)*[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)", re.MULTILINE)
_CHECK_FILE = re.compile(
    r"(?i)(?:^|[/_.])(?:checks?|health(?:check)?|monitor(?:ing|s)?|validat(?:e|ion|or|ors)|canary|alert(?:s|ing)?)(?=[/_.]|$)"
)
_REMEDIES = {
    "swallowed": "report UNKNOWN with the reason: a check that could not look is never green",
    "empty": "decide what an empty answer means: of a table that should not be empty it is UNKNOWN, not OK",
    "inverted": "turn the comparison round, or rename the value",
    "overwritten": "write elif, the highest threshold first",
    "certain": "ask what can be false, or report UNKNOWN: a check that cannot fail checks nothing",
    "unreachable": "compare with the higher threshold first",
}


def reads(module: Module) -> Callable[[str], bool]:
    """Return what tells whether a part of a module may hold a check."""
    if not _may_check(module):
        return lambda _: False
    in_check_file = _is_check_file(module)
    needs, guards = rule_file("check_hygiene").needs, _guards(module)
    return lambda part: (
        (in_check_file or _names_check(part) or not guards.isdisjoint(_DEFINED.findall(part) if guards else ()))
        and any(word in part for word in needs)
    )


def _is_check_file(module: Module) -> bool:
    return _CHECK_FILE.search(module.path) is not None


@lru_cache(maxsize=1)
def _may_check(module: Module) -> bool:
    return _is_check_file(module) or _names_check(module.text)


@lru_cache(maxsize=1)
def _guards(module: Module) -> frozenset[str]:
    """Return the names of what decorates a check: it may answer in its place."""
    if "@" not in module.text or _is_check_file(module):
        return frozenset()
    found = _DECORATED.findall(module.text)
    return frozenset(guard for guard, name in found if CHECK_NAME.search(name.lower()) is not None)


def _names_check(text: str) -> bool:
    return CHECK_NAME.search(" ".join(_DEFINED.findall(text)).lower()) is not None


def inspect(module: Module) -> Iterator[Hit]:
    """Yield the ways in which the checks of a module cannot fail."""
    rules = rule_file("check_hygiene")
    if not _may_check(module):
        return
    for function, nodes in _functions(rules.find(module.root, "judged")):
        if _is_check(module, function):
            known = Known(module.text, function)
            for node in nodes:
                yield from _of_node(module, known, node, rules)
            yield from (_hit(module, "certain", place, said) for place, said in always_well(known, rules))


def _functions(found: list[SgNode]) -> list[tuple[SgNode, list[SgNode]]]:
    """Return the functions among nodes in the order of the text, with what stands in each, but not in a scope inside of it."""
    functions: list[tuple[SgNode, list[SgNode]]] = []
    open_: list[tuple[int, list[SgNode]]] = []
    for node in found:
        place = node.range()
        while open_ and open_[-1][0] <= place.start.index:
            open_.pop()
        if node.kind() in SCOPES:
            inside: list[SgNode] = []
            open_.append((place.end.index, inside))
            if node.kind() == "function_definition":
                functions.append((node, inside))
        elif open_:
            open_[-1][1].append(node)
    return functions


def _is_check(module: Module, function: SgNode) -> bool:
    name = function.field("name")
    if name is None or _is_check_file(module):
        return name is not None
    guards = _guards(module)
    is_guard = bool(guards) and not guards.isdisjoint(scope_of(function).split("."))
    return is_guard or CHECK_NAME.search(name.text().lower()) is not None


def _of_node(module: Module, known: Known, node: SgNode, rules: RuleFile) -> Iterator[Hit]:
    kind = node.kind()
    if said := always_true(node, rules):
        yield _hit(module, "certain", node, said)
        return
    if kind == "except_clause":
        said = swallowed(module, known, node, rules)
        if said:
            yield _hit(module, "swallowed", node, said)
        return
    if kind == "for_statement":
        yield from (_hit(module, "empty", place, said) for place, said in unasked_loops(known, node, rules))
        return
    if kind in ("if_statement", "elif_clause"):
        yield from (_hit(module, "empty", place, said) for place, said in empty_answers(known, node, rules))
    if kind == "conditional_expression" and (said := full_of_nothing(node)):
        yield _hit(module, "empty", node, said)
    said = _inverted(known, node, rules)
    if said and not _TOO_YOUNG.search((node.field("consequence") or around(node, "return_statement") or node).text()):
        yield _hit(module, "inverted", node, said)
    yield from _out_of_order(module, known, node)


def _inverted(known: Known, node: SgNode, rules: RuleFile) -> str:
    kind = node.kind()
    if kind in BRANCHES:
        return inverted(known, node, rules)
    if kind == "match_statement":
        return ""
    if kind == "boolean_operator":
        return ""
    return (inverted_assertion if kind == "assert_statement" else inverted_value)(known, node, rules)


def _out_of_order(module: Module, known: Known, node: SgNode) -> Iterator[Hit]:
    kind = node.kind()
    if kind in ("if_statement", "match_statement"):
        for late, sentence in unreachable(known, node):
            yield _hit(module, "unreachable", late, sentence)
    if kind == "conditional_expression" and (said := unreachable_value(known, node)):
        yield _hit(module, "unreachable", node, said)
    if kind == "if_statement" and (undone := overwritten(known, node)):
        yield _hit(module, "overwritten", node, undone)


def _hit(module: Module, rule: str, node: SgNode, sentence: str) -> Hit:
    important = module.options.is_important(module.path)
    return Hit(
        check=CHECK,
        rule=rule,
        path=module.path,
        line=line_of(node),
        severity=Severity.ERROR,
        sentence=sentence,
        scope=scope_of(node),
        code=_head(node),
        remedy=_REMEDIES[rule],
        end_line=end_line_of(node) if node.kind() == "except_clause" else line_of(node),
        area=0 if important else 1,
    )


def _head(node: SgNode) -> str:
    condition = node.field("condition")
    return condition.text() if condition is not None else node.text()
