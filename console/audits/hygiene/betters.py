"""Whether more or less of a value is better, as far as its name, what it is made of or its limit can tell."""

from __future__ import annotations

import re
from functools import lru_cache

from ast_grep_py import SgNode

from console.audits.hygiene.comparisons import Comparison, Known, flat, last_name, limit_says
from console.audits.module import called, statements
from console.audits.rules import RuleFile, rule_file

_OPPOSITE = {"more": "less", "less": "more", "": ""}
_ABOUT_TELLING = re.compile(r"alert|notif|warned|retr|player|person|user|customer")
"""In the name of an age: it is that of a message or an attempt, and being young is a reason to wait; or it is a person's."""
_NOW = re.compile(
    r"(?:\w*_)?(?:now|utcnow|today|as_of|current_time)|(?:\w+\.)*(?:now|utcnow|today|time|monotonic)\(.*\)"
)
_AT = re.compile(r"(?i)(?:^|_|\b)(?:at|date|end|now|start|time|today|ts|utcnow)(?:_|\b)")
"""In a difference to what is scheduled: it is a time, and the difference that until then."""
_ALIKE = frozenset({"abs", "float", "int", "round"})
_OF_OBJECT = frozenset({"item", "max", "mean", "median", "min", "total_seconds"})
_DIGITS = ("integer", "float")
_SPAN = frozenset({"days", "seconds"})
_MOST_STEPS = 3
_SHARE = (0.5, 1.0)
"""Of what is expected, the shares that a minimum is: less is a tolerance for what is wrong."""


def better(comparison: Comparison, rules: RuleFile) -> str:
    """Return `more` or `less`, by the value or its limit; "" where neither tells, or they disagree."""
    by_value = better_of_value(comparison.known, comparison.value, rules)
    by_limit = _by_limit(comparison) or _by_expectation(comparison, rules)
    if by_value and by_limit and by_value != by_limit:
        return ""
    return by_value or by_limit


def _by_limit(comparison: Comparison) -> str:
    """Return the same by the limit's name, unless the value is another limit: `max_memory() > max_before`."""
    bound = comparison.bound.text()
    return "" if "(" in bound or limit_says(comparison.name) else limit_says(bound)


def better_of_value(known: Known, value: SgNode, rules: RuleFile, steps: int = _MOST_STEPS) -> str:
    """Return the same of a value by its name, by what it is made of, and by what the function is called."""
    value = _measured(value)
    if value.kind() == "named_expression":
        sides = (side for name in ("name", "value") if (side := value.field(name)) is not None)
        return next((said for side in sides if (said := better_of_value(known, side, rules, steps))), "")
    if value.kind() == "binary_operator":
        return _of_sum(known, value, rules, steps)
    if value.kind() == "call" and called(value) == "len":
        return "less" if _is_faulty(flat(value), rules) else ""
    name = last_name(flat(value)).lower()
    said = better_by_name(name)
    if said or value.kind() != "identifier" or steps == 0:
        return said
    given = known.value_of(value.text())
    by_origin = better_of_value(known, given, rules, steps - 1) if given is not None else ""
    return by_origin or _by_function(known.function, name, rules)


def _measured(value: SgNode) -> SgNode:
    """Return what is measured, without its unit: `gap` of `gap.total_seconds() / 60`."""
    while True:
        inner = _inner(value)
        if inner is None:
            return value
        value = inner


def _inner(value: SgNode) -> SgNode | None:
    kind = value.kind()
    if kind in ("parenthesized_expression", "await"):
        return next(iter(statements(value)), None)
    if kind == "call":
        return _argument(value)
    if kind == "attribute":
        attribute = value.field("attribute")
        return value.field("object") if attribute is not None and attribute.text() in _SPAN else None
    if kind == "boolean_operator":
        return value.field("left")  # `coverage or 0`
    return _scaled(value) if kind == "binary_operator" else None


def _argument(call: SgNode) -> SgNode | None:
    """Return `gap` of `gap.total_seconds()`, `gap.max()` and `abs(gap)`."""
    function, listed = call.field("function"), call.field("arguments")
    if function is None or listed is None:
        return None
    if function.kind() == "attribute" and called(call) in _OF_OBJECT:
        return function.field("object")
    return next(iter(statements(listed)), None) if function.text() in _ALIKE else None


def _scaled(value: SgNode) -> SgNode | None:
    """Return `gap` of `gap / 60` and `100 * gap`."""
    left, operator, right = value.children()[0], value.children()[1].text(), value.children()[-1]
    if operator in ("*", "/", "//") and right.kind() in _DIGITS:
        return left
    return right if operator == "*" and left.kind() in _DIGITS else None


