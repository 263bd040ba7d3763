"""Comparisons of a value with a limit, however it is written: `age > LIMIT`, `not age <= 60`, `timedelta(hours=1) < age`."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from ast_grep_py import SgNode

from console.audits.module import statements, within

_OPERATORS = {">": ">", ">=": ">", "<": "<", "<=": "<"}
_SECONDS = {"days": 86400, "hours": 3600, "minutes": 60, "seconds": 1, "weeks": 604800, "": 86400}
_MOST = (1.0, 100.0)
"""What no share is over: more is a defect, not a good value."""

_DIGITS = r"-?[\d_]*\.?[\d_]+(?:e-?\d+)?"
_DELTA = re.compile(rf"(?:\w+\.)?timedelta\((?:(\w+)=)?({_DIGITS})?\)")
_PRODUCT = re.compile(rf"{_DIGITS}(?:\s*\*\s*{_DIGITS})*")
_CONSTANT = re.compile(r"^[ \t]*([A-Z_][A-Z0-9_]*)[ \t]*(?::[^=\n]+)?=(?!=)[ \t]*([^#\n]*)", re.MULTILINE)
_LOCAL = re.compile(r"^[ \t]+(\w+)[ \t]*(?::[^=\n]+)?([-+*/]?=)(?!=)[ \t]*([^#\n]*)", re.MULTILINE)
_PARAMETER = re.compile(r"(\w+)\s*(?::[^=,]+)?=\s*([^,)]+)")
_GOT = re.compile(r"\.get\(([\"']\w+[\"'])[^()]*\)")
_LIMITS = {"min": "more", "minimum": "more", "max": "less", "maximum": "less"}


@dataclass(frozen=True, eq=False)  # not slotted: what is computed once is kept
class Known:
    """What names stand for in a function: the file's constants, defaults, and variables that are set once."""

    text: str
    function: SgNode

    def of(self, text: str) -> float | None:
        """Return the number that a text stands for, of a `timedelta` the seconds; None where that cannot be told."""
        number = _number(text)
        if number is not None or re.fullmatch(r"[\w.]+", text) is None:
            return number
        last = text.rpartition(".")[2]
        return _constants(self.text).get(last) if last.isupper() else self._locals.get(text)

    def value_of(self, name: str) -> SgNode | None:
        """Return what a variable of the function is set to; None where it is not set, or more than once."""
        return self._values.get(name)

    @cached_property
    def tests(self) -> Sequence[SgNode]:
        """The branches of the function that a condition leads to, in the order of the text."""
        return [node for node in within(self.function) if node.kind() in ("if_statement", "elif_clause")]

    @cached_property
    def _values(self) -> Mapping[str, SgNode | None]:
        found: dict[str, SgNode | None] = {}
        for node in within(self.function):
            target, value = (node.field("left"), node.field("right")) if node.kind() == "assignment" else (None, None)
            if target is not None:
                found[target.text()] = value if target.text() not in found else None
        return found

    @cached_property
    def _locals(self) -> Mapping[str, float | None]:
        parameters = self.function.field("parameters")
        defaults = _PARAMETER.findall(parameters.text()) if parameters is not None else []
        numbers = {name: _number(value.strip()) for name, value in defaults}
        body = self.function.field("body")
        # A function begins its first line without the white space that stands before it.
        for name, operator, value in _LOCAL.findall(f" {body.text()}" if body is not None else ""):
            numbers[name] = _number(value.strip()) if name not in numbers and operator == "=" else None
        return numbers


@lru_cache(maxsize=1)
def _constants(text: str) -> dict[str, float | None]:
    """Return the constants of a file and of its classes; None for one that has two values."""
    numbers: dict[str, float | None] = {}
    for name, value in _CONSTANT.findall(text):
        number = _number(value.strip())
        numbers[name] = number if numbers.get(name, number) == number else None
    return numbers


def _number(text: str) -> float | None:
    delta = _DELTA.fullmatch(text)
    if delta is not None:
        seconds, number = _SECONDS.get(delta[1] or ""), _number(delta[2] or "0")
        return None if seconds is None or number is None else seconds * number
    if _PRODUCT.fullmatch(text) is None:
        return None
    try:
        return math.prod(float(part.replace("_", "")) for part in text.split("*"))
    except ValueError:
        return None


