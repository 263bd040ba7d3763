"""How git merges a baseline: two branches that add lines at the same place conflict, unless git is told to keep both."""

from __future__ import annotations

import os
import re
from pathlib import Path

from console.audits.git import git
from console.audits.values import AuditError


def merge_advice(path: Path) -> str:
    """Return what to put into .gitattributes so that branches which both add to a baseline merge.

    "" where git is told already how to merge it, and where there is no git.
    """
    real = Path(os.path.realpath(path))
    try:
        told = git(real.parent, "check-attr", "-z", "merge", "--", real.name).split("\0")
        place = git(real.parent, "rev-parse", "--show-prefix").removesuffix("\n")
    except AuditError:  # courtside: ignore[silent_exceptions] without a git there is nothing to merge
        return ""
    if told[2:3] != ["unspecified"]:
        return ""
    return (
        f"put the line `{_pattern(place + real.name)} merge=union` into the .gitattributes at the root of the repository: "
        "then branches that both add to the baseline merge without a conflict"
    )


def _pattern(name: str) -> str:
    """Return a path as .gitattributes wants it: from the root, what means more than itself escaped, in quotes with a space."""
    pattern = "/" + re.sub(r"([\\*?\[])", r"\\\1", name)
    if not re.search(r'[\s"]', pattern):
        return pattern
    quoted = pattern.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"'
