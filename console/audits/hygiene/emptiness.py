"""Empty answers of queries that a check takes for a good sign."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from console.audits.hygiene.betters import better_by_name
from console.audits.hygiene.comparisons import Known, last_name
from console.audits.hygiene.thresholds import judged
from console.audits.hygiene.verdicts import truth_of, verdict_of
from console.audits.module import called, statements, within
from console.audits.rules import RuleFile

_EMPTY = tuple(
    re.compile(pattern)
    for pattern in (
        r"not (\w+)",
        r"not len\((\w+)\)",
        r"len\((\w+)\) (?:==|<=) 0",
        r"len\((\w+)\) < 1",
        r"(\w+) == \[\]",
        r"(\w+)\.empty",
        r"(\w+) is None",
        r"(\w+)\.total_rows == 0",
    )
)
_FILLED = tuple(
    re.compile(pattern)
    for pattern in (
        r"(\w+)",
        r"(?:len|bool)\((\w+)\)",
        r"len\((\w+)\) (?:>|!=) 0",
        r"len\((\w+)\) >= 1",
        r"not (\w+)\.empty",
    )
)
_FULL = frozenset({"100", "100.0", "1", "1.0"})
_HUNDREDTHS = frozenset({"pct", "percent", "percentage"})
_MOST_STEPS = 4
_QUERY = re.compile(r"(?i)\b(?:select|from|where|having)\b")
_UPPER = re.compile(r"\b[A-Z][A-Z0-9_]*\b")
_CONSTANT = re.compile(r"(?ms)^[ \t]*([A-Z][A-Z0-9_]*)[ \t]*(?::[^=\n]+)?=[ \t(\n]*[rf]*(\"{3}|'{3}|\"|')(.*?)\2")
_FOR_OFFENCES = re.compile(r"(?i)\bis\s+null\b|\bhaving\b|\bnot\s+(?:exists|in)\b|<>|!=")
"""In a query, what rows that are wrong are asked for with: that there are none is good."""


def empty_answers(known: Known, test: SgNode, rules: RuleFile) -> Iterator[tuple[SgNode, str]]:
    """Yield where a branch for an empty answer says that all is well, and the sentence."""
    function, condition, block = known.function, test.field("condition"), test.field("consequence")
    if condition is None or block is None:
        return
    text = " ".join(condition.text().split())
    name, place = emptiness(text), test
    if not name:
        otherwise = next((child for child in test.children() if child.kind() == "else_clause"), None)
        name = _first(_FILLED, text)
        if otherwise is None or _verdict(function, block, rules) == "alarm":
            return  # what there is of it is bad, so none of it is good
        block = otherwise.field("body") or block
        place = block
    if not name or is_offence(name, rules) or not is_asked(function, name, rules) or _asks_for_offences(known):
        return
    for statement in statements(block):
        target, code = judged(function, statement)
        # True of a check that is named neither way is a good answer.
        if verdict_of(code, rules, truth_of(target, rules) or "well") == "well":
            did = "returns" if statement.kind() == "return_statement" else f"sets {target} to"
            yield (
                test if place is test else statement,
                f"{name} is empty, and the check {did} {' '.join(code.split())[:40]}",
            )


def unasked_loops(known: Known, loop: SgNode, rules: RuleFile) -> Iterator[tuple[SgNode, str]]:
    """Yield a loop over an answer that alone can turn a good verdict, given before, into a bad one."""
    function, over, each, body = known.function, loop.field("right"), loop.field("left"), loop.field("body")
    if over is None or each is None or body is None or not _asks(function, over, rules, _MOST_STEPS):
        return
    names = set(re.findall(r"\w+", over.text()))
    if any(is_offence(name, rules) for name in (*names, *re.findall(r"\w+", each.text()))):
        return
    if any(_first(_EMPTY, _flat(test)) in names for test in _conditions(function)):
        return
    if _asks_for_offences(known):
        return
    bad = dict(_given(function, body, "alarm", rules))
    for target, code in _before(function, loop, rules):
        if target in bad:
            yield loop, f"{target} stays {code} when the query answers nothing"
            return


def full_of_nothing(node: SgNode) -> str:
    """Return what is wrong with a share that is full where there was nothing: `done / due * 100 if due else 100.0`."""
    parts, parent = statements(node), node.parent()
    target = parent.field("left") if parent is not None and parent.kind() == "assignment" else None
    if target is None or len(parts) != 3 or parts[2].text() not in _FULL:
        return ""
    of = _flat(parts[1]).removesuffix(" > 0")
    name = last_name(target.text()).lower()
    is_share = better_by_name(name) == "more" or (name in _HUNDREDTHS and parts[2].text().startswith("100"))
    if not is_share or re.search(rf"/\s*{re.escape(of)}(?![\w.(\[])", _flat(parts[0])) is None:
        return ""
    return f"{name} is {parts[2].text()} where there is no {last_name(of)}: nothing is taken for all"


def emptiness(condition: str) -> str:
    """Return the name that a condition finds empty, in one of its parts."""
    return next((name for part in condition.split(" or ") if (name := _first(_EMPTY, part.strip(" ()")))), "")


def is_offence(name: str, rules: RuleFile) -> bool:
    """Return whether there had better be none of what has this name: `problem_games`."""
    return not rules.names["offences"].isdisjoint(name.lower().split("_"))


def is_asked(function: SgNode, name: str, rules: RuleFile, steps: int = _MOST_STEPS) -> bool:
    """Return whether a variable of the function holds what a query answered, also through other variables."""
    if steps == 0:
        return False
    for node in within(function):
        target, value = (node.field("left"), node.field("right")) if node.kind() == "assignment" else (None, None)
        if (
            target is not None
            and value is not None
            and target.text() == name
            and _asks(function, value, rules, steps - 1)
        ):
            return True
    return False


def _asks(function: SgNode, value: SgNode, rules: RuleFile, steps: int) -> bool:
    asking = rules.names["asking"]
    if any(called(node) in asking for node in within(value) if node.kind() == "call"):
        return True
    inner = re.fullmatch(r"(?:(?:list|tuple|iter|sorted)\(\s*)?(\w+)\s*\)?", value.text())
    if inner is None:
        return False
    return (inner[1] in asking and inner[1] != value.text()) or is_asked(function, inner[1], rules, steps)


def _asks_for_offences(known: Known) -> bool:
    """Return whether a query of the function, or of a constant of its file, asks for what is wrong: `… WHERE points IS NULL`."""
    written = [node.text() for node in within(known.function) if node.kind() == "string"]
    constants = set(_UPPER.findall(known.function.text()))
    written += (text for name, _, text in _CONSTANT.findall(known.text) if name in constants)
    return any(map(_QUERY.search, written)) and any(map(_FOR_OFFENCES.search, written))


def _before(function: SgNode, loop: SgNode, rules: RuleFile) -> Iterator[tuple[str, str]]:
    """Yield what is set to a good verdict in the same block before a loop, and to what."""
    block = loop.parent()
    for statement in statements(block) if block is not None else ():
        if statement.range().start.index >= loop.range().start.index:
            return
        target, code = judged(function, statement)
        if (
            target
            and statement.kind() == "expression_statement"
            and verdict_of(code, rules, truth_of(target, rules)) == "well"
        ):
            yield target, " ".join(code.split())


def _given(function: SgNode, block: SgNode, verdict: str, rules: RuleFile) -> Iterator[tuple[str, str]]:
    """Yield what is set to a verdict somewhere in a block."""
    for statement in (node for node in within(block) if node.kind() == "expression_statement"):
        target, code = judged(function, statement)
        if target and verdict_of(code, rules, truth_of(target, rules)) == verdict:
            yield target, code


def _verdict(function: SgNode, block: SgNode, rules: RuleFile) -> str:
    said = (judged(function, statement) for statement in statements(block))
    return next((found for name, code in said if (found := verdict_of(code, rules, truth_of(name, rules)))), "")


def _conditions(function: SgNode) -> Iterator[SgNode]:
    for node in within(function):
        condition = node.field("condition") if node.kind() in ("if_statement", "elif_clause") else None
        if condition is not None:
            yield condition


def _flat(node: SgNode) -> str:
    return " ".join(node.text().split())


def _first(patterns: tuple[re.Pattern[str], ...], text: str) -> str:
    return next((found[1] for pattern in patterns if (found := pattern.fullmatch(text)) is not None), "")
