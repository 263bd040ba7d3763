"""Which tables a text changes: UPDATE, DELETE and MERGE in the strings of a Python file that are SQL, and in SQL files.

Prose is none: no docstring, no comment, and no string that only begins with such a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from console.audits.parts import LITERALS

_VERBS = tuple(re.compile(verb + rb"[\s\x80-\xff]") for verb in (b"update", b"delete", b"merge"))
"""Three patterns that begin with a plain word are found ten times quicker than one that begins with a choice of words."""

_PIECE = r"[`\"']?(?:\{[^{}]*\}|[\w.:\-\[\]%$])+[`\"']?"
_NAME = rf"{_PIECE}(?:\s*\.\s*{_PIECE})*"
_STATEMENT = re.compile(
    rf"(?is)(?:^|;|\b(?:then|begin|else|do|transaction))\s*(?P<verb>update|delete(?:\s+from)?|merge(?:\s+into)?)\s+(?P<table>{_NAME})"
    r"(?P<rest>\s*;|\s*$|\s+(?:as\s+)?(?:(?!set\b|where\b|using\b)\w+\s+)?(?P<word>set|where|using)\b)?"
)
_GOES_ON = {"update": "set", "delete": "where", "merge": "using"}
_SQL_COMMENTS = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_SQL_FILE_COMMENTS = re.compile(r"(?:--|#)[^\n]*|/\*.*?\*/", re.DOTALL)
_QUOTES = re.compile(r"^(\"\"\"|'''|\"|')(.*)\1$", re.DOTALL)
_BETWEEN = re.compile(
    r"(?:\s|\\\n|#[^\n]*\n)*(?:\+(?:\s|\\\n)*(?:(?P<name>[A-Za-z_][\w.]*(?:\([^()\n]*\))?)(?:\s|\\\n)*(?P<more>\+)?)?)?(?:\s|\\\n)*[rRbBfFuU]{0,2}"
)
_OUTSIDE = re.compile(r"[.:](?![^{}]*\})")
"""Dots that part a name, not those of an expression in braces."""
_PLACEHOLDER = re.compile(r"\{\s*([A-Za-z_]\w*)[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Change:
    """A table that DML touches, and the file in which it does; `dataset` is "" where the file does not tell."""

    dataset: str
    table: str
    path: str

    def touches(self, about: str) -> bool:
        """Return whether this is the table `about`, `dataset.table` or `table`: datasets agree where both are known."""
        dataset, _, table = about.rpartition(".")
        return table == self.table and (not dataset or not self.dataset or dataset == self.dataset)


def may_change(raw: bytes) -> bool:
    """Return whether a file has a word of DML with a space behind it."""
    small = raw.lower()
    return any(verb.search(small) is not None for verb in _VERBS)


def changes_in(path: str, text: str, name: str) -> Iterator[Change]:
    """Yield the tables that the DML of a file changes; `name` is what the file is called in what is said of it."""
    for table in _tables_of_sql(text) if path.endswith(".sql") else _tables_of_python(text):
        parts = _OUTSIDE.split(_known(text, re.sub(r"[`\"'\[\]]", "", table)))
        dataset = parts[-2] if len(parts) > 1 else ""
        yield Change("" if re.search(r"[{}%$]", dataset) else dataset, parts[-1], name)


def changes_name(text: str, expression: str) -> bool:
    """Return whether DML in a text touches what an expression of it stands for: `MERGE `{self.table}``."""
    if not re.fullmatch(r"[\w.]+", expression) or expression not in text:
        return False
    return any(f"{{{expression}}}" == table.strip("`\"' ") for table in _tables_of_python(text))


def _known(text: str, part: str) -> str:
    """Return a part of a name with what the file's constants put into it."""

    def constant(found: re.Match[str]) -> str:
        given = re.findall(rf"(?m)^{found[1]}\s*(?::[^=\n]+)?=\s*[frFR]?[\"']([^\"'\n]*)[\"']", text)
        return given[0] if len(set(given)) == 1 else found[0]

    return _PLACEHOLDER.sub(constant, part)


def _tables_of_sql(text: str) -> Iterator[str]:
    return _tables(_SQL_FILE_COMMENTS.sub(" ", text))


def _tables_of_python(text: str) -> Iterator[str]:
    for string in strings(text):
        if any(verb in string.lower() for verb in ("update", "delete", "merge")):
            yield from _tables(_SQL_COMMENTS.sub(" ", string))


def _tables(sql: str) -> Iterator[str]:
    """Yield the tables of the statements of a text that read as DML does: `UPDATE … SET`, `DELETE … WHERE`, `MERGE … USING`.

    A statement that ends behind its table, for more is put to it later, counts where the verb is written large.
    """
    for found in _STATEMENT.finditer(sql):
        verb = found["verb"].split()[0]
        is_whole = (found["word"] or "").lower() == _GOES_ON[verb.lower()]
        is_begun = found["rest"] is not None and not found["word"] and verb.isupper()
        if is_whole or is_begun:
            yield re.sub(r"\s+", "", found["table"])


def strings(text: str) -> Iterator[str]:
    """Yield the strings of a Python text but its docstrings; those put together, with `+` or side by side, as one.

    What is no string among them stands in braces, as in an f-string.
    """
    depth, end, whole = 0, 0, ""
    for found in LITERALS.finditer(text):
        literal = _QUOTES.match(found[0])
        if literal is None:
            continue
        between = text[end : found.start()]
        code = _without_comments(between)
        joint = _BETWEEN.fullmatch(between) if whole else None
        depth += sum(map(code.count, "([{")) - sum(map(code.count, ")]}"))
        is_first = end == 0 or "\n" in code
        is_statement = depth <= 0 and is_first and not code.rpartition("\n")[2].strip(" \trRbBfFuU;")
        if joint is not None and (not joint["name"] or joint["more"]) and not (is_statement and "+" not in code):
            whole += (f"{{{joint['name']}}}" if joint["name"] else "") + literal[2]
        else:
            yield from _ended(whole, text, end)
            whole = "" if is_statement and not code.rstrip(" \trRbBfFuU").endswith("\\\n") else literal[2]
        end = found.end()
    yield from _ended(whole, text, end)


def _ended(whole: str, text: str, end: int) -> Iterator[str]:
    """Yield a string with the name that is put behind it: `"MERGE " + table`."""
    if whole:
        behind = re.compile(r"\s*\+\s*([A-Za-z_][\w.]*)").match(text, end)
        yield whole + (f"{{{behind[1]}}}" if behind is not None else "")


def _without_comments(code: str) -> str:
    return re.sub(r"#[^\n]*", "", code) if "#" in code else code
