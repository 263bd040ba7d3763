"""One Python file as the checks see it: its tree, the names that it imports, and questions about nodes of the tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from ast_grep_py import SgNode, SgRoot

from console.audits.linting import Marks
from console.audits.options import Options
from console.audits.parts import only

FUNCTIONS = ("function_definition", "lambda")
SCOPES = (*FUNCTIONS, "class_definition")
LOOPS = ("for_statement", "while_statement")
_TURNS = (*LOOPS, "list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression")

_IMPORT = re.compile(r"[ \t]*((?:from[ \t]+[\w.]+[ \t]+)?import[ \t]*(?:\([^)]*\)|(?:[^\n\\(;]|\\\n)+))")
_FROM = re.compile(r"from\s+([\w.]+)\s+import\s+(.+)", re.DOTALL)
_COMMENT = re.compile(r"#[^\n]*")
_ALIAS = re.compile(r"\n[ \t]*+(\w++)[ \t]*+=[ \t]*+([A-Za-z_]\w*+(?:\.\w++)++)[ \t]*+(?=\r?\n|\Z)")
"""A line; to look for its line break is much quicker than to try a pattern at each place of a text."""
_SUBCLASS = re.compile(r"\nclass[ \t]++(\w++)\([ \t]*+([A-Za-z_]\w*+(?:\.\w++)*+)[ \t]*+[,)]")
"""A class and what it is built on first: to make one is to make the other."""
_MOST_STEPS = 5


Reader = Callable[["Module"], Callable[[str], bool]]
"""What tells for a module which of its top-level parts, by their text, a check looks at."""


@dataclass(frozen=True, eq=False)  # not slotted: what is computed once is kept
class Module:
    """A file's path and text, what ruff marked in it, and what the audit was told.

    `readers` return for a module which of its top-level parts a check looks at; without any, all are looked at.
    """

    path: str
    text: str
    options: Options
    marks: Marks = field(default_factory=dict)
    readers: tuple[Reader, ...] = ()

    @cached_property
    def root(self) -> SgNode:
        """The tree of the parts that are looked at; to make it is most of an audit's work, so a check looks at the text first."""
        if not self.readers:
            return self.whole
        wanted = [reader(self) for reader in self.readers]
        root = SgRoot(only(self.text, lambda part: any(wants(part) for wants in wanted)), "python").root()
        # A part of what parses does parse, or it was cut in the wrong place.
        return root if root.find(kind="ERROR") is None else self.whole

    @cached_property
    def whole(self) -> SgNode:
        """The tree of all of the text."""
        return SgRoot(self.text, "python").root()

    @cached_property
    def imports(self) -> dict[str, str]:
        """What the names of the file's imports stand for: `bq` → `google.cloud.bigquery`."""
        names: dict[str, str] = {}
        for statement in _import_statements(self.text):
            plain = _COMMENT.sub("", statement).replace("\\\n", " ").strip()
            found = _FROM.match(plain)
            prefix, listed = (f"{found[1]}.", found[2]) if found else ("", plain.removeprefix("import"))
            for item in listed.strip().strip("()").split(","):
                name, _, alias = (part.strip() for part in item.strip().partition(" as "))
                if name and (prefix or alias):
                    names[alias or name] = f"{prefix}{name}"
                elif name:
                    names[name.split(".")[0]] = name.split(".")[0]
        return names

    @cached_property
    def aliases(self) -> dict[str, str]:
        """Names that are only other names for something: `Client = bigquery.Client`, and `class Api(requests.Session)`."""
        text = f"\n{self.text}"
        return {**dict(_ALIAS.findall(text)), **dict(_SUBCLASS.findall(text))}

    def full_name(self, node: SgNode) -> str:
        """Return the dotted name that an expression stands for by the file's imports; "" when it is none of theirs."""
        name = "".join(node.text().split())
        for _ in range(_MOST_STEPS):
            first, dot, rest = name.partition(".")
            if first in self.imports:
                return "" if is_local(node, first) else f"{self.imports[first]}{dot}{rest}"
            if first not in self.aliases:
                return ""
            name = f"{self.aliases[first]}{dot}{rest}"
        return ""


