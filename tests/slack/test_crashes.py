"""A console that ends at any step of a delivery leaves nothing lost and nothing to be posted twice."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from console.journal import FILE_NAME
from console.slack.outbox import LEASE, SlackOutbox, State
from tests.fuse import BreakableJournal, CrashError, Fuse
from tests.slack.conftest import Desk, message
from tests.slack_double import SlackDouble


def _crash_at(step: int, here: Desk, *, through: str) -> bool:
    """Return whether the process ended at this step of putting and delivering two messages with a reply."""
    fuse = Fuse(step)
    outbox = SlackOutbox(BreakableJournal(here.path / FILE_NAME, fuse, here.pace.now), here.pace)
    way = here.bot if through == "bot" else here.webhook
    try:
        for sent in (message("silent"), message("fine", standing="good")):
            outbox.put(way.destination, sent)
            outbox.deliver(way)
    except CrashError:
        return True
    return False


def test_after_the_end_at_any_step_both_messages_and_the_reply_are_there_once(tmp_path: Path) -> None:
    for step in count(1):
        with SlackDouble().serving() as double:
            folder = tmp_path / str(step)
            folder.mkdir()
            here = Desk(double, folder)
            crashed = _crash_at(step, here, through="bot")
            here.later(LEASE.total_seconds() / 60 + 1)
            here.posts(message("silent"))
            here.posts(message("fine", standing="good"))
            assert here.shown == ["fine", "now: fine"], f"step {step}"
        if not crashed:
            assert step > 20
            return


def test_a_webhook_is_never_used_twice_for_one_message_whatever_step_the_process_ends_at(tmp_path: Path) -> None:
    for step in count(1):
        with SlackDouble().serving() as double:
            folder = tmp_path / str(step)
            folder.mkdir()
            here = Desk(double, folder)
            crashed = _crash_at(step, here, through="webhook")
            here.later(LEASE.total_seconds() / 60 + 1)
            for sent in (message("silent"), message("fine", standing="good")):
                posting = here.hooks(sent)
                assert here.shown.count(sent.text) <= 1
                assert posting.state is State.DOUBTFUL or here.shown.count(sent.text) == 1, f"step {step}"
        if not crashed:
            return


@pytest.mark.parametrize("through", ["bot", "webhook"])
def test_without_a_crash_everything_is_delivered(here: Desk, through: str) -> None:
    assert not _crash_at(0, here, through=through)
    assert here.shown == (["fine", "now: fine"] if through == "bot" else ["silent", "fine"])
