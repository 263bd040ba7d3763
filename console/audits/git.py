"""What git knows of an audited folder. Nothing that the repository configures is run."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from console.audits.values import AuditError

_SAFE = ("-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "--no-pager")
"""A repository may name a program of its own as a file system monitor."""


def git(root: Path, *arguments: str) -> str:
    """Return what git prints, run in a folder. Raises AuditError with git's own sentence, or that there is no git."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(  # noqa: S603 # arguments of ours; a revision is checked before
            ["git", *_SAFE, "-C", str(root), *arguments],  # noqa: S607 # git is where the user has it
            capture_output=True,
            check=False,
            env=environment,
        )
    except OSError as error:
        raise AuditError(f"git cannot be run ({error.strerror}), and only it knows what changed") from error
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise AuditError(f"{root}: git says {said[0] if said else done.returncode}")
    return done.stdout.decode("utf-8", "surrogateescape")


def has_history(root: Path) -> bool:
    """Return whether a folder stands in a repository with at least one commit."""
    try:
        git(root, "rev-parse", "--verify", "--quiet", "HEAD")
    except AuditError:  # courtside: ignore[silent_exceptions] the caller asks exactly whether git can answer
        return False
    return True
