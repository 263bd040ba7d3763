"""The installed command in a real terminal: the January outage walked from the verdict to the evidence, and out again."""

from __future__ import annotations

import re
import shutil
import sqlite3
import sysconfig
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from threading import Event

import pytest

from console.warehouse.demo.build import content_version
from tests.console_process import READY, assert_given_back, assert_journal_is_whole, needs_terminal
from tests.terminal import Terminal
from tests.terminal_screen import CURSOR_VISIBLE, LINE_WRAP

pytestmark = needs_terminal

COMMAND = Path(sysconfig.get_path("scripts")) / "courtside"
PATIENCE = 20.0
"""Seconds for a machine that does much else."""
MOMENT = "2026-01-25T01:30Z"
SIZES = ((40, 10), (250, 70), (80, 24), (40, 10), (120, 40))


@pytest.fixture
def home(tmp_path: Path, demo_file: Path) -> Path:
    """The home of somebody who has seen the demo before, so that it has not to be built again."""
    (tmp_path / "data").mkdir()
    shutil.copy(demo_file, tmp_path / "data" / f"january-2026-{content_version()}.duckdb")
    return tmp_path


def courtside(home: Path, *arguments: str | Path, **more: str) -> Terminal:
    places = {"COURTSIDE_DATA_DIR": str(home / "data"), "COURTSIDE_STATE_DIR": str(home / "state")}
    environment = {"HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), **places, **more}
    return Terminal([COMMAND, *arguments], environment=environment, directory=home)


def see(terminal: Terminal, *words: str) -> None:
    """Wait until the screen shows all of these at a time."""
    terminal.wait_for(lambda rows: all(word in "\n".join(rows) for word in words), PATIENCE)


def see_row(terminal: Terminal, *words: str) -> None:
    """Wait until one row shows all of these."""
    terminal.wait_for(lambda rows: any(all(word in row for word in words) for row in rows), PATIENCE)


def count(rows: list[str], words: str) -> int:
    return sum(row.count(words) for row in rows)


def filled(terminal: Terminal) -> None:
    """Wait until the verdict is there and no panel is waiting."""
    see(terminal, "CRITICAL", "reachable")
    terminal.wait_for(lambda rows: not any("loading" in row for row in rows), PATIENCE)


def go_to(terminal: Terminal, moment: str) -> None:
    terminal.press("t")
    see(terminal, "go to time:")
    terminal.send(f"{moment}\r")
    see_row(terminal, f"· {moment} ·", f"data as of {moment[11:]}")


def leave(terminal: Terminal) -> None:
    terminal.press("q")
    assert terminal.wait_exit(PATIENCE) == 0
    assert_given_back(terminal)
    assert terminal.screen.modes() == {LINE_WRAP, CURSOR_VISIBLE}


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait for something that is not on the screen."""
    give_up = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < give_up, what
        Event().wait(0.02)


def test_the_outage_is_walked_from_the_verdict_to_its_evidence_to_a_game_and_out_again(home: Path) -> None:
    with courtside(home, "demo") as terminal:
        see_the_cause_and_its_evidence(terminal)
        see_that_the_game_was_not_played(terminal)
        see_two_hours_of_silence(terminal)
        see_the_checks_run(terminal)
        see_what_requeueing_would_do(terminal)
        see_it_at_every_size(terminal)
        leave(terminal)
    assert_journal_is_whole(home)


def see_the_cause_and_its_evidence(terminal: Terminal) -> None:
    filled(terminal)
    see_row(terminal, " CRITICAL  data is arriving but nobody is deciding: no workflow decision for 45 h 10 min")
    see_row(terminal, "since Thu 22 Jan 23:20 EST (2026-01-23T04:20Z)")
    see_row(terminal, "▶ ▸ CRITICAL", "explains 18")
    terminal.press("enter")
    see_row(terminal, "▶ CRITICAL nobody has decided for 45 h 10 min")
    see(terminal, "evaluations missed: 45 evaluations (decisions)", "explains: 18")
    terminal.press("end")
    see(terminal, "query of decisions", "as_of = 2026-01-25T01:30Z", "FROM nba_orchestration.workflow_decisions")
    terminal.press("escape")
    see(terminal, "2 Phase transitions")


def see_that_the_game_was_not_played(terminal: Terminal) -> None:
    """The postponement is known as soon as the schedule is read again, ten minutes after the demo's moment."""
    terminal.press("5")
    see_row(terminal, "━━ 5 Games")
    go_to(terminal, "2026-01-25T02:00Z")
    terminal.send("/GSW@MIN\r")
    see_row(terminal, "▶ 24 Jan GSW@MIN", " np ")
    see(terminal, "np not played")
    terminal.press("enter")
    see_row(terminal, "Game GSW@MIN 2026-01-24")
    see_row(terminal, "not played: postponed, moved to 2026-01-25")
    see_row(terminal, "box scores", "not played")
    terminal.press("escape")
    see_row(terminal, "━━ 5 Games", "/GSW@MIN")
    terminal.press("escape")
    see_row(terminal, "LAL@DAL")


def see_two_hours_of_silence(terminal: Terminal) -> None:
    go_to(terminal, "2026-01-23T06:20Z")
    see_row(terminal, " CRITICAL  ")
    see_row(terminal, "since Thu 22 Jan 23:20 EST (2026-01-23T04:20Z), 2 h 00 min")


def see_the_checks_run(terminal: Terminal) -> None:
    terminal.press("c")
    see_row(terminal, "orchestration.gap")
    see_row(terminal, "CRITICAL", "2 h 00 min")
    see_row(terminal, "run 1", "done")
    terminal.press("escape")
    see(terminal, "5 Games")


def see_what_requeueing_would_do(terminal: Terminal) -> None:
    terminal.press("r")
    see(terminal, "the demo is read-only: it tells the same story")
    see_row(terminal, "refused")
    see_row(terminal, " CRITICAL  ")
    terminal.press("q")
    terminal.wait_for(lambda rows: not any("read-only: it tells" in row for row in rows), PATIENCE)


def see_it_at_every_size(terminal: Terminal) -> None:
    for columns, rows in SIZES:
        terminal.resize(columns, rows)
        terminal.wait_for(partial(shows_at, columns), PATIENCE)


def shows_at(columns: int, rows: list[str]) -> bool:
    """Say whether the screen is drawn for this width: verdict at the top, a panel's rule across, keys at the bottom."""
    across = any("5 Games ━" in row and len(row) == columns for row in rows)
    return (
        "CRITICAL" in rows[1]
        and across
        and rows[-1].startswith((" ? help", " as of "))
        and rows[0].startswith(" DEMO ")
    )


# Poor terminals

EVERYWHERE = {
    "w": "Why: root causes",
    "?": "Help (Esc goes back)",
    "g": " Gates ",
    "T": " Timeline ",
    "L": "Operations log",
    "D": " Doctor ",
    "s": "Post summary to Slack",
    "t": "go to time:",
    ":": "find a command by",
}
"""Keys that open one thing each, which Esc closes, and what is seen then."""
COLOUR = re.compile(rb"(?:^|;)(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;|$)")
"""SGR parameters that set a colour; 39 and 49 take one back."""


def walk_through(terminal: Terminal) -> None:
    """Open everything that a key opens, and come back."""
    filled(terminal)
    for name, words in EVERYWHERE.items():
        terminal.press(name)
        see_row(terminal, words)
        terminal.press("escape")
        terminal.wait_for(lambda rows, gone=words: count(rows, gone) == 0, PATIENCE)  # type: ignore[misc]  # its default
    terminal.send("/no such row\r")
    see_row(terminal, "1 Findings", "/no such row")
    terminal.press("c")
    see_row(terminal, "run 1", "done")


def test_where_no_colours_are_wanted_none_are_sent(home: Path) -> None:
    with courtside(home, "demo", NO_COLOR="1") as terminal:
        walk_through(terminal)
        leave(terminal)
    settings = set(re.findall(rb"\x1b\[([0-9;:]*)m", terminal.raw))
    assert {setting for setting in settings if COLOUR.search(setting)} == set()
    assert settings, "nothing is set off from anything else"


def test_a_terminal_that_knows_ascii_only_is_sent_nothing_else(home: Path) -> None:
    with courtside(home, "demo", "--ascii") as terminal:
        walk_through(terminal)
        leave(terminal)
    assert set(terminal.raw.decode()) <= set(map(chr, range(128)))


# Starting again


def test_a_second_start_shows_in_its_first_frame_what_was_last_known(home: Path) -> None:
    with courtside(home, "demo") as terminal:
        filled(terminal)
        until(lambda: is_remembered(home), "nothing is remembered")
        leave(terminal)
    with courtside(home, "demo") as terminal:
        filled(terminal)
        drawn = (screen.rows() for _, screen in terminal.frames())
        first = next(rows for rows in drawn if READY in rows[-1])
        assert first[1].startswith(
            " CRITICAL  LAST KNOWN, of 2026-01-25T01:30Z: data is arriving but nobody is deciding"
        )
        assert not any("LAST KNOWN" in row for row in terminal.text())
        leave(terminal)


def is_remembered(home: Path) -> bool:
    with closing(sqlite3.connect(home / "state" / "journal.sqlite3")) as connection:
        return bool(connection.execute("SELECT count(*) FROM report").fetchone()[0])


# A warehouse that goes and comes back


def test_a_warehouse_file_that_goes_is_said_everywhere_and_its_data_called_old_until_it_is_back(home: Path) -> None:
    path, away = home / "week.duckdb", home / "away.duckdb"
    shutil.copy(next((home / "data").glob("*.duckdb")), path)
    with courtside(home, "--warehouse", path.name, "--at", MOMENT) as terminal:
        filled(terminal)
        path.rename(away)
        terminal.press("R")
        see_row(terminal, "FAILING: there is no warehouse at week.duckdb")
        see_row(terminal, " CRITICAL  LAST KNOWN, of 2026-01-25T01:30Z")
        terminal.wait_for(lambda rows: count(rows, "NOT REFRESHED") == count(rows, "OLD, the source fails") == 6)
        see_row(terminal, "▸ CRITICAL", "explains 18")
        away.rename(path)
        terminal.press("R")
        see_row(terminal, "data as of 01:30Z", "reachable")
        terminal.wait_for(
            lambda rows: not any(word in row for row in rows for word in ("OLD", "LAST KNOWN", "NOT REF"))
        )
        leave(terminal)


def test_a_file_that_is_no_warehouse_is_said_and_leaves_the_console_usable(home: Path) -> None:
    path = home / "garbage.duckdb"
    path.write_bytes(b"\x1b]0;owned\x07 this is not a database " * 1_000)
    with courtside(home, "--warehouse", path.name, "--at", MOMENT) as terminal:
        see_row(terminal, "nothing is known: the warehouse cannot be read")
        see_row(terminal, "FAILING", "garbage.duckdb")
        terminal.wait_for(lambda rows: count(rows, "NOT REFRESHED") == 6, PATIENCE)
        terminal.send("?")
        see_row(terminal, "Help")
        terminal.press("escape")
        see_row(terminal, "1 Findings")
        leave(terminal)
    assert path.read_bytes().startswith(b"\x1b]0;owned")
    assert b"owned" not in terminal.raw


# What a slow line is spared


def test_left_alone_it_writes_nothing_and_a_refresh_that_changes_nothing_next_to_nothing(home: Path) -> None:
    with courtside(home, "demo") as terminal:
        filled(terminal)
        terminal.answer("R", quiet=0.5)
        before = terminal.mark()
        terminal.wait_quiet(3.0)
        assert terminal.bytes_since(before) == 0
        for _ in range(10):  # a busy machine answers in another time, and the header says so: that is a change
            shown, before = terminal.screen.rows(), terminal.mark()
            terminal.press("R")
            terminal.wait_quiet(1.0)
            if terminal.screen.rows() == shown:
                break
        else:
            pytest.fail("ten refreshes, and each changed the screen")
        assert terminal.bytes_since(before) < 200
        leave(terminal)


def test_keys_that_come_in_one_burst_go_where_they_were_meant_for(home: Path) -> None:
    with courtside(home, "demo") as terminal:
        filled(terminal)
        terminal.send("5/qrs\r")
        see_row(terminal, "━━ 5 Games ━", "/qrs")
        terminal.send("\x1b")
        see_row(terminal, "LAL@DAL")
        terminal.send("6t2026-01-25T16:00Z\rjjj")
        see_row(terminal, "━━ 6 Retry queue")
        see_row(terminal, "· 2026-01-25T16:00Z ·")
        leave(terminal)
