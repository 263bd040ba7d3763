"""Files that are no part of the shared code: those that git ignores, and those that an editor or a secret leaves in a folder.

What git ignores or does not know lies on one machine only, and may be a key: copied beside a function it would be deployed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from console.audits.choosing import root_above
from console.audits.git import git
from console.audits.values import AuditError

_SECRETS = (
    *(".env", ".env.*", "*.env", ".envrc", ".netrc", "*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore"),
    *("*credential*.json", "*secret*.json", "*service*account*.json"),
)
_NEVER = (
    *_SECRETS,
    *("*.sw[a-p]", "*~", ".#*", "[#]*[#]", ".idea", ".vscode", "*.orig", "*.rej", "*.bak"),  # of editors and merges
)
"""Names of files and folders, in small letters, that are left out unless git keeps them: deployed, they would be a mistake."""
_KEYS = "id_*"
"""Keys of SSH, as `id_ed25519`: names of files without an extension."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Which files are left out, and which others git does not keep; `is_known` is false where there is a git that fails.

    `secrets` are those of `files` that are named like one and that git does not ignore: somebody may want to know of them.
    """

    files: frozenset[Path]
    secrets: frozenset[Path] = frozenset()
    untracked: frozenset[Path] = frozenset()
    is_known: bool = True


def left_out(root: Path, files: Iterable[Path]) -> LeftOut:
    """Return which files of the audited folder are left out.

    A repository inside of another is left out whole where that one ignores it. Without a git, or when it fails, files are told by
    their names. The paths are absolute, and no link is above a file.
    """
    ignored: set[Path] = set()
    unkept: set[Path] = set()
    loose: set[Path] = set()
    by_home = _by_home(files)
    inner = [home for home in by_home if home is not None and root in home.parents]
    above = left_out(root, inner) if inner else LeftOut(frozenset())
    is_known = above.is_known
    for home, among in by_home.items():
        try:
            if home is None:
                loose |= among
            elif home in above.files:
                ignored |= among
            else:
                ignored |= _others(home, among, "--ignored", "--exclude-standard")
                unkept |= _others(home, among, "--exclude-standard")
        except AuditError:  # then what copies lack is told to be so, and none of it is copied
            loose |= among
            is_known = False
    named = _named(root, unkept | loose, _NEVER)
    return LeftOut(
        frozenset(ignored | named), frozenset(_named(root, named, _SECRETS)), frozenset(unkept - named), is_known
    )


def unfamiliar(kept: Iterable[Path], untracked: Iterable[Path]) -> frozenset[Path]:
    """Return the untracked files that are neither Python nor of an extension that one of the files `kept` by git has."""
    familiar = {".py", *(file.suffix for file in kept)} - {""}
    return frozenset(file for file in untracked if file.suffix not in familiar)


def _by_home(files: Iterable[Path]) -> dict[Path | None, set[Path]]:
    """Return files by the repository that each is in, the innermost one."""
    homes: dict[Path, Path | None] = {}
    found: dict[Path | None, set[Path]] = {}
    for file in files:
        if file.parent not in homes:
            homes[file.parent] = root_above(file.parent)
        found.setdefault(homes[file.parent], set()).add(file)
    return found


def _named(root: Path, files: Iterable[Path], names: Iterable[str]) -> set[Path]:
    """Return the files of the audited folder that have, or stand in a folder that has, one of the names or that of a key."""
    patterns = tuple(names)
    parts = ((file, [part.lower() for part in file.relative_to(root).parts]) for file in files)
    return {
        file
        for file, among in parts
        if any(fnmatchcase(part, name) for part in among for name in patterns) or _is_key(file)
    }


def _is_key(file: Path) -> bool:
    return not file.suffix and fnmatchcase(file.name, _KEYS)


def _others(home: Path, files: AbstractSet[Path], *which: str) -> set[Path]:
    """Return the files of a repository that git does not keep, `which` of them as options say. Raises AuditError."""
    options = ("--others", *which, "-z", "--", *_specs(home, files))
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
