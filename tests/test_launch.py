"""How the console opens: what it is given, what it loads first, and when the report is printed instead."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import pytest

from checks.model import Subject, SubjectKind
from console import launch
from console.cli.shell import Shell
from console.desk import Desk
from console.environment import environment_of
from console.launch import COLLECT, Guarded
from console.settings import Flags, Homes, Settings, resolve
from console.warehouse.embedded import EmbeddedWarehouse
from screens.lines import text_of
from screens.orders import Order, Verb
from screens.session import Environment, Session
from tests.builders import at, scope_at
from tests.console_process import READY, ROOT, courtside, needs_terminal, start
from tests.screens.stubs import Source, drive, session_on, until

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from screens.app import CourtsideApp

NOW = at("2026-01-26T15:20")


def settings(state: Path, table: Mapping[str, object] | None = None) -> Settings:
    return resolve(Flags(), {}, Homes(state, state, state), state / "courtside.toml", table or {})


def shell(environment: Mapping[str, str] | None = None, *, out: TextIO | None = None) -> Shell:
    def no_desk(_: Settings) -> Desk:
        raise AssertionError("nothing may be opened yet")

    homes = Homes(Path(), Path(), Path())
    return Shell(
        out or StringIO(), StringIO(), environment or {}, lambda: NOW, lambda: homes, no_desk, is_terminal=True
    )


def session(
    state: Path, table: Mapping[str, object] | None = None, environment: Mapping[str, str] | None = None
) -> Session:
    from console.launch import session_for

    return session_for(settings(state, table), shell(environment))


# What the screens are given


def test_the_demo_opens_on_the_moment_of_its_story_and_says_what_it_is_made_of(tmp_path: Path) -> None:
    found = session(tmp_path)
    assert (found.environment, found.at) == (Environment.DEMO, at("2026-01-25T01:30"))
    assert found.provenance.startswith("No warehouse is configured, so this is the demo. Recorded in January 2026: ")


def test_a_demo_that_was_asked_for_needs_no_excuse(tmp_path: Path) -> None:
    from console.launch import session_for

    found = session_for(settings(tmp_path).for_demo(), shell(), at("2026-01-23T06:20"))
    assert found.at == at("2026-01-23T06:20")
    assert found.provenance.startswith("Recorded in January 2026")


def test_a_file_opens_live_on_tonights_and_last_nights_games(tmp_path: Path) -> None:
    found = session(tmp_path, {"warehouse": "/data/week.duckdb"})
    assert (found.environment, found.warehouse) == (Environment.EMBEDDED, "/data/week.duckdb")
    assert (found.at, found.days, found.provenance) == (None, 2, "")
    assert found.clock() == NOW


def test_days_keys_and_theme_of_the_settings_reach_the_screens(tmp_path: Path) -> None:
    found = session(tmp_path, {"days": 4, "theme": "light", "keys": {"requeue": "ctrl+r"}})
    assert (found.days, found.keys, found.memory.preference("theme")) == (4, {"requeue": "ctrl+r"}, "light")


@pytest.mark.parametrize(
    ("table", "environment", "color"),
    [({}, {"TERM": "xterm"}, True), ({"color": "never"}, {"TERM": "xterm"}, False), ({}, {"TERM": "dumb"}, False)],
)
def test_colour_is_as_the_settings_or_the_terminal_have_it(
    tmp_path: Path, table: Mapping[str, object], environment: Mapping[str, str], color: bool
) -> None:
    assert session(tmp_path, table, environment).color is color


def test_a_terminal_that_is_not_utf_8_gets_ascii_and_so_does_who_asks_for_it(tmp_path: Path) -> None:
    from console.launch import session_for

    of = settings(tmp_path)
    latin = shell(out=TextIOWrapper(BytesIO(), encoding="latin-1"))
    unicode = shell(out=TextIOWrapper(BytesIO(), encoding="utf-8"))
    asked = of.with_choice("ascii", value=True, source="command line")
    assert [session_for(*given).ascii for given in ((of, latin), (of, unicode), (asked, unicode))] == [
        True,
        False,
        True,
    ]


def test_the_hands_and_the_doctor_are_there_when_a_key_asks_for_them(
    tmp_path: Path, demo_file: Path, desk: Desk
) -> None:
    from console.launch import session_for

    world = replace(shell(), open_desk=lambda _: Desk(EmbeddedWarehouse(demo_file), desk.policy))
    found = session_for(settings(tmp_path), world)
    moment = at("2026-01-25T16:00")
    subject = Subject(SubjectKind.GAME, "GSW@MIN", date(2026, 1, 24))
    order = Order(Verb.REQUEUE, (subject,), date(2026, 1, 24), date(2026, 1, 25))
    look = desk.look(scope_at("2026-01-25T16:00"), ["queue.overdue", "reconcile.games"])
    planned = found.hands.plan(order, look, moment)
    assert planned.items[0].refused.startswith("not played: ")
    assert planned.note.startswith("the demo is read-only")
    assert found.hands.summary(look, "", moment).text.startswith("*")
    assert found.doctor is not None
    assert "being examined" in text_of(found.doctor(80)[0])


def test_the_demo_is_read_only_and_says_why(tmp_path: Path) -> None:
    hands = session(tmp_path).hands
    assert hands.read_only.startswith("the demo is read-only")
    assert hands.follow_up() == ()


def test_a_file_can_be_changed_and_production_only_when_the_settings_say_so(tmp_path: Path) -> None:
    assert session(tmp_path, {"warehouse": "/data/week.duckdb"}).hands.read_only == ""
    assert session(tmp_path, {"warehouse": "bigquery://nba"}).hands.read_only.startswith("read-only, as production is")


def test_where_nothing_can_be_kept_nothing_can_be_done(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("no directory")
    hands = session(tmp_path / "state", {"warehouse": "/data/week.duckdb"}).hands
    assert hands.read_only.startswith("nothing can be done that is not in the journal: ")


def test_opening_asks_neither_the_warehouse_nor_anything_slow(tmp_path: Path) -> None:
    assert session(tmp_path).memory.last_report("demo") is None


LOADED = """
import sys
from pathlib import Path
import console.launch
path = Path(sys.argv[1])
class Seen(console.launch.Guarded):
    def on_mount(self):
        path.write_text("\\n".join(sys.modules))
        self.exit()
