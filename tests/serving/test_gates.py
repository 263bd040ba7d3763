"""A gate that is asked over HTTP is recorded as the command line records it, and nothing of that holds up the answer."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any

import duckdb
import pytest

from checks.gates import GateDecision, Outcome
from checks.pipeline import Transition
from console.actions.whoami import current_actor
from console.gates.asking import Decided
from console.gates.recording import Keeping, Recorded
from console.journal import FILE_NAME
from console.serving.gates import MOST_AT_ONCE, Answered, Asked, Gates
from console.serving.joining import Failure
from console.serving.tokens import parse_tokens
from tests.serving.served import HandClock, Opener, Served, Setting, frame, serving
from tests.slack_double import SlackDouble
from tests.slack_double.workspace import CHANNEL

GATE = "/gates/phase2_to_phase3/2026-01-24"
DECISIONS = "nba_orchestration.console_gate_decisions"
SECRET = "running-secret-0123456789"  # noqa: S105  # of this test's own server


@pytest.fixture
def own(demo_file: Path, tmp_path: Path) -> Opener:
    """Opens a warehouse that may be written to."""
    return Opener(Path(shutil.copy(demo_file, tmp_path / "week.duckdb")))


@pytest.fixture
def writing(own: Opener, tmp_path: Path, clock: HandClock) -> Iterator[Served]:
    with serving(own, tmp_path, Setting(clock=clock, read_only="")) as running:
        yield running


def said(opener: Opener, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(opener.path)) as connection:
        return connection.execute(sql).fetchall()


def test_a_decision_is_a_row_of_the_warehouse_however_often_it_is_asked_for(writing: Served, own: Opener) -> None:
    for _ in range(3):
        body = writing.post(GATE).json()
        assert (body["recorded"], body["not_recorded"]) == ({"waiting": "", "alert": ""}, "")
    ((name, day, outcome, by),) = said(own, f"SELECT phase_name, game_date, outcome, recorded_by FROM {DECISIONS}")
    actor = current_actor({})
    assert (name, day, outcome) == ("phase2_to_phase3", date(2026, 1, 24), body["gate"]["outcome"])
    assert by == f"{actor.user}@{actor.host}"


def test_the_row_names_whose_token_asked(own: Opener, tmp_path: Path) -> None:
    tokens = parse_tokens([f"airflow:run:{SECRET}"], "the test")
    with serving(own, tmp_path, Setting(tokens=tokens, read_only="")) as served:
        assert served.post(GATE, headers={"Authorization": f"Bearer {SECRET}"}).status_code == 200
    ((by,),) = said(own, f"SELECT recorded_by FROM {DECISIONS}")
    assert by.startswith("airflow by way of ")


def test_a_block_of_the_data_alerts_the_operators_in_one_message(own: Opener, tmp_path: Path) -> None:
    said(own, "DELETE FROM nba_raw.bdl_player_boxscores WHERE game_date = '2026-01-24'")
    with SlackDouble().serving() as double:
        bot = {"COURTSIDE_SLACK_TOKEN": double.token, "COURTSIDE_SLACK_API": double.api}
        setting = Setting(read_only="", channel=CHANNEL, environment=bot)
        with serving(own, tmp_path, setting) as served:
            bodies = [served.post(GATE).json() for _ in range(2)]
        assert [body["gate"]["outcome"] for body in bodies] == ["block", "block"]
        assert all(body["recorded"]["alert"].startswith("posted, https://") for body in bodies)
        (posted,) = double.workspace.messages
    assert posted.shown.startswith("*BLOCK* on demo: phase2_to_phase3 for 2026-01-24")


def test_a_block_that_nobody_can_be_told_of_says_so(writing: Served, own: Opener) -> None:
    said(own, "DELETE FROM nba_raw.bdl_player_boxscores WHERE game_date = '2026-01-24'")
    assert "the operators were not told: there is no way to Slack" in writing.post(GATE).json()["recorded"]["alert"]


def test_where_nothing_may_be_written_the_gate_is_answered_and_says_why_it_is_not_recorded(
    served: Served, tmp_path: Path
) -> None:
    body = served.post(GATE).json()
    assert body["gate"]["outcome"] == "proceed"
    assert body["recorded"] is None
    assert "read-only" in body["not_recorded"]
    assert not (tmp_path / FILE_NAME).exists()


def test_a_journal_that_cannot_be_written_does_not_hold_up_the_hand_over(writing: Served, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"no database at all, not by any means" * 100)
    answer = writing.post(GATE)
    assert (answer.status_code, answer.json()["gate"]["outcome"]) == (200, "proceed")
    assert answer.json()["recorded"] is None
    assert "it cannot be kept: the journal" in answer.json()["not_recorded"]


def test_a_warehouse_that_takes_no_rows_leaves_the_row_in_the_outbox_and_says_so(writing: Served, own: Opener) -> None:
    said(own, f"DROP TABLE {DECISIONS}")
    body = writing.post(GATE).json()
    assert body["gate"]["outcome"] == "proceed"
    assert body["recorded"]["waiting"]


DECIDED = Decided(
    GateDecision(Transition.PHASE2_TO_PHASE3, date(2026, 1, 24), Outcome.PROCEED, ("well",)), "", frame(None)
)


class Slow:
    """Keeps at once and delivers when it is let."""

    def __init__(self) -> None:
        self.goes_on = Event()

    def ask(self, transition: Transition, day: date, _by: str) -> Asked | Failure:
        return Asked(DECIDED, Keeping(f"{transition.value}-{day}"))

    def deliver(self, _kept: Keeping) -> Recorded | Failure:
        self.goes_on.wait()
        return Recorded("")


@pytest.fixture
def slow() -> Iterator[Slow]:
    keeper = Slow()
    yield keeper
    keeper.goes_on.set()


async def _asked(keeper: Slow, days: int) -> list[Answered | Failure]:
    clock = HandClock()
    asking = Gates(keeper, limit_seconds=60.0, monotonic=clock.monotonic, delivery_seconds=0.05)
    return [await asking.decision(Transition.PHASE2_TO_PHASE3, date(2026, 1, day + 1)) for day in range(days)]


def test_a_delivery_that_hangs_is_not_waited_for_and_never_more_than_a_few_of_them(
    slow: Slow,
) -> None:
    answers = asyncio.run(_asked(slow, MOST_AT_ONCE + 1))
    waiting = [answer.recorded.waiting for answer in answers if isinstance(answer, Answered) and answer.recorded]
    assert len(waiting) == MOST_AT_ONCE + 1
    assert all(word.startswith("delivering it has not ended within") for word in waiting[:MOST_AT_ONCE])
    assert waiting[-1].startswith(f"{MOST_AT_ONCE} others are being delivered")
    assert all("`courtside outbox` says how it stands" in word for word in waiting)
