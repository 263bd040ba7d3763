"""Tables of figures on standard output."""

from __future__ import annotations

import os
import platform
import statistics
import sys
from collections.abc import Sequence


def say(text: str) -> None:
    """Write one line."""
    sys.stdout.write(f"{text}\n")


def machine() -> str:
    """Return what the figures were measured on."""

    return f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def print_table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a Markdown table, so that the README can show it as it is."""
    say(f"\n{title} ({machine()})\n")
    for row in (header, ["---"] * len(header), *rows):
        say("| " + " | ".join(row) + " |")


def spread(values: Sequence[float]) -> str:
    """Return `median (least-most)` in milliseconds of values in seconds."""
    milliseconds = [value * 1000 for value in values]
    return f"{statistics.median(milliseconds):.0f} ({min(milliseconds):.0f}-{max(milliseconds):.0f})"
