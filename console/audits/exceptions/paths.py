"""Where the ways out of an `except` clause lead when it caught a refused permission, and which of them hide it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ast_grep_py import SgNode

from console.audits.exceptions.admissions import Witness, words, words_say
from console.audits.exceptions.behind import raises_behind
from console.audits.exceptions.handlers import Handler, branches_of, is_good_end
from console.audits.exceptions.outcomes import METRICS, short
from console.audits.exceptions.refusals import Refusal
from console.audits.module import around, called, statements

_SENDING = ("create", "emit", "fire", "open", "post", "publish", "raise", "send", "trigger")
_CREDENTIALS = re.compile(
    r"(?i)cred(?:ential)?s?\b|_token|impersonat|reauth|(?:fallback|backup|other|second(?:ary)?|admin)_?(?:client|account)"
)


@dataclass(frozen=True, slots=True)
class _Way:
    """What was done on one way through the clause.

    `is_safe`: somebody is called, or what was refused is tried again. `admits`: something that outlives the clause says that
    it failed; `faults` are variables that do. `hides`: something says that all is well. `last` is what it went on with.
    """

    is_safe: bool = False
    admits: bool = False
    hides: bool = False
    faults: frozenset[str] = frozenset()
    last: str = ""


@dataclass(frozen=True, slots=True)
class Hiding:
    """A way out that hides a refused permission: what the code does, as a verb, and whether its caller is told of it."""

    did: str
    tells_caller: bool


def hiding(handler: Handler, refusal: Refusal, *, is_false_fault: bool | None) -> Hiding | None:
    """Return the first way out of a clause that hides a refused permission, or None when each raises or admits it.

    `is_false_fault` says what False means of the function: True for `has_access`, where it says that access is denied; False
    for a lock, where it says that it is busy; None where it says nothing.
    """
    walk = _Walk(handler, refusal, is_false_fault)
    return next(walk.hidden(), None)


class _Walk:
    """Goes through the statements of one clause, all ways at once."""

    def __init__(self, handler: Handler, refusal: Refusal, is_false_fault: bool | None) -> None:  # noqa: FBT001  # three-valued
        self._handler = handler
        self._refusal = refusal
        self._is_false_fault = is_false_fault
        self._names = handler.rules.names
        self._found: list[Hiding] = []
        whole = around(handler.clause, "try_statement")
        tried = whole.field("body") if whole is not None else None
        calls = tried.find_all(kind="call") if tried is not None else ()
        self._tried = {called(call) for call in calls} - self._names["trivial"] - self._names["telling"]

    def hidden(self) -> Iterator[Hiding]:
        """Yield the ways out that hide the refusal, in the order of the text."""
        for way in self._block(self._handler.body, {_Way()}):
            self._leave(way, "falls")
        yield from self._found

    def _witness(self, way: _Way) -> Witness:
        return Witness(self._handler.errors, way.faults, self._refusal.decide)

    def _block(self, block: SgNode | None, ways: set[_Way]) -> set[_Way]:
        for statement in statements(block) if block is not None else ():
            ways = {after for way in ways for after in self._statement(statement, way)}
        return ways

    def _statement(self, statement: SgNode, way: _Way) -> Iterable[_Way]:
        kind = statement.kind()
        if kind in ("continue_statement", "break_statement"):
            self._leave(way, kind.partition("_")[0])
            return ()
        step = {
            "raise_statement": self._raise,
            "return_statement": self._return,
            "if_statement": self._if,
            "match_statement": self._match,
            "try_statement": self._try,
            "for_statement": self._loop,
            "while_statement": self._loop,
            "with_statement": self._with,
            "expression_statement": self._expression,
        }.get(kind)
        return (way,) if step is None else step(statement, way)

    def _raise(self, statement: SgNode, way: _Way) -> Iterable[_Way]:
        if re.match(r"raise SystemExit(?:\((?:0|None)?\))?$", statement.text()):
            self._end(way, "ends the program as if all were well")
        return ()

    def _loop(self, statement: SgNode, way: _Way) -> Iterable[_Way]:
        return {way, *self._block(statement.field("body"), {way})}

    def _with(self, statement: SgNode, way: _Way) -> Iterable[_Way]:
        return self._block(statement.field("body"), {way})

    def _if(self, statement: SgNode, way: _Way) -> Iterable[_Way]:
        open_: set[_Way] = set()
        for test, block in branches_of(statement):
            truth = True if test is None else self._refusal.decide(test)
            if truth is not False:
                open_ |= self._block(block, {way})
            if truth is True:
                return open_
        return open_ | {way}

    def _match(self, statement: SgNode, way: _Way) -> Iterable[_Way]:
        blocks, is_whole = self._refusal.cases(statement)
        open_ = {after for block in blocks for after in self._block(block, {way})}
        return open_ if is_whole else open_ | {way}

    def _try(self, statement: SgNode, way: _Way) -> Iterable[_Way]:
        done = self._block(statement.field("body"), {way})
        final: SgNode | None = None
        for child in statements(statement):
            block = next((one for one in child.children() if one.kind() == "block"), None)
            if child.kind() == "except_clause":
                done |= self._block(block, {way})
            elif child.kind() == "else_clause":
                done = self._block(block, done)
            elif child.kind() == "finally_clause":
                final = block
        return self._block(final, done)

    def _expression(self, statement: SgNode, way: _Way) -> Iterable[_Way]:
        inner = next(iter(statements(statement)), None)
        while inner is not None and inner.kind() == "await":
            inner = next(iter(statements(inner)), None)
        step = {
            "assignment": self._set,
            "augmented_assignment": self._set,
            "yield": self._yield,
            "call": self._call,
        }.get("" if inner is None else inner.kind())
        return (way,) if inner is None or step is None else step(inner, way)

    def _yield(self, inner: SgNode, way: _Way) -> Iterable[_Way]:
        said = any(self._witness(way).says(one) == "fault" for one in statements(inner))
        return (replace(way, admits=way.admits or said, hides=way.hides or not said, last=short(inner)),)

    def _call(self, call: SgNode, way: _Way) -> Iterable[_Way]:
        if is_good_end(call):
            self._end(way, "ends the program as if all were well")
            return ()
        return () if self._ends(call) else (self._done(call, way),)

    def _ends(self, call: SgNode) -> bool:
        """Return whether a call ends the program or the request with an error, or the test."""
        is_ending = called(call) in self._names["ending"]
        return (
            is_ending or re.match(r"pytest\.(?:fail|skip|xfail)\(|self\.(?:fail|skipTest)\(", call.text()) is not None
        )

    def _done(self, call: SgNode, way: _Way) -> _Way:
        name = call.field("function")
        text = "" if name is None else name.text()
        if self._escalates(call, text) or self._is_again(call):
            return replace(way, is_safe=True)
        last = called(call)
        if last in self._names["telling"] | self._names["keeping"] or METRICS.search(text):
            return way
        found = words(last)
        if found & self._names["telling"]:
            return way
        listed = call.field("arguments")
        witness = self._witness(way)
        said = witness.says(listed) if listed is not None else ""
        is_handed_on = listed is not None and witness.carries(listed)
        if not (found & self._names["setting"] or is_handed_on):
            return way
        return self._kept(way, text.rpartition(".")[0], words_say(text.replace(".", " ")) or said)

    def _kept(self, way: _Way, target: str, said: str) -> _Way:
        """Return the way on which something was put where it outlives the clause, or into a variable."""
        if said == "fault":
            is_local = re.fullmatch(r"[A-Za-z_]\w*", target) is not None
            return (
                replace(way, faults=way.faults | {target}, last="") if is_local else replace(way, admits=True, last="")
            )
        return replace(way, hides=True) if said == "well" else way

    def _escalates(self, call: SgNode, text: str) -> bool:
        """Return whether a call reaches a person; a word in a logger's method does not."""
        found = [word.lower() for word in re.findall(r"[A-Za-z][a-z]*", called(call))]
        if not found or re.search(r"(?i)log(?:ger|ging)?\.\w+$", text) or METRICS.search(text):
            return False
        if found[0] in ("is", "has", "clear", "get", "suppress", "should", "resolve", "render", "next", "mute", "no"):
            return False
        if called(call) == "notify" and call.text().endswith("()"):
            return False  # a condition of threads
        if found[0] in _SENDING and not self._names["escalating"].isdisjoint(words(text.rpartition(".")[0])):
            return True
        return found[0] == "page" or not self._names["escalating"].isdisjoint(found)

    def _is_again(self, value: SgNode) -> bool:
        """Return whether a value comes of trying again what was refused, which raises when it is refused again."""
        for call in value.find_all(kind="call"):
            if called(call) in self._tried and not called(call)[:1].isupper():
                listed = call.field("arguments")
                if listed is None or listed.text() == "()" or listed.find(kind="identifier") is not None:
                    return True
        return False

    def _set(self, inner: SgNode, way: _Way) -> Iterable[_Way]:
        target, value = inner.field("left"), inner.field("right")
        if target is None or value is None:
            return (way,)
        return {self._set_to(inner, target, value, one, way) for one in self._witness(way).chosen(value)}

    def _set_to(self, inner: SgNode, target: SgNode, whole: SgNode, value: SgNode, way: _Way) -> _Way:
        if self._is_again(value):
            return replace(way, is_safe=True)
        name = target.text()
        way = replace(way, last=short(inner) if whole.text() == value.text() else f"{name} = {short(value)}")
        if target.kind() == "identifier":
            way = replace(way, faults=way.faults - {name})
        if inner.kind() == "augmented_assignment" and METRICS.search(name):
            return way
        if self._is_false_fault is False and value.text() == "False" and words(name) & {"held", "acquired", "locked"}:
            return replace(way, hides=True)
        return self._kept(way, name, self._witness(way).says_of(re.sub(r"[\[\]\"']+", ".", name).strip("."), value))

    def _return(self, statement: SgNode, way: _Way) -> Iterable[_Way]:
        value = next(iter(statements(statement)), None)
        if value is None:
            self._end(way, "returns None", returns=True)
            return ()
        for one in self._witness(way).chosen(value):
            said = self._said(one, way)
            if said != "fault" and not self._is_tried(one):
                self._end(replace(way, hides=way.hides or said == "well"), f"returns {short(one)}", returns=True)
        return ()

    def _said(self, value: SgNode, way: _Way) -> str:
        """Return what a returned value says: `fault`, `well` or ""; of True and False, what they mean of this function."""
        text = value.text()
        if text == "False" and self._is_false_fault is not None:
            return "fault" if self._is_false_fault else "well"
        if text == "True" and self._is_false_fault is False:
            return "well"
        return self._witness(way).says(value)

    def _is_tried(self, value: SgNode) -> bool:
        """Return whether a value is asked for again, or with other credentials: then it raises, or is no hidden refusal."""
        is_asked = value.find(kind="call") is not None and _CREDENTIALS.search(value.text()) is not None
        return is_asked or self._is_again(value)

    def _end(self, way: _Way, did: str, *, returns: bool = False) -> None:
        """Note a way out, unless it is known by then that something failed."""
        if not way.is_safe and (way.hides or not way.admits):
            self._found.append(Hiding(did, returns or way.hides))

    def _leave(self, way: _Way, how: str) -> None:
        """Note a way that goes on behind the clause, unless what comes there raises, or is told what failed."""
        is_told = any(self._handler.is_read_behind(name) for name in way.faults)
        if is_told or raises_behind(self._handler, self._refusal, is_next=how == "falls"):
            return
        went = {"continue": "continues", "break": "breaks off"}.get(how, "goes on")
        self._end(way, f"goes on with {way.last}" if went == "goes on" and way.last else went)
