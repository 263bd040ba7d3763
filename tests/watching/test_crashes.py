"""Whatever ends the watcher, and wherever: nobody is told twice, and nobody is not told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from checks.model import Severity
from console.heartbeat import WATCHER, last_heartbeat
from console.notify.notice import Kind
from console.outbox.outbox import Outbox
from console.watching.leadership import TERM
from tests.fuse import Fuse
from tests.watching.worlds import HALF_AN_HOUR, PLACE, World, crashes


def test_a_watcher_that_is_killed_at_any_step_of_a_run_has_people_told_once_by_whoever_comes_after(
    tmp_path: Path,
) -> None:
    for at in range(1, 200):
        world = World(tmp_path / f"crash-{at:03}", lambda _: Severity.CRITICAL, mirrors=True)
        world.folder.mkdir()
        world.journal().prefer("made", "yes")
        fuse = Fuse(at)
        world.people.fuse = fuse
        crashed = crashes(world.watcher(fuse=fuse).run)
        world.people.fuse = Fuse()
        world.passes(TERM + timedelta(minutes=1))
        world.watcher().run()
        assert [notice.kind for notice in world.people.told] == [Kind.OPENED], at
        assert last_heartbeat(world.journal(), WATCHER, PLACE) is not None
        assert Outbox(world.journal()).is_waiting(PLACE)
        if not crashed:
            break
    assert at > 15  # each transaction has three steps and each notice two


def test_a_clock_that_is_put_back_an_hour_after_a_crash_keeps_what_was_being_sent_for_no_hour(tmp_path: Path) -> None:
    world = World(tmp_path, lambda _: Severity.CRITICAL)
    world.people.fuse = Fuse(1)
    assert crashes(world.watcher().run)
    world.people.fuse = Fuse()
    world.wall -= timedelta(hours=1)
    world.passes(TERM + timedelta(minutes=1))
    world.watcher().run()
    assert [notice.kind for notice in world.people.told] == [Kind.OPENED]


def test_a_watcher_that_is_killed_in_every_second_run_of_a_day_tells_what_one_tells_that_never_is(
    tmp_path: Path,
) -> None:
    begin = World(tmp_path).wall

    def severity(moment: object) -> Severity:
        hour = (moment - begin) / timedelta(hours=1)  # type: ignore[operator]  # a moment of the world
        return Severity.CRITICAL if 3 <= hour < 9 else Severity.OK

    well, ill = World(tmp_path / "well", severity), World(tmp_path / "ill", severity)
    for world in (well, ill):
        world.folder.mkdir()
        for number in range(48):
            fuse = Fuse(1 + number % 17 if world is ill and number % 2 else 0)
            world.people.fuse = fuse
            watcher = world.watcher(fuse=fuse)
            crashes(watcher.run)
            world.people.fuse = Fuse()
            world.passes(HALF_AN_HOUR / 2)
            crashes(watcher.between)
            world.passes(HALF_AN_HOUR / 2)
    kinds = [[notice.kind for notice in world.people.told] for world in (well, ill)]
    assert kinds[0][:2] == [Kind.OPENED, Kind.ESCALATION]
    assert [kinds[1].count(kind) for kind in (Kind.OPENED, Kind.RESOLVED)] == [1, 1]
