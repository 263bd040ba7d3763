"""The types that an `except` clause or a `suppress(…)` names: by their last names, through aliases and lists of the file."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator

from console.audits.module import Module

_NAME = re.compile(r"[^\W\d][\w.]*")
_COMMENT = re.compile(r"#[^\n]*")
_TYPES = re.compile(r"\s*(?:[\w.]+|[(\[][\w.,*\s]*[)\]])(?:\s*\+\s*(?:[\w.]+|[(\[][\w.,*\s]*[)\]]))*\s*")
"""Dotted names, and lists of them, that may be added up; no call."""
_VALUE = r"(?:[ \t]*:[^=\n]+)?[ \t]*=[ \t]*((?:[(\[][^()\[\]]*[)\]]|[^\n(\[])+)"
_BUILTINS = frozenset(dir(builtins))
_OF_MODULE = ("Error", "error")
_MOST_STEPS = 5


def types_of(text: str, module: Module) -> tuple[str, ...]:
    """Return the last names of the types that an expression names: `("Forbidden",)` of `DENIED = (Forbidden,)`.

    A name that many modules have keeps its module: `("re.error",)`.
    """
    return tuple(_types(text, module, _MOST_STEPS))


def _types(text: str, module: Module, steps: int) -> Iterator[str]:
    for name in _NAME.findall(_COMMENT.sub("", text) if "#" in text else text):
        if name in _BUILTINS:
            yield name
        elif steps and (given := _given(name, module)):
            yield from _types(given, module, steps - 1)
        else:
            yield _last(_original(name, module))


def _last(name: str) -> str:
    """Return the last part of a dotted name; of `re.error` both parts, for each module has another `error`."""
    parts = name.split(".")
    return ".".join(parts[-2:] if parts[-1] in _OF_MODULE else parts[-1:])


def _original(name: str, module: Module) -> str:
    return module.imports.get(name, name) if f" as {name}" in module.text else name


def _given(name: str, module: Module) -> str:
    """Return what a file sets a name to at its margin, when these are types; to look for the name first is much quicker."""
    if "." in name or not (f"{name} =" in module.text or f"{name}:" in module.text):
        return ""
    found = re.search(rf"(?m:^){re.escape(name)}{_VALUE}", module.text)
    value = "" if found is None else _COMMENT.sub("", found[1])
    return value if _TYPES.fullmatch(value) and _NAME.search(value) else ""
