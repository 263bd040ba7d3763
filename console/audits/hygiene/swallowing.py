"""Errors of what a check asks for that become an empty answer or a good one, whether or not they are logged."""

from __future__ import annotations

import re
from collections.abc import Collection

from ast_grep_py import SgNode

from console.audits.exceptions.admissions import words
from console.audits.exceptions.handlers import Handler
from console.audits.exceptions.outcomes import is_default
from console.audits.hygiene.comparisons import Known
from console.audits.hygiene.thresholds import judged
from console.audits.hygiene.verdicts import truth_of, verdict_of
from console.audits.module import Module, around, called, statements, within
from console.audits.rules import RuleFile, rule_file

CHECK_NAME = re.compile(
    r"(?:^|_|\b)(?:check|checks|validate|verify|monitor|health|healthy|audit|probe|detect|assert|canary|alert|diagnose)(?:_|\b)"
)
_EMPTY = re.compile(
    r"(?:returns|goes on with \w+ =) (?:0|0\.0|\"\"|''|\[\]|\{\}|\(\)|None|(?:list|dict|set|tuple)\(\)|(?:\w+\.)?DataFrame\(\))"
)
_OF_SETTINGS = re.compile(r"(?i)conf|setting|option|param|arg|env|schema|format|version|import|install|depend")
"""In the name of a check: it is about how something is called, not about the pipeline."""
_SAYS_NO = re.compile(r"(?i)returns (?:none|false)\b")


def swallowed(module: Module, known: Known, clause: SgNode, rules: RuleFile) -> str:
    """Return how a check goes on as if it had been answered, after an error of what it asked; "" where it does not."""
    function = known.function
    attempt = around(clause, "try_statement")
    tried = attempt.field("body") if attempt is not None else None
    calls = {called(node) for node in within(tried) if node.kind() == "call"} if tried is not None else set()
    if not calls or tried is None or clause.find(kind="block") is None:
        return ""
    handler = Handler(clause, rule_file("silent_exceptions"), module)
    is_asked = bool(calls & rules.names["asking"])
    if _is_answer(handler, rules, is_asked=is_asked) or handler.raises or handler.carries:
        return ""
    if handler.ends_well and (is_asked or any(map(CHECK_NAME.search, calls))):
        return "a query that fails is not told from a good answer: the check exits with 0"
    if is_asked:
        did = _did(function, handler, rules)
    elif handler.is_blind and _calls_given(function, tried):
        did = _did_for_another(function, handler)
    else:
        did = _did_unasked(function, handler, calls, rules)
    if not did or _SAYS_NO.search(did) or _is_told_later(known, handler, rules):
        return ""
    what = "a query" if is_asked else "what it asks"
    return f"{what} that fails is not told from a good answer: the check {did}"


def _is_answer(handler: Handler, rules: RuleFile, *, is_asked: bool) -> bool:
    """Return whether the errors caught are an answer; that the table of a query is not there is none."""
    return handler.is_expected and not (is_asked and not rules.names["no_answers"].isdisjoint(handler.types))


def _did(function: SgNode, handler: Handler, rules: RuleFile) -> str:
    end = statements(handler.body)[-1:]
    did = _good_end(function, end[0] if end else None, handler, rules)
    is_in_loop = around(handler.clause, "for_statement", "while_statement", "function_definition") != function
    if did in ("continues", "breaks off") or (did == "goes on" and is_in_loop):
        return f"{did}, and then {after}" if (after := _well_behind_loop(function, handler.clause, rules)) else ""
    return did


def _did_unasked(function: SgNode, handler: Handler, calls: Collection[str], rules: RuleFile) -> str:
    """Return the same where nothing that was called is known to ask: only what leads to a good answer for certain."""
    named = function.field("name")
    name = "" if named is None else named.text().lower()
    if not any(_may_ask(call, handler.rules, rules) for call in calls) or _OF_SETTINGS.search(name):
        return ""
    end = statements(handler.body)[-1:]
    target, code = judged(function, end[0]) if end else ("", "")
    if verdict_of(code, rules, truth_of(target, rules)) == "well":
        return f"says {' '.join(code.split())[:40]}"
    did = handler.outcome
    if not handler.is_blind or CHECK_NAME.search(name) is None:
        return ""
    if did in ("continues", "breaks off", "goes on") and _asks(calls, rules):
        return f"{did}, and then {after}" if (after := _well_behind_loop(function, handler.clause, rules)) else ""
    if _EMPTY.fullmatch(did) is None:
        return ""
    return did if did.startswith("returns") or _is_well_behind(function, handler.clause, rules) else ""


def _may_ask(call: str, silent: RuleFile, rules: RuleFile) -> bool:
    """Return whether a call may ask something: it is not clearly one that converts, tells or tidies up."""
    names = silent.names
    known = names["trivial"] | names["telling"] | names["keeping"] | names["converting"] | rules.names["parsing"]
    return call not in known and (rules.names["parsing_words"] | names["tidying"]).isdisjoint(words(call))


