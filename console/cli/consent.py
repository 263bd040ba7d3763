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
    err.write(f"{question} [y/N] ")
    err.flush()
    return sys.stdin.readline().strip().lower() in _YES
