"""`source.streaming_inserts`: rows that go through the streaming buffer, where DML cannot reach them for 90 minutes.

PIPELINE.md, *Streaming buffer*: UPDATE, DELETE and MERGE that touch such rows fail, so a table that DML also touches is worse.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from ast_grep_py import SgNode

from checks.model import Severity
from console.audits.module import Module, arguments, around, called, end_line_of, scope_of, string_of
from console.audits.rules import RuleFile, rule_file
from console.audits.streaming.dml import Change, changes_name
from console.audits.streaming.receivers import called_by, is_bigquery_spoken_of, is_own, is_warehouse, takes_rows
from console.audits.streaming.tables import is_parameter, table_of, value_of
from console.audits.values import Hit

CHECK = "source.streaming_inserts"
_MOST = 60
"""Characters of an expression that are shown."""
REMEDY = "write with insert_bigquery_rows(table, rows): load jobs do not pass through the streaming buffer"

_URL = re.compile(
    r"(?m)^[ \t]*(?:self\.)?(\w+)[ \t]*(?::[^=\n]+)?=[\s(]*[rRfF]{0,2}[\"']"
    r"(?=[^\"'\n]*(?:https?:|\{|/tables/))[^\"'\n]*/insertAll"
)
"""The name that a URL of `tabledata.insertAll` is given."""
_NAMED = re.compile(
    r"(?m)^[ \t]*(?:self\.)?(\w+)[ \t]*(?::[^=\n]+)?=[ \t]*[\"']insert_rows(?:_json|_from_dataframe)?[\"']"
)
"""The name that a method's name is given: `METHOD = "insert_rows_json"`."""


def reads(module: Module) -> Callable[[str], bool]:
    """Return what tells whether a part of a module may hold a streaming insert."""
    words = (*rule_file("streaming_inserts").needs, *_urls(module), *_method_names(module))
    return lambda part: any(word in part for word in words)


def inspect(module: Module) -> Iterator[Hit]:
    """Yield the streaming inserts of a module; which of their tables DML touches is judged by `judge`."""
    rules = rule_file("streaming_inserts")
    seen: set[str] = set()
    for node in rules.find(module.root, "method"):
        for place in _uses(module, node):
            if (where := str(place.range())) not in seen:  # two names of one method may be called in one place
                seen.add(where)
                yield _hit(module, place, _argument(module, place, node), _name(node))
    for node in rules.find(module.root, "getattr") if "getattr" in module.text else ():
        yield from _by_name(module, node)
    for node in rules.find(module.root, "methodcaller") if "methodcaller" in module.text else ():
        yield from _by_methodcaller(module, node)
    if "/insertAll" in module.text:
        yield from _by_url(module, rules)


def judge(hit: Hit, changes: Sequence[Change]) -> Hit:
    """Return the hit with its severity; `changes` are the tables that DML touches, and where."""
    where = next((change.path for change in changes if hit.about and change.touches(hit.about)), "")
    if not where:
        return hit
    return replace(hit, severity=Severity.CRITICAL, sentence=f"{hit.sentence}, which DML touches too ({where})")


def _by_name(module: Module, node: SgNode) -> Iterator[Hit]:
    """Yield where the method is called that `getattr` gives, or where it is given when nobody is seen to call it."""
    receiver, *others = arguments(node)[0]
    method = _method(module, others[0]) if others else ""
    if not method or is_own(module, node, receiver, method):
        return
    if method == "insert_rows" and not is_warehouse(module, node, receiver):
        return
    call, parent = called_by(node), node.parent()
    target = parent.field("left") if parent is not None and parent.kind() == "assignment" else None
    calls = [call] if call is not None else _calls_of(module, node, target.text()) if target is not None else []
    for place in calls or [node]:
        table = _first(place, _clients(module, receiver)) if place.kind() == "call" and place is not node else None
        yield _hit(module, place, table, method, said="" if calls else node.text())


def _by_methodcaller(module: Module, node: SgNode) -> Iterator[Hit]:
    """Yield `methodcaller("insert_rows_json", table, rows)`, which calls the method of whatever it is given."""
    places, named = arguments(node)
    method = _method(module, places[0]) if places else ""
    if method == "insert_rows" and not (takes_rows(places[1:], named) and is_bigquery_spoken_of(module)):
        return
    if method:
        yield _hit(module, node, _table(places[1:], named), method)


def _method(module: Module, named: SgNode) -> str:
    """Return the method that a string names, or a constant of the file; "" for any other one."""
    given = named if named.kind() == "string" else None
    if given is None and named.text().rpartition(".")[2] in _method_names(module):
        given = value_of(module, named, named.text())
    name = string_of(given) if given is not None else None
    return name if name in rule_file("streaming_inserts").names["methods"] else ""


def _method_names(module: Module) -> frozenset[str]:
    """Return the names of a file's constants that name one of the methods."""
    text = module.text
    if ("getattr" not in text and "methodcaller" not in text) or ("'insert_" not in text and '"insert_' not in text):
        return frozenset()
    return frozenset(_NAMED.findall(text))


def _urls(module: Module) -> frozenset[str]:
    """Return the names of a file's URLs of the REST method."""
    return frozenset(_URL.findall(module.text)) if "/insertAll" in module.text else frozenset()


def _by_url(module: Module, rules: RuleFile) -> Iterator[Hit]:
    """Yield where the REST method is called by its URL, which stands there or in a variable."""
    for node in rules.find(module.root, "rest"):
        call = around(node, "call")
        if call is not None and not call.text().startswith("re."):
            yield _hit(module, node, None, "tabledata.insertAll", said=node.text())
    urls = _urls(module)
    for node in rules.find(module.root, "url", urls) if urls else ():
        above = (one for one in node.ancestors() if one.kind() == "call")
        call = next((one for one in above if called(one) in rules.names["posting"]), None)
        if call is not None:
            yield _hit(module, call, None, "tabledata.insertAll")


