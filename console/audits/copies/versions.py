"""The versions that files had, as far as git knows them: what tells a stale copy from one that somebody changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path

from console.audits.choosing import root_above
from console.audits.files import with_line_feeds
from console.audits.git import git, has_history

_Blobs = dict[str, set[str]]


@dataclass(frozen=True, slots=True)
class Versions:
    """All contents that files had, by path in the audited folder, as git's names of them.

    `is_whole` when the history reaches back to its beginning: only then is what is not among them no version.
    """

    blobs: Mapping[str, frozenset[str]]
    is_whole: bool

    def has(self, paths: Sequence[str], content: bytes) -> bool:
        """Return whether a file of one of the paths ever had the content, as it is or with the line ends that git keeps."""
        blobs = {blob_of(content), blob_of(with_line_feeds(content))}
        return any(not blobs.isdisjoint(self.blobs.get(path, ())) for path in paths)


def versions_of(root: Path, paths: Sequence[str]) -> Versions:
    """Return what was committed of files and folders; nothing where there is no history. `root` is absolute. Raises AuditError.

    Of what lies in a repository inside of the audited folder, such as a submodule, both are asked: it may be one only since then.
    """
    inner: dict[Path, list[str]] = {}
    for path in paths:
        home = root_above(root / path)
        if home is not None and root in home.parents:
            inner.setdefault(home, []).append(path)
    found: _Blobs = {}
    are_whole = [_collected(home, home.relative_to(root), among, found) for home, among in inner.items()]
    if has_history(root) or sum(map(len, inner.values())) < len(paths):
        are_whole.append(_collected(root, Path(), paths, found))
    is_whole = all(are_whole)
    return Versions({path: frozenset(blobs) for path, blobs in found.items()}, is_whole)


def _collected(home: Path, inside: Path, paths: Sequence[str], found: _Blobs) -> bool:
    """Put what a repository knows of paths into `found`, and return whether it knows all. Raises AuditError.

    `inside` is where it lies in the audited folder.
    """
    if not has_history(home):
        return False
    options = ("--raw", "--no-abbrev", "--format=", "-z", "--no-renames", "--relative", "-m", "--no-ext-diff")
    asked = [Path(path).relative_to(inside).as_posix() for path in paths]
    fields = iter(git(home, "--literal-pathspecs", "log", *options, "HEAD", "--", *asked).split("\0"))
    for field in fields:
        if field.strip().startswith(":"):
            before, after = field.split()[2:4]
            found.setdefault((inside / next(fields)).as_posix(), set()).update((before, after))
    return git(home, "rev-parse", "--is-shallow-repository").strip() == "false"


def blob_of(content: bytes) -> str:
    """Return the name under which git keeps a content."""
    return sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
