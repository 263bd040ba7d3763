"""The January week as the screens see it, asked for once."""

from __future__ import annotations

import pytest

from checks.model import Scope
from console.desk import Desk
from screens.ports import Look
from tests.screens.looks import with_gate_words
from tests.screens.stubs import MOMENT, Source


@pytest.fixture(scope="session")
def january(desk: Desk) -> Look:
    """The full report 45 hours into the silence, with all its facts, and the words about gates that pages load beside them."""
    return with_gate_words(desk, desk.look(Scope.at(MOMENT)))


@pytest.fixture
def source(january: Look) -> Source:
    return Source(january)
