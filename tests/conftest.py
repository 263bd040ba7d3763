"""What all tests share: the January week, built once a session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from checks.policy import Policy

if TYPE_CHECKING:
    from console.desk import Desk


settings.register_profile("shared-machine", deadline=None)  # two busy cores make single examples slow, not wrong
settings.load_profile("shared-machine")


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from console.warehouse.demo.build import build_demo

    path = tmp_path_factory.mktemp("demo") / "january.duckdb"
    build_demo(path)
    return path


@pytest.fixture(scope="session")
def desk(demo_file: Path) -> Iterator[Desk]:
    from console.desk import Desk
    from console.warehouse.embedded import EmbeddedWarehouse

    with Desk(EmbeddedWarehouse(demo_file), Policy()) as opened:
        yield opened