def _asks(calls: Collection[str], rules: RuleFile) -> bool:
    """Return whether a call asks something by the first word of its name: `check_table`."""
    return any(call.lstrip("_").partition("_")[0] in rules.names["asking_words"] for call in calls)


def _did_for_another(function: SgNode, handler: Handler) -> str:
    """Return what a decorator answers in the place of what it calls; what that was called with is no answer."""
    did, listed = handler.outcome, function.field("parameters")
    own = re.findall(r"\w+", listed.text()) if listed is not None else []
    return did if did.startswith("returns ") and did.removeprefix("returns ") not in own else ""


def _calls_given(function: SgNode, tried: SgNode) -> bool:
    """Return whether what is tried is a function that was handed in: it stands in a decorator."""
    given = {
        name
        for above in function.ancestors()
        if above.kind() == "function_definition" and (listed := above.field("parameters")) is not None
        for name in re.findall(r"\w+", listed.text())
    }
    made = (node.field("function") for node in within(tried) if node.kind() == "call") if given else ()
    return any(one is not None and one.kind() == "identifier" and one.text() in given for one in made)


def _is_well_behind(function: SgNode, clause: SgNode, rules: RuleFile) -> bool:
    """Return whether something behind a clause may say that all is well."""
    behind = function.text()[clause.range().end.index - function.range().start.index :]
    said = {word.lower() for word in re.findall(r"[\"'.](\w+)\b", behind)}
    return not said.isdisjoint(rules.names["well"]) or re.search(r"\breturn (?:True|not |.*[=<>])", behind) is not None


def _well_behind_loop(function: SgNode, clause: SgNode, rules: RuleFile) -> str:
    """Return what the check returns behind the loop that a clause stands in, when that is a good answer."""
    loop = around(clause, "for_statement", "while_statement", "function_definition")
    behind = loop.next_all() if loop is not None and loop.kind() != "function_definition" else []
    for statement in (one for one in behind if one.kind() == "return_statement"):
        name, code = judged(function, statement)
        return f"returns {' '.join(code.split())}" if verdict_of(code, rules, truth_of(name, rules)) == "well" else ""
    return ""


def _is_told_later(known: Known, handler: Handler, rules: RuleFile) -> bool:
    """Return whether the check looks behind the clause at what that has set, and does not call it well: `if n < 0: …`."""
    names = {target.text() for node in handler.nodes if "assignment" in node.kind() and (target := node.field("left"))}
    end = handler.clause.range().end.index
    for test in known.tests:
        condition, block = test.field("condition"), test.field("consequence")
        is_behind = test.range().start.index >= end
        if not is_behind or condition is None or block is None or not _looks_at_failure(condition.text(), names):
            continue
        first = next(iter(statements(block)), None)
        name, code = judged(known.function, first) if first is not None else ("", "")
        if verdict_of(code, rules, truth_of(name, rules) or "well") != "well":
            return True
    return False


def _looks_at_failure(condition: str, names: Collection[str]) -> bool:
    """Return whether a condition asks for what only a failure leaves: a count of errors, -1, None."""
    parts = (part.strip(" ()") for part in re.split(r"\bor\b|\band\b", condition))
    asked = rf"(?:{'|'.join(map(re.escape, names))})" if names else "(?!)"
    return any(re.fullmatch(rf"{asked}(?: (?:> 0|< 0|== -1|is None|is \w+))?|not {asked}", part) for part in parts)


def _good_end(function: SgNode, statement: SgNode | None, handler: Handler, rules: RuleFile) -> str:
    """Return what a clause does that looks as if the query had been answered; "" where it says that something is wrong."""
    name, code = judged(function, statement) if statement is not None else ("", "")
    verdict = verdict_of(code, rules, truth_of(name, rules))
    if verdict == "alarm":
        return ""
    value = next(iter(statements(statement)), None) if statement is not None else None
    is_returned = value is not None and statement is not None and statement.kind() == "return_statement"
    if not handler.outcome and not is_returned:
        return _counted_end(handler)
    if handler.outcome or not is_returned or value is None or not (is_default(value) or verdict == "well"):
        return handler.outcome
    return f"returns {' '.join(value.text().split())[:40]}"


def _counted_end(handler: Handler) -> str:
    """Return the default that a clause goes on with which counts the error besides: `count = 0; errors += 1`."""
    rest = [one for one in statements(handler.body) if not _is_count(one)]
    did = handler.outcome_of(rest, may_tell=True)
    return did if did.startswith("goes on with") else ""


def _is_count(statement: SgNode) -> bool:
    inner = next(iter(statements(statement)), None)
    return inner is not None and inner.kind() == "augmented_assignment"
