"""Errors that are an answer rather than a failure: the key is not there, the text is no number, the file is gone.

Such a type is an answer of what looks something up, converts it or probes for it. Where a service is asked or written to, a
`TypeError` or a `ValueError` is a defect of the call, unless the same `try` looks up or converts as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ast_grep_py import Config, SgNode

from console.audits.exceptions.admissions import words
from console.audits.module import called
from console.audits.rules import RuleFile

_IMPORTS: Config = {"rule": {"any": [{"kind": "import_statement"}, {"kind": "import_from_statement"}]}}


def is_answer(tried: SgNode, types: Collection[str], rules: RuleFile) -> bool:
    """Return whether each of the types caught is an answer of what was tried."""
    names = rules.names
    probes, doubtful = names["probing"].intersection(types), names["of_code"].intersection(types)
    if not names["expected"].issuperset(probes.symmetric_difference(types)):
        return False
    calls = tried.find_all(kind="call") if probes or doubtful else []
    if probes and calls and not any(word in tried.text() for word in names["probed"]):
        return False
    asking = [call for call in calls if _asks_service(call, rules)] if doubtful else []
    return not asking or _gives(doubtful, tried, [call for call in calls if call not in asking], rules)


def _asks_service(call: SgNode, rules: RuleFile) -> bool:
    """Return whether a call asks or writes to a service: `client.query(…)`, `session.post(…)`, `future.result()`."""
    name = called(call)
    if name in rules.names["serving"]:
        return True
    if name not in rules.names["serving_verbs"]:
        return False
    function = call.field("function")
    owner = "" if function is None else function.text().rpartition(".")[0]
    return not rules.names["services"].isdisjoint(words(owner))


def _gives(types: Collection[str], tried: SgNode, others: Iterable[SgNode], rules: RuleFile) -> bool:
    """Return whether something beside the service can raise one of the types: a lookup, a conversion, a division."""
    found = frozenset(word for call in others for word in words(called(call)))
    converts = not rules.names["converting"].isdisjoint(found)
    looks_up = tried.find(kind="subscript") is not None or not rules.names["looking_up"].isdisjoint(found)
    imports = "import" in found or tried.find(_IMPORTS) is not None
    gives = {
        **dict.fromkeys(("IndexError", "KeyError", "LookupError", "StopAsyncIteration", "StopIteration"), looks_up),
        **dict.fromkeys(("InvalidOperation", "OverflowError", "ValueError"), converts),
        **dict.fromkeys(("ImportError", "ModuleNotFoundError"), imports),
        "AttributeError": "getattr" in found or "group" in found,
        "TypeError": converts or looks_up,
        "ZeroDivisionError": any("/" in one.text() for one in tried.find_all(kind="binary_operator")),
    }
    return any(gives.get(one, False) for one in types)
