"""`courtside queue requeue` and its like: a plan by default, done by consent, and what becomes of it."""

from __future__ import annotations

import io
import shlex
import shutil
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from console.queue_changes import QUEUE
from console.warehouse import clients
from tests.bigquery_double import BigQueryDouble
from tests.builders import at
from tests.cli.conftest import Courtside, Result

NOW = at("2026-01-27T16:00")
PROPS = ("--processor", "p2_odds_game_lines", "--date", "2026-01-27")
STUCK = ("--processor", "nbac_player_boxscore", "--date", "2026-01-24")
POSTPONED = ("--game", "gsw@min", "--date", "2026-01-24")
VERBS = ("requeue", "cancel", "resolve", "retry", "hold")


class Queue:
    """The command line on a warehouse of its own, two days after the January week."""

    def __init__(self, courtside: Courtside, file: Path, place: str = "") -> None:
        self.courtside = courtside
        self.file = file
        self.place = place or str(file)
        self.now = NOW

    def __call__(self, *words: str, **how: Any) -> Result:
        return self.courtside("queue", *words, "--warehouse", self.place, now=self.now, **{"width": 160, **how})

    def paste(self, command: str, *more: str) -> Result:
        """Run a command as it was printed."""
        program, *words = shlex.split(command)
        assert program == "courtside"
        return self.courtside(*words, *more, now=self.now, width=160)

    def rows(self, columns: str = "processor_name, status") -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.file), read_only=True) as connection:
            return connection.execute(f"SELECT {columns} FROM {QUEUE} ORDER BY first_failure_at").fetchall()


@pytest.fixture
def queue(courtside: Courtside, demo_file: Path, tmp_path: Path) -> Queue:
    return Queue(courtside, Path(shutil.copy(demo_file, tmp_path / "week.duckdb")))


STILL = [("nbac_player_boxscore", "pending")]


# A plan, and nothing but a plan


def test_by_default_the_plan_is_shown_row_by_row_and_nothing_is_written(queue: Queue) -> None:
    shown = queue("requeue", *PROPS, "--game", "NO@GAME", width=200)
    assert shown.status == 1
    assert shown.lines[0].startswith("requeue: 1 of 2 would be done · plan ")
    insertion = "insert pending row: processor p2_odds_game_lines, phase_2, 2026-01-27, retry_count 0, next retry now"
    assert f"would    p2_odds_game_lines 2026-01-27  {insertion}" in shown.lines
    assert "refused  NO@GAME 2026-01-27             no such game stands in the schedule of that date" in shown.lines
    assert f"cost     1 statement on {QUEUE}, nothing is billed" in shown.lines
    assert queue.rows() == STILL


def test_a_plan_of_which_all_can_be_done_ends_with_0_and_its_exact_next_command_applies_it(queue: Queue) -> None:
    shown = queue("requeue", *PROPS, "--json")
    assert (shown.status, shown.document["exit_status"], shown.document["run"]) == (0, 0, None)
    command = shown.document["next"]
    assert command == f"courtside queue apply {shown.document['plan']['id']} --warehouse {queue.place}"
    done = queue.paste(command, "--json")
    assert (done.status, done.document["run"]["state"], done.document["run"]["done"]) == (0, "done", 1)
    assert queue.rows() == [*STILL, ("p2_odds_game_lines", "pending")]
    again = queue.paste(command)
    assert (again.status, again.lines[0][:25]) == (0, "requeue: 1 of 1 done · pl")
    assert len(queue.rows()) == 2


def test_the_plan_is_in_the_journal_and_in_the_list_of_plans(queue: Queue) -> None:
    assert queue("plans").out == f"nobody has planned anything for {queue.place} from here\n"
    id = queue("requeue", *PROPS, "--json").document["plan"]["id"]
    assert (
        queue("plans").lines[0].startswith(f"{id} requeue, 1 item · planned, Tue 27 Jan 11:00 EST (2026-01-27T16:00Z)")
    )
    queue("apply", id)
    listed = queue("plans", "--json").document["plans"]
    assert [(one["plan"]["id"], one["run"]["state"], one["run"]["done"]) for one in listed] == [(id, "done", 1)]
    assert ", verified 16:00 UTC, again at 16:05 UTC" in listed[0]["run"]["verification"]
    entries = queue.courtside("journal", "list", "--json").document["entries"]
    assert [entry["kind"] for entry in reversed(entries)] == ["plan", "attempt", "outcome", "verify"]


def test_a_plan_that_cannot_be_kept_is_still_shown_and_says_that_it_cannot_be_applied(queue: Queue) -> None:
    shown = queue("requeue", *PROPS, env={"COURTSIDE_STATE_DIR": str(queue.file / "nowhere")})
    assert "would  p2_odds_game_lines 2026-01-27  insert pending row" in shown.out
    assert "nothing can be done that is not in the journal" in shown.out
    assert "a plan that is not kept" in shown.out
    assert "queue apply" not in shown.out


