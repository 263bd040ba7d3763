"""`source.client_pooling` and `source.http_pooling`: clients made where they are used instead of once, in a pool.

Each makes its own connections, and authenticates anew. A finding is one place; a file's number of them is beside it, and what
is made for every request comes first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from ast_grep_py import SgNode

from checks.model import Severity
from console.audits.module import Module, arguments, around, called, end_line_of, line_of, scope_of, string_of
from console.audits.pools.hot import decorators, hot_functions, why_hot
from console.audits.rules import RuleFile, rule_file
from console.audits.values import Hit

CLIENTS = "source.client_pooling"
HTTP = "source.http_pooling"

_WANTED = {"client": "clients", "http": "http"}
"""The list of the rules with the full names of what is made or called, by kind."""
_REMEDIES = {
    CLIENTS: "take the client from the pool module, which makes one per process",
    HTTP: "take the session from the pool module: it keeps connections open, retries and has a timeout",
}


def reads_clients(module: Module) -> Callable[[str], bool]:
    """Return what tells whether a part of a module may make a client."""
    return _reads(module, "client")


def reads_http(module: Module) -> Callable[[str], bool]:
    """Return what tells whether a part of a module may call HTTP."""
    return _reads(module, "http")


def _reads(module: Module, kind: str) -> Callable[[str], bool]:
    names = _names(module, kind)
    return lambda part: any(name in part for name in names)


def inspect_clients(module: Module) -> Iterator[Hit]:
    """Yield the places where a module makes clients of BigQuery, Firestore and Pub/Sub."""
    return _inspect(module, CLIENTS, "client")


def inspect_http(module: Module) -> Iterator[Hit]:
    """Yield the places where a module calls HTTP without a session, or makes a session."""
    return _inspect(module, HTTP, "http")


def _inspect(module: Module, check: str, kind: str) -> Iterator[Hit]:
    rules = rule_file("pooling")
    wanted = rules.names[_WANTED[kind]]
    calls = [(node, name) for node, name in _reached(module) if name in wanted] if _names(module, kind) else []
    if not calls:
        return
    hot = hot_functions(module)
    for call, name in calls:
        if not _is_kept(call, rules):
            once = ", one for each instance" if _is_kept_by_instance(call, rules) else ""
            yield _hit(module, check, call, name, why_hot(module, call, hot), once)


@lru_cache(maxsize=1)
def _reached(module: Module) -> list[tuple[SgNode, str]]:
    """Return what is called or handed on through the names that either check looks at, by full name; one search for both."""
    rules = rule_file("pooling")
    names = frozenset().union(*(_names(module, kind) for kind in _WANTED))
    found = [(call, _name(module, call)) for call in rules.find(module.root, "call", names)]
    found += [(node, module.full_name(node)) for node in _handed_on(module, rules, names)]
    if "getattr" in module.text:
        found += [(call, _by_name(module, call)) for call in rules.find(module.root, "by_name")]
    return found


def _name(module: Module, call: SgNode) -> str:
    """Return the full name of what is called; `Client.from_service_account_json` counts as `Client`."""
    function = call.field("function")
    if function is None:
        return ""
    return re.sub(r"\.from_service_account_\w+$", "", module.full_name(function))


def _by_name(module: Module, call: SgNode) -> str:
    """Return the full name of what `getattr` gives to be called; of a verb that is known at run time only, `requests.request`."""
    function = call.field("function")
    places, _ = arguments(function) if function is not None else ([], {})
    if len(places) not in (2, 3):
        return ""
    module_name = module.full_name(places[0])
    return f"{module_name}.{string_of(places[1]) or 'request'}" if module_name else ""


@lru_cache(maxsize=2)
def _names(module: Module, kind: str) -> frozenset[str]:
    """Return the names of a file through which something wanted can be reached: those of its imports, and aliases of them."""
    lists = rule_file("pooling").names
    if not any(word in module.text for word in lists[f"{kind}_words"]) or module.options.is_pool(module.path):
        return frozenset()
    parts = {full.split(".")[0] for full in lists[_WANTED[kind]]}
    imported = {name for name, full in module.imports.items() if full.split(".")[0] in parts}
    return frozenset(imported | {name for name, of in module.aliases.items() if of.split(".")[0] in imported})


def _handed_on(module: Module, rules: RuleFile, names: frozenset[str]) -> Iterator[SgNode]:
    """Yield the names that are arguments of calls, but for calls that only look at them, and those chosen from a table."""
    for node in rules.find(module.root, "reference", names):
        pair = node.parent()
        if pair is not None and pair.kind() == "pair":
            if _is_chosen_from(pair):
                yield node
            continue
        call = around(node, "call", "parameters")
        if call is not None and (call.kind() == "parameters" or called(call) not in rules.names["looking"]):
            yield node


def _is_chosen_from(pair: SgNode) -> bool:
    """Return whether one of the values of a table is taken where the table stands: `{"GET": requests.get}[verb]`."""
    table = pair.parent()
    above = table.parent() if table is not None else None
    return above is not None and above.kind() == "subscript"


def _is_kept(call: SgNode, rules: RuleFile) -> bool:
    """Return whether a function that is cached makes it: then it is made once for the process."""
    function = around(call, "function_definition")
    return function is not None and _is_cached(function, rules) and not _is_of_instance(function)


def _is_kept_by_instance(call: SgNode, rules: RuleFile) -> bool:
    """Return whether each instance of a class makes one and keeps it, by `cached_property` or a cache on a method."""
    function = around(call, "function_definition")
    return function is not None and _is_cached(function, rules) and _is_of_instance(function)


def _is_cached(function: SgNode, rules: RuleFile) -> bool:
    return not decorators(function).isdisjoint(rules.names["once_decorators"])


def _is_of_instance(function: SgNode) -> bool:
    parameters = function.field("parameters")
    first = next(iter(parameters.named_children()), None) if parameters is not None else None
    return first is not None and first.text() == "self"


def _hit(module: Module, check: str, call: SgNode, name: str, why: str, once: str) -> Hit:
    made = (
        "hands on"
        if call.kind() != "call"
        else "makes"
        if name[name.rfind(".") + 1].isupper() or name.endswith("session")
        else "calls"
    )
    function = call.field("function") or call
    return Hit(
        check=check,
        rule="hot" if why else "outside",
        path=module.path,
        line=line_of(call),
        severity=Severity.ERROR if why else Severity.WARNING,
        sentence=f"{made} {name} outside the pool{once}{f', and {why}' if why else ''}",
        scope=scope_of(call),
        code=function.text(),
        remedy=_REMEDIES[check],
        end_line=end_line_of(call),
        area=0 if why else 1 if module.options.is_important(module.path) else 2,
    )
