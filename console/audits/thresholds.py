"""Comparisons with thresholds that are the wrong way round."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ast_grep_py import SgNode

from console.audits.module import line_of, statements, within
from console.audits.rules import RuleFile
from console.audits.verdicts import OPPOSITE, truth_of, verdict_of

_OPERATORS = {">": ">", ">=": ">", "<": "<", "<=": "<"}
_TURNED = {">": "<", "<": ">"}
_OUTCOMES = ("return_statement", "expression_statement", "raise_statement")
_LIMITS = {"min": "more", "minimum": "more", "max": "less", "maximum": "less"}
"""What `MIN_ROWS` and `max_age_hours` say of the value that is held against them."""
_STATUS = re.compile(r"(?i)status|severity|level|state|verdict|healthy|ok$|passed|valid|fresh")
_ABOUT_TELLING = re.compile(r"alert|notif|warned|retr")
"""In the name of an age: it is that of a message or an attempt, and being young is a reason to wait."""
_MOST = (1.0, 100.0)
"""What no share is over: more is a defect, not a good value."""


@dataclass(frozen=True, slots=True)
class _Comparison:
    """`name > 60`: `is_above` for `>` and `>=`; `limit` is None where it is no number, and `bound` its name then."""

    name: str
    is_above: bool
    limit: float | None
    bound: str

    @property
    def is_of_sense(self) -> bool:
        """True where the comparison only asks whether the value can be: a share over 100, an age below 0."""
        return self.limit is not None and (self.limit in _MOST if self.is_above else self.limit <= 0)


def inverted(function: SgNode, test: SgNode, rules: RuleFile) -> str:
    """Return what is wrong with a branch that alarms on a good value, or finds a bad one well; "" for nothing."""
    comparison, block = _comparison(test.field("condition")), test.field("consequence")
    if comparison is None or block is None:
        return ""
    verdict = _verdict(function, block, rules)
    if verdict == "well" and not _better_by_name(comparison.name, rules):
        return ""  # `if count < MIN_ROWS: return "OK"`: too few to judge
    if verdict == "alarm" and (comparison.is_of_sense or _is_band(function, test, comparison, rules)):
        return ""
    return _wrong(comparison, verdict, rules)


def inverted_value(function: SgNode, node: SgNode, rules: RuleFile) -> str:
    """Return the same of an expression: `"OK" if age > MAX_AGE else "STALE"`, `passed = count < MIN_ROWS`."""
    if node.kind() != "conditional_expression":
        comparison = _comparison(node)
        return "" if comparison is None else _wrong(comparison, truth_of(_named(function, node), rules), rules)
    parts = statements(node)
    comparison = _comparison(parts[1]) if len(parts) > 1 else None
    if comparison is None:
        return ""
    verdict, otherwise = verdict_of(parts[0].text(), rules), verdict_of(_last_of(parts[-1]).text(), rules)
    return _wrong(comparison, verdict, rules) if verdict and otherwise == OPPOSITE[verdict] else ""


def _wrong(comparison: _Comparison, verdict: str, rules: RuleFile) -> str:
    better = _better(comparison, rules)
    if not verdict or not better or (comparison.is_above == (better == "more")) == (verdict == "well"):
        return ""
    side = "above" if comparison.is_above else "below"
    said = "an alarm" if verdict == "alarm" else "well"
    return f"{comparison.name} {side} the threshold is called {said}, though of it {better} is better"


def _is_band(function: SgNode, test: SgNode, comparison: _Comparison, rules: RuleFile) -> bool:
    """Return whether a better band was found well before: `>= 95` is OK, then `>= 80` is a warning, then the rest."""
    for node in within(function):
        if node.kind() not in ("if_statement", "elif_clause") or line_of(node) >= line_of(test):
            continue
        before, block = _comparison(node.field("condition")), node.field("consequence")
        is_same = before is not None and (before.name, before.is_above) == (comparison.name, comparison.is_above)
        if is_same and block is not None and _verdict(function, block, rules) == "well":
            return True
    return False


def _last_of(node: SgNode) -> SgNode:
    """Return what a chain of `… if … else …` ends with."""
    while node.kind() in ("conditional_expression", "parenthesized_expression"):
        node = statements(node)[-1]
    return node


def _named(function: SgNode, node: SgNode) -> str:
    """Return the name of what is given the truth of a comparison: a variable, an argument, a key, or the function."""
    parent = node.parent()
    if parent is None:
        return ""
    name = {
        "assignment": parent.field("left"),
        "keyword_argument": parent.field("name"),
        "pair": parent.field("key"),
        "return_statement": function.field("name"),
    }.get(parent.kind())
    return "" if name is None else _last_name(name.text())


def unreachable(test: SgNode) -> Iterator[tuple[SgNode, str]]:
    """Yield the branches that an earlier one of the same `if` leaves nothing for: `> 60` before `> 120`."""
    earlier: list[_Comparison] = []
    branches = [test, *(child for child in test.children() if child.kind() == "elif_clause")]
    for branch in branches:
        now = _comparison(branch.field("condition"))
        if now is None or now.limit is None:
            continue
        for before in earlier:
            if before.name == now.name and before.is_above == now.is_above and _covers(before, now):
                yield (
                    branch,
                    f"{now.name} is compared with {before.limit:g} first, so that with {now.limit:g} is never reached",
                )
                break
        earlier.append(now)


def overwritten(test: SgNode) -> str:
    """Return what is wrong with an `if` that undoes what the `if` before it said: `> 120` critical, then `> 60` warning."""
    before, now = test.prev(), _comparison(test.field("condition"))
    if (
        before is None
        or now is None
        or before.kind() != "if_statement"
        or any(_has_more(one) for one in (before, test))
    ):
        return ""
    earlier = _comparison(before.field("condition"))
    if earlier is None or (earlier.name, earlier.is_above) != (now.name, now.is_above) or not _covers(now, earlier):
        return ""
    if not _target(before) or _target(before) != _target(test):
        return ""
    return (
        f"{_target(test)} is set for {earlier.limit:g} first, and set again by the wider comparison with {now.limit:g}"
    )


def _has_more(test: SgNode) -> bool:
    return any(child.kind() in ("elif_clause", "else_clause") for child in test.children())


def _target(test: SgNode) -> str:
    """Return what the only statement of a branch is assigned to, or ""."""
    block = test.field("consequence")
    found = re.fullmatch(r"(\w+)\s*=[^=\n]+", block.text().strip()) if block is not None else None
    return found[1] if found else ""


def _covers(before: _Comparison, now: _Comparison) -> bool:
    if before.limit is None or now.limit is None or before.limit == now.limit:
        return False
    return before.limit < now.limit if before.is_above else before.limit > now.limit


def _comparison(condition: SgNode | None) -> _Comparison | None:
    while condition is not None and condition.kind() == "parenthesized_expression":
        condition = next(iter(statements(condition)), None)
    if condition is None or condition.kind() != "comparison_operator":
        return None
    found = re.fullmatch(r"([\w.\[\]\"'()]+?)\s*(>=|<=|>|<)\s*([\w.\[\]\"'()]+)", " ".join(condition.text().split()))
    if found is None:
        return None
    left, operator, right = found[1], _OPERATORS[found[2]], found[3]
    if _number(left) is not None:
        left, operator, right = right, _TURNED[operator], left
    if _bound(left) and not _bound(right):
        left, operator, right = right, _TURNED[operator], left
    limit = _number(right)
    return _Comparison(left, operator == ">", limit, right if limit is None else "")


def _number(text: str) -> float | None:
    try:
        return float(text.replace("_", ""))
    except ValueError:
        return None


def _better(comparison: _Comparison, rules: RuleFile) -> str:
    """Return whether more or less of a value is better, by its name or its limit's; "" where that cannot be told."""
    by_name, by_limit = _better_by_name(comparison.name, rules), _bound(comparison.bound)
    if by_name and by_limit and by_name != by_limit:
        return ""
    return by_name or by_limit