console.launch.Guarded = Seen
import console.__main__
sys.argv = ["courtside", "demo"]
console.__main__.main()
"""


@needs_terminal
def test_before_the_first_frame_neither_the_warehouse_nor_the_command_line_nor_the_checks_are_loaded(
    tmp_path: Path,
) -> None:
    path = tmp_path / "modules"
    with start(tmp_path, "-c", LOADED, path) as terminal:
        assert terminal.wait_exit() == 0
    loaded = set(path.read_text().split())
    assert not {name.split(".")[0] for name in loaded} & {"duckdb", "typer", "click", "pandas", "google", "slack_sdk"}
    assert not loaded & {"checks.catalogue", "checks.runner", "console.desk", "console.document", "console.crash"}
    assert not loaded & {"console.hands", "console.examination"}
    assert not loaded & {"checks.model", "checks.policy", "screens.ports", "screens.feed", "screens.views.findings"}


# When it opens


@needs_terminal
@pytest.mark.parametrize("arguments", [("--report",), ("--json",), ("demo", "--report")])
def test_on_a_terminal_the_report_is_printed_when_it_is_asked_for(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    with courtside(tmp_path, *arguments, COURTSIDE_WAREHOUSE="demo", NO_COLOR="1") as terminal:
        assert terminal.wait_exit(30) == 2
        assert b"nobody is deciding" in terminal.raw
        assert b"\x1b[?1049h" not in terminal.raw


@needs_terminal
@pytest.mark.parametrize(
    "arguments", [("--ascii",), ("--at", "2026-01-23T06:20Z"), ("demo", "--at", "2026-01-23T06:20Z")]
)
def test_options_open_the_console_too(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    with courtside(tmp_path, *arguments) as terminal:
        terminal.wait_for(READY)
        if "--at" in arguments:
            terminal.wait_for("2026-01-23T06:20Z")
        else:
            assert terminal.raw.isascii()
        terminal.press("q")
        assert terminal.wait_exit() == 0


@needs_terminal
@pytest.mark.parametrize(
    ("arguments", "more", "says"),
    [
        ((), {"COURTSIDE_THEME": "purple"}, "courtside: COURTSIDE_THEME (environment) must be one of dark, light"),
        (("demo", "--at", "2025-01-23T06:20Z"), {}, "courtside: --at lies outside the demo's week"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_nothing_is_opened(
    tmp_path: Path, arguments: tuple[str, ...], more: Mapping[str, str], says: str
) -> None:
    with courtside(tmp_path, *arguments, **more) as terminal:
        assert terminal.wait_exit() == 3
        assert "".join(terminal.text()).startswith(says)
        assert b"\x1b[?1049h" not in terminal.raw


@needs_terminal
def test_a_dumb_terminal_gets_the_report(tmp_path: Path) -> None:
    with courtside(tmp_path, COURTSIDE_WAREHOUSE="demo", TERM="dumb") as terminal:
        assert terminal.wait_exit(30) == 2
        assert b"nobody is deciding" in terminal.raw


def test_without_a_terminal_the_report_is_printed(tmp_path: Path) -> None:
    environment = {**os.environ, "COURTSIDE_STATE_DIR": str(tmp_path), "COURTSIDE_DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "console", "demo"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stdout.startswith(b"CRITICAL data is arriving but nobody is deciding")


def test_a_shell_opens_the_console_only_where_it_can_be_seen_and_used() -> None:
    usable = replace(shell({"TERM": "xterm"}), has_keyboard=True)
    assert usable.opens_console
    assert not replace(usable, has_keyboard=False).opens_console
    assert not replace(usable, is_terminal=False).opens_console
    assert not replace(usable, environment={"TERM": "dumb"}).opens_console


@pytest.mark.parametrize(
    ("warehouse", "environment"),
    [
        ("demo", Environment.DEMO),
        ("/data/pipeline.duckdb", Environment.EMBEDDED),
        ("bigquery://nba-props", Environment.PRODUCTION),
        ("bigquery://nba-props?staging=1", Environment.STAGING),
        ("bigquery://nba-props?no_such_option=1", Environment.PRODUCTION),
    ],
)
def test_the_badge_says_where_the_data_is_from(warehouse: str, environment: Environment) -> None:
    assert environment_of(replace(settings(Path("/state")), warehouse=warehouse)) is environment


def test_a_console_that_is_open_collects_its_garbage(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "COLLECT_AFTER_SECONDS", 0.01)
    before = gc.get_threshold()
    gc.set_threshold(200_000, 20, 20)
    try:
        drive(Guarded(session_on(Source(desk.look(scope_at("2026-01-26T15:20"))))), collecting)
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


async def collecting(_app: CourtsideApp, pilot: Pilot[int]) -> None:
    await until(pilot, lambda: gc.get_threshold() == COLLECT, "garbage is not collected")
