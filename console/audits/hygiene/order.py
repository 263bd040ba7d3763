"""Thresholds that are asked in the wrong order: the first leaves nothing for the next, or the next undoes the first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ast_grep_py import SgNode

from console.audits.hygiene.comparisons import Comparison, Known, comparison_of, flat, parts_of
from console.audits.hygiene.thresholds import condition_of
from console.audits.module import statements

_LEAVING = ("return_statement", "raise_statement", "continue_statement", "break_statement")
_MOST_BEFORE = 8
"""How many statements and branches before an `if` are looked at: a ladder of thresholds is short, a generated function is not."""
_ANY_CASE = re.compile(r"case\s+[a-z]\w*\s+if\b")
_ASSIGNED = re.compile(r"(\w+)\s*=([^=\n]+)")
_LOW, _HIGH = re.compile(r"(?i)warn(?:ing)?"), re.compile(r"(?i)crit(?:ical)?|error|fail(?:ure)?|alarm")


@dataclass(frozen=True, slots=True)
class _Before:
    """What was asked before, and the code of what is done when it is so."""

    asked: Comparison
    done: str


def unreachable(known: Known, test: SgNode) -> Iterator[tuple[SgNode, str]]:
    """Yield the branches of an `if` that an earlier one leaves nothing for, also one before it: `> 60` before `> 120`."""
    branches = [(branch, list(_asked(branch, "and", known))) for branch in _branches(test)]
    values = {one.name for _, now in branches for one in now}
    if not values:
        return
    earlier = list(_left_before(known, test, values)) if test.kind() == "if_statement" else []
    for branch, now in branches:
        pairs = ((before, one) for one in now for before in earlier if before.asked.is_like(one))
        said = next((said for before, one in pairs if (said := _said(before, one, _block(branch)))), "")
        if said:
            yield branch, said
        earlier += (_Before(one, _block(branch)) for one in _asked(branch, "or", known))
        del earlier[:-_MOST_BEFORE]


def unreachable_value(known: Known, node: SgNode) -> str:
    """Return the same of an expression: `"WARNING" if age > 60 else "CRITICAL" if age > 120 else "OK"`."""
    parts = statements(node)
    before = comparison_of(parts[1], known) if len(parts) == 3 and parts[2].kind() == "conditional_expression" else None
    inner = statements(parts[2]) if before is not None else []
    now = comparison_of(inner[1], known) if len(inner) == 3 else None
    is_like = before is not None and now is not None and before.is_like(now)
    return _said(_Before(before, parts[0].text()), now, inner[0].text()) if is_like and before and now else ""


def overwritten(known: Known, test: SgNode) -> str:
    """Return what is wrong with an `if` that undoes what the `if` before it said: `> 120` critical, then `> 60` warning."""
    before = test.prev()
    if before is None or before.kind() != "if_statement" or any(_has_more(one) for one in (before, test)):
        return ""
    earlier = comparison_of(before.field("condition"), known)
    now = comparison_of(test.field("condition"), known) if earlier is not None else None
    if earlier is None or now is None or not earlier.is_like(now) or not now.covers(earlier):
        return ""
    target = _target(test)
    if not target or target != _target(before) or target in re.findall(r"\w+", f"{_value(test)} {now.name}"):
        return ""  # `level = max(level, WARNING)` undoes nothing
    return f"{target} is set for {earlier.limit:g} first, and set again by the wider comparison with {now.limit:g}"


def _branches(test: SgNode) -> list[SgNode]:
    """Return an `if` with its `elif`s; of a `match`, each `case x if x > 60`."""
    if test.kind() != "match_statement":
        return [test, *(child for child in test.children() if child.kind() == "elif_clause")]
    block = next((child for child in test.children() if child.kind() == "block"), None)
    cases = statements(block) if block is not None else []
    return [case for case in cases if _ANY_CASE.match(case.text()) is not None]


def _asked(branch: SgNode, operator: str, known: Known) -> Iterator[Comparison]:
    parts = (comparison_of(part, known) for part in parts_of(condition_of(branch), operator))
    return (one for one in parts if one is not None and "(" not in _PURE.sub("", one.name))


_PURE = re.compile(r"\b(?:len|abs|round|int|float|get(?=\([^)])|total_seconds|now|utcnow|time)\(")
"""Calls that answer the same when they are made again at once; `queue.get()` takes something away."""
_HARMLESS = re.compile(
    r"\b(?:print|len|abs|round|int|float|str|total_seconds|isinstance|_?log(?:ger|ging)?\.(?:\w*debug|info|warn\w*|error|exception))\("
)
"""Calls that change nothing that is compared, and take no time."""
_WORKS = re.compile(r"[\w\])]\(|\b(?:await|yield|with)\b")
_PLAIN = re.compile(r"[^.(\[]+")
"""A value of local variables alone: it is the same until it is set."""


def _left_before(known: Known, test: SgNode, values: set[str]) -> Iterator[_Before]:
    """Yield what an `if` before this one asked that leaves the block when it is so, unless a value may be another since."""
    changed = _changed(values)
    before = test.prev()
    for _ in range(_MOST_BEFORE):
        if before is None or (before.kind() != "comment" and changed.search(before.text())):
            return
        if _works(before):
            values = {value for value in values if _PLAIN.fullmatch(value)}
        for branch in _branches(before) if values and before.kind() == "if_statement" else ():
            if not _leaves(branch):
                break
            asked = (one for one in _asked(branch, "or", known) if one.name in values)
            yield from (_Before(one, _block(branch)) for one in asked)
        before = before.prev()


def _changed(values: set[str]) -> re.Pattern[str]:
    """Return what finds a statement that sets one of the names in values, alone or with others."""
    listed = "|".join(sorted({name for value in values for name in re.findall(r"[A-Za-z_]\w*", value)}))
    part, others = r"(?:\.\w+|\[[^\]]*\])*", r"(?:\s*,\s*[\w.*]+)*\)?"
    is_set = rf"(?<![\w.])(?:{listed}){part}{others}\s*(?::[^=\n]+)?(?:[-+*/%@&|^]*=[^=]|:=)"
    return re.compile(rf"{is_set}|\b(?:for|as|del)\s[^:\n]*?(?<![\w.])(?:{listed})\b")


def _works(statement: SgNode) -> bool:
    """Return whether a statement that does not leave the block calls or awaits something: what is measured goes on."""
    if statement.kind() == "comment":
        return False
    if statement.kind() != "if_statement":
        return _WORKS.search(_HARMLESS.sub("", statement.text())) is not None
    branches = _branches(statement)
    asked = " ".join(condition.text() for branch in branches if (condition := condition_of(branch)) is not None)
    done = [_block(branch) for branch in branches if not _leaves(branch)]
    done += (child.text() for child in statement.children() if child.kind() == "else_clause")
    return any(_WORKS.search(text) for text in (_PURE.sub("", asked), *(_HARMLESS.sub("", text) for text in done)))


def _leaves(branch: SgNode) -> bool:
    block = branch.field("consequence")
    ends = statements(block)[-1:] if block is not None else []
    return bool(ends) and ends[0].kind() in _LEAVING


def _said(before: _Before, now: Comparison, done: str) -> str:
    asked = before.asked
    if asked.covers(now):
        return f"{now.name} is compared with {asked.limit:g} first, so that with {now.limit:g} is never reached"
    first, then = flat(asked.bound), flat(now.bound)
    is_unknown = asked.limit is None or now.limit is None
    if is_unknown and first != then and _LOW.sub("", first) == _HIGH.sub("", then) and _rises(before.done, done):
        return f"{now.name} is compared with {first} first, so that with {then} is never reached"
    return ""


def _rises(first: str, then: str) -> bool:
    """Return whether the code of one branch warns, and that of the next alarms."""
    return _LOW.search(first) is not None and _HIGH.search(first) is None and _HIGH.search(then) is not None


def _block(branch: SgNode) -> str:
    block = branch.field("consequence")
    return "" if block is None else block.text()


def _has_more(test: SgNode) -> bool:
    return any(child.kind() in ("elif_clause", "else_clause") for child in test.children())


def _target(test: SgNode) -> str:
    """Return what the only statement of a branch is assigned to, or ""."""
    found = _ASSIGNED.fullmatch(_block(test).strip())
    return found[1] if found else ""


def _value(test: SgNode) -> str:
    """Return what the only statement of a branch assigns, or ""."""
    found = _ASSIGNED.fullmatch(_block(test).strip())
    return found[2] if found else ""
