"""Asks whoever sits at the terminal whether to go on."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

_YES = ("y", "yes")


def agreed(err: TextIO, question: str) -> bool:
    """Ask on `err`, so that redirected output stays clean, and return whether the line typed is a yes; no line is a no.

    Only for a shell that has a keyboard. The question is printed as it is: it holds nothing from outside.
    """
    return typed(err, f"{question} [y/N] ").lower() in _YES


def typed(err: TextIO, question: str) -> str:
    """Ask on `err` in the same way and return what was typed, without spaces around it; "" when there is no line."""
    err.write(question)
    err.flush()
    return sys.stdin.readline().strip()
