"""Comparisons with thresholds that are the wrong way round."""

from __future__ import annotations

import re

from ast_grep_py import SgNode

from console.audits.hygiene.betters import better, better_of_value, is_measure
from console.audits.hygiene.comparisons import Comparison, Known, comparison_of, last_name, limit_says, parts_of
from console.audits.hygiene.verdicts import OPPOSITE, called_verdict, raised, truth_of, verdict_of
from console.audits.module import around, called, line_of, statements, within
from console.audits.rules import RuleFile

BRANCHES = ("if_statement", "elif_clause", "case_clause")

_OUTCOMES = ("return_statement", "expression_statement", "raise_statement")
_STATUS = re.compile(r"(?i)status|severity|level|state|verdict|healthy|ok$|passed|valid|fresh")
_COUNTED = re.compile(
    r"(?:^|_)(?:row|record|game|player|prediction|feature|event)s?_(?:count|total)$"
    r"|^(?:n|num|number_of|count|total)_(?:of_)?(?:row|record|game|player|prediction|feature|event)s$"
)
"""What there should be enough of, where a check does nothing but to count it."""
_WAITING = frozenset({"backlog", "dead", "limit", "open", "pending", "queue", "queued", "quota", "retry", "waiting"})
"""Beside a count, in a check: the fewer of it, the better."""
_TOO_GOOD = ((0.95, 1.0), (95.0, 100.0))
"""Shares that are too good to be true: an alarm above them is no slip."""
_OF_LIMITS = frozenset({"allowed", "limit", "limits", "max", "maximum", "min", "minimum", "threshold", "thresholds"})
_TOO_LOW = re.compile(r"(?i)too (?:low|few|little)|\bbelow\b|\bunder\b|insufficient|not enough|at least")
_TOO_HIGH = re.compile(r"(?i)too (?:high|many|old|long|late|much)|\babove\b|exceed|\bover\b|at most|\bstale\b")


def condition_of(branch: SgNode) -> SgNode | None:
    """Return what a branch asks; of `case x if x > 60`, what stands behind `if`."""
    return branch.field("guard" if branch.kind() == "case_clause" else "condition")


def inverted(known: Known, test: SgNode, rules: RuleFile) -> str:
    """Return what is wrong with a branch that alarms on a good value, or finds a bad one well; "" for nothing."""
    parts = (_comparison(part, test, known) for part in parts_of(condition_of(test), "or"))
    compared = [one for one in parts if one is not None]
    block = test.field("consequence")
    verdict = _verdict(known.function, block, rules) if compared and block is not None else ""
    for comparison in compared if verdict else ():
        is_window = any(one.name == comparison.name and one.is_above != comparison.is_above for one in compared)
        said = "" if is_window else _wrong(comparison, verdict, rules)
        if verdict == "well" and (len(compared) > 1 or not _is_known(comparison, rules)):
            said = ""  # `if count < MIN_ROWS: return "OK"`: too few to judge
        if said and verdict == "alarm" and (comparison.is_of_sense or _is_band(known, test, comparison, rules)):
            said = ""
        if said:
            return said
    return _too_few(known, test, compared[0], rules) if verdict == "well" and len(compared) == 1 else ""


def inverted_value(known: Known, node: SgNode, rules: RuleFile) -> str:
    """Return the same of an expression: `"OK" if age > MAX_AGE else "STALE"`, `passed = count < MIN_ROWS`."""
    if node.kind() != "conditional_expression":
        truth = _truth(known.function, node, rules)
        comparison = comparison_of(node, known) if truth else None
        return "" if comparison is None else _wrong(comparison, truth, rules)
    parts = statements(node)
    comparison = comparison_of(parts[1], known) if len(parts) > 1 else None
    if comparison is None:
        return ""
    verdict, otherwise = verdict_of(parts[0].text(), rules), verdict_of(_last_of(parts[-1]).text(), rules)
    return _wrong(comparison, verdict, rules) if verdict and otherwise == OPPOSITE[verdict] else ""


def inverted_assertion(known: Known, node: SgNode, rules: RuleFile) -> str:
    """Return the same of what is asserted of a value: `assert coverage < 80`."""
    parts = statements(node)
    comparison = comparison_of(parts[0], known)
    if comparison is None or comparison.is_of_argument:
        return ""
    best = better(comparison, rules)
    if not best and is_measure(comparison.name, rules):
        best = _by_message(parts[1:])
    return _said(comparison, best, "well")


def _comparison(condition: SgNode, test: SgNode, known: Known) -> Comparison | None:
    """Return the comparison that a condition is; `x` of `case x if x > 60` is what is matched."""
    found = comparison_of(condition, known)
    if found is None or test.kind() != "case_clause":
        return found
    pattern, match = test.find(kind="case_pattern"), around(test, "match_statement")
    subject = next(iter(statements(match)), None) if match is not None else None
    if pattern is None or subject is None or pattern.text() != found.name:
        return found
    return Comparison(subject, found.is_above, found.bound, known)


def _wrong(comparison: Comparison, verdict: str, rules: RuleFile) -> str:
    return _said(comparison, better(comparison, rules), verdict) if verdict else ""


def _by_message(parts: list[SgNode]) -> str:
    """Return whether more or less is better, by what is said when it is not so: "coverage too low"."""
    text = parts[0].text() if parts else ""
    is_low, is_high = _TOO_LOW.search(text) is not None, _TOO_HIGH.search(text) is not None
    return "" if is_low == is_high else "more" if is_low else "less"


