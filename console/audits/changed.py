"""`--changed-since REV`: only the files that differ from where a revision and HEAD parted, or that git does not know yet."""

from __future__ import annotations

from pathlib import Path

from console.audits.git import git, git_without_filters, why_no_history
from console.audits.values import AuditError


def changed_since(root: Path, revision: str) -> frozenset[str]:
    """Return the paths, relative to a folder, that are not as they were where `revision` and HEAD parted, removed ones too.

    What others committed to `main` since is not looked at with `main`. `main...feat` is where those two parted. Raises
    AuditError.
    """
    if why := why_no_history(root):
        raise AuditError(f"{why}; so nothing can be said of what changed since {revision}")
    options = ("--name-only", "-z", "--relative", "--no-ext-diff", "--no-textconv", "--no-renames")
    commit = _parting(root, revision)
    tracked = git_without_filters(root, "diff", *options, "--ignore-submodules=dirty", commit, "--", ".")
    untracked = git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    return frozenset(path for path in (tracked + untracked).split("\0") if path)


def _parting(root: Path, revision: str) -> str:
    """Return the newest commit that a revision and HEAD, or the two sides of `main...feat`, have in common."""
    first, dots, second = revision.partition("...")
    sides = [_commit(root, (side or "HEAD") if dots else side) for side in (first, second or "HEAD")]
    try:
        return git(root, "merge-base", *sides).strip()
    except AuditError as error:
        names = f"{first or 'HEAD'} and {second or 'HEAD'}"
        raise AuditError(
            f"{root}: {names} have no commit in common here, so nothing can be said of what changed since they parted; "
            "a clone without all of its history needs `git fetch --unshallow`"
        ) from error


def _commit(root: Path, revision: str) -> str:
    if revision.startswith("-") or "\0" in revision:
        raise AuditError(f"{revision!r} is no revision")
    try:
        return git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").strip()
    except AuditError as error:
        raise AuditError(f"{root}: there is no revision {revision!r}; give a commit, a branch or a tag") from error