def test_a_queue_that_cannot_be_read_is_said_in_a_sentence(queue: Queue) -> None:
    with duckdb.connect(str(queue.file)) as connection:
        connection.execute(f"DROP TABLE {QUEUE}")
    refused = queue("requeue", *PROPS, "--json")
    assert (refused.status, refused.document["error"]["kind"]) == (3, "warehouse")
    assert f"there is no table {QUEUE}" in refused.err


# Done at once


def test_apply_does_it_at_once_and_verifies(queue: Queue) -> None:
    done = queue("requeue", *PROPS, "--apply", "--note", "odds feed is back")
    assert done.status == 0
    assert done.lines[0].startswith("requeue: 1 of 1 done · plan ")
    assert "verify   " in done.out
    assert queue.rows() == [*STILL, ("p2_odds_game_lines", "pending")]
    assert queue.rows("resolution_notes")[1][0].endswith(": odds feed is back")
    (correlation,) = queue.rows("correlation_id")[1]
    assert correlation.startswith("courtside-")


def test_the_same_again_is_refused_because_it_is_queued(queue: Queue) -> None:
    queue("requeue", *PROPS, "--apply")
    again = queue("requeue", *PROPS, "--apply")
    assert again.status == 1
    assert "already queued (" in again.out
    assert "nothing was done: nothing of it can be" in again.out
    assert len(queue.rows()) == 2


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("cancel",), "failed_permanent"),
        (("resolve", "--note", "loaded by hand"), "succeeded"),
        (("retry",), "pending"),
        (("hold", "--until", "2026-01-28T12:00Z"), "pending"),
        (("hold", "--for", "2d"), "pending"),
    ],
)
def test_each_change_of_a_row_is_done(queue: Queue, words: Sequence[str], status: str) -> None:
    before = queue.rows("next_retry_at")
    done = queue(*words, *STUCK, "--apply")
    assert (done.status, queue.rows()) == (0, [("nbac_player_boxscore", status)])
    moved = words[0] in ("retry", "hold")
    assert (queue.rows("next_retry_at") != before) is moved


def test_a_row_is_chosen_by_its_id_and_by_the_findings_of_a_check(queue: Queue) -> None:
    ((id,),) = queue.rows("id")
    by_row = queue("cancel", "--row", id, "--json").document["plan"]["items"]
    queue.now = at("2026-01-25T16:00")
    by_finding = queue("cancel", "--finding", "queue.overdue", "--json").document["plan"]["items"]
    assert by_row == by_finding
    report = queue.courtside("check", "queue.overdue", "--json", "--warehouse", queue.place, now=queue.now).document
    (finding,) = report["findings"]
    by_fingerprint = queue("cancel", "--finding", finding["fingerprint"], "--json").document["plan"]["items"]
    assert by_fingerprint == by_row


def test_what_is_resolved_without_a_note_or_held_without_an_end_is_refused_item_by_item(queue: Queue) -> None:
    assert (
        "resolving needs a note that says how it was resolved: give --note" in queue("resolve", *STUCK, "--apply").out
    )
    assert "a hold needs its end: give --until" in queue("hold", *STUCK, "--apply").out
    assert queue.rows() == STILL


# Refused as a whole


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("requeue",), "say what: --game or --processor with --date, --row, or --finding"),
        (("requeue", "--finding", "0123456789ab"), "no finding '0123456789ab' is going on in the present report"),
        (("retry", *STUCK, "--until", "2026-01-28T12:00Z"), "--until"),
        (("apply", "nobody"), "there is no plan nobody: `courtside queue plans` lists them"),
    ],
)
def test_what_cannot_be_ends_with_3_and_a_sentence(queue: Queue, words: Sequence[str], says: str) -> None:
    refused = queue(*words)
    assert (refused.status, refused.out) == (3, "")
    assert says in refused.err


def test_two_rows_of_one_key_are_both_cancelled_by_one_plan(queue: Queue) -> None:
    with duckdb.connect(str(queue.file)) as connection:
        connection.execute(f"INSERT INTO {QUEUE} SELECT * REPLACE ('twin' AS id) FROM {QUEUE}")
    assert queue("cancel", *STUCK, "--apply").status == 0
    assert queue.rows() == [("nbac_player_boxscore", "failed_permanent")] * 2


def test_a_secret_in_a_note_or_a_reason_reaches_neither_journal_nor_queue(queue: Queue) -> None:
    words = (
        "--note",
        "see https://hooks.slack.com/services/T00/B00/HOOKSECRET",
        "--reason",
        "xoxb-1234567890-BOTSECRET",
    )
    done = queue("cancel", *STUCK, *words, "--apply")
    assert done.status == 0
    kept = [*queue.courtside.home.rglob("journal*")]
    assert kept
    said = [path.read_bytes().decode(errors="replace") for path in kept]
    for text in (*said, done.out, str(queue.rows("resolution_notes"))):
        assert "SECRET" not in text


