"""What a value that a handler gives says of the failure: that there is one (`fault`), that all is well (`well`), or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ast_grep_py import SgNode

from console.audits.module import called, statements, string_of

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_FAULT = re.compile(
    r"err(?:s|no|ors?|ored)?|fail(?:s|ed|ing|ures?)?|unknown|unavailable|den(?:y|ied)|forbidden|refus(?:ed|al)|invalid|unhealthy"
    r"|crit(?:ical)?|exceptions?|abort(?:ed)?|unauthori[sz]ed|broken|crash(?:ed)?|faults?|[45]\d\d"
)
_NO_FAULT = re.compile(r"(?i)\b(?:no|without|zero|0)[ _-]+(?:errors?|failures?|exceptions?)\b")
_NOT_WELL = re.compile(r"(?i)\bnot[ _-]?(?:ok|healthy|allowed|permitted|authori[sz]ed)\b|missing (?:iam )?permission")
_WELL = frozenset(
    {
        *(
            "already",
            "busy",
            "complete",
            "completed",
            "done",
            "empty",
            "fine",
            "healthy",
            "held",
            "idle",
            "locked",
            "noop",
        ),
        *(
            "nothing",
            "ok",
            "okay",
            "passed",
            "running",
            "skip",
            "skipped",
            "success",
            "successful",
            "succeeded",
            "waiting",
        ),
    }
)
_STATES = frozenset({"status", "state", "outcome", "result", "verdict", "severity", "health", "level"})
_GOOD_FLAGS = frozenset({"ok", "success", "healthy", "allowed", "valid", "passed", "available", "ready", "authorized"})
_BARE = frozenset({"None", "False", "0", "''", '""', "[]", "{}", "()"})
_PLAIN = frozenset({"string", "attribute", "integer", "true", "concatenated_string"})


@dataclass(frozen=True, slots=True)
class Witness:
    """What is known where a value stands.

    `errors` are the names of the error and of what was made of it, `faults` names whose value says that something failed;
    `decide` returns whether a condition is true of a refused permission, None where that cannot be told.
    """

    errors: frozenset[str]
    faults: frozenset[str]
    decide: Callable[[SgNode], bool | None]

    def says(self, value: SgNode) -> str:
        """Return `fault`, `well` or "". A stated status counts before any words, and words before the error's own text."""
        named = [self._of_named(name, given) for name, given in _named(value)]
        if "well!" in named or "fault!" in named:
            return "fault" if "fault!" in named else "well"
        if "fault" in named:
            return "fault"
        leaves = list(self._leaves(value))
        names = {leaf.text() for leaf in leaves if leaf.kind() == "identifier"}
        said = words_say(
            " ".join(leaf.text() for leaf in leaves if leaf.kind() != "identifier" or leaf.text() not in self.errors)
        )
        if said == "fault" or not self.faults.isdisjoint(names):
            return "fault"
        if said == "well" or "well" in named:
            return "well"
        return "fault" if not self.errors.isdisjoint(names) else ""

    def carries(self, value: SgNode) -> bool:
        """Return whether the error itself, or its text, is part of a value."""
        return any(leaf.kind() == "identifier" and leaf.text() in self.errors for leaf in self._leaves(value))

    def says_of(self, target: str, value: SgNode) -> str:
        """Return the same of something that is set: `self.failed = True` says a fault, `self.failed = False` nothing."""
        flag = flag_says(target, value)
        said = self.says(value)
        if target.rpartition(".")[2] in self.errors and said == "fault":
            return said
        return said or flag.rstrip("!")

    def chosen(self, value: SgNode) -> Iterator[SgNode]:
        """Yield what a value may be: of `x if … else y` that which a refused permission leads to, or both."""
        while value.kind() == "parenthesized_expression" and statements(value):
            value = statements(value)[0]
        if value.kind() != "conditional_expression":
            yield value
            return
        first, condition, other = statements(value)[:3]
        truth = self.decide(condition)
        if truth is not False:
            yield from self.chosen(first)
        if truth is not True:
            yield from self.chosen(other)

    def _of_named(self, name: str, value: SgNode) -> str:
        """Return what one entry says, `fault!` and `well!` where it is a status or a flag: nothing beside it counts then."""
        if words(name) & _STATES:
            said = {self.says(one) or ("well" if one.kind() in _PLAIN else "") for one in self.chosen(value)}
            # Of two statuses the one that hides the fault counts.
            return "well!" if "well" in said else "fault!" if "fault" in said else ""
        return flag_says(name, value)

    def _leaves(self, node: SgNode) -> Iterator[SgNode]:
        """Yield the words, names and numbers of a value, without what is only compared or looked at."""
        kind = node.kind()
        if kind in ("string_content", "identifier", "integer"):
            yield node
        elif kind == "conditional_expression":
            for one in self.chosen(node):
                yield from self._leaves(one)
        elif kind in ("pair", "keyword_argument"):
            key, value = node.field("key") or node.field("name"), node.field("value")
            if value is not None and key is not None:
                yield from self._leaves(value)
        elif kind not in ("comparison_operator", "not_operator", "lambda") and not (
            kind == "call" and called(node) in ("isinstance", "hasattr", "bool", "len")
        ):
            for child in node.children():
                if child.is_named():
                    yield from self._leaves(child)


def has_bad_flag(value: SgNode) -> bool:
    """Return whether one entry of a value is a flag that says that something failed: `{"ok": False}`."""
    return any(flag_says(name, given) == "fault!" for name, given in _named(value))


def words(text: str) -> frozenset[str]:
    """Return the words of a text or a name, small: `lastError` and `last_error` have the same."""
    return frozenset(word.lower() for word in _PARTS.findall(text))


def words_say(text: str) -> str:
    """Return what the words of a text say; a fault beside something good is a fault."""
    if _NOT_WELL.search(text):
        return "fault"
    found = words(_NO_FAULT.sub("", text))
    if any(_FAULT.fullmatch(word) for word in found):
        return "fault"
    return "well" if found & _WELL else ""


def _named(value: SgNode) -> Iterator[tuple[str, SgNode]]:
    for node in value.find_all({"rule": {"any": [{"kind": "pair"}, {"kind": "keyword_argument"}]}}):
        key, given = node.field("key") or node.field("name"), node.field("value")
        if key is not None and given is not None:
            yield string_of(key) or key.text(), given


def flag_says(name: str, value: SgNode) -> str:
    """Return what is said by a name that is set to a value: `fault` of `failed = True`; with `!` of a flag, `ok = False`."""
    found = words(name)
    is_bare = value.text() in _BARE
    if any(_FAULT.fullmatch(word) for word in found):
        return "" if is_bare else "fault"
    if found & _GOOD_FLAGS and "not" not in found:
        return {"False": "fault!", "True": "well!"}.get(value.text(), "")
    return "well" if found & _WELL and value.text() == "True" else ""
