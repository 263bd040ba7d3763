"""What a method is called on: BigQuery's client, something else that has a method of that name, or an object of the file's own.

Spreadsheets and hooks of other databases have a method `insert_rows` too.
"""

from __future__ import annotations

import re

from ast_grep_py import SgNode

from console.audits.module import Module, arguments, around
from console.audits.streaming.tables import parameter_of, value_of

_OTHERS = re.compile(
    r"(?i)sheet|gspread|excel|openpyxl|hook|cursor|workbook|postgres|psycopg|mysql|sqlite|sqlalchemy|clickhouse|snowflake"
    r"|(?:^|[._])(?:db|pg|sql)(?:[._]|$)"
)
"""What else has a method `insert_rows`."""
_WAREHOUSE = re.compile(r"(?i)(?:^|[._])(?:bq|bigquery|client|warehouse)\w*$|client\w*(?:\(\))?$|bigquery")
_SURELY = re.compile(r"(?i)(?:^|[._])(?:bq|bigquery|warehouse)|bigquery")
"""A name that says BigQuery of itself; any store may have a `client`."""
_NOT_BIGQUERYS = frozenset({"target_fields", "commit_every", "values", "row", "idx", "amount", "value_input_option"})
"""Arguments of the other methods of that name."""
_ABSTRACT = re.compile(r"\b(?:Protocol|ABC|ABCMeta)\b")
_STUB = r'[^\n]*:\s*(?:"""(?:(?!""").)*"""\s*)?(?:\.\.\.|pass\b|raise\s+NotImplementedError)'
_MOST_STEPS = 5


def is_warehouse(module: Module, node: SgNode, receiver: SgNode) -> bool:
    """Return whether the method `insert_rows` that `node` gives is BigQuery's.

    A receiver that is named like a client of BigQuery is enough where the file speaks of no other store.
    """
    call = called_by(node)
    if call is not None and not takes_rows(*arguments(call)):
        return False
    name = receiver.text()
    made = re.search(rf"(?m)^\s*{re.escape(name)}\s*(?::[^=\n]+)?=\s*(.+)$", module.text)
    if _OTHERS.search(name) or (made is not None and _OTHERS.search(made[1])):
        return False
    is_named_so = _WAREHOUSE.search(name) is not None
    if not is_bigquery_spoken_of(module):
        return is_named_so and (_SURELY.search(name) is not None or not _knows_others(module))
    if made is not None:
        return re.search(r"(?i)client|bigquery|bq", made[1]) is not None
    return is_named_so


def is_bigquery_spoken_of(module: Module) -> bool:
    """Return whether a file has the word BigQuery anywhere but in the loader's name, which may be written into any file."""
    text = module.text
    for word in re.split(r"\W+", module.options.loader):
        text = text.replace(word, "") if "bigquery" in word else text
    return "bigquery" in text.lower()


def takes_rows(places: list[SgNode], named: dict[str, SgNode]) -> bool:
    """Return whether arguments may be those of BigQuery's `insert_rows`: a table and rows, no numbers."""
    is_other = len(places) + len(named) < 2 or not _NOT_BIGQUERYS.isdisjoint(named)
    return not is_other and not any(node.kind() == "integer" for node in places[:2])


def _knows_others(module: Module) -> bool:
    return any(_OTHERS.search(name) for name in module.imports.values())


def called_by(node: SgNode) -> SgNode | None:
    """Return the call whose function a node is."""
    parent = node.parent()
    function = parent.field("function") if parent is not None and parent.kind() == "call" else None
    return parent if function is not None and function.range().end.index == node.range().end.index else None


def is_own(module: Module, node: SgNode, receiver: SgNode, method: str) -> bool:
    """Return whether the method is one that a class of the file defines: what it does is found inside it."""
    if f"def {method}" not in module.text:
        return False
    if receiver.text() in ("self", "cls"):
        home = around(node, "class_definition")
        own = home.field("name") if home is not None else None
        return home is not None and (_has_method(home.text(), method) or _defines(module, _text(own), method))
    name = receiver.text()
    made = receiver if receiver.kind() == "call" else value_of(module, node, name) or _entered(node, name)
    function = made.field("function") if made is not None and made.kind() == "call" else None
    if function is not None:
        return _defines(module, function.text(), method)
    return made is None and _is_annotated_so(module, node, name, method)


def _entered(node: SgNode, name: str) -> SgNode | None:
    """Return what a `with` around a node gives a name to."""
    clauses = (part for above in node.ancestors() if above.kind() == "with_statement" for part in above.children())
    pairs = (pair for part in clauses if part.kind() == "with_clause" for pair in part.find_all(kind="as_pattern"))
    named = (pair for pair in pairs if (alias := pair.field("alias")) is not None and alias.text() == name)
    return next((value for pair in named for value in pair.named_children()[:1]), None)


def _is_annotated_so(module: Module, node: SgNode, name: str, method: str) -> bool:
    """Return whether a parameter is said to be of a class of the file, which does more than to say what others must have."""
    parameter = parameter_of(node, name)
    kind = parameter.field("type") if parameter is not None else None
    if kind is None or re.search(rf"def\s+{method}\b{_STUB}", module.text, re.DOTALL):
        return False
    return _defines(module, kind.text().strip("\"'"), method)


def _text(node: SgNode | None) -> str:
    return "" if node is None else node.text()


def _has_method(text: str, method: str) -> bool:
    return re.search(rf"(?m)^\s*(?:async\s+)?def\s+{method}\b", text) is not None


def _defines(module: Module, name: str, method: str, steps: int = _MOST_STEPS) -> bool:
    """Return whether a class of the file has a method of its own, or by a parent that stands in the file too."""
    if steps == 0 or not name.isidentifier():
        return False
    head = re.search(rf"(?m)^[ \t]*class[ \t]+{name}\b[ \t]*(?:\(([^)]*)\))?", module.text)
    if head is None or _ABSTRACT.search(head[1] or ""):
        return False
    home = module.root.find(
        {"rule": {"kind": "class_definition", "has": {"field": "name", "regex": f"^{re.escape(name)}$"}}}
    )
    if home is not None and _has_method(home.text(), method):
        return True
    return any(_defines(module, parent.strip(), method, steps - 1) for parent in (head[1] or "").split(","))