@dataclass(frozen=True, eq=False)  # not slotted: what is computed once is kept
class Comparison:
    """`value > bound`: `is_above` for `>` and `>=`; `name` is the value as it is written."""

    value: SgNode
    is_above: bool
    bound: SgNode
    known: Known

    @cached_property
    def name(self) -> str:
        """The value as it is written, on one line; of `(age := now - last)`, `age`."""
        value: SgNode | None = self.value
        while value is not None and value.kind() == "parenthesized_expression":
            value = next(iter(statements(value)), None)
        name = value.field("name") if value is not None and value.kind() == "named_expression" else None
        return flat(self.value if name is None else name)

    @cached_property
    def limit(self) -> float | None:
        """The number that the value is held against; None where it cannot be told."""
        return self.known.of(flat(self.bound))

    @property
    def is_of_sense(self) -> bool:
        """True where the comparison only asks whether the value can be: a share over 100, an age below 0."""
        return self.limit is not None and (self.limit in _MOST if self.is_above else self.limit <= 0)

    @property
    def is_of_argument(self) -> bool:
        """True where the comparison only asserts that the value can be: a share up to 100, an age above 0."""
        return self.limit is not None and (self.limit <= 1 if self.is_above else self.limit in _MOST)

    def is_like(self, other: Comparison) -> bool:
        """Return whether the other holds the same value against something, in the same direction."""
        return self.is_above == other.is_above and self.name == other.name

    def covers(self, other: Comparison) -> bool:
        """Return whether this is true whenever the other is, and more often."""
        if self.limit is None or other.limit is None or self.limit == other.limit:
            return False
        return self.limit < other.limit if self.is_above else self.limit > other.limit


def comparison_of(condition: SgNode | None, known: Known) -> Comparison | None:
    """Return the comparison that a condition is, the value on the left; None for any other condition."""
    is_not = False
    while condition is not None and condition.kind() in ("parenthesized_expression", "not_operator", "if_clause"):
        is_not ^= condition.kind() == "not_operator"
        condition = next(iter(statements(condition)), None)
    if condition is None or condition.kind() != "comparison_operator":
        return None
    parts = condition.children()
    operator = _OPERATORS.get(parts[1].text()) if len(parts) == 3 else None
    if operator is None:
        return None
    left, right, is_above = parts[0], parts[2], (operator == ">") != is_not
    if _is_limit(left) and not _is_limit(right):
        return Comparison(right, not is_above, left, known)
    return Comparison(left, is_above, right, known)


def parts_of(condition: SgNode | None, operator: str) -> Iterator[SgNode]:
    """Yield the parts that a condition joins with `and` or `or`; the condition itself where it joins none so."""
    waiting = [condition]
    while waiting:
        part = waiting.pop()
        joined = part.field("operator") if part is not None and part.kind() == "boolean_operator" else None
        if part is not None and joined is not None and joined.text() == operator:
            waiting += (part.field("right"), part.field("left"))
        elif part is not None:
            yield part


def _is_limit(node: SgNode) -> bool:
    text = node.text()
    return (
        node.kind() in ("integer", "float")
        or text.isupper()
        or bool(limit_says(text))
        or _DELTA.fullmatch(text) is not None
    )


def limit_says(name: str) -> str:
    """Return whether more or less is better of what is held against a limit of this name: `MIN_ROWS`, `max_age_hours`."""
    words = last_name(name).lower().split("_")
    return "" if len(words) == 1 or " " in name else _LIMITS.get(words[0], _LIMITS.get(words[-1], ""))


def last_name(text: str) -> str:
    """Return `age` of `row["age"]`, `row.get("age", 0)`, `self.age` and `age`."""
    text = _GOT.sub(r"[\1]", text) if ".get(" in text else text
    return re.sub(r"[\"'\]()]", "", text).replace("[", ".").rpartition(".")[2]


def flat(node: SgNode) -> str:
    """Return the text of a node on one line."""
    return " ".join(node.text().split())