def _better_by_name(name: str, rules: RuleFile) -> str:
    last = _last_name(name).lower()
    for kind in ("more", "less"):
        words = rules.names[f"{kind}_is_better"]
        if any(last == word or last.endswith(f"_{word}") for word in words):
            return kind
    is_age = any(last.startswith(word) for word in rules.names["ages"])
    return "less" if is_age and not _ABOUT_TELLING.search(last) else ""


def _bound(name: str) -> str:
    words = _last_name(name).lower().split("_")
    return "" if len(words) == 1 else _LIMITS.get(words[0], _LIMITS.get(words[-1], ""))


def _last_name(text: str) -> str:
    """Return `age` of `row["age"]`, `self.age` and `age`."""
    return re.sub(r"[\"'\]()]", "", text).replace("[", ".").rpartition(".")[2]


def _verdict(function: SgNode, block: SgNode, rules: RuleFile) -> str:
    """Return `alarm` or `well`, as the first statement that gives a severity or a status says; "" for neither or both."""
    for statement in statements(block):
        if statement.kind() not in _OUTCOMES:
            return ""
        name, code = judged(function, statement)
        verdict = verdict_of(code, rules, truth_of(name, rules))
        if verdict:
            return verdict
    return ""


def judged(function: SgNode, statement: SgNode) -> tuple[str, str]:
    """Return the part of a statement that gives a verdict, and under which name: a returned value, or what a status is set to."""
    if statement.kind() == "return_statement":
        name = function.field("name")
        return "" if name is None else name.text(), statement.text().removeprefix("return")
    inner = next(iter(statements(statement)), None)
    if statement.kind() == "expression_statement" and inner is not None and inner.kind() == "assignment":
        target, value = inner.field("left"), inner.field("right")
        if target is not None and value is not None and _STATUS.search(target.text()):
            return _last_name(target.text()), value.text()
    return "", ""
