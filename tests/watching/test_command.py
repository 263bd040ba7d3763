"""`courtside watch`: once and again and again, on a warehouse that is a file, with people behind a webhook."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event
from typing import cast

import duckdb
import pytest

from console.journal import FILE_NAME
from console.process_mark import has_ended
from tests.cli.conftest import Courtside, data
from tests.cli.conftest import courtside as _courtside
from tests.cli.words import NOW, Operator
from tests.loopback import LoopbackServer
from tests.notify.conftest import receiver
from tests.notify.services import Receiver, Says

__all__ = ["_courtside", "data", "receiver"]  # fixtures

PATIENCE = 60.0
"""Seconds to wait for what comes at once on any machine that lives."""


@pytest.fixture
def courtside(tmp_path: Path, data: Path) -> Courtside:
    return Courtside(tmp_path, data)


@pytest.fixture
def ann(courtside: Courtside, demo_file: Path, tmp_path: Path) -> Operator:
    return Operator(courtside, Path(shutil.copy(demo_file, tmp_path / "week.duckdb")))


def settle(home: Path, text: str) -> None:
    (home / "courtside.toml").write_text(text)


def test_once_says_the_verdict_tells_people_and_leaves_a_row_in_the_warehouse(ann: Operator) -> None:
    settle(ann.courtside.home, '[notify]\nsinks = ["stdout"]\ndigest = false\n')
    shown = ann("watch", "--once", "--every", "15m")
    verdict = ann("check")
    assert shown.status == verdict.status
    assert "opened: CRITICAL" in shown.out
    ((host, every, found, report),) = ann.said(
        "SELECT host, every_seconds, verdict, report FROM nba_orchestration.console_check_runs"
    )
    assert (every, found) == (900, "CRITICAL")
    assert json.loads(report)["causes"]
    lines = [json.loads(line) for line in shown.err.splitlines()]
    assert [line["event"] for line in lines] == ["started", "run"]
    assert {line["host"] for line in lines} == {host}


def test_where_there_is_nobody_to_tell_the_run_says_so_and_so_does_doctor_from_then_on(ann: Operator) -> None:
    assert "notification" not in ann("doctor").out
    said = "nobody is told: no sinks under [notify] in the settings"
    assert said in ann("watch", "--once").out
    assert ann.document("watch", "--once")["notices"]["nobody_told"] is True
    (observed,) = (item for item in ann.document("doctor")["observations"] if item["part"] == "notification")
    assert (observed["severity"], ann("doctor").status) == ("warning", 1)
    assert observed["sentence"].startswith("nobody is told of what the watcher finds")
    settle(ann.courtside.home, '[notify]\nsinks = ["stdout"]\ndigest = false\n')
    assert "nobody is told" not in ann("watch", "--once").out
    assert ann.document("watch", "--once")["notices"]["nobody_told"] is False
    assert "notification" not in ann("doctor").out


def test_a_second_run_tells_nobody_again(ann: Operator) -> None:
    settle(ann.courtside.home, '[notify]\nsinks = ["stdout"]\ndigest = false\n')
    ann("watch", "--once")
    ann.now += timedelta(minutes=1)
    assert "opened" not in ann("watch", "--once").out


def test_as_a_document_nothing_else_stands_on_the_output(ann: Operator) -> None:
    settle(ann.courtside.home, '[notify]\nsinks = ["stdout"]\ndigest = false\n')
    found = ann.document("watch", "--once")
    assert (found["role"], found["severity"], found["exit_status"]) == ("leads", "critical", 2)
    assert found["notices"]["waiting"] == 0
    assert found["notices"]["arrived"] > 0


def test_where_people_could_not_be_told_the_exit_status_says_so(ann: Operator, receiver: Receiver) -> None:
    receiver.always = Says(503)
    settle(ann.courtside.home, f'[notify]\nsinks = ["webhook"]\nwebhook = "{receiver.address}/hook"\ndigest = false\n')
    shown = ann("watch", "--once", env={"COURTSIDE_NOTIFY_SECRET": "s3cret"})
    assert shown.status == 4
    assert "cannot take it now (HTTP 503)" in shown.out


def test_the_ping_url_is_told_of_start_and_end_and_never_shown_whole(ann: Operator, receiver: Receiver) -> None:
    settle(ann.courtside.home, f'[watch]\nping_url = "{receiver.address}/0b6c-secret"\n')
    shown = ann("watch", "--once")
    assert [got.path for got in receiver.got] == ["/0b6c-secret/start", "/0b6c-secret"]
    doctor = ann("doctor")
    assert "watch.ping_url" in doctor.out
    assert "0b6c-secret" not in shown.out + shown.err + doctor.out


def test_a_run_that_could_not_tell_people_is_told_to_the_ping_url_as_a_failure(
    ann: Operator, receiver: Receiver
) -> None:
    settle(
        ann.courtside.home,
        f'[watch]\nping_url = "{receiver.address}/ping"\n'
        f'[notify]\nsinks = ["webhook"]\nwebhook = "{receiver.address}/hook"\ndigest = false\n',
    )
    receiver.next.extend([Says(), *(Says(503) for _ in ann.document("check")["causes"])])
    ann("watch", "--once", env={"COURTSIDE_NOTIFY_SECRET": "s3cret"})
    paths = [got.path for got in receiver.got]
    assert (paths[0], paths[-1]) == ("/ping/start", "/ping/fail")
    assert "cannot take it now (HTTP 503)" not in receiver.got[0].document["says"]
    assert receiver.got[-1].document["says"].startswith("webhook: the webhook cannot take it now (HTTP 503); CRITICAL ")


def test_doctor_shows_no_address_that_holds_a_secret_whole(ann: Operator) -> None:
    settle(ann.courtside.home, '[notify]\nsinks = ["webhook"]\nwebhook = "https://ops.example/s3cret?token=t0ken"\n')
    for shown in (ann("doctor").out, ann("doctor", "--json").out):
        assert "https://ops.example/" in shown
        assert "s3cret" not in shown
        assert "t0ken" not in shown


def test_a_file_named_from_where_it_lies_and_by_its_whole_path_is_told_of_once(
    ann: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(ann.courtside.home, '[notify]\nsinks = ["stdout"]\ndigest = false\n')
    assert "opened: CRITICAL" in ann("watch", "--once").out
    monkeypatch.chdir(ann.file.parent)
    again = Operator(ann.courtside, Path(ann.file.name), ann.now + timedelta(minutes=1))("watch", "--once")
    assert again.status == 2
    assert "opened" not in again.out


def test_of_some_checks_no_digest_is_sent_and_that_of_all_still_is(ann: Operator) -> None:
    settle(ann.courtside.home, '[notify]\nsinks = ["stdout"]\n')
    assert "digest" not in ann("watch", "--once", "--checks", "schedule.stale").out
    assert (
        "digest" not in ann("watch", "--once").out
    )  # before the second run there is nothing that a first one could name
    ann.now += timedelta(minutes=30)
    assert "digest" in ann("watch", "--once").out


@pytest.mark.parametrize(("early", "is_told"), [(timedelta(seconds=0.2), True), (timedelta(minutes=3), False)])
def test_called_every_quarter_of_an_hour_the_second_run_escalates_also_when_it_is_a_little_early(
    ann: Operator, early: timedelta, is_told: bool
) -> None:
    settle(ann.courtside.home, '[notify]\nsinks = ["stdout"]\ndigest = false\n')
    assert "escalation" not in ann("watch", "--once", "--every", "15m").out
    ann.now += timedelta(minutes=15) - early
    assert ("escalation" in ann("watch", "--once", "--every", "15m").out) is is_told


SEVERAL = '[watch]\nseveral_hosts = true\n[notify]\nsinks = ["stdout"]\ndigest = false\n'


def test_on_a_warehouse_without_the_table_of_leases_people_are_told_on_the_first_day(ann: Operator) -> None:
    settle(ann.courtside.home, SEVERAL)
    ann.drop("console_leases")
    shown = ann("watch", "--once")
    assert shown.status == 2
    assert "opened: CRITICAL" in shown.out
    assert "Another host may tell this too: it cannot be found out which one leads" in " ".join(shown.out.split())


def test_read_only_nothing_is_written_of_a_lease_and_it_is_said_that_others_may_tell_too(ann: Operator) -> None:
    settle(ann.courtside.home, SEVERAL)
    shown = ann("watch", "--once", "--read-only")
    assert "opened: CRITICAL" in shown.out
    assert ann.said("SELECT count(*) FROM nba_orchestration.console_leases") == [(0,)]
    started = json.loads(shown.err.splitlines()[0])
    assert started["several_hosts"].startswith("this host tells people whatever others do: read-only")
    assert "Another host may tell this too" in " ".join(shown.out.split())


def test_read_only_what_another_host_has_told_is_not_told_again(ann: Operator) -> None:
    settle(ann.courtside.home, SEVERAL)
    ann("watch", "--once")
    bob = Operator(Courtside(ann.courtside.home / "bob", ann.courtside.data), ann.file, ann.now)
    bob.courtside.home.mkdir()
    settle(bob.courtside.home, SEVERAL)
    bob.now += timedelta(minutes=1)
    assert "opened" not in bob("watch", "--once", "--read-only").out


def test_checks_can_be_chosen_and_one_that_is_not_there_is_refused(ann: Operator) -> None:
    shown = ann.document("watch", "--once", "--checks", "queue.overdue, schedule.stale")
    assert shown["role"] == "leads"
    refused = ann("watch", "--once", "--checks", "queue.overdo")
    assert (refused.status, "did you mean queue.overdue" in refused.err) == (3, True)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--every", "30d"), "from 1m to 24h"),
        (("--every", "90s"), "in steps of 1m"),
        (("--json",), "leave --json away"),
        (("--checks", ","), "names no check"),
    ],
)
def test_what_cannot_be_is_refused(ann: Operator, options: tuple[str, ...], says: str) -> None:
    refused = ann("watch", *options)
    assert (refused.status, says in refused.err) == (3, True)


def test_the_demo_is_not_watched(courtside: Courtside) -> None:
    refused = courtside("watch", "--once", now=NOW)
    assert (refused.status, "nobody watches it" in refused.err) == (3, True)


def silence(file: Path) -> None:
    """Let the last decision be three hours old by the real clock, which a real process goes by."""
    moment = datetime.now(UTC) - timedelta(hours=3)
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            "INSERT INTO nba_orchestration.workflow_decisions (decision_id, decision_time, workflow_name, action) "
            "VALUES ('d', ?, 'betting_lines', 'SKIP')",
            [moment],
        )


@contextmanager
def watching(home: Path, file: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Give a real process that watches."""
    command = [sys.executable, "-m", "console", "watch", "--warehouse", str(file), *options]
    environment = {
        **os.environ,
        "COURTSIDE_CONFIG": str(home / "courtside.toml"),
        "COURTSIDE_STATE_DIR": str(home / "state"),
        "COURTSIDE_NOTIFY_SECRET": "s3cret",
    }
    with subprocess.Popen(  # noqa: S603 - our own
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def next_line(process: subprocess.Popen[str], event: str) -> dict[str, object]:
    """Return the next line of the log about something; a process that ends before has failed."""
    assert process.stderr is not None
    for text in process.stderr:
        line: dict[str, object] = json.loads(text)
        if line["event"] == event:
            return line
    raise AssertionError(f"the process ended without a line about {event}")


def test_it_watches_until_it_is_asked_to_stop_and_lets_go_of_its_lease(
    ann: Operator, receiver: Receiver, tmp_path: Path
) -> None:
    settle(tmp_path, f'[notify]\nsinks = ["webhook"]\nwebhook = "{receiver.address}/hook"\ndigest = false\n')
    silence(ann.file)
    with watching(tmp_path, ann.file) as process:
        assert next_line(process, "run")["verdict"] == "CRITICAL"
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        assert process.stdout is not None
        assert process.stdout.read() == "stopped after 1 run\n"
    assert receiver.got
    with closing(sqlite3.connect(tmp_path / "state" / FILE_NAME)) as journal:
        assert journal.execute("SELECT count(*) FROM lease WHERE name LIKE 'watch %'").fetchone() == (0,)


class Slow(LoopbackServer):
    """A receiver that takes nothing before it is told to: `asked` is set once something has come."""

    def __init__(self) -> None:
        super().__init__(_SlowHandler)
        self.asked, self.may_answer = Event(), Event()
        self.taken: list[str] = []


class _SlowHandler(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        slow = cast("Slow", self.server)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        slow.asked.set()
        slow.may_answer.wait(PATIENCE)
        slow.taken.append(json.loads(body)["key"])
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_while_it_tells_people_it_brings_the_run_to_its_end(
    ann: Operator, tmp_path: Path, number: signal.Signals
) -> None:
    silence(ann.file)
    with Slow().serving() as slow:
        settle(tmp_path, f'[notify]\nsinks = ["webhook"]\nwebhook = "{slow.address}/hook"\ndigest = false\n')
        with watching(tmp_path, ann.file) as process:
            assert slow.asked.wait(PATIENCE)
            process.send_signal(number)
            slow.may_answer.set()
            assert process.wait(PATIENCE) == 0
            assert process.stdout is not None
            assert process.stdout.read() == "stopped after 1 run\n"
    with closing(sqlite3.connect(tmp_path / "state" / FILE_NAME)) as journal:
        sent = journal.execute("SELECT key FROM notice WHERE state = 'sent' ORDER BY key").fetchall()
        assert [key for (key,) in sent] == sorted(slow.taken)
        assert journal.execute("SELECT count(*) FROM notice WHERE state != 'sent'").fetchone() == (0,)
        assert journal.execute("SELECT count(*) FROM heartbeat WHERE name = 'watcher'").fetchone() == (1,)
        assert journal.execute("SELECT count(*) FROM lease WHERE name LIKE 'watch %'").fetchone() == (0,)


def test_killed_while_it_tells_people_the_next_one_tells_them_under_the_same_key(
    ann: Operator, receiver: Receiver, tmp_path: Path
) -> None:
    settle(tmp_path, f'[notify]\nsinks = ["webhook"]\nwebhook = "{receiver.address}/hook"\ndigest = false\n')
    silence(ann.file)
    receiver.always = Says(hangs=True)
    with watching(tmp_path, ann.file) as process:
        deadline = PATIENCE
        while not receiver.got and deadline > 0:
            receiver.closing.wait(0.05)
            deadline -= 0.05
        process.send_signal(signal.SIGKILL)
        assert process.wait(PATIENCE) == -signal.SIGKILL
    receiver.always = Says()
    with closing(sqlite3.connect(tmp_path / "state" / FILE_NAME)) as journal, journal:
        (holder,) = journal.execute("SELECT holder FROM lease WHERE name LIKE 'watch %'").fetchone()
        assert has_ended(holder.partition(" ")[2])  # so its lease keeps nobody out, though it lasts for minutes
        journal.execute("UPDATE notice SET claim = '2020-01-01T00:00:00.000000Z' WHERE claim != ''")
    with watching(tmp_path, ann.file, "--once") as process:
        next_line(process, "run")
        process.wait(PATIENCE)
    bodies = [got.body for got in receiver.got]
    keys = [got.document["key"] for got in receiver.got]
    assert keys.count(keys[0]) == 2  # the one that was under way, under the key by which its receiver knows it
    assert bodies.count(bodies[0]) == 2
    assert all(keys.count(key) == 1 for key in keys[1:] if key != keys[0])