def _import_statements(text: str) -> Iterator[str]:
    """Yield the import statements of a text; to look for the word first is much quicker than a pattern for each line."""
    at = text.find("import")
    while at >= 0:
        found = _IMPORT.match(text, text.rfind("\n", 0, at) + 1)
        if found is not None:
            yield found[1]
        at = text.find("import", max(at + 1, found.end() if found is not None else 0))


def line_of(node: SgNode) -> int:
    """Return the line that a node begins on, from 1."""
    return int(node.range().start.line) + 1


def end_line_of(node: SgNode) -> int:
    """Return the line that a node ends on, from 1."""
    return int(node.range().end.line) + 1


def statements(block: SgNode) -> list[SgNode]:
    """Return the statements of a block, without comments."""
    return [child for child in block.children() if child.is_named() and child.kind() != "comment"]


def within(node: SgNode) -> Iterator[SgNode]:
    """Yield the node and all below it in the order of the text, but nothing of functions and classes defined there."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [child for child in reversed(node.children()) if child.is_named() and child.kind() not in SCOPES]


def around(node: SgNode, *kinds: str) -> SgNode | None:
    """Return the innermost node of one of these kinds that `node` stands in."""
    return next((above for above in node.ancestors() if above.kind() in kinds), None)


def is_in_loop(node: SgNode) -> bool:
    """Return whether a loop of the function around a node runs it at each turn: not what is looped over, nor an `else`."""
    below = node
    for above in node.ancestors():
        if above.kind() == "function_definition":
            return False
        if above.kind() in _TURNS and below not in _once_in(above):
            return True
        below = above
    return False


def _once_in(loop: SgNode) -> tuple[SgNode | None, ...]:
    """Return the parts of a loop that run once."""
    first = next((child for child in loop.children() if child.kind() == "for_in_clause"), None)
    return loop.field("right"), loop.field("alternative"), first


def scope_of(node: SgNode) -> str:
    """Return the dotted name of the functions and classes around a node; "" at the top of the file."""
    names = [
        name.text()
        for above in node.ancestors()
        if above.kind() in ("function_definition", "class_definition") and (name := above.field("name")) is not None
    ]
    return ".".join(reversed(names))


def is_local(node: SgNode, name: str) -> bool:
    """Return whether a function around a node has a parameter or a variable of this name, which hides an import."""
    for above in node.ancestors():
        if above.kind() not in FUNCTIONS:
            continue
        parameters = above.field("parameters")
        if parameters is not None and re.search(rf"(?<![.\w]){re.escape(name)}\b(?!\s*\.)", _names_only(parameters)):
            return True
        if above.kind() == "function_definition" and re.search(rf"(?m)^\s*{re.escape(name)}\s*=[^=]", above.text()):
            return True
    return False


def _names_only(parameters: SgNode) -> str:
    """Return the names of parameters without annotations and defaults."""
    names = []
    for child in parameters.named_children():
        named = child.field("name") or next(iter(child.named_children()), child)
        names.append(named.text() if child.kind() != "identifier" else child.text())
    return ",".join(names)


def called(call: SgNode) -> str:
    """Return the last part of the name of what a call calls."""
    function = call.field("function")
    return "" if function is None else function.text().rpartition(".")[2].strip()


def arguments(call: SgNode) -> tuple[list[SgNode], dict[str, SgNode]]:
    """Return the positional arguments of a call, and those with a name."""
    listed = call.field("arguments")
    places: list[SgNode] = []
    named: dict[str, SgNode] = {}
    for child in statements(listed) if listed is not None else []:
        if child.kind() == "keyword_argument":
            name, value = child.field("name"), child.field("value")
            if name is not None and value is not None:
                named[name.text()] = value
        else:
            places.append(child)
    return places, named


def string_of(node: SgNode) -> str | None:
    """Return what stands between the quotes of a plain or formatted string; None for anything else."""
    if node.kind() == "concatenated_string":
        parts = [string_of(child) for child in node.named_children()]
        return "".join(part for part in parts if part is not None)
    if node.kind() != "string":
        return None
    return "".join(
        child.text() for child in node.named_children() if child.kind() not in ("string_start", "string_end")
    )
