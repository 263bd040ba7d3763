"""Ranges of statuses of HTTP in a condition, and whether the status of a refused permission lies in them."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from itertools import pairwise

from ast_grep_py import SgNode

_STATUS = r"\b\w*(?:status|code)(?:_?code)?\b"
_RANGE = re.compile(
    rf"{_STATUS}\)?\s*(?:[<>]|//|(?:not\s+)?in\s+range\b)|[<>]=?\s*(?:\w+\(|[\w.]+\.)?{_STATUS}"
    rf"|{_STATUS}\)?\.startswith\(\s*[\"']40?[\"']"
)
_REFUSED = 403
"""The status of a refused permission (RFC 9110, 15.5.4)."""
_FIRST = 100
_COMPARE: Mapping[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
}
_IN_RANGE = re.compile(r"(\bnot\s+)?\bin\s+range\(\s*(\d+)\s*,\s*(\d+)\s*\)$")


def has_range(text: str) -> bool:
    """Return whether a text asks for a range: `error.code < 500`, `code // 100 == 4`, `str(code).startswith("4")`."""
    return ("status" in text or "code" in text) and _RANGE.search(text) is not None


def holds_refusal(condition: SgNode) -> bool | None:
    """Return whether 403 lies in the range that a condition asks for; None for a condition that asks for something else."""
    text = condition.text()
    if not has_range(text):
        return None
    if condition.kind() == "call":
        return "startswith" in text
    if condition.kind() != "comparison_operator":
        return None
    if found := _IN_RANGE.search(text):
        return (int(found[2]) <= _REFUSED < int(found[3])) is not bool(found[1])
    pieces = re.split(r"\s*(<=|>=|==|!=|<|>)\s*", text)
    values = [value for side in pieces[::2] if (value := _value(side)) is not None]
    # The code of a program that ended is compared with less.
    if len(values) != len(pieces[::2]) or len(values) == 1 or ("//" not in text and min(values) < _FIRST):
        return None
    return all(_COMPARE[sign](*pair) for sign, pair in zip(pieces[1::2], pairwise(values), strict=True))


def _value(side: str) -> int | None:
    """Return what one side of a comparison is when permission was refused: a number as it stands, 403 or its hundreds."""
    if side.strip().isdigit():
        return int(side)
    if not re.search(rf"{_STATUS}\)?(?:\s*//\s*100)?\s*$", side):
        return None
    return _REFUSED // 100 if "//" in side else _REFUSED