def test_a_plan_older_than_ten_minutes_is_refused(queue: Queue) -> None:
    id = queue("requeue", *PROPS, "--json").document["plan"]["id"]
    queue.now = NOW + timedelta(minutes=10, seconds=1)
    refused = queue("apply", id, "--json")
    assert (refused.status, refused.document["error"]["kind"]) == (3, "refused")
    assert "is older than 10 min" in refused.err
    assert queue.rows() == STILL


def test_a_plan_whose_state_has_changed_is_refused(queue: Queue) -> None:
    id = queue("retry", *STUCK, "--json").document["plan"]["id"]
    assert queue("hold", *STUCK, "--until", "2026-01-27T20:00Z", "--apply").status == 0
    refused = queue("apply", id)
    assert (refused.status, "the state has changed since the plan was made" in refused.err) == (3, True)


@pytest.mark.parametrize("verb", VERBS)
def test_the_demo_is_planned_for_at_its_own_moment_and_never_changed(courtside: Courtside, verb: str) -> None:
    planned = courtside("queue", verb, *POSTPONED, "--json")
    assert planned.document["plan"]["made_at"] == "2026-01-25T01:30:00Z"
    assert planned.document["plan"]["id"] == "", "an id that no command knows"
    refused = courtside("queue", verb, *POSTPONED, "--apply")
    assert (refused.status, "the demo is read-only" in refused.err) == (3, True)


def test_what_the_settings_call_read_only_is_planned_and_not_changed(queue: Queue) -> None:
    env = {"COURTSIDE_READ_ONLY": "true"}
    planned = queue("requeue", *PROPS, "--json", env=env)
    assert (planned.document["next"], planned.document["note"]) == (
        None,
        "read-only, as the settings say (read_only, environment)",
    )
    refused = queue("apply", planned.document["plan"]["id"], env=env)
    assert (refused.status, queue.rows()) == (3, STILL)
    assert "nothing was done: read-only, as the settings say (read_only, environment)" in refused.err


# In production


@pytest.fixture
def production(
    courtside: Courtside, demo_file: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Queue, BigQueryDouble]]:
    with BigQueryDouble(demo_file) as double:
        monkeypatch.setenv(clients.EMULATOR, double.url)
        yield Queue(courtside, demo_file, f"bigquery://{double.project}"), double


ARMED = {"COURTSIDE_READ_ONLY": "false"}


def queued(double: BigQueryDouble) -> list[tuple[Any, ...]]:
    return list(double.run(f"SELECT processor_name, status FROM {QUEUE} ORDER BY first_failure_at"))


def test_production_is_read_only_until_it_is_armed_and_then_asks_for_a_reason(
    production: tuple[Queue, BigQueryDouble],
) -> None:
    queue, double = production
    planned = queue("requeue", *PROPS, "--json")
    assert planned.document["next"] is None
    assert "COURTSIDE_READ_ONLY=false" in planned.document["note"]
    assert "at least 10.0 MB billed" in planned.document["plan"]["cost"]
    assert "COURTSIDE_READ_ONLY=false" in queue("requeue", *PROPS, "--apply").err

    armed = queue("requeue", *PROPS, "--json", env=ARMED).document
    assert armed["next"] == f"courtside queue apply {armed['plan']['id']} --reason WHY --warehouse {queue.place}"
    refused = queue("requeue", *PROPS, "--apply", env=ARMED)
    assert (refused.status, "in production a reason is required, give --reason" in refused.err) == (3, True)
    assert queued(double) == STILL

    done = queue("requeue", *PROPS, "--apply", "--reason", "odds are back", env=ARMED)
    assert (done.status, done.err) == (0, "")
    assert queued(double) == [*STILL, ("p2_odds_game_lines", "pending")]


def test_in_production_the_count_of_more_than_25_items_is_typed(
    production: tuple[Queue, BigQueryDouble], monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, double = production
    numbers = range(1, 27)
    for number in numbers:
        double.run(
            f"INSERT INTO {QUEUE} (id, game_date, phase, processor_name, status, retry_count, max_retries, first_failure_at) "
            f"VALUES ('q-{number}', '2026-01-27', 'phase_2', 'feed {number}', 'pending', 0, 3, '2026-01-27T10:00Z')"
        )
    rows = [word for number in numbers for word in ("--row", f"q-{number}")]
    many = ("cancel", "--reason", "season is over", "--apply", *rows)
    refused = queue(*many, env=ARMED)
    assert (refused.status, "26 items would be, so give --count 26 to agree" in refused.err) == (3, True)
    for typed, status in (("25\n", 3), ("\n", 3), ("26\n", 0)):
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        asked = queue(*many, has_keyboard=True, env=ARMED)
        assert "Type their number to agree: " in asked.err
        assert asked.status == status
