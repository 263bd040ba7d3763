"""Whether a streaming insert is simple enough to become a call of the batch loader, and why not.

Simple is a call whose answer nobody looks at, with a table's name and the rows and nothing else, on a client that writes where
the loader does; and not in a loop, for each call would be a load job, of which a table takes 1,500 a day.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ast_grep_py import SgNode

from console.audits.fixing.clients import Clients
from console.audits.module import Module, arguments, is_in_loop, string_of
from console.audits.streaming.tables import table_of

_METHODS = frozenset({"insert_rows_json", "insert_rows"})
_ROWS = ("json_rows", "rows")


def obstacle(module: Module, call: SgNode, clients: Clients) -> str:
    """Return why a call is not simple enough, or ""."""
    function, parent = call.field("function"), call.parent()
    name = function.field("attribute") if function is not None and function.kind() == "attribute" else None
    receiver = function.field("object") if function is not None else None
    if name is None or receiver is None or name.text() not in _METHODS:
        return f"{function.text() if function is not None else 'it'} is another method, or another name of it"
    if parent is None or parent.kind() != "expression_statement":
        return "something is done with its answer"
    table, rows = table_and_rows(call)
    if table is None or rows is None:
        return "it has other arguments than a table and rows"
    if call.find(kind="comment") is not None:
        return "there is a comment inside the call"
    if string_of(table) is None and not _is_name_of_table(module, table):
        return f"{table.text()} may be a table object, not its name"
    why = clients.why_not("".join(receiver.text().split()))
    return why or ("one load job for each turn: collect the rows first" if is_in_loop(call) else "")


def table_and_rows(call: SgNode) -> tuple[SgNode | None, SgNode | None]:
    """Return the table and the rows of a call that has nothing else; None for what it lacks, or when it has more."""
    return _pair(*arguments(call))


def _pair(places: Sequence[SgNode], named: dict[str, SgNode]) -> tuple[SgNode | None, SgNode | None]:
    rest = dict(named)
    table = places[0] if places else rest.pop("table", None)
    rows = places[1] if len(places) > 1 else next((rest.pop(name) for name in _ROWS if name in rest), None)
    if rest or len(places) > 2 or any("splat" in node.kind() for node in places):
        return None, None
    return table, rows


def _is_name_of_table(module: Module, table: SgNode) -> bool:
    if not re.fullmatch(r"[\w.]+", table.text()):
        return False
    if re.search(r"(?:^|_)(?:id|name|path)$", table.text(), re.IGNORECASE):
        return True
    given = re.search(rf"(?m)^\s*{re.escape(table.text())}(?:\s*:\s*\w+)?\s*=\s*[frFR]*[\"']", module.text)
    return given is not None and table_of(module, table) != ""
