"""The armed demo: keys change a copy that is gone afterwards, under a clock of its own, and nothing else."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest

from checks.facts.retry_queue import RETRY_QUEUE, QueueRow
from checks.model import Scope
from checks.progress import never
from checks.queue_rows import subject_of
from console.armed_demo import ARMED_AS_OF, PREFIX, armed_demo, remove_abandoned
from console.arming import NOTHING_IS_POSTED, ON_A_COPY
from console.cli.shell import Shell
from console.desk import open_desk
from console.launch import session_for
from console.settings import Flags, Homes, Settings, resolve
from console.warehouse.demo.build import content_version
from console.warehouse.protocol import WarehouseError
from screens.orders import Consent, Order, Verb
from screens.ports import Preview
from screens.session import Environment, Session
from screens.unloaded import Unloaded
from screens.views.findings import findings_view
from screens.views.options import Options
from tests.bigquery_double.hand_clock import HandClock
from tests.builders import at
from tests.cli.conftest import Courtside
from tests.console_process import READY, assert_given_back, needs_terminal, start
from tests.screens.looks import rows
from tests.terminal import Terminal

TODAY = at("2026-07-04T09:30")
WAYS_TO_SLACK = {"COURTSIDE_SLACK_WEBHOOK": "https://hooks.slack.com/services/T0/B0/x"}


@dataclass
class Home:
    """The folders of somebody who has seen the demo before, and the clock on their wall."""

    path: Path
    clock: HandClock = field(default_factory=lambda: HandClock(TODAY))

    @property
    def demo(self) -> Path:
        return self.path / "data" / f"january-2026-{content_version()}.duckdb"

    @property
    def settings(self) -> Settings:
        homes = Homes(self.path / "config", self.path / "data", self.path / "state")
        return resolve(Flags(), {}, homes, self.path / "c.toml", {"warehouse": "bigquery://prod", "read_only": True})

    @contextmanager
    def armed(self, environment: Mapping[str, str] | None = None) -> Iterator[tuple[Settings, Session]]:
        homes = Homes(self.path, self.path, self.path)
        shell = Shell(StringIO(), StringIO(), environment or {}, self.clock, lambda: homes, open_desk)
        with armed_demo(self.settings, shell, None) as (settings, on_copy):
            yield settings, session_for(settings, on_copy, on_copy=True)


@pytest.fixture
def home(tmp_path: Path, demo_file: Path) -> Home:
    found = Home(tmp_path)
    found.demo.parent.mkdir()
    shutil.copyfile(demo_file, found.demo)
    return found


def row_in(session: Session) -> QueueRow:
    with session.open_desk() as desk:
        (row,) = desk.look(Scope.at(session.clock()), ("queue.overdue",)).rows(RETRY_QUEUE)
    return row


def cancelling(session: Session) -> Preview:
    row = row_in(session)
    order = Order(Verb.CANCEL, (subject_of(row),), row.game_date, row.game_date)
    return session.hands.plan(order, Unloaded.nothing(Scope.at(session.clock())), None)


def test_it_is_a_demo_that_is_armed_and_live_at_its_own_moment_whatever_the_settings_say(home: Home) -> None:
    with home.armed() as (_, session):
        assert (session.environment, session.warehouse) == (Environment.DEMO, "demo")
        assert (session.hands.read_only, session.on_copy, session.at) == ("", True, None)
        assert session.clock() == ARMED_AS_OF
        home.clock.now += timedelta(minutes=7)
        assert session.clock() == ARMED_AS_OF + timedelta(minutes=7)
        assert session.provenance.startswith("This is a throw-away copy of the demo: ")


def test_each_plan_says_that_it_changes_a_copy_and_nothing_else(home: Home) -> None:
    with home.armed() as (_, session):
        preview = cancelling(session)
        assert (preview.title, preview.available) == ("Cancel: 1 of 1", True)
        assert preview.text.endswith(ON_A_COPY)


def test_what_is_done_is_done_to_the_copy_verified_by_its_clock_and_gone_at_the_end(home: Home) -> None:
    before = sha256(home.demo.read_bytes()).digest()
    with home.armed() as (settings, session):
        result = session.hands.apply(cancelling(session), Consent(), lambda _done, _all: None, never)
        assert result.sentence.startswith("1 of 1 done; ")
        home.clock.now += timedelta(minutes=5)
        (said,) = session.hands.follow_up()[-1:]
        assert said.startswith("done as ordered: ")
        assert row_in(session).status == "failed_permanent"
        folder = settings.state_dir.parent
        assert (folder / "state" / "journal.sqlite3").is_file()
    assert not folder.exists()
    assert sha256(home.demo.read_bytes()).digest() == before
    assert [path.name for path in home.path.iterdir()] == ["data"]


@pytest.mark.parametrize(("verb", "note", "kind"), [(Verb.ACKNOWLEDGE, "", "ack"), (Verb.SILENCE, "on it", "silent")])
def test_a_finding_that_is_acknowledged_or_silenced_is_marked_so(home: Home, verb: Verb, note: str, kind: str) -> None:
    with home.armed() as (_, session):
        scope = Scope.at(session.clock())
        with session.open_desk() as desk:
            look = desk.look(scope)
            fingerprint = look.report.causes[0].evidence[0].fingerprint
            until = session.clock() + timedelta(hours=2)
            order = Order(verb, (), scope.first, scope.last, note, until, (fingerprint,))
            preview = session.hands.plan(order, look, None)
        assert session.hands.apply(preview, Consent(), lambda _done, _all: None, never).is_complete
        home.clock.now += timedelta(minutes=1)
        session.hands.follow_up()
        with session.open_desk() as desk:
            scope = Scope.at(session.clock())
            shown = rows(findings_view(desk.look(scope), scope, desk.policy, Options(118)))
        assert any(f" {kind} " in line for line in shown)


def test_what_was_cancelled_can_be_requeued(home: Home) -> None:
    with home.armed() as (_, session):
        session.hands.apply(cancelling(session), Consent(), lambda _done, _all: None, never)
        home.clock.now += timedelta(minutes=1)
        row = row_in(session)
        order = Order(Verb.REQUEUE, (subject_of(row),), row.game_date, row.game_date)
        preview = session.hands.plan(order, Unloaded.nothing(Scope.at(session.clock())), None)
        assert session.hands.apply(preview, Consent(), lambda _done, _all: None, never).is_complete
        assert row_in(session).status == "pending"


def test_what_analytics_counts_wrongly_can_be_requeued_as_the_demo_opens(home: Home) -> None:
    """The example of the README: `r` on "MIA@UTA: analytics counts 37 players"."""
    with home.armed() as (_, session):
        scope = Scope.at(session.clock())
        with session.open_desk() as desk:
            look = desk.look(scope)
        found = next(finding for finding in look.report.findings if finding.sentence.startswith("MIA@UTA: analytics"))
        order = Order(Verb.REQUEUE, (), scope.first, scope.last, fingerprints=(found.fingerprint,))
        preview = session.hands.plan(order, look, None)
        (item,) = preview.items
        assert item.subject == "player_game_summary 2026-01-24"
        assert item.would.startswith("insert pending row: processor player_game_summary, phase_3, 2026-01-24")
        assert session.hands.apply(preview, Consent(), lambda _done, _all: None, never).is_complete
        home.clock.now += timedelta(minutes=1)
        assert session.hands.plan(order, look, None).items[0].refused.startswith("already queued (")


def test_requeueing_what_could_not_be_judged_says_why_nothing_runs_again(home: Home) -> None:
    with home.armed() as (_, session):
        scope = Scope.at(session.clock())
        with session.open_desk() as desk:
            look = desk.look(scope)
        blind = next(cause for cause in look.report.causes if not cause.evidence)
        order = Order(Verb.REQUEUE, (), scope.first, scope.last, fingerprints=(blind.key, "gone"))
        preview = session.hands.plan(order, look, None)
        assert preview.title == "Requeue: 0 of 2"
        assert [(item.subject.split(",")[0], item.refused) for item in preview.items] == [
            (
                "transitions.delay",
                (
                    "not judged, so nothing is known to have failed that could run again: `courtside doctor`, see which "
                    "tables can be read"
                ),
            ),
            ("gone", "the report has no such finding any more: refresh, and choose again"),
        ]


def abandoned(home: Home, *, minutes_ago: int) -> Path:
    """Return a copy that a killed demo has left."""
    left = home.path / "tmp" / f"{PREFIX}left"
    (left / "state").mkdir(parents=True)
    made_at = (TODAY - timedelta(minutes=minutes_ago)).timestamp()
    os.utime(left, (made_at, made_at))
    return left


def test_what_a_killed_demo_has_left_is_removed_by_the_next_and_what_is_in_use_or_just_made_is_not(home: Home) -> None:
    left = abandoned(home, minutes_ago=0)
    remove_abandoned(left.parent, TODAY)
    assert left.exists(), "somebody may be making it at this moment"
    later = TODAY + timedelta(minutes=2)
    holder = os.open(left, os.O_RDONLY)
    fcntl.flock(holder, fcntl.LOCK_EX)
    remove_abandoned(left.parent, later)
    assert left.exists(), "a demo that runs has it"
    os.close(holder)
    (left.parent / f"{PREFIX}link").symlink_to(home.path)
    remove_abandoned(left.parent, later)
    assert not left.exists()
    assert home.demo.exists(), "a link leads out of the folder"


def test_the_next_demo_looks_for_what_was_left_and_holds_its_own(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    left = abandoned(home, minutes_ago=5)
    monkeypatch.setattr(tempfile, "tempdir", str(left.parent))
    with home.armed() as (settings, _):
        assert not left.exists()
        remove_abandoned(left.parent, datetime.now(UTC) + timedelta(hours=1))
        assert settings.state_dir.parent.exists()


def test_a_plan_grows_old_by_its_clock(home: Home) -> None:
    with home.armed() as (_, session):
        preview = cancelling(session)
        home.clock.now += timedelta(minutes=11)
        result = session.hands.apply(preview, Consent(), lambda _done, _all: None, never)
        assert "older than 10 min" in result.sentence


def test_nothing_is_posted_even_where_there_is_a_way_to_slack(home: Home) -> None:
    with home.armed(WAYS_TO_SLACK) as (_, session), session.open_desk() as desk:
        preview = session.hands.summary(desk.look(Scope.at(session.clock())), "", None)
        assert (preview.available, preview.note) == (False, NOTHING_IS_POSTED)
        assert "nothing was done" in session.hands.apply(preview, Consent(), lambda _done, _all: None, never).sentence


def test_the_copy_is_removed_also_when_the_console_breaks(home: Home) -> None:
    with pytest.raises(ZeroDivisionError), home.armed() as (settings, _):
        raise ZeroDivisionError
    assert not settings.state_dir.parent.exists()


def test_a_folder_that_cannot_take_the_copy_is_said(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(WarehouseError, match="No space left on device; free some space"), home.armed():
        raise AssertionError("there is no copy")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--report",), "--armed is for the keys of the console"),
        (("--json",), "--armed is for the keys of the console"),
        (("--read-only",), "--armed and --read-only say the opposite"),
        (("--at", "2026-02-20T12:00Z"), "--at lies outside the demo's week"),
        (("--at", "2026-01-27T05:06Z"), "what is recorded ends at 2026-01-27T05:05Z"),
    ],
)
def test_what_cannot_be_is_refused(home: Home, arguments: tuple[str, ...], says: str) -> None:
    courtside = Courtside(home.path, home.demo.parent)
    refused = courtside("demo", "--armed", *arguments, env={"TERM": "xterm"}, is_terminal=True, has_keyboard=True)
    assert (refused.status, says in f"{refused.out}{refused.err}") == (3, True)


@needs_terminal
def test_a_stranger_cancels_a_row_of_the_copy_and_the_demo_is_as_it_was(home: Home, tmp_path: Path) -> None:
    copies = tmp_path / "copies"
    copies.mkdir()
    with start(home.path, "-m", "console", "demo", "--armed", TMPDIR=str(copies)) as terminal:
        terminal.wait_for(READY)
        see_row(terminal, " DEMO ", "Sun 25 Jan 11:00 EST", "ARMED on a copy", "live")
        see_row(terminal, "nbac_player_boxscore", "due")
        terminal.send("6X")
        see_row(terminal, "Cancel: 1 of 1", "Enter applies")
        see_row(terminal, "this is a throw-away copy of the demo")
        terminal.wait_quiet(0.3)
        terminal.send("\r")
        see_row(terminal, "1 of 1 done")
        assert len(list(copies.iterdir())) == 1
        terminal.press("q")
        terminal.wait_for(lambda rows: not any("1 of 1 done" in row for row in rows))
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert_given_back(terminal)
    assert list(copies.iterdir()) == []
    assert not (home.path / "state").exists()


def see_row(terminal: Terminal, *words: str) -> None:
    terminal.wait_for(lambda rows: any(all(word in row for word in words) for row in rows))
