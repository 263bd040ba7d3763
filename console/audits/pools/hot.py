"""Which functions of a file run for every request or message: what they make, they make again each time."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import lru_cache

from ast_grep_py import SgNode

from console.audits.module import Module, around, is_in_loop, is_local, within
from console.audits.rules import RuleFile, rule_file

_CALLS = re.compile(r"(?<!\bdef )(?<!\bclass )(?:\b(?:self|cls)\.|(?<![\w.]))(\w+)\s*\(")
_MAKERS = ("__init__", "__new__", "__post_init__")
_DECORATED = re.compile(r"@[^(\n]*?(\w+)[ \t]*(?=[(#\r\n])")
_DEFINED = re.compile(r"def\s+(\w+)")
_FIRST = re.compile(r"\(\s*(?:(?:self|cls)\s*,\s*)?(\w+)")
_STRINGS = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")


@lru_cache(maxsize=1)
def hot_functions(module: Module) -> frozenset[str]:
    """Return what runs for every request: functions by name, constructors as `S.__init__`, and the classes that are made then.

    These are the functions that are named, decorated or called so, and what they call in the same file.
    """
    rules = rule_file("pooling")
    if not _may_have_entry(module, rules):
        return frozenset()
    homes = module.whole.find_all(kind="class_definition") if "class " in module.text else []
    functions = module.whole.find_all(kind="function_definition")
    defined: dict[str, list[SgNode]] = {}
    for node in homes:
        defined.setdefault(_name(node), []).append(node)
    for node in functions:
        defined.setdefault(_key(node), []).append(node)
    hot = {_key(node) for node in functions if _is_entry(module, node, rules)}
    hot |= _registered(module.text, rules) & defined.keys()
    waiting = list(hot)
    while waiting:
        used = {name for node in defined[waiting.pop()] for name in _used_by(node)}
        more = {name for name in used if name in defined} - hot
        hot |= more
        waiting.extend(more)
    return frozenset(hot)


def _made_by(home: SgNode) -> set[str]:
    """Return what runs when a class is made: its own constructors, and the classes that it is built on."""
    return _words(home.field("superclasses")) | {f"{_name(home)}.{maker}" for maker in _MAKERS}


def _used_by(node: SgNode) -> set[str]:
    """Return the names that a function calls, and those of functions inside it that it uses at all; of a class what makes it."""
    if node.kind() == "class_definition":
        return _made_by(node)
    body = node.field("body")
    if body is None:
        return set()
    text, start = body.text(), body.range().start.index
    if "def " not in text:
        return set(_CALLS.findall(text))
    inside = [one for one in body.find_all(kind="function_definition") if around(one, "function_definition") == node]
    for one in reversed(inside):
        span = one.range()
        text = text[: span.start.index - start] + text[span.end.index - start :]
    used = {_key(one) for one in inside if re.search(rf"\b{_name(one)}\b", text) is not None}
    return used | set(_CALLS.findall(text))


def _key(function: SgNode) -> str:
    """Return a function's name, that of a constructor with its class."""
    home = around(function, "class_definition", "function_definition") if _name(function) in _MAKERS else None
    return f"{_name(home)}.{_name(function)}" if home is not None else _name(function)


def why_hot(module: Module, node: SgNode, hot: frozenset[str]) -> str:
    """Return why what a node makes is made again and again, or ""."""
    function = around(node, "function_definition")
    why = f"{_key(function)} runs for every request" if function is not None and _key(function) in hot else ""
    why = why or ("in a loop" if is_in_loop(node) else "")
    return "" if why and function is not None and _is_made_once(module, node, function) else why


def _is_made_once(module: Module, node: SgNode, function: SgNode) -> bool:
    """Return whether a function makes something only where a global, or its place in a table of the file, has none yet."""
    assignment = node.parent()
    target = assignment.field("left") if assignment is not None and assignment.kind() == "assignment" else None
    if assignment is None or target is None or assignment.field("right") != node:
        return False
    table = target.field("value") if target.kind() == "subscript" else None
    name = (table or target).text()
    if not _is_under_none_yet(assignment, re.escape(name)):
        return False
    if table is not None:
        return re.search(rf"(?m)^{re.escape(name)}\s*[:=]", module.text) is not None and not is_local(node, name)
    body = function.field("body")
    declared = [one.text() for one in within(body) if one.kind() == "global_statement"] if body is not None else []
    return any(re.search(rf"\b{re.escape(name)}\b", text) for text in declared)


def _is_under_none_yet(node: SgNode, name: str) -> bool:
    """Return whether an `if` around a node asks that a name, or a place in it, has nothing: `is None`, `not` or `not in`."""
    empty = re.compile(rf"\b{name}\b\S*\s+is\s+None\b|\bnot\s+{name}\b|\bnot\s+in\s+{name}\b")
    below = node
    for above in node.ancestors():
        if above.kind() == "function_definition":
            return False
        condition = above.field("condition") if below == above.field("consequence") else None
        if condition is not None and empty.search(condition.text()) and not re.search(r"\bor\b", condition.text()):
            return True
        below = above
    return False


def decorators(function: SgNode) -> frozenset[str]:
    """Return the last names of a function's decorators."""
    parent = function.parent()
    if parent is None or parent.kind() != "decorated_definition":
        return frozenset()
    texts = (child.text() for child in parent.children() if child.kind() == "decorator")
    return frozenset(text.lstrip("@ ").partition("(")[0].strip().rpartition(".")[2] for text in texts)


def _may_have_entry(module: Module, rules: RuleFile) -> bool:
    """Return whether the text has a word without which no function is an entry: then it need not be parsed."""
    text, lists = module.text, rules.names
    # Not `requests`, which is in every file that calls HTTP.
    if any(re.search(rf"{word}\b", text) for word in lists["request_parameters"]):
        return True
    if any(name in text for name in lists["request_bases"]) or all(name in text for name in lists["event_parameters"]):
        return True
    if lists["request_decorators"] & set(_DECORATED.findall(text)) or _registered(text, rules):
        return True
    names = set(_DEFINED.findall(module.text))
    return any(fnmatchcase(name, pattern) for name in names for pattern in module.options.hot_functions)


def _registered(text: str, rules: RuleFile) -> set[str]:
    """Return the names that are given away to be called for every request: `Depends(db)`, `subscribe(path, callback=receive)`."""
    found: set[str] = set()
    for name in rules.names["request_registrars"]:
        if name in text:
            given = re.findall(rf"\b{name}\s*\(([^()]*)", text)
            found.update(*(re.findall(r"\w+", _STRINGS.sub("", one)) for one in given))
    return found


def _is_entry(module: Module, node: SgNode, rules: RuleFile) -> bool:
    lists = rules.names
    if decorators(node) & lists["request_decorators"]:
        return True
    if any(fnmatchcase(_name(node), pattern) for pattern in module.options.hot_functions):
        return True
    parameters = node.field("parameters")
    first = _FIRST.match(parameters.text()) if parameters is not None else None
    if (first is not None and first[1] in lists["request_parameters"]) or _words(parameters) >= lists[
        "event_parameters"
    ]:
        return True
    home = around(node, "class_definition") if _name(node) in lists["request_methods"] else None
    return home is not None and not lists["request_bases"].isdisjoint(_words(home.field("superclasses")))


def _words(node: SgNode | None) -> set[str]:
    return set(re.findall(r"\w+", node.text())) if node is not None else set()


def _name(function: SgNode) -> str:
    name = function.field("name")
    return name.text() if name is not None else ""
