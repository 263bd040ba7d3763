"""A server on the January week."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.served import HandClock, Opener, Served, Setting, serving


@pytest.fixture
def opener(demo_file: Path) -> Opener:
    return Opener(demo_file)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def served(opener: Opener, clock: HandClock, tmp_path: Path) -> Iterator[Served]:
    with serving(opener, tmp_path, Setting(clock=clock)) as running:
        yield running