def _of_sum(known: Known, value: SgNode, rules: RuleFile, steps: int) -> str:
    """Return the same of a difference or a share: `now - last`, `expected - actual`, `failed / total`, `1 - coverage`."""
    left, operator, right = value.children()[0], value.children()[1].text(), value.children()[-1]
    if operator == "-":
        if left.kind() in _DIGITS:
            return _OPPOSITE[better_of_value(known, right, rules, steps)]
        is_age = right.kind() not in _DIGITS and _NOW.fullmatch(flat(left)) is not None
        is_age = is_age and _ABOUT_TELLING.search(flat(right)) is None
        is_lack = _is_expected(left, rules) and _AT.search(flat(value)) is None
        return "less" if is_age or is_lack else ""
    if operator != "/":
        return ""
    part = flat(_measured(left))
    if _is_faulty(part, rules):
        return "less"
    is_good = not rules.names["well"].isdisjoint(_words(part)) or not rules.names["well_names"].isdisjoint(_words(part))
    return "more" if is_good or _is_expected(_denominator(right), rules) else ""


def _denominator(value: SgNode) -> SgNode:
    """Return `expected` of `max(expected, 1)`."""
    listed = value.field("arguments") if value.kind() == "call" and called(value) == "max" else None
    return next((one for one in statements(listed) if one.kind() != "integer"), value) if listed is not None else value


def _by_expectation(comparison: Comparison, rules: RuleFile) -> str:
    """Return `more` where a value is held against a share of what is expected: `len(predictions) > expected * 0.8`."""
    bound = comparison.bound
    if bound.kind() != "binary_operator" or bound.children()[1].text() != "*":
        return ""
    sides = (bound.children()[0], bound.children()[-1])
    shares = [number for side in sides if (number := comparison.known.of(flat(side))) is not None]
    is_share = len(shares) == 1 and _SHARE[0] <= shares[0] < _SHARE[1]
    is_of_expected = any(_is_expected(side, rules) for side in sides)
    return "more" if is_share and is_of_expected and not _is_faulty(comparison.name, rules) else ""


def _is_expected(value: SgNode, rules: RuleFile) -> bool:
    return not rules.names["expectations"].isdisjoint(_words(flat(value)))


def _is_faulty(text: str, rules: RuleFile) -> bool:
    """Return whether a thing had better not be: by its words, `failed`, `len(missing_games)`."""
    faulty = rules.names["offences"] | rules.names["alarm"] | rules.names["alarm_names"]
    return bool(better_by_name(last_name(text).lower()) == "less" or not faulty.isdisjoint(_words(text)))


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())


def _by_function(function: SgNode, name: str, rules: RuleFile) -> str:
    """Return the same of a value whose name says only how it is measured, by what the function checks: `check_coverage(pct)`."""
    called_so = function.field("name")
    if called_so is None or not is_measure(name, rules):
        return ""
    topic = called_so.text().lower().lstrip("_").partition("_")[2]
    return better_by_name(f"{topic}_{name}") if topic else ""


def is_measure(name: str, rules: RuleFile) -> bool:
    """Return whether a name says only how a value is measured: `pct`, `minutes`."""
    return name in rules.names["measures"] or name in rules.names["units"]


@lru_cache(maxsize=4096)
def better_by_name(name: str) -> str:
    """Return `more` or `less` by the last words of a name in small letters; "" where they do not tell."""
    patterns = _patterns()
    if patterns["negated"].search(name) is not None:
        return ""
    if patterns["age"].search(name) is not None:
        return "" if _ABOUT_TELLING.search(name) else "less"
    return next((kind for kind in ("more", "less") if patterns[kind].search(name) is not None), "")


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    names = {kind: f"(?:{'|'.join(sorted(words))})" for kind, words in rule_file("check_hygiene").names.items()}
    more, less = names["more_is_better"], names["less_is_better"]
    shares, faults = f"(?:{more}|{names['more_as_share']})", f"(?:{less}|{names['less_as_share']})"
    measure, unit, age = names["measures"], names["units"], names["ages"]
    return {
        "more": re.compile(rf"(?:^|_)(?:{more}|{shares}_{measure}|(?:pct|percent)_{shares})$"),
        "less": re.compile(rf"(?:^|_)(?:{less}|{faults}_(?:{measure}|count)|(?:pct|percent|num|n)_{faults})$"),
        "age": re.compile(rf"(?:^|_)(?:age|{age}(?:_in)?_{unit}|{unit}_{age})$|^(?:time|{unit})_since_"),
        "negated": re.compile(r"(?:^|_)(?:non|not|no|without)_"),
    }
