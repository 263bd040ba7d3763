"""A folder to audit, as files and their text; real files, real git, real ruff."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from console.audits.audit import Outcome, audit
from console.audits.choosing import Only
from console.audits.options import read_options


@dataclass(frozen=True)
class Checkout:
    """A checkout that a test fills."""

    root: Path

    def write(self, path: str, text: str | bytes) -> Path:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text if isinstance(text, bytes) else text.encode())
        return place

    def read(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def audit(self, *checks: str, only: frozenset[str] | None = None) -> Outcome:
        return audit(self.root, checks, read_options(self.root), Only(changed=only))

    def git(self, *arguments: str) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main")
        subprocess.run(  # noqa: S603 # a test's own repository
            ["git", *identity, "-C", str(self.root), *arguments],  # noqa: S607 # the git there is
            check=True,
            capture_output=True,
            env=environment,
        )

    def add_loader(self) -> None:
        """Let there be the batch loader that `--fix` writes calls of."""
        self.write("shared/utils/bigquery_utils.py", "def insert_bigquery_rows(table, rows): ...\n")

    def commit(self) -> None:
        if not (self.root / ".git").exists():
            self.git("init", "-q")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "x", "--allow-empty")

    def hang(self) -> None:
        """Let whoever audits this checkout wait for ever: for git, which waits for somebody to write its configuration."""
        self.write("shared/clock.py", "NOW = 2\n")
        self.write("orchestration/cloud_functions/a/shared/clock.py", "NOW = 1\n")
        self.commit()
        (self.root / ".git/config").unlink()
        os.mkfifo(self.root / ".git/config")

    def content(self) -> dict[str, bytes | str]:
        """Return all that is in the checkout, links by where they lead."""
        return {
            str(path.relative_to(self.root)): f"-> {path.readlink()}" if path.is_symlink() else path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_symlink() or path.is_file()
        }


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    root = tmp_path / "checkout"
    root.mkdir()
    return Checkout(root)


def said(outcome: Outcome) -> Sequence[str]:
    """Return the findings as `CRITICAL path:line rule`."""
    return [f"{spot.hit.severity.name} {spot.hit.place} {spot.hit.rule}" for spot in outcome.spots]
