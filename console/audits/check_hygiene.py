"""`source.check_hygiene`: checks that report OK on failure.

A check is a function named so, or any function of a file named so. Three ways for it to be blind: an error of its query becomes
nothing found, nothing found becomes OK, or a threshold is compared the wrong way round.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ast_grep_py import SgNode

from checks.model import Severity
from console.audits.handlers import Handler, is_default
from console.audits.module import Module, around, called, end_line_of, line_of, scope_of, statements, within
from console.audits.rules import RuleFile, rule_file
from console.audits.thresholds import inverted, inverted_value, judged, overwritten, unreachable
from console.audits.values import Hit
from console.audits.verdicts import truth_of, verdict_of

CHECK = "source.check_hygiene"

_CHECK_NAME = re.compile(
    r"(?:^|_|\b)(?:check|checks|validate|verify|monitor|health|healthy|audit|probe|detect|assert|canary|alert|diagnose)(?:_|\b)"
)
_JUDGED = ("except_clause", "if_statement", "elif_clause", "conditional_expression", "comparison_operator")
_DEFINED = re.compile(r"def (\w+)")
_CHECK_FILE = re.compile(
    r"(?i)(?:^|[/_.])(?:checks?|health(?:check)?|monitor(?:ing|s)?|validat(?:e|ion|or|ors)|canary|alert(?:s|ing)?)(?=[/_.]|$)"
)
_REMEDIES = {
    "swallowed": "report UNKNOWN with the reason: a check that could not look is never green",
    "empty": "decide what an empty answer means: of a table that should not be empty it is UNKNOWN, not OK",
    "inverted": "turn the comparison round, or rename the value",
    "overwritten": "write elif, the highest threshold first",
    "unreachable": "compare with the higher threshold first",
}


def reads(module: Module) -> Callable[[str], bool]:
    """Return what tells whether a part of a module may hold a check."""
    in_check_file = _CHECK_FILE.search(module.path) is not None
    needs = rule_file("check_hygiene").needs
    return lambda part: (in_check_file or _names_check(part)) and any(word in part for word in needs)


def _names_check(text: str) -> bool:
    return _CHECK_NAME.search(" ".join(_DEFINED.findall(text)).lower()) is not None


def inspect(module: Module) -> Iterator[Hit]:
    """Yield the ways in which the checks of a module cannot fail."""
    rules = rule_file("check_hygiene")
    in_check_file = _CHECK_FILE.search(module.path) is not None
    if not in_check_file and not _names_check(module.text):
        return
    for function in rules.find(module.root, "function"):
        name = function.field("name")
        if name is None or not (in_check_file or _CHECK_NAME.search(name.text().lower())):
            continue
        body = function.field("body")
        if body is not None:
            for node in [node for node in within(body) if node.kind() in _JUDGED]:
                yield from _of_node(module, function, node, rules)


def _of_node(module: Module, function: SgNode, node: SgNode, rules: RuleFile) -> Iterator[Hit]:
    if node.kind() == "except_clause":
        yield from _swallowed(module, function, node, rules)
        return
    is_branch = node.kind() in ("if_statement", "elif_clause")
    if is_branch:
        yield from _empty(module, function, node, rules)
    said = (inverted if is_branch else inverted_value)(function, node, rules)
    if said:
        yield _hit(module, "inverted", node, said)
    if node.kind() == "if_statement":
        for late, sentence in unreachable(node):
            yield _hit(module, "unreachable", late, sentence)
        undone = overwritten(node)
        if undone:
            yield _hit(module, "overwritten", node, undone)


def _swallowed(module: Module, function: SgNode, clause: SgNode, rules: RuleFile) -> Iterator[Hit]:
    """A query's error that becomes an empty answer or a good one, whether or not it is logged."""
    if clause.find(kind="block") is None:
        return
    handler = Handler(clause, rule_file("silent_exceptions"), module)
    attempt = around(clause, "try_statement")
    tried = attempt.field("body") if attempt is not None else None
    if tried is None or handler.raises or handler.carries or handler.is_expected:
        return
    calls = {called(node) for node in within(tried) if node.kind() == "call"}
    if handler.ends_well and (calls & rules.names["asking"] or any(map(_CHECK_NAME.search, calls))):
        yield _hit(
            module, "swallowed", clause, "a query that fails is not told from a good answer: the check exits with 0"
        )
    if not calls & rules.names["asking"]:
        return
    end = statements(handler.body)[-1:]
    did = _good_end(function, end[0] if end else None, handler, rules)
    if did and did not in ("continues", "breaks off") and not re.search(r"(?i)returns (?:none|false)\b", did):
        yield _hit(module, "swallowed", clause, f"a query that fails is not told from a good answer: the check {did}")


def _good_end(function: SgNode, statement: SgNode | None, handler: Handler, rules: RuleFile) -> str:
    """Return what a clause does that looks as if the query had been answered; "" where it says that something is wrong."""
    name, code = judged(function, statement) if statement is not None else ("", "")
    verdict = verdict_of(code, rules, truth_of(name, rules))
    if verdict == "alarm":
        return ""
    value = next(iter(statements(statement)), None) if statement is not None else None
    is_returned = value is not None and statement is not None and statement.kind() == "return_statement"
    if handler.outcome or not is_returned or value is None or not (is_default(value) or verdict == "well"):
        return handler.outcome
    return f"returns {_short(value)}"


def _empty(module: Module, function: SgNode, test: SgNode, rules: RuleFile) -> Iterator[Hit]:
    """An empty answer of a query that is reported as OK."""
    condition, block = test.field("condition"), test.field("consequence")
    if condition is None or block is None:
        return
    text = " ".join(condition.text().split())
    name = _emptiness(text)
    otherwise = next((child for child in test.children() if child.kind() == "else_clause"), None)
    if not name and otherwise is not None and re.fullmatch(r"\w+", text):
        name, block = text, otherwise.field("body") or block
    if not name or not _is_asked(function, name, rules) or not rules.names["offences"].isdisjoint(name.split("_")):
        return
    for statement in statements(block):
        target, code = judged(function, statement)
        # True of a check that is named neither way is a good answer.
        if verdict_of(code, rules, truth_of(target, rules) or "well") == "well":
            place = test if _emptiness(text) else statement
            did = "returns" if statement.kind() == "return_statement" else f"sets {target} to"
            yield _hit(module, "empty", place, f"{name} is empty, and the check {did} {' '.join(code.split())[:40]}")


def _short(value: SgNode) -> str:
    return " ".join(value.text().split())[:40]


def _emptiness(condition: str) -> str:
    """Return the name that a condition finds empty."""
    found = (
        re.fullmatch(r"not (\w+)", condition)
        or re.fullmatch(r"len\((\w+)\) (?:==|<=) 0", condition)
        or re.fullmatch(r"len\((\w+)\) < 1", condition)
        or re.fullmatch(r"(\w+) == \[\]", condition)
        or re.fullmatch(r"(\w+)\.empty", condition)
        or re.fullmatch(r"(\w+) is None(?: or .*)?", condition)
        or re.fullmatch(r"(\w+)\.total_rows == 0", condition)
    )
    return found[1] if found else ""


def _is_asked(function: SgNode, name: str, rules: RuleFile) -> bool:
    """Return whether a variable of the function holds what a query answered."""
    asking = "|".join(sorted(rules.names["asking"]))
    return re.search(rf"(?m)^\s*{name}\s*(?::[^=\n]+)?=\s*[^\n]*\b(?:{asking})\(", function.text()) is not None


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
