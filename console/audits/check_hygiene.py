"""`source.check_hygiene`: checks that report OK on failure.

A check is a function named so, or any function of a file named so. Three ways for it to be blind: an error of its query becomes
nothing found, nothing found becomes OK, or a threshold is compared the wrong way round.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache

from ast_grep_py import SgNode

from checks.model import Severity
from console.audits.emptiness import empty_answers, unasked_loops
from console.audits.handlers import Handler, is_default, outcome_of_all
from console.audits.module import Module, around, called, end_line_of, line_of, scope_of, statements, within
from console.audits.rules import RuleFile, rule_file
from console.audits.thresholds import inverted, inverted_value, judged, overwritten, unreachable
from console.audits.values import Hit
from console.audits.verdicts import truth_of, verdict_of

CHECK = "source.check_hygiene"

_CHECK_NAME = re.compile(
    r"(?:^|_|\b)(?:check|checks|validate|verify|monitor|health|healthy|audit|probe|detect|assert|canary|alert|diagnose)(?:_|\b)"
)
_JUDGED = (
    "except_clause",
    "if_statement",
    "elif_clause",
    "conditional_expression",
    "comparison_operator",
    "for_statement",
)
_TOO_YOUNG = re.compile(r"(?i)\bstill\b|\bbuffer|\bnot yet\b|\btoo (?:soon|early|young|new|recent)\b|\bwait")
"""What is said of a young thing that alarms rightly: rows that lie in the streaming buffer."""
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
    if not _may_check(module):
        return lambda _: False
    in_check_file = _is_check_file(module)
    needs = rule_file("check_hygiene").needs
    return lambda part: (in_check_file or _names_check(part)) and any(word in part for word in needs)


def _is_check_file(module: Module) -> bool:
    return _CHECK_FILE.search(module.path) is not None


@lru_cache(maxsize=1)
def _may_check(module: Module) -> bool:
    return _is_check_file(module) or _names_check(module.text)


def _names_check(text: str) -> bool:
    return _CHECK_NAME.search(" ".join(_DEFINED.findall(text)).lower()) is not None


def inspect(module: Module) -> Iterator[Hit]:
    """Yield the ways in which the checks of a module cannot fail."""
    rules = rule_file("check_hygiene")
    if not _may_check(module):
        return
    in_check_file = _is_check_file(module)
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
    if node.kind() == "for_statement":
        yield from (_hit(module, "empty", place, said) for place, said in unasked_loops(function, node, rules))
        return
    is_branch = node.kind() in ("if_statement", "elif_clause")
    if is_branch:
        yield from (_hit(module, "empty", place, said) for place, said in empty_answers(function, node, rules))
    said = (inverted if is_branch else inverted_value)(function, node, rules)
    if said and not _TOO_YOUNG.search((node.field("consequence") or around(node, "return_statement") or node).text()):
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
    if did in ("continues", "breaks off"):
        did = f"{did}, and then {after}" if (after := _well_behind_loop(function, clause, rules)) else ""
    if did and not re.search(r"(?i)returns (?:none|false)\b", did) and not _is_told_later(function, handler, rules):
        yield _hit(module, "swallowed", clause, f"a query that fails is not told from a good answer: the check {did}")


def _well_behind_loop(function: SgNode, clause: SgNode, rules: RuleFile) -> str:
    """Return what the check returns behind the loop that a clause stands in, when that is a good answer."""
    loop = around(clause, "for_statement", "while_statement", "function_definition")
    behind = loop.next_all() if loop is not None and loop.kind() != "function_definition" else []
    for statement in (one for one in behind if one.kind() == "return_statement"):
        name, code = judged(function, statement)
        return f"returns {' '.join(code.split())}" if verdict_of(code, rules, truth_of(name, rules)) == "well" else ""
    return ""


def _is_told_later(function: SgNode, handler: Handler, rules: RuleFile) -> bool:
    """Return whether the check looks behind the clause at what that has set, and does not call it well: `if n < 0: …`."""
    names = {target.text() for node in handler.nodes if "assignment" in node.kind() and (target := node.field("left"))}
    end = handler.clause.range().end.index
    for test in within(function):
        condition, block = test.field("condition"), test.field("consequence")
        is_behind = test.kind() in ("if_statement", "elif_clause") and test.range().start.index >= end
        if not is_behind or condition is None or block is None or not _looks_at_failure(condition.text(), names):
            continue
        first = next(iter(statements(block)), None)
        name, code = judged(function, first) if first is not None else ("", "")
        if verdict_of(code, rules, truth_of(name, rules) or "well") != "well":
            return True
    return False


def _looks_at_failure(condition: str, names: Collection[str]) -> bool:
    """Return whether a condition asks for what only a failure leaves: a count of errors, -1, None."""
    parts = (part.strip(" ()") for part in re.split(r"\bor\b|\band\b", condition))
    asked = rf"(?:{'|'.join(map(re.escape, names))})" if names else "(?!)"
    return any(re.fullmatch(rf"{asked}(?: (?:> 0|< 0|== -1|is None|is \w+))?|not {asked}", part) for part in parts)


def _good_end(function: SgNode, statement: SgNode | None, handler: Handler, rules: RuleFile) -> str:
    """Return what a clause does that looks as if the query had been answered; "" where it says that something is wrong."""
    name, code = judged(function, statement) if statement is not None else ("", "")
    verdict = verdict_of(code, rules, truth_of(name, rules))
    if verdict == "alarm":
        return ""
    value = next(iter(statements(statement)), None) if statement is not None else None
    is_returned = value is not None and statement is not None and statement.kind() == "return_statement"
    if not handler.outcome and not is_returned:
        return _counted_end(handler)
    if handler.outcome or not is_returned or value is None or not (is_default(value) or verdict == "well"):
        return handler.outcome
    return f"returns {_short(value)}"


def _counted_end(handler: Handler) -> str:
    """Return the default that a clause goes on with which counts the error besides: `count = 0; errors += 1`."""
    rest = [one for one in statements(handler.body) if not _is_count(one)]
    did = outcome_of_all(rest, handler.rules, handler.error, may_tell=True)
    return did if did.startswith("goes on with") else ""


def _is_count(statement: SgNode) -> bool:
    inner = next(iter(statements(statement)), None)
    return inner is not None and inner.kind() == "augmented_assignment"


def _short(value: SgNode) -> str:
    return " ".join(value.text().split())[:40]


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
