"""`source.streaming_inserts`: rows that go through the streaming buffer, where DML cannot reach them for 90 minutes.

PIPELINE.md, *Streaming buffer*: UPDATE, DELETE and MERGE that touch such rows fail, so a table that DML also touches is worse.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from ast_grep_py import SgNode

from checks.model import Severity
from console.audits.module import Module, arguments, around, called, end_line_of, line_of, scope_of
from console.audits.rules import rule_file
from console.audits.tables import changes_in_text, table_of
from console.audits.values import Hit

CHECK = "source.streaming_inserts"
REMEDY = "write with insert_bigquery_rows(table, rows): load jobs do not pass through the streaming buffer"

_WAREHOUSE = re.compile(r"(?i)(?:^|[._])(?:bq|bigquery|client|warehouse)\w*$|client\w*(?:\(\))?$|bigquery")


def reads(_: Module) -> Callable[[str], bool]:
    """Return what tells whether a part of a module may hold a streaming insert."""
    needs = rule_file("streaming_inserts").needs
    return lambda part: any(word in part for word in needs)


def inspect(module: Module) -> Iterator[Hit]:
    """Yield the streaming inserts of a module; which of their tables DML touches is judged by `judge`."""
    rules = rule_file("streaming_inserts")
    for node in rules.find(module.root, "method"):
        for place in _uses(module, node):
            yield _hit(module, place, _argument(place, node), _name(node))
    for node in rules.find(module.root, "getattr") if "getattr" in module.text else ():
        call = _called_by(node) or node
        yield _hit(module, call, _first(call) if call is not node else None, node.text())
    for node in rules.find(module.root, "rest") if "/insertAll" in module.text else ():
        if around(node, "call") is not None:
            yield _hit(module, node, None, "tabledata.insertAll", said=node.text())


def judge(hit: Hit, changed: Mapping[str, str]) -> Hit:
    """Return the hit with its severity; `changed` gives for each table that DML touches where it does."""
    where = changed.get(hit.about.rpartition(".")[2], "") if hit.about else ""
    if not where:
        return hit
    return replace(hit, severity=Severity.CRITICAL, sentence=f"{hit.sentence}, which DML touches too ({where})")


def _name(node: SgNode) -> str:
    attribute = node.field("attribute")
    return attribute.text() if attribute is not None else ""


def _uses(module: Module, node: SgNode) -> list[SgNode]:
    """Return where the rows are written: the call, or the calls of the name that the method was given."""
    receiver, parent = node.field("object"), node.parent()
    if receiver is None or parent is None or _is_own(node, receiver) or _is_set(node, parent):
        return []
    if _name(node) == "insert_rows" and not _is_warehouse(module, node, receiver):
        return []
    call = _called_by(node)
    if call is not None:
        return [call]
    if parent.kind() in ("attribute", "delete_statement"):
        return []
    if parent.kind() == "assignment":
        target = parent.field("left")
        return _calls_of(module, node, target.text() if target is not None else "") or [node]
    return [node]


def _called_by(node: SgNode) -> SgNode | None:
    parent = node.parent()
    function = parent.field("function") if parent is not None and parent.kind() == "call" else None
    return parent if function is not None and function.range().end.index == node.range().end.index else None


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


def _is_own(node: SgNode, receiver: SgNode) -> bool:
    """Return whether the method is one that the class defines itself: what it does is found inside it."""
    home = around(node, "class_definition")
    if home is None or receiver.text() not in ("self", "cls"):
        return False
    return re.search(rf"(?m)^\s*(?:async\s+)?def\s+{_name(node)}\b", home.text()) is not None


def _is_set(node: SgNode, parent: SgNode) -> bool:
    """Return whether the method is replaced rather than used: `client.insert_rows_json = Mock()`."""
    target = parent.field("left") if parent.kind() == "assignment" else None
    return target is not None and target.range().start.index == node.range().start.index


def _is_warehouse(module: Module, node: SgNode, receiver: SgNode) -> bool:
    """Return whether `insert_rows` is BigQuery's: spreadsheets and database hooks have methods of that name too."""
    if "bigquery" not in module.text.lower():
        return False
    call = _called_by(node)
    if call is not None:
        places, named = arguments(call)
        if len(places) + len(named) < 2 or {"target_fields", "commit_every"} & named.keys():
            return False
    made = re.search(rf"(?m)^\s*{re.escape(receiver.text())}\s*(?::[^=\n]+)?=\s*(.+)$", module.text)
    if made is not None:
        return re.search(r"(?i)client|bigquery|bq", made[1]) is not None
    return _WAREHOUSE.search(receiver.text()) is not None


def _first(call: SgNode) -> SgNode | None:
    """Return the table that a call is given."""
    places, named = arguments(call)
    return named.get("table") or (places[0] if places else None)


def _argument(place: SgNode, method: SgNode) -> SgNode | None:
    """Return the table: of the call itself, or behind the method where that is handed on to be called elsewhere."""
    if place.kind() == "call":
        return _first(place)
    call = around(place, "call")
    if call is None or around(method, "argument_list") is None:
        return None
    places, named = arguments(call)
    behind = [node for node in places if node.range().start.index > place.range().start.index]
    return named.get("table") or (behind[0] if behind else None)


def _line(place: SgNode) -> int:
    """Return the line of the method's name, which in a chain of calls is not that of its beginning."""
    function = place.field("function") if place.kind() == "call" else None
    name = function.field("attribute") if function is not None and function.kind() == "attribute" else None
    return line_of(name or place)


def _hit(module: Module, place: SgNode, table: SgNode | None, method: str, said: str = "") -> Hit:
    name = table_of(module, table) if table is not None else ""
    expression = "" if table is None else " ".join(table.text().split())[:60]
    into = (
        f"into {name}"
        if name
        else f"into {expression}, a table that cannot be told from the file"
        if expression
        else ""
    )
    sentence = f"{method} writes through the streaming buffer {into}".rstrip()
    is_changed = not name and changes_in_text(module.text, expression)
    statement = around(place, "expression_statement", "return_statement") or place
    return Hit(
        check=CHECK,
        rule=called(place) if place.kind() == "call" and called(place) else "reference",
        path=module.path,
        line=_line(place),
        severity=Severity.CRITICAL if is_changed else Severity.WARNING if name else Severity.ERROR,
        sentence=f"{sentence}, which DML of this file touches too" if is_changed else sentence,
        scope=scope_of(place),
        code=said or place.text(),
        remedy=REMEDY,
        end_line=end_line_of(statement),
        area=0 if module.options.is_important(module.path) else 1,
        about=name,
    )
