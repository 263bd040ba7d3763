"""What a piece of a check's code says of what is checked: `well`, `alarm`, or nothing that can be told."""

from __future__ import annotations

import re

from console.audits.rules import RuleFile

OPPOSITE = {"well": "alarm", "alarm": "well", "": ""}

_STATED = re.compile(
    r"\b(?:\w*status|severity|level|state|verdict)\b[\"']?\s*[:=]\s*[\"']?(?:\w+\.)*(\w+)"
    r"|\b\w*(?:status|severity|level|state|verdict|health)\.(\w+)",
    re.IGNORECASE,
)
"""`"status": "OK"`, `severity=Severity.ERROR` and `Status.OK`: beside it, a message may use any words."""

_FLAG = re.compile(r"\b(\w+)\b[\"']?\s*[:=]\s*(True|False)\b")
_TRUTH = re.compile(r"\(?\s*(True|False)\b")
_RAISED = re.compile(r"raise\s+(?:\w+\.)*(\w+)\b(?!\.)")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_CALLED = re.compile(r"(?:await\s+)?((?:\w+\.)*)(\w+)\(")
_ALARMS = re.compile(r"(?:(?:create|emit|fire|post|raise|send|trigger)_)?(?:\w+_)?(?:alert|alarm)")
_NEGATED = frozenset({"no", "non", "not"})


def verdict_of(code: str, rules: RuleFile, truth: str = "") -> str:
    """Return `well` or `alarm`, "" for neither or both; `truth` is what a mere True says where the code stands."""
    if " if " not in code:
        stated = [word for found in _STATED.findall(code) for word in found if word]
        if stated:
            return _only({_of_words(word, rules) for word in stated} - {""})
    flags = {_of_flag(truth_of(name, rules), value) for name, value in _FLAG.findall(code)} - {""}
    bare = _TRUTH.match(code.strip())
    if bare is not None:
        flags |= {_of_flag(truth, bare[1])} - {""}
    if flags or bare is not None:
        return _only(flags)
    return _of_words(_FLAG.sub("", code), rules)


def truth_of(name: str, rules: RuleFile) -> str:
    """Return what True says of a thing by its name: `well` for `is_healthy`, `alarm` for `should_alert`."""
    words = set(name.lower().split("_"))
    if words & _NEGATED:
        return ""
    is_alarm = bool(words & (rules.names["alarm"] | rules.names["alarm_names"]))
    is_well = bool(words & (rules.names["well"] | rules.names["well_names"]))
    return "" if is_alarm == is_well else "alarm" if is_alarm else "well"


def raised(statement: str, rules: RuleFile) -> str:
    """Return `alarm` for an error that says that something is wrong with what is checked, not with how it was asked."""
    name = _RAISED.match(statement)
    words = (
        {word.lower() for word in _CAMEL.findall(name[1])} - {"error", "exception"} if name is not None else {"again"}
    )
    return "alarm" if not words or words & (rules.names["alarm"] | rules.names["raised"]) else ""


def called_verdict(call: str, rules: RuleFile) -> str:
    """Return `alarm` for a call that alarms or notes a problem: `send_alert(…)`, `issues.append(…)`."""
    name = _CALLED.match(call)
    if name is None:
        return ""
    if name[2] in ("append", "add"):
        listed = [word for one in re.findall(r"[a-z]+", name[1].lower()) for word in (one, one.removesuffix("s"))]
        return "alarm" if not (rules.names["alarm"] | rules.names["offences"]).isdisjoint(listed) else ""
    return "alarm" if _ALARMS.fullmatch(name[2]) is not None else ""


def _of_flag(truth: str, value: str) -> str:
    return truth if value == "True" else OPPOSITE[truth]


def _of_words(code: str, rules: RuleFile) -> str:
    words = set(re.findall(r"[a-z]+", code.lower()))
    kinds = {kind for kind in ("well", "alarm") if words & rules.names[kind]}
    return _only(kinds)


def _only(kinds: set[str]) -> str:
    return next(iter(kinds)) if len(kinds) == 1 else ""
