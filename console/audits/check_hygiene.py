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
from console.audits.thresholds import inverted, overwritten, unreachable
from console.audits.values import Hit

CHECK = "source.check_hygiene"

_CHECK_NAME = re.compile(
    r"(?:^|_|\b)(?:check|checks|validate|verify|monitor|health|healthy|audit|probe|detect|assert|canary|alert|diagnose)(?:_|\b)"
)
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
            nodes = [node for node in within(body) if node.kind() in ("except_clause", "if_statement", "elif_clause")]
            for node in nodes:
                yield from _of_node(module, function, node, rules)


def _of_node(module: Module, function: SgNode, node: SgNode, rules: RuleFile) -> Iterator[Hit]:
    if node.kind() == "except_clause":
        yield from _swallowed(module, node, rules)
        return
    yield from _empty(module, function, node, rules)
    said = inverted(node, rules)
    if said:
        yield _hit(module, "inverted", node, said)
    if node.kind() == "if_statement":
        for late, sentence in unreachable(node):
            yield _hit(module, "unreachable", late, sentence)
        undone = overwritten(node)
        if undone:
            yield _hit(module, "overwritten", node, undone)


def _swallowed(module: Module, clause: SgNode, rules: RuleFile) -> Iterator[Hit]:
    """A query's error that becomes an empty answer or a good one, whether or not it is logged."""
    if clause.find(kind="block") is None:
        return
    handler = Handler(clause, rule_file("silent_exceptions"), module)
    attempt = around(clause, "try_statement")
    tried = attempt.field("body") if attempt is not None else None
    if tried is None or handler.raises or handler.carries or handler.is_expected:
        return
    if not any(node.kind() == "call" and called(node) in rules.names["asking"] for node in within(tried)):
        return
    end = statements(handler.body)[-1:]
    did = handler.outcome or _good_return(end[0] if end else None, rules)
    if did and did not in ("continues", "breaks off") and not re.search(r"(?i)returns (?:none|false)\b", did):
        yield _hit(module, "swallowed", clause, f"a query that fails is not told from a good answer: the check {did}")


def _good_return(statement: SgNode | None, rules: RuleFile) -> str:
    value = (
        next(iter(statements(statement)), None)
        if statement is not None and statement.kind() == "return_statement"
        else None
    )
    if value is None or not (is_default(value) or says(value.text(), rules, "well")):
        return ""
    return f"returns {' '.join(value.text().split())[:40]}"


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
    if not name or not _is_asked(function, name, rules):
        return
    for statement in statements(block):
        value = next(iter(statements(statement)), None) if statement.kind() == "return_statement" else None
        if value is not None and says(value.text(), rules, "well") and not says(value.text(), rules, "alarm"):
            said = " ".join(value.text().split())[:40]
            yield _hit(
                module,
                "empty",
                test if _emptiness(text) else statement,
                f"{name} is empty, and the check returns {said}",
            )


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


def says(text: str, rules: RuleFile, kind: str) -> bool:
    """Return whether one of the words of a piece of code is in the list `kind`."""
    return not rules.names[kind].isdisjoint(re.findall(r"[a-z]+", text.lower()))


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
