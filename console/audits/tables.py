"""Which table an expression means, and which tables a text changes with DML."""

from __future__ import annotations

import re
from collections.abc import Collection

from ast_grep_py import SgNode

from console.audits.module import Module, string_of

_MOST_STEPS = 4
_PLACEHOLDER = re.compile(r"\{\s*([\w.]+)[^{}]*\}")
_TABLE = re.compile(r"^[\w-]+(?:[.:][\w-]+){0,2}$")
_DML = r"(?i)\b(?:update|delete\s+from|delete|merge\s+into|merge)\s+[`\"']?(?:[\w{}.\-]+?\.)?"
_VERBS = tuple(re.compile(verb + rb"[\s\x80-\xff]") for verb in (b"update", b"delete", b"merge"))
"""Three patterns that begin with a plain word are found ten times quicker than one that begins with a choice of words."""
_IN_PIECES = re.compile(r"(?:dataset|table)\w*\(\s*[\"']([\w.-]+)[\"']")


def table_of(module: Module, node: SgNode) -> str:
    """Return `dataset.table` or `table` as far as the file tells; "" when it does not."""
    return _table(module, node.text(), string_of(node), _MOST_STEPS)


def _table(module: Module, expression: str, string: str | None, steps: int) -> str:
    if steps == 0:
        return ""
    if string is not None:
        return _of_string(module, string, steps)
    pieces = _IN_PIECES.findall(expression)
    if pieces:
        return ".".join(".".join(pieces).split(".")[-2:])
    quoted = re.findall(r"[frFR]*[\"']([^\"']*)[\"']", expression)
    if quoted:
        return _of_string(module, quoted[-1], steps)
    inner = re.fullmatch(r"[\w.]+\(\s*([\w.]+)\s*\)", expression)
    name = inner[1] if inner else expression
    if not re.fullmatch(r"[\w.]+", name):
        return ""
    found = _assigned(module, name)
    return _table(module, found, None, steps - 1) if found else ""


def _of_string(module: Module, string: str, steps: int) -> str:
    """Return the table that a string names, with what is in its braces looked up."""

    def known(found: re.Match[str]) -> str:
        return _table(module, found[1], None, steps - 1) or "?"

    parts = _PLACEHOLDER.sub(known, string).replace(":", ".").split(".")
    name = ".".join(part for part in parts[-2:] if part != "?")
    return name if parts[-1] != "?" and _TABLE.match(name) else ""


def _assigned(module: Module, name: str) -> str:
    """Return the text that a name is first given in the file."""
    found = re.search(rf"(?m)^\s*{re.escape(name)}(?:\s*:\s*[\w.]+)?\s*=\s*(?!=)(.+?)\s*(?:#.*)?$", module.text)
    return found[1] if found else ""


def changes_in_text(text: str, expression: str) -> bool:
    """Return whether DML of the same file touches what the expression stands for: `MERGE `{self.table}``."""
    if not re.fullmatch(r"[\w.]+", expression):
        return False
    return (
        re.search(
            rf"(?i)\b(?:update|delete\s+from|delete|merge\s+into|merge)\s+[`\"']*\{{{re.escape(expression)}\}}", text
        )
        is not None
    )


def may_change(raw: bytes) -> bool:
    """Return whether a file has a word of DML with a space behind it, without which `dml_pattern` finds nothing."""
    small = raw.lower()
    return any(verb.search(small) is not None for verb in _VERBS)


def dml_pattern(tables: Collection[str]) -> re.Pattern[str]:
    """Return what finds DML on one of these tables (their last names) in a text; its group 1 is the table."""
    names = "|".join(sorted((re.escape(name.rpartition(".")[2]) for name in tables), key=len, reverse=True))
    return re.compile(rf"{_DML}({names})\b")