def _said(comparison: Comparison, best: str, verdict: str) -> str:
    if not best or (comparison.is_above == (best == "more")) == (verdict == "well") or _is_of_input(comparison):
        return ""
    is_too_good = comparison.limit is not None and any(low < comparison.limit <= high for low, high in _TOO_GOOD)
    if verdict == "alarm" and best == "more" and is_too_good:
        return ""
    side = "above" if comparison.is_above else "below"
    said = "an alarm" if verdict == "alarm" else "well"
    return f"{comparison.name} {side} the threshold is called {said}, though of it {best} is better"


def _is_of_input(comparison: Comparison) -> bool:
    """Return whether a comparison asks for what can be, `delay >= 0`, or for what a setting may be, `max_errors > 5`."""
    if comparison.limit is not None and comparison.limit <= 0:
        return True
    words = last_name(comparison.name).lower().split("_")
    if _OF_LIMITS.isdisjoint(words) or words in (["max"], ["min"]):  # `lags.max()` is measured
        return False
    origin = comparison.known.value_of(comparison.name)
    return origin is None or called(origin) not in ("max", "min")


def _is_known(comparison: Comparison, rules: RuleFile) -> bool:
    """Return whether something besides a limit's name says what is better."""
    is_by_limit = limit_says(comparison.bound.text()) != ""
    return not is_by_limit or better_of_value(comparison.known, comparison.value, rules) != ""


def _too_few(known: Known, test: SgNode, comparison: Comparison, rules: RuleFile) -> str:
    """Return what is wrong with a check that counts, finds few well and all else bad."""
    is_count = comparison.limit is not None and _COUNTED.search(last_name(comparison.name).lower()) is not None
    if not is_count or comparison.is_above or comparison.is_of_sense or _otherwise(known, test, rules) != "alarm":
        return ""
    asked = re.sub(r"(?m)^\s*(?:return|raise)\b.*$", "", known.function.text())
    words = set(re.findall(r"[a-z]+", asked.lower()))
    if words & (rules.names["offences"] | rules.names["alarm_names"] | _WAITING):
        return ""
    return f"{comparison.name} below the threshold is called well, though of it more is better"


def _otherwise(known: Known, test: SgNode, rules: RuleFile) -> str:
    """Return the verdict where a test is not true, when nothing else is asked then."""
    for child in test.children():
        if child.kind() == "else_clause" and (block := child.field("body")) is not None:
            return _verdict(known.function, block, rules)
    follows = test.next()
    if follows is None or follows.kind() not in ("return_statement", "raise_statement"):
        return ""
    return _verdict_of_statement(known.function, follows, rules)


def _is_band(known: Known, test: SgNode, comparison: Comparison, rules: RuleFile) -> bool:
    """Return whether a better band was found well before: `>= 95` is OK, then `>= 80` is a warning, then the rest."""
    for node in within(known.function):
        if node.kind() not in BRANCHES or line_of(node) >= line_of(test):
            continue
        condition, block = condition_of(node), node.field("consequence")
        before = _comparison(condition, node, known) if condition is not None else None
        is_same = before is not None and before.is_like(comparison)
        if is_same and block is not None and _verdict(known.function, block, rules) == "well":
            return True
    return False


def _last_of(node: SgNode) -> SgNode:
    """Return what a chain of `… if … else …` ends with."""
    while node.kind() in ("conditional_expression", "parenthesized_expression"):
        node = statements(node)[-1]
    return node


def _truth(function: SgNode, node: SgNode, rules: RuleFile) -> str:
    """Return what the truth of a comparison says, by the variable, argument or key that it is given to, or the function."""
    is_not, parent = False, node.parent()
    while parent is not None and parent.kind() in ("parenthesized_expression", "not_operator"):
        is_not ^= parent.kind() == "not_operator"
        parent = parent.parent()
    if parent is None:
        return ""
    name = {
        "assignment": parent.field("left"),
        "keyword_argument": parent.field("name"),
        "pair": parent.field("key"),
        "return_statement": function.field("name"),
    }.get(parent.kind())
    truth = "" if name is None else truth_of(last_name(name.text()), rules)
    return OPPOSITE[truth] if is_not else truth


def _verdict(function: SgNode, block: SgNode, rules: RuleFile) -> str:
    """Return `alarm` or `well`, as the first statement that gives a severity or a status says; "" for neither or both."""
    for statement in statements(block):
        if statement.kind() not in _OUTCOMES:
            return ""
        verdict = _verdict_of_statement(function, statement, rules)
        if verdict:
            return verdict
    return ""


def _verdict_of_statement(function: SgNode, statement: SgNode, rules: RuleFile) -> str:
    if statement.kind() == "raise_statement":
        return raised(statement.text(), rules)
    inner = next(iter(statements(statement)), None)
    if inner is not None and inner.kind() in ("call", "await") and statement.kind() == "expression_statement":
        return called_verdict(inner.text(), rules)
    name, code = judged(function, statement)
    return verdict_of(code, rules, truth_of(name, rules))


def judged(function: SgNode, statement: SgNode) -> tuple[str, str]:
    """Return the part of a statement that gives a verdict, and under which name: a returned value, or what a status is set to."""
    if statement.kind() == "return_statement":
        name = function.field("name")
        return "" if name is None else name.text(), statement.text().removeprefix("return")
    inner = next(iter(statements(statement)), None)
    if statement.kind() == "expression_statement" and inner is not None and inner.kind() == "assignment":
        target, value = inner.field("left"), inner.field("right")
        if target is not None and value is not None and _STATUS.search(target.text()):
            return last_name(target.text()), value.text()
    return "", ""