def _name(node: SgNode) -> str:
    attribute = node.field("attribute")
    return attribute.text() if attribute is not None else ""


def _uses(module: Module, node: SgNode) -> list[SgNode]:
    """Return where the rows are written: the call, or the calls of the name that the method was given."""
    receiver, parent = node.field("object"), node.parent()
    if receiver is None or parent is None or is_own(module, node, receiver, _name(node)) or _is_set(node, parent):
        return []
    if _name(node) == "insert_rows" and not is_warehouse(module, node, receiver):
        return []
    call = called_by(node)
    if call is not None:
        return [call]
    if parent.kind() in ("attribute", "delete_statement"):
        return []
    if parent.kind() == "assignment":
        target = parent.field("left")
        return _calls_of(module, node, target.text() if target is not None else "") or [node]
    return [node]


def _calls_of(module: Module, node: SgNode, name: str) -> list[SgNode]:
    """Return the calls of a name in the function that gives it, or in the whole file."""
    if not re.fullmatch(r"[\w.]+", name):
        return []
    place = around(node, "function_definition") if "." not in name else None
    space = place if place is not None else module.whole
    calls = space.find_all({"rule": {"kind": "call", "has": {"field": "function", "regex": f"^{re.escape(name)}$"}}})
    passed = space.find_all(
        {"rule": {"kind": "identifier", "regex": f"^{re.escape(name)}$", "inside": {"kind": "argument_list"}}}
    )
    again = space.find_all({"rule": {"kind": "assignment", "has": {"field": "right", "regex": f"^{re.escape(name)}$"}}})
    targets = (target.text() for one in again if (target := one.field("left")) is not None and target.text() != name)
    return [*calls, *passed, *(call for target in targets for call in _calls_of(module, node, target))]


def _is_set(node: SgNode, parent: SgNode) -> bool:
    """Return whether the method is replaced rather than used: `client.insert_rows_json = Mock()`."""
    target = parent.field("left") if parent.kind() == "assignment" else None
    return target is not None and target.range().start.index == node.range().start.index


def _first(call: SgNode, clients: int) -> SgNode | None:
    """Return the table that a call is given, which comes behind so many clients."""
    places, named = arguments(call)
    return _table(places[clients:], named)


def _table(places: Sequence[SgNode], named: Mapping[str, SgNode]) -> SgNode | None:
    if places and "splat" in places[0].kind():
        return None
    return named.get("table") or named.get("tableId") or (places[0] if places else None)


def _clients(module: Module, receiver: SgNode | None) -> int:
    """Return how many arguments stand before the table: the client, where the method is asked of the class."""
    if receiver is None:
        return 0
    name = module.full_name(receiver) or receiver.text()
    return int(re.fullmatch(r"(?:\w+\.)*[A-Z]\w*", name) is not None and not name.isupper())


def _argument(module: Module, place: SgNode, method: SgNode) -> SgNode | None:
    """Return the table: of the call itself, or behind the method where that is handed on to be called elsewhere."""
    clients = _clients(module, method.field("object"))
    if place.kind() == "call":
        return _first(place, clients)
    call = around(place, "call")
    if call is None or around(method, "argument_list") is None:
        return None
    places, named = arguments(call)
    behind = [node for node in places if node.range().start.index > place.range().start.index]
    return _table(behind[clients:], named)


def position_of(place: SgNode) -> tuple[int, int]:
    """Return line and column, from 1, of the method's name, which in a chain of calls is not where that begins."""
    function = place.field("function") if place.kind() == "call" else None
    name = function.field("attribute") if function is not None and function.kind() == "attribute" else None
    start = (name or place).range().start
    return start.line + 1, start.column + 1


def _into(module: Module, table: SgNode | None) -> tuple[str, str]:
    """Return the table's name, "" when it is not known, and what is said of where the rows go."""
    name = table_of(module, table) if table is not None else ""
    if table is None or name:
        return name, f" into {name}" if name else ""
    expression = " ".join(table.text().split())
    shown = expression if len(expression) <= _MOST else f"{expression[: _MOST - 1]}…"
    return "", f" into {shown}, a table that is not known here"


def _is_changed_here(module: Module, table: SgNode) -> bool:
    """Return whether DML touches what the expression stands for where it stands for the same: in its function or class."""
    name = table.text()
    if "." in name:
        place = around(table, "class_definition")
    else:
        place = around(table, "function_definition") if is_parameter(table, name) else None
    return changes_name(module.text if place is None else place.text(), name)


def _rule(place: SgNode, method: str) -> str:
    """Return by what the rows are written: the name that is called; the method where what is called has none."""
    if place.kind() != "call":
        return "reference"
    name = called(place)
    return name if name.isidentifier() else method


def _hit(module: Module, place: SgNode, table: SgNode | None, method: str, said: str = "") -> Hit:
    name, into = _into(module, table)
    sentence = f"{method} writes through the streaming buffer{into}"
    is_changed = table is not None and not name and _is_changed_here(module, table)
    statement = around(place, "expression_statement", "return_statement") or place
    line, column = position_of(place)
    return Hit(
        check=CHECK,
        rule=_rule(place, method),
        path=module.path,
        line=line,
        severity=Severity.CRITICAL if is_changed else Severity.WARNING if name else Severity.ERROR,
        sentence=f"{sentence}, which DML of this file touches too" if is_changed else sentence,
        scope=scope_of(place),
        code=said or place.text(),
        remedy=REMEDY,
        end_line=end_line_of(statement),
        area=0 if module.options.is_important(module.path) else 1,
        about=name,
        column=column,
    )
