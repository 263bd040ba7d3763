"""Somebody with a journal, a clock, and services on this machine that take what is sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.warehouse.clients import close_clients
from tests.notify.posts import Post
from tests.notify.services import Receiver
from tests.slack_double import SlackDouble


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().serving() as receiver:
        yield receiver
    close_clients()


@pytest.fixture
def slack() -> Iterator[SlackDouble]:
    with SlackDouble().serving() as double:
        yield double


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return Post(tmp_path)
