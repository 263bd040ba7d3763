"""What git knows of an audited folder. Nothing that the repository configures is run."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from console.audits.values import AuditError

_SAFE = ("-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "-c", "log.showSignature=false", "--no-pager")
"""A repository may name programs of its own: a file system monitor, one that checks signatures."""
_NO_FILTERS = ("clean", "process", "smudge")
"""Programs of a filter, through which git passes a file before it compares it."""


def git(root: Path, *arguments: str) -> str:
    """Return what git prints, run in a folder. Raises AuditError with git's own sentence, or that there is no git."""
    status, out, said = _run(root, *_SAFE, *arguments)
    if status != 0:
        raise AuditError(f"{root}: git says {said or status}")
    return out


def git_without_filters(root: Path, *arguments: str) -> str:
    """Return the same for what looks into files, without the filters that the repository configures. Raises AuditError."""
    _, out, _ = _run(root, *_SAFE, "config", "--name-only", "-z", "--get-regexp", r"^filter\..*\.(clean|process)$")
    filters = {name.rpartition(".")[0] for name in out.split("\0") if name}
    off = [f"{name}.{key}=" for name in sorted(filters) for key in _NO_FILTERS]
    off += [f"{name}.required=false" for name in sorted(filters)]
    return git(root, *(part for setting in off for part in ("-c", setting)), *arguments)


def _run(root: Path, *arguments: str) -> tuple[int, str, str]:
    """Return git's exit status, what it prints and the first line of what it complains of. Raises AuditError without a git."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(  # noqa: S603 # arguments of ours; a revision is checked before
            ["git", "-C", str(root), *arguments],  # noqa: S607 # git is where the user has it
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
            env=environment,
        )
    except OSError as error:
        raise AuditError(f"git cannot be run ({error.strerror}), and only it knows what changed") from error
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return done.returncode, done.stdout.decode("utf-8", "surrogateescape"), said[0] if said else ""


def keeps_modes(root: Path) -> bool:
    """Return whether it counts here that a file can be executed, as git sees it: not where the file system does not say."""
    if os.name == "nt":
        return False
    try:
        _, out, _ = _run(root, *_SAFE, "config", "--type=bool", "--get", "core.fileMode")
    except AuditError:  # courtside: ignore[silent_exceptions] without a git nobody says otherwise
        return True
    return out.strip() != "false"


def why_no_history(root: Path) -> str:
    """Return why git knows nothing of a folder's past, "" when it stands in a repository with at least one commit."""
    try:
        git(root, "rev-parse", "--git-dir")
        status, _, _ = _run(root, *_SAFE, "rev-parse", "--verify", "--quiet", "HEAD")
    except AuditError as error:
        return str(error)
    return f"{root}: there is no commit yet" if status else ""


def has_history(root: Path) -> bool:
    """Return whether a folder stands in a repository with at least one commit."""
    return not why_no_history(root)
