"""Files that are no part of the shared code: those that git ignores, and those that an editor or a secret leaves in a folder.

What git ignores lies on one machine only, and may be a key: copied beside a function it would be deployed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from fnmatch import fnmatchcase
from pathlib import Path

from console.audits.choosing import root_above
from console.audits.git import git
from console.audits.values import AuditError

_NEVER = (
    *(".env", ".env.*", ".envrc", ".netrc", "*.pem", "*.key", "*.p12", "*.pfx"),  # secrets
    *("*.sw[a-p]", "*~", ".#*", "[#]*[#]", ".idea", ".vscode"),  # of editors
)
"""Names of files and folders that are left out unless git keeps them: nobody wants them deployed by mistake."""


def left_out(root: Path, files: Iterable[Path]) -> tuple[frozenset[Path], bool]:
    """Return which files of the audited folder are left out, and whether all of it is known: not where there is a git that fails.

    A repository inside of another is left out whole where that one ignores it. Without a git, or when it fails, files are told by
    their names. The paths are absolute, and no link is above a file.
    """
    out: set[Path] = set()
    by_home = _by_home(files)
    inner = [home for home in by_home if home is not None and root in home.parents]
    ignored, is_known = left_out(root, inner) if inner else (frozenset(), True)
    for home, among in by_home.items():
        try:
            out |= among if home in ignored else _ignored(home, among) if home is not None else _never(root, among)
        except AuditError:  # then what copies lack is told to be so, and none of it is copied
            out |= _never(root, among)
            is_known = False
    return frozenset(out), is_known


def _by_home(files: Iterable[Path]) -> dict[Path | None, set[Path]]:
    """Return files by the repository that each is in, the innermost one."""
    homes: dict[Path, Path | None] = {}
    found: dict[Path | None, set[Path]] = {}
    for file in files:
        if file.parent not in homes:
            homes[file.parent] = root_above(file.parent)
        found.setdefault(homes[file.parent], set()).add(file)
    return found


def _never(root: Path, files: Iterable[Path]) -> set[Path]:
    named = ((file, file.relative_to(root).parts) for file in files)
    return {file for file, parts in named if any(fnmatchcase(part, name) for part in parts for name in _NEVER)}


def _ignored(home: Path, files: AbstractSet[Path]) -> set[Path]:
    """Return the files of a repository that git does not keep, and either ignores or are never wanted. Raises AuditError."""
    excluded = [part for name in _NEVER for part in ("-x", name)]
    options = ("--others", "--ignored", "--exclude-standard", *excluded, "-z", "--", *_specs(home, files))
    told = git(home, "--literal-pathspecs", "ls-files", *options).split("\0")
    names = {home / name for name in told if name}
    # A folder is named, not its files, where it is a repository of its own.
    folders = {home / name for name in told if name.endswith("/")}
    return {file for file in files if file in names or not folders.isdisjoint(file.parents)}


def _specs(home: Path, files: Iterable[Path]) -> Iterator[str]:
    """Yield what git is asked for: the topmost folders of the files, and the files themselves in the repository's own."""
    folders: set[Path] = set()
    for file in sorted(files, key=lambda file: len(file.parts)):
        if file.parent == home:
            yield file.name
        elif folders.isdisjoint(file.parents):
            folders.add(file.parent)
            yield file.parent.relative_to(home).as_posix()
