"""The versions that files had, as far as git knows them: what tells a stale copy from one that somebody changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path

from console.audits.git import git, has_history


@dataclass(frozen=True, slots=True)
class Versions:
    """All contents that files had, by path in the audited folder, as git's names of them.

    `is_whole` when the history reaches back to its beginning: only then is what is not among them no version.
    """

    blobs: Mapping[str, frozenset[str]]
    is_whole: bool

    def has(self, paths: Sequence[str], content: bytes) -> bool:
        """Return whether a file of one of the paths ever had the content."""
        blob = blob_of(content)
        return any(blob in self.blobs.get(path, ()) for path in paths)


def versions_of(root: Path, paths: Sequence[str]) -> Versions:
    """Return what was committed of files and folders; nothing where there is no history. Raises AuditError."""
    if not has_history(root):
        return Versions({}, is_whole=False)
    is_whole = git(root, "rev-parse", "--is-shallow-repository").strip() == "false"
    options = ("--raw", "--no-abbrev", "--format=", "-z", "--no-renames", "--relative", "-m", "--no-ext-diff")
    fields = iter(git(root, "--literal-pathspecs", "log", *options, "HEAD", "--", *paths).split("\0"))
    found: dict[str, set[str]] = {}
    for field in fields:
        if field.strip().startswith(":"):
            before, after = field.split()[2:4]
            found.setdefault(next(fields), set()).update((before, after))
    return Versions({path: frozenset(blobs) for path, blobs in found.items()}, is_whole)


def blob_of(content: bytes) -> str:
    """Return the name under which git keeps a content."""
    return sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
