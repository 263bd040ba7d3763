"""The pipeline's empty tables, fresh for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.facts.tables import Tables


@pytest.fixture
def tables() -> Iterator[Tables]:
    made = Tables()
    yield made
    made.connection.close()
