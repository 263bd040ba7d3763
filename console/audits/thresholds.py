"""Comparisons with thresholds that are the wrong way round."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ast_grep_py import SgNode

from console.audits.module import statements
from console.audits.rules import RuleFile

_OPERATORS = {">": ">", ">=": ">", "<": "<", "<=": "<"}
_TURNED = {">": "<", "<": ">"}
_OUTCOMES = ("return_statement", "expression_statement", "raise_statement")


@dataclass(frozen=True, slots=True)
class _Comparison:
    """`name > 60`: `is_above` for `>` and `>=`; `limit` is None where it is no number."""

    name: str
    is_above: bool
    limit: float | None


def inverted(test: SgNode, rules: RuleFile) -> str:
    """Return what is wrong with a branch that alarms on a good value, or finds a bad one well; "" for nothing."""
    comparison, block = _comparison(test.field("condition")), test.field("consequence")
    if comparison is None or block is None:
        return ""
    verdict = _verdict(block, rules)
    better = _better(comparison.name, rules)
    if not verdict or not better:
        return ""
    is_good = comparison.is_above == (better == "more")
    if is_good == (verdict == "well"):
        return ""
    side = "above" if comparison.is_above else "below"
    said = "an alarm" if verdict == "alarm" else "well"
    return f"{comparison.name} {side} the threshold is called {said}, though of it {better} is better"


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
    return _Comparison(left, operator == ">", _number(right))


def _number(text: str) -> float | None:
    try:
        return float(text.replace("_", ""))
    except ValueError:
        return None


def _better(name: str, rules: RuleFile) -> str:
    """Return whether more or less of a value is better, by its last word; "" where that cannot be told."""
    last = re.sub(r"[\"'\]()]", "", name).replace("[", ".").rpartition(".")[2].lower()
    for kind in ("more", "less"):
        words = rules.names[f"{kind}_is_better"]
        if any(last == word or last.endswith(f"_{word}") for word in words):
            return kind
    return ""


def _verdict(block: SgNode, rules: RuleFile) -> str:
    """Return `alarm` or `well`, as the first statement that gives a severity or a status says; "" for neither or both."""
    for statement in statements(block):
        if statement.kind() not in _OUTCOMES:
            return ""
        found = set(re.findall(r"[a-z]+", _judging(statement).lower()))
        is_alarm, is_well = bool(found & rules.names["alarm"]), bool(found & rules.names["well"])
        if is_alarm != is_well:
            return "alarm" if is_alarm else "well"
    return ""


def _judging(statement: SgNode) -> str:
    """Return the part of a statement that gives a verdict: a returned value, or what a status or severity is set to."""
    if statement.kind() == "return_statement":
        return statement.text().removeprefix("return")
    inner = next(iter(statements(statement)), None)
    if statement.kind() == "expression_statement" and inner is not None and inner.kind() == "assignment":
        target, value = inner.field("left"), inner.field("right")
        if (
            target is not None
            and value is not None
            and re.search(r"(?i)status|severity|level|state|verdict|healthy|ok$", target.text())
        ):
            return value.text()
    return ""
