"""Whatever ends the process: no game is lost, none is written twice, and the queue has one row for each that was not saved."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from console.saving.queueing import CUT_OFF, queue_unsaved
from tests.fuse import CrashError, Fuse
from tests.saving.saving import CONFLICTS, NAMES, PROCESSOR, QUEUE, Desk, minutes

FIRST, SECOND = NAMES[:2]
NOTED_FROM = {FIRST: 3, SECOND: 6}
"""From which step on their first conflicts are in the journal; a crash before that is the processor's own, as without us."""
KEYS = {"LAL@DAL": FIRST, "BOS@NYK": SECOND}


def crashes(desk: Desk, at: int) -> bool:
    """Save two games, of which one is held for good and one for a while, and end the process at a step."""
    try:
        desk.save(desk.table.games(2), desk.breakable(Fuse(at)))
    except CrashError:
        return True
    return False


def start_over(desk: Desk, folder: Path) -> None:
    folder.mkdir()
    desk.folder = folder
    desk.clock.now = minutes(0)
    desk.table.tried.clear()
    desk.table.written.clear()
    desk.table.held = {FIRST: minutes(10_000), SECOND: minutes(4)}
    desk.run(f"DELETE FROM {QUEUE}; DELETE FROM {CONFLICTS}")


@pytest.mark.parametrize("first", [1, 2, 3, 4])
def test_a_crash_at_any_step_loses_no_game_and_queues_none_twice(desk: Desk, tmp_path: Path, first: int) -> None:
    for at in range(first, 200, 4):
        start_over(desk, tmp_path / f"crash-{at:03}")
        crashed = crashes(desk, at)
        desk.later(60)
        for _ in range(2):  # whoever comes next, and once more for what has to wait its turn
            desk.save([])
            desk.later(5)
        rows = desk.queued()
        queued = {KEYS[key]: status for key, status in rows}
        assert len(queued) == len(rows)
        assert set(queued.values()) <= {"pending"}
        for game_id in set(
            desk.table.tried
        ):  # a game that was not even tried is for whoever starts the processor again
            was_noted = game_id in queued or game_id in desk.table.written
            assert was_noted or at <= 6, f"{game_id} is lost by a crash at step {at}"
        assert desk.table.written.count(SECOND) <= 1
        real = [game for game, kind, _ in desk.logged() if kind == "streaming_buffer"]
        assert len(real) == len(set(real))
        if not crashed:
            break
    assert at > 20
    assert queued == {FIRST: "pending"}


def test_a_game_saved_by_a_try_that_nobody_noted_is_queued_with_the_doubt_in_words(desk: Desk) -> None:
    desk.table.hold(1, 4)

    def save_and_die() -> None:
        desk.table.save(FIRST)
        raise CrashError

    game = desk.table.games(1)[0]
    with pytest.raises(CrashError):
        desk.save([type(game)(game.game_id, game.game_date, save_and_die)])
    assert desk.table.written == [FIRST]
    assert queue_unsaved(desk.keeping, PROCESSOR, desk.clock.now + timedelta(minutes=14)) == ()
    [left] = queue_unsaved(desk.keeping, PROCESSOR, desk.clock.now + timedelta(minutes=15))
    assert CUT_OFF in left.reason
    assert [CUT_OFF in message for (message,) in desk.queued("error_message")] == [True]
    assert desk.table.written == [FIRST]


def test_a_call_that_is_alive_keeps_its_waiting_games_from_others(desk: Desk) -> None:
    desk.table.hold(1, 34)
    seen: list[object] = []

    def sleep(seconds: float) -> None:
        desk.sleep(seconds)
        seen.append(queue_unsaved(desk.keeping, PROCESSOR, desk.clock.now))

    desk.save(desk.table.games(1), sleep=sleep)
    assert seen == [(), (), ()]
    assert desk.queued() == []


def test_a_call_that_dies_in_a_wait_leaves_its_game_to_whoever_comes(desk: Desk) -> None:
    desk.table.hold(1, 600)

    def die(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        desk.save(desk.table.games(1), sleep=die)
    assert desk.queued() == []
    desk.later(20)
    desk.save([])
    assert desk.queued() == [("LAL@DAL", "pending")]
    assert desk.logged() == [(FIRST, "streaming_buffer", False)]
