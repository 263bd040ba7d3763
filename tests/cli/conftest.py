"""A command line with its own streams, clock and folders, on the real demo warehouse."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from console.cli.app import run
from console.cli.shell import Shell
from console.desk import open_desk
from console.settings import Homes
from tests.builders import at

CLOCK = at("2026-01-25T12:00")


@dataclass(frozen=True)
class Result:
    """How one command line ended."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def document(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Courtside:
    """Runs command lines."""

    home: Path
    data: Path

    def __call__(
        self,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        now: datetime = CLOCK,
        width: int = 80,
        is_terminal: bool = False,
        has_keyboard: bool = False,
    ) -> Result:
        out, err = io.StringIO(), io.StringIO()
        shell = Shell(
            out=out,
            err=err,
            environment=env or {},
            now=lambda: now,
            homes=lambda: Homes(self.home, self.data, self.home),
            open_desk=partial(open_desk, now=lambda: now),
            is_terminal=is_terminal,
            width=width,
            has_keyboard=has_keyboard,
        )
        status = run(arguments, shell)
        return Result(status, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder, shared so that the demo is built once."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def courtside(tmp_path: Path, data: Path) -> Courtside:
    return Courtside(tmp_path, data)
