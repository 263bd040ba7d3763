"""`courtside gate --hold`, `--release` and `--record`: planned, done, taken by the decision, stored, and told in Slack."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from tests.cli.conftest import Courtside
from tests.cli.words import NOW, Operator
from tests.slack_double import SlackDouble
from tests.slack_double.workspace import CHANNEL

BLOCKED = ("gate", "phase2_to_phase3", "--date", "2026-01-24")
WORDS = "nba_orchestration.console_gate_overrides"
DECISIONS = "nba_orchestration.console_gate_decisions"
WHY = ("--reason", "the feed reloads", "--for", "2h")
UNTIL = "until Sun 25 Jan 15:00 EST (2026-01-25T20:00Z): the feed reloads"


@pytest.fixture
def ann(courtside: Courtside, demo_file: Path, tmp_path: Path) -> Operator:
    return Operator(courtside, Path(shutil.copy(demo_file, tmp_path / "week.duckdb")))


@pytest.fixture
def double() -> Iterator[SlackDouble]:
    with SlackDouble().serving() as double:
        yield double


@pytest.fixture
def bot(courtside: Courtside, double: SlackDouble) -> dict[str, str]:
    (courtside.home / "courtside.toml").write_text(f'[slack]\nchannel = "{CHANNEL}"\n')
    return {"COURTSIDE_SLACK_TOKEN": double.token, "COURTSIDE_SLACK_API": double.api}


def empty(ann: Operator) -> None:
    """Take away what the hand-over waits for, so that the data blocks it."""
    with duckdb.connect(str(ann.file)) as connection:
        connection.execute("DELETE FROM nba_raw.bdl_player_boxscores WHERE game_date = '2026-01-24'")


def test_a_hold_is_planned_by_default_and_changes_nothing(ann: Operator) -> None:
    before = ann(*BLOCKED)
    planned = ann(*BLOCKED, "--hold", *WHY)
    assert planned.status == 0
    assert "hold until Sun 25 Jan 15:00 EST (2026-01-25T20:00Z), blocks: the feed reloads" in planned.out
    assert ann.said(f"SELECT * FROM {WORDS}") == []
    assert ann(*BLOCKED).out == before.out


def test_applied_a_hold_blocks_and_says_who_until_when_and_why(ann: Operator) -> None:
    assert ann(*BLOCKED, "--hold", *WHY, "--apply").status == 0
    ((by,),) = ann.said(f"SELECT overridden_by FROM {WORDS}")
    held = ann(*BLOCKED)
    assert held.status == 2
    assert f"held by {by} {UNTIL}" in held.out
    document = ann.document(*BLOCKED)["gate"]
    assert (document["outcome"], document["is_alarm"], document["word"]["by"]) == ("block", False, by)
    ann.now = NOW + timedelta(hours=3)
    assert ann.document(*BLOCKED)["gate"]["word"] is None


def test_at_takes_the_word_of_then_and_another_date_has_none(ann: Operator) -> None:
    ann(*BLOCKED, "--hold", *WHY, "--apply")
    assert ann.document(*BLOCKED, "--at", "2026-01-25T17:59Z")["gate"]["word"] is None
    assert ann.document(*BLOCKED, "--at", "2026-01-25T18:00Z")["gate"]["word"]["word"] == "hold"
    assert ann.document("gate", "phase2_to_phase3", "--date", "2026-01-23")["gate"]["word"] is None
    assert ann.document("gate", "phase3_to_phase4", "--date", "2026-01-24")["gate"]["word"] is None


def test_a_release_after_a_hold_lets_a_block_through_degraded(ann: Operator) -> None:
    empty(ann)
    assert ann(*BLOCKED).status == 2
    ann(*BLOCKED, "--hold", *WHY, "--apply")
    ann.now += timedelta(minutes=1)
    planned = ann(*BLOCKED, "--release", "--reason", "go on", "--for", "1h")
    assert "it replaces: held by " in planned.out
    assert ann(*BLOCKED, "--release", "--reason", "go on", "--for", "1h", "--apply").status == 0
    released = ann(*BLOCKED)
    assert released.status == 1
    assert "released by " in released.out
    assert "at least 80 % are required" in released.out


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--hold", "--for", "2h"), "a reason is required"),
        (("--hold", "--reason", "x"), "when it ends is missing: say for how long, at most 7 days"),
        (("--release", "--reason", "x", "--for", "7d1m"), "more than 7 days away"),
        (("--hold", "--reason", "x", "--until", "2026-01-25T18:00Z"), "it would have ended already"),
    ],
)
def test_what_may_not_be_said_is_refused_with_the_reason(ann: Operator, words: tuple[str, ...], why: str) -> None:
    refused = ann(*BLOCKED, *words, "--apply")
    assert (refused.status, why in refused.out) == (1, True)
    assert ann.said(f"SELECT * FROM {WORDS}") == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--hold", "--release"), "give one of them"),
        (("--hold", "--record"), "give one of them"),
        (("--hold", *WHY, "--at", "2026-01-25T17:00Z"), "leave out --at"),
        (("--apply",), "belong to --hold or --release"),
    ],
)
def test_what_contradicts_itself_is_wrong_usage(ann: Operator, words: tuple[str, ...], why: str) -> None:
    refused = ann(*BLOCKED, *words)
    assert (refused.status, why in refused.err) == (3, True)


def test_a_warehouse_without_the_table_decides_by_the_data_and_notes_it(ann: Operator) -> None:
    before = ann.document(*BLOCKED)
    ann.drop("console_gate_overrides")
    after = ann.document(*BLOCKED)
    assert (after["gate"], after["exit_status"]) == (before["gate"], before["exit_status"])
    assert before["words_unread"] == ""
    assert after["words_unread"].startswith("nba_orchestration.console_gate_overrides does not exist")
    assert "note     operators' words: " in ann(*BLOCKED).out
    assert ann(*BLOCKED, "--hold", *WHY, "--apply").status == 3


def test_words_that_cannot_be_read_leave_the_gate_not_known_rather_than_open(ann: Operator) -> None:
    with duckdb.connect(str(ann.file)) as connection:
        connection.execute(f"ALTER TABLE {WORDS} DROP COLUMN decision")
    refused = ann(*BLOCKED)
    assert (refused.status, "gate_overrides" in refused.err) == (3, True)


def test_record_stores_the_decision_once_however_often_it_is_asked(ann: Operator) -> None:
    first = ann(*BLOCKED, "--record")
    assert first.status == ann(*BLOCKED).status
    assert ann(*BLOCKED, "--record").status == first.status
    rows = ann.said(f"SELECT phase_name, CAST(game_date AS VARCHAR), outcome, is_alarm, reasons FROM {DECISIONS}")
    decision = ann.document(*BLOCKED)["gate"]
    ((name, day, outcome, is_alarm, reasons),) = rows
    assert (name, day, outcome, is_alarm) == (
        "phase2_to_phase3",
        "2026-01-24",
        decision["outcome"],
        decision["is_alarm"],
    )
    assert decision["reasons"][0] in reasons
    ann.now += timedelta(minutes=1)
    ann(*BLOCKED, "--record")
    assert len(ann.said(f"SELECT * FROM {DECISIONS}")) == 2


def test_a_block_of_the_data_alerts_in_one_thread_and_keeps_its_exit_status(
    ann: Operator, bot: dict[str, str], double: SlackDouble
) -> None:
    empty(ann)
    told = ann(*BLOCKED, "--record", env=bot)
    assert told.status == 2
    assert "operators: posted, https://" in told.out
    (posted,) = double.workspace.messages
    first, *_, last = posted.shown.splitlines()
    assert first.startswith("*BLOCK* on ")
    assert first.endswith(": phase2_to_phase3 for 2026-01-24")
    assert last == "*Next* `courtside gate phase2_to_phase3 --date 2026-01-24`"
    assert len(posted.shown) <= 1_200
    ann.now += timedelta(minutes=5)
    ann(*BLOCKED, "--record", env=bot)
    assert len(double.workspace.messages) == 1
    assert double.workspace.messages[0].edits == 1


def test_a_hold_or_a_decision_that_is_not_recorded_tells_nobody(
    ann: Operator, bot: dict[str, str], double: SlackDouble
) -> None:
    empty(ann)
    ann(*BLOCKED, env=bot)
    ann(*BLOCKED, "--hold", *WHY, "--apply", env=bot)
    assert ann(*BLOCKED, "--record", env=bot).status == 2
    assert double.workspace.messages == []


def test_a_block_without_a_way_to_slack_says_that_nobody_was_told(ann: Operator) -> None:
    empty(ann)
    told = ann(*BLOCKED, "--record")
    assert told.status == 2
    assert "the operators were not told: there is no way to Slack" in told.out
    assert len(ann.said(f"SELECT * FROM {DECISIONS}")) == 1


def test_a_recording_that_cannot_arrive_yet_waits_in_the_outbox_and_says_so(ann: Operator) -> None:
    ann.drop("console_gate_decisions")
    told = ann(*BLOCKED, "--record")
    assert told.status == ann(*BLOCKED).status
    assert "recorded, on its way to the warehouse" in told.out


def test_where_nothing_may_be_written_nothing_is_recorded(ann: Operator) -> None:
    refused = ann(*BLOCKED, "--record", env={"COURTSIDE_READ_ONLY": "true"})
    assert (refused.status, "the decision is not recorded: read-only" in refused.err) == (3, True)
