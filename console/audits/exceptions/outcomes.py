"""What comes of an `except` clause that tells nobody of its error: the default that it gives, whatever else it does.

It is listed what tells somebody, not what does not: a pause, a connection that is closed and a counter leave the error as
unheard as `pass`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ast_grep_py import Config, SgNode

from console.audits.exceptions.admissions import flag_says, has_bad_flag, words, words_say
from console.audits.exceptions.reactions import Reactions
from console.audits.module import called, statements
from console.audits.rules import RuleFile

TEXT_ONLY = frozenset({"str", "repr", "type", "isinstance", "format", "getattr", "hasattr", "len"})
"""Calls that make no more of an error than a text or an answer."""

METRICS = re.compile(r"(?i)metric|stats|counter|prometheus|gauge|(?:^|[._])(?:incr?|increment|observe|count)(?:[._]|$)")

_FAULT = re.compile(
    r"(?i)err|fail|unknown|unavailable|denied|forbidden|invalid|unhealthy|critical|exception|abort|not.?ok|[45]\d\d"
)
"""What a returned value says when it admits that something went wrong."""

_NAMED_SO = re.compile(r"(?i)error|fail|exception")
"""What is called for an error, whatever it is written together with: `showsyntaxerror`."""

_EMPTY_MAKERS = frozenset(
    {"dict", "list", "set", "tuple", "frozenset", "DataFrame", "Series", "Counter", "OrderedDict", "defaultdict"}
)
_FINISHED = frozenset({"complete", "completed", "done", "finished", "known", "succeeded"})
"""Words of flags that, when they are False, say that something is lacking."""
_NUMBERS = frozenset({"integer", "float", "unary_operator"})
_CONSTANTS = frozenset({"none", "true", "false", "ellipsis"}) | _NUMBERS
_COLLECTIONS = frozenset(
    {"list", "dictionary", "tuple", "set", "expression_list", "pair", "parenthesized_expression", "concatenated_string"}
)
_SIMPLE = {
    **dict.fromkeys(("pass_statement", "delete_statement", "global_statement", "nonlocal_statement"), ""),
    **dict.fromkeys(("import_statement", "import_from_statement"), ""),
    "continue_statement": "continues",
    "break_statement": "breaks off",
}
"""What comes of statements that are the same wherever they stand."""
_GIVEN_NAMES: Config = {
    "rule": {"kind": "identifier", "not": {"inside": {"kind": "keyword_argument", "field": "name"}}},
}
_ACTS = "acts"
"""Something is done that may be another way to the same end."""
_LEAVES = "leaves"
"""A `return` without a value."""
_GIVES_NOTHING = frozenset({"", _LEAVES, "continues", "breaks off"})


def is_default(value: SgNode, errors: frozenset[str] = frozenset()) -> bool:
    """Return whether a value says nothing of a failure: a constant, a name that is not of `errors`, something empty."""
    kind = value.kind()
    if kind in _CONSTANTS:
        return not _FAULT.search(value.text())
    if kind == "string":
        return "{" not in value.text() and not _FAULT.search(value.text())
    if kind in ("identifier", "attribute"):
        return value.text().partition(".")[0] not in errors and not _FAULT.search(value.text())
    if kind in _COLLECTIONS:
        return all(is_default(child, errors) for child in statements(value))
    if kind == "call":
        places = value.field("arguments")
        return called(value) in _EMPTY_MAKERS and (
            places is None or all(is_default(one, errors) for one in statements(places))
        )
    return False


def short(node: SgNode | None, most: int = 40) -> str:
    """Return the text of a node on one line, cut off; "None" for none."""
    text = "None" if node is None else " ".join(node.text().split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Judges the statements of one clause.

    `errors` are the names of the error and of what the clause makes of it; `is_read` returns whether a variable is read in
    the clause or after it. With `may_tell`, a line in a log and a count tell nobody: they do not reach the caller. `reactions`
    are what is right to do of this error, where that counts.
    """

    rules: RuleFile
    errors: frozenset[str]
    is_read: Callable[[str], bool]
    may_tell: bool
    reactions: Reactions | None

    def of(self, listed: Iterable[SgNode]) -> str:
        """Return as a verb what comes of the statements: `returns []`, `continues`; "" where one tells, or does it otherwise."""
        did = self._of_all(listed)
        if did is None or did == _ACTS:
            return ""
        return {"": "goes on", _LEAVES: "returns None"}.get(did, did)

    def _of_all(self, listed: Iterable[SgNode]) -> str | None:
        """Return the same of a part of the clause; None where it tells."""
        did, acts = "", False
        for statement in listed:
            part = self._of_statement(statement)
            if part is None:
                return None
            acts = acts or part == _ACTS
            did = part if part not in ("", _ACTS) else did
        return _ACTS if acts and did in _GIVES_NOTHING else did

    def _of_statement(self, statement: SgNode) -> str | None:
        kind = statement.kind()
        if kind in _SIMPLE:
            return _SIMPLE[kind]
        inner = next(iter(statements(statement)), None)
        if kind == "assert_statement":
            # That an error was caught is always true.
            return "" if inner is not None and inner.text() in self.errors else None
        if kind == "return_statement":
            return _LEAVES if inner is None else self._of_value("returns", inner)
        if kind == "expression_statement":
            return "" if inner is None else self._of_expression(inner)
        return self._of_blocks(statement)

    def _of_value(self, verb: str, value: SgNode | None) -> str | None:
        if value is not None and (not is_default(value, self.errors) or has_bad_flag(value)):
            return None
        if verb == "returns" and value is not None and self.reactions is not None and self.reactions.is_code(value):
            return None
        return f"{verb} {short(value)}"

    def _of_blocks(self, statement: SgNode) -> str | None:
        kind = statement.kind()
        if kind not in ("if_statement", "for_statement", "while_statement", "with_statement", "try_statement"):
            return None
        parts = [self._of_all(statements(block)) for block in _blocks(statement)]
        if None in parts:
            return None
        found = [part for part in parts if part]
        if kind in ("for_statement", "while_statement"):
            # What a loop inside the clause continues and breaks off is itself.
            found = [part for part in found if part not in ("continues", "breaks off")]
        return max((part for part in found if part != _ACTS), default=found[0] if found else "")

    def _of_expression(self, inner: SgNode) -> str | None:
        kind = inner.kind()
        if kind in ("await", "parenthesized_expression"):
            within = next(iter(statements(inner)), None)
            return "" if within is None else self._of_expression(within)
        if kind == "assignment":
            return self._of_assignment(inner)
        if kind == "augmented_assignment":
            return self._of_count(inner)
        if kind == "call":
            return self._of_call(inner)
        if kind == "yield":
            return self._of_value("yields", next(iter(statements(inner)), None))
        return "" if kind in ("string", "ellipsis", "identifier", "attribute") else None

    def _of_assignment(self, inner: SgNode) -> str | None:
        target, value = inner.field("left"), inner.field("right")
        if target is None or value is None:
            return "" if value is None else None
        if self._mentions_error(value):
            return None if self._is_kept(target) else ""
        said = flag_says(target.text(), value)
        is_unfinished = value.kind() == "false" and not words(target.text()).isdisjoint(_FINISHED)
        if (is_unfinished or said.startswith("fault")) and self._is_kept(target):
            return None
        is_local = target.kind() in ("identifier", "pattern_list", "tuple_pattern")
        if is_default(value, self.errors) and (is_local or _is_empty(value) or said.startswith("well")):
            return f"goes on with {short(inner)}"
        if not is_local or self._says_trouble_in(value):
            return None
        return "" if self._is_reckoned(value) else None if self._is_kept(target) else _ACTS

    def _is_reckoned(self, value: SgNode) -> bool:
        """Return whether a value is made of what is at hand: `delay * 2`, `str(day)`."""
        if value.kind() not in ("binary_operator", "call"):
            return False
        return all(called(call) in self.rules.names["reckoning"] for call in value.find_all(kind="call"))

    def _of_count(self, inner: SgNode) -> str | None:
        target, value = inner.field("left"), inner.field("right")
        if target is None or value is None:
            return None
        if self._mentions_error(value) or self._says_trouble(target.text()):
            return None if self._is_kept(target) else ""
        is_plain = is_default(value, self.errors) or self._is_reckoned(value)
        return "" if is_plain and not self._says_trouble_in(value) else None

    def _of_call(self, call: SgNode) -> str | None:
        name, names = called(call), self.rules.names
        if name in names["telling"]:
            return "" if self.may_tell and name not in names["alarming"] else None
        if name in TEXT_ONLY or (name == "sleep" and not self._mentions_error(call)):
            return ""
        function, listed = call.field("function"), call.field("arguments")
        text = "" if function is None else function.text()
        is_about = listed is not None and (self._mentions_error(listed) or self._says_trouble_in(listed))
        if METRICS.search(text):
            return None if is_about and not self.may_tell else ""
        if is_about or self._says_trouble(text) or not words(name).isdisjoint(names["reporting"]):
            return None
        if self.reactions is not None and self.reactions.is_reaction(call):
            return _ACTS
        return self._of_other_call(words(name), statements(listed) if listed is not None else [])

    def _of_other_call(self, name: frozenset[str], given: list[SgNode]) -> str | None:
        """A call that is not about the error: it keeps what it is given, tidies up, or does something instead."""
        is_event = name == {"set"} and not given
        if is_event or (given and not name.isdisjoint(self.rules.names["setting"])):
            return None if is_event or not all(map(_is_empty, given)) else ""
        return "" if not name.isdisjoint(self.rules.names["tidying"]) else _ACTS

    def _mentions_error(self, node: SgNode) -> bool:
        if not self.errors:
            return False
        return any(one.text() in self.errors for one in node.find_all(kind="identifier"))

    def _says_trouble_in(self, node: SgNode) -> bool:
        """Return whether a text in a value speaks of trouble, or a name of a failure; names of arguments say nothing."""
        if any(self._says_trouble(one.text()) for one in node.find_all(kind="string_content")):
            return True
        names = (one.text() for one in node.find_all(_GIVEN_NAMES))
        return words_say(" ".join(names)) == "fault"

    def _says_trouble(self, text: str) -> bool:
        is_fault = _NAMED_SO.search(text) is not None or words_say(text.replace(".", " ")) == "fault"
        return is_fault or not words(text).isdisjoint(self.rules.names["trouble"])

    def _is_kept(self, target: SgNode) -> bool:
        """Return whether what is set outlives the clause: a variable that is read behind it, or any part of an object."""
        return target.kind() != "identifier" or self.is_read(target.text())


def _is_empty(value: SgNode) -> bool:
    """Return whether a value has no names in it and is no flag: of an object, `x = []` is a default, `x = False` a state."""
    return value.kind() not in ("true", "false") and is_default(value) and value.find(kind="identifier") is None


def _blocks(statement: SgNode) -> Iterator[SgNode]:
    for child in statement.children():
        if child.kind() == "block":
            yield child
        elif child.kind() in ("elif_clause", "else_clause", "except_clause", "finally_clause"):
            yield from _blocks(child)
