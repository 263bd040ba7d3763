"""Errors that are an answer rather than a failure: the key is not there, the text is no number, the file is gone.

Such a type is an answer of what looks something up, converts it or probes for it. Where a service is asked or written to, a
`TypeError` or a `ValueError` is a defect of the call, unless the same `try` looks up or converts as well. An `OSError` is an
answer of what only asks the system or lets go of something, and of nothing that reads, writes or connects.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from ast_grep_py import Config, SgNode

from console.audits.exceptions.admissions import words
from console.audits.module import called
from console.audits.rules import RuleFile

_IMPORTS: Config = {"rule": {"any": [{"kind": "import_statement"}, {"kind": "import_from_statement"}]}}
_BY_NAME = re.compile(
    r"\w*(?:NotFound|Exists?|Decode|Parser?|Syntax|Validation|Cancelled)(?:Error|Exception)?"
    r"|\w*Disconnect(?:ed)?|_?No[A-Z]\w*|_[A-Z]+[a-z]\w*(?<!Error)(?<!Exception)(?<!Failed)(?<!Failure)(?<!Timeout)"
)
"""Types that say by their name that something is not there, is there already or cannot be read, and signals of the file's own."""
_OF_SERVICE = re.compile(
    r"Auth|Available|Backend|Broker|Bucket|Connection|Credential|Database|Dataset|DB|Host|Leader|Network|Node|Permission|Project"
    r"|Quota|Response|Schema|Server|Service|Space|Table|Topic"
)
"""The same of a service or of what it needs to work: `NoBrokersAvailable`, `ServerNotFoundError`."""


def is_answer(tried: SgNode, types: Collection[str], rules: RuleFile) -> bool:
    """Return whether each of the types caught is an answer of what was tried."""
    names = rules.names
    probes = names["probing"].intersection(types)
    doubtful = [one for one in types if one in names["of_code"] or one.endswith("ValidationError")]
    others = [one for one in types if one not in probes and one not in names["expected"] and not _is_by_name(one)]
    if others and not (names["of_system"].issuperset(others) and _asks_only_system(tried, rules)):
        return False
    calls = tried.find_all(kind="call") if probes or doubtful else []
    if probes and calls and not any(word in tried.text() for word in names["probed"]):
        return False
    asking = [call for call in calls if _asks_service(call, rules)] if doubtful else []
    return not asking or _gives(doubtful, tried, [call for call in calls if call not in asking], rules)


def _is_by_name(name: str) -> bool:
    return _BY_NAME.fullmatch(name) is not None and _OF_SERVICE.search(name) is None


def _asks_only_system(tried: SgNode, rules: RuleFile) -> bool:
    """Return whether all that is tried is to ask the system or to let go of something: `get_terminal_size()`, `unlink()`."""
    calls = {called(call) for call in tried.find_all(kind="call")}
    asking = rules.names["asking_system"]
    return not asking.isdisjoint(calls) and calls <= asking | rules.names["reckoning"]


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
    others = list(others)
    found = frozenset(word for call in others for word in words(called(call)))
    converts = not rules.names["converting"].isdisjoint(found)
    makes = converts or any(called(call)[:1].isupper() for call in others)
    everything = frozenset(word for call in tried.find_all(kind="call") for word in words(called(call)))
    creates = not rules.names["creating"].isdisjoint(everything)
    looks_up = tried.find(kind="subscript") is not None or not rules.names["looking_up"].isdisjoint(found)
    imports = "import" in found or tried.find(_IMPORTS) is not None
    gives = {
        **dict.fromkeys(("IndexError", "KeyError", "LookupError", "StopAsyncIteration", "StopIteration"), looks_up),
        **dict.fromkeys(("InvalidOperation", "OverflowError", "ValueError"), converts),
        **dict.fromkeys(("ImportError", "ModuleNotFoundError"), imports),
        **dict.fromkeys(("AlreadyExists", "Conflict"), creates),
        "AttributeError": "getattr" in found or "group" in found,
        "TypeError": converts or looks_up,
        "ZeroDivisionError": any("/" in one.text() for one in tried.find_all(kind="binary_operator")),
    }
    return any(makes if one.endswith("ValidationError") else gives.get(one, False) for one in types)
