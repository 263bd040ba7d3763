"""`--changed-since REV`: only the files that differ from a revision, or that git does not know yet."""

from __future__ import annotations

from pathlib import Path

from console.audits.git import git, git_without_filters, why_no_history
from console.audits.values import AuditError


def changed_since(root: Path, revision: str) -> frozenset[str]:
    """Return the paths, relative to a folder, that are not as they were in `revision`. Raises AuditError."""
    if why := why_no_history(root):
        raise AuditError(f"{why}; so nothing can be said of what changed since {revision}")
    if revision.startswith("-") or "\0" in revision:
        raise AuditError(f"{revision!r} is no revision")
    try:
        commit = git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").strip()
    except AuditError as error:
        raise AuditError(f"{root}: there is no revision {revision!r}; give a commit, a branch or a tag") from error
    options = ("--name-only", "-z", "--relative", "--no-ext-diff", "--no-textconv", "--no-renames", "--diff-filter=d")
    tracked = git_without_filters(root, "diff", *options, "--ignore-submodules=dirty", commit, "--", ".")
    untracked = git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    return frozenset(path for path in (tracked + untracked).split("\0") if path)
