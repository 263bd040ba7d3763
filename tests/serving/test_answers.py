"""The status says whether the question was answered, the body says how things are."""

from __future__ import annotations

import io
import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from checks.catalogue import ALL_CHECKS
from console.cli.app import run
from console.cli.shell import Shell
from console.heartbeat import WATCHER, Heartbeat, beat_with
from console.incidents.shelf import keep_incidents
from console.journal import FILE_NAME
from console.memory import open_journal
from console.settings import Homes
from tests.incidents.reports import NOON, SILENCE, Watch
from tests.serving.served import PLACE, HandClock, Opener, Served, Setting, serving


def test_a_verdict_that_is_critical_is_an_answer(served: Served) -> None:
    answer = served.get("/verdict")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["schema"], body["command"], body["exit_status"]) == ("courtside/1", "verdict", 2)
    assert body["verdict"]["severity"] == "critical"
    assert body["verdict"]["sentence"].startswith("data is arriving but nobody is deciding")
    assert body["scope"]["warehouse"] == PLACE


def test_an_answer_says_in_body_and_header_how_old_its_report_is(served: Served, clock: HandClock) -> None:
    assert served.get("/verdict").headers["age"] == "0"
    clock.pass_seconds(42)
    later = served.get("/verdict")
    assert (later.headers["age"], later.json()["age_seconds"]) == ("42", 42)
    assert later.json()["made_at"] == "2026-01-25T01:30:00Z"


def test_every_check_is_listed_with_what_it_says(served: Served) -> None:
    found = served.get("/checks").json()["checks"]
    assert [item["check"] for item in found] == [check.id for check in ALL_CHECKS]
    assert all(item["says"] for item in found)
    assert {item["severity"] for item in found} >= {"ok", "warning", "critical"}


def test_one_check_comes_with_its_findings_in_full(served: Served) -> None:
    body = served.get("/checks/orchestration.gap").json()
    assert body["check"]["severity"] == "critical"
    assert [item["fingerprint"] for item in body["findings"]] == body["check"]["findings"]
    assert body["findings"][0]["suggestions"]


def test_a_check_that_there_is_none_of_is_not_found_and_starts_no_run(served: Served, opener: Opener) -> None:
    answer = served.get("/checks/orchestration.gpa")
    assert (answer.status_code, answer.json()["error"]["kind"]) == (404, "unknown_check")
    assert "did you mean orchestration.gap" in answer.json()["error"]["message"]
    assert opener.opened == 0


def test_a_check_that_only_runs_where_there_is_a_watcher_is_not_known_without_one(served: Served) -> None:
    answer = served.get("/checks/watcher.silent")
    assert (answer.status_code, answer.json()["error"]["kind"]) == (503, "nothing_known")


def test_a_run_answers_with_the_document_of_the_command_line(served: Served, demo_file: Path, tmp_path: Path) -> None:
    from console.desk import open_desk
    from console.warehouse.demo import DEMO_AS_OF

    out = io.StringIO()
    home = tmp_path / "home"
    shell = Shell(
        out,
        io.StringIO(),
        {"COURTSIDE_WAREHOUSE": str(demo_file)},
        lambda: DEMO_AS_OF,
        lambda: Homes(home, home, home),
        open_desk,
    )
    run(["check", "--json"], shell)
    of_command, of_server = json.loads(out.getvalue()), served.post("/run").json()
    for own in ("command", "scope", "facts", "explain", "made_at", "age_seconds", "joined"):
        of_command.pop(own, None)
        of_server.pop(own, None)
    assert of_server == of_command


def test_a_gate_answers_for_the_date_that_was_asked_about(served: Served) -> None:
    answer = served.post("/gates/phase2_to_phase3/2026-01-24")
    body = answer.json()
    assert (answer.status_code, body["command"], body["exit_status"]) == (200, "gate", 0)
    assert (body["gate"]["game_date"], body["gate"]["outcome"]) == ("2026-01-24", "proceed")


def test_a_gate_that_blocks_is_an_answer_too(served: Served) -> None:
    body = served.post("/gates/phase5_to_phase6/2026-01-25").json()
    assert (body["gate"]["outcome"], body["exit_status"]) == ("block", 2)


@pytest.mark.parametrize("day", ["2026-13-01", "yesterday", "20260124", "0001-01-01", "2026-01-24T00:00Z", "%00"])
def test_a_date_that_is_none_is_refused_with_how_to_write_it(served: Served, opener: Opener, day: str) -> None:
    answer = served.post(f"/gates/phase2_to_phase3/{day}")
    assert (answer.status_code, answer.json()["error"]["kind"]) == (422, "usage")
    assert opener.opened == 0


def test_a_hand_over_that_there_is_none_of_is_not_found(served: Served) -> None:
    answer = served.post("/gates/phase1_to_phase9/2026-01-24")
    assert answer.status_code == 404
    assert "phase2_to_phase3" in answer.json()["error"]["message"]


def test_a_warehouse_that_cannot_be_asked_is_no_answer(tmp_path: Path) -> None:
    gone = Opener(tmp_path / "gone.duckdb")
    with serving(gone, tmp_path) as served:
        for answer in (served.get("/verdict"), served.get("/checks"), served.post("/run")):
            assert (answer.status_code, answer.json()["error"]["kind"]) == (503, "warehouse")
            assert "gone.duckdb" in answer.json()["error"]["message"]
            assert int(answer.headers["retry-after"]) > 0
        assert served.post("/gates/phase2_to_phase3/2026-01-24").status_code == 503
        assert served.get("/healthz").status_code == 200


def test_incidents_are_unknown_until_a_watcher_has_run(served: Served) -> None:
    answer = served.get("/incidents")
    assert (answer.status_code, answer.json()["error"]["kind"]) == (503, "nothing_known")


def test_no_incident_is_an_answer_once_a_watcher_has_run(served: Served, tmp_path: Path, clock: HandClock) -> None:
    with open_journal(tmp_path, now=clock.now).writing() as connection:
        beat_with(connection, WATCHER, PLACE, Heartbeat(NOON, "ops-1", "all well"))
    body = served.get("/incidents").json()
    assert (body["incidents"], body["heartbeat"]["host"], body["heartbeat"]["at"]) == (
        [],
        "ops-1",
        "2026-01-23T12:00:00Z",
    )


@pytest.mark.parametrize(
    ("every", "minutes", "said"), [(30, 40, "ok"), (30, 70, "warning"), (30, 180, "critical"), (None, 5, "unknown")]
)
def test_no_incident_is_not_all_well_where_the_watcher_is_silent(
    served: Served, tmp_path: Path, clock: HandClock, every: int | None, minutes: int, said: str
) -> None:
    interval = None if every is None else timedelta(minutes=every)
    with open_journal(tmp_path, now=clock.now).writing() as connection:
        ran_at = clock.now() - timedelta(minutes=minutes)
        beat_with(connection, WATCHER, PLACE, Heartbeat(ran_at, "ops-1", "OK all is well", interval))
    body = served.get("/incidents").json()
    assert (body["incidents"], body["watcher_silent"]) == ([], said)


def test_incidents_are_those_of_the_journal(served: Served, tmp_path: Path, clock: HandClock) -> None:
    watch = Watch()
    watch.sees(SILENCE)
    with open_journal(tmp_path, now=clock.now).writing() as connection:
        keep_incidents(connection, PLACE, watch.incidents, NOON)
    (incident,) = served.get("/incidents").json()["incidents"]
    assert incident["state"] == "open"
    assert "orchestration.gap" in incident["sentence"]


def test_a_journal_that_cannot_be_read_is_no_answer(served: Served, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"no database at all, not by any means" * 100)
    answer = served.get("/incidents")
    assert (answer.status_code, answer.json()["error"]["kind"]) == (503, "journal")


def test_a_journal_that_another_process_holds_is_no_answer_and_hides_nothing_else(
    served: Served, tmp_path: Path, clock: HandClock
) -> None:
    with open_journal(tmp_path, now=clock.now).writing() as connection:
        beat_with(connection, WATCHER, PLACE, Heartbeat(NOON, "ops-1", "all well"))
    with closing(sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        answer = served.get("/incidents")
        assert (answer.status_code, answer.json()["error"]["kind"]) == (503, "journal")
        assert "kept busy by another process" in answer.json()["error"]["message"]
        assert served.get("/verdict").status_code == 200
    assert served.get("/incidents").status_code == 200


def test_the_server_says_how_it_is_itself_without_asking_anybody(
    served: Served, opener: Opener, clock: HandClock
) -> None:
    clock.pass_seconds(5)
    body = served.get("/healthz").json()
    assert (body["state"], body["uptime_seconds"], body["run_seconds"], body["report_age_seconds"]) == (
        "ok",
        5,
        None,
        None,
    )
    assert opener.opened == 0


def test_an_unknown_path_and_a_wrong_method_are_refused_with_what_there_is(served: Served) -> None:
    assert served.get("/nothing").json()["error"]["kind"] == "not_found"
    assert served.get("/verdict/").status_code == 404
    for answer in (served.post("/verdict"), served.get("/run"), served.client.delete("/checks")):
        assert (answer.status_code, answer.json()["error"]["kind"]) == (405, "method")
        assert answer.headers["allow"]


def test_a_run_takes_no_body(served: Served, opener: Opener) -> None:
    assert served.post("/run", content=b'{"checks": ["orchestration.gap"]}').status_code == 422
    assert opener.opened == 0
    assert served.post("/run", content=b"{}").status_code == 200


def test_a_defect_is_answered_as_one_and_logged_under_the_requests_id(opener: Opener, tmp_path: Path) -> None:
    def defect() -> None:
        raise ZeroDivisionError("seven by nothing")

    with serving(Opener(opener.path, defect), tmp_path, Setting()) as served:
        answer = served.get("/verdict")
        assert (answer.status_code, answer.json()["error"]["kind"]) == (500, "defect")
        (line,) = served.requests(1)
        assert (line["id"], line["status"]) == (answer.headers["x-request-id"], 500)
        assert "ZeroDivisionError" in line["error"]


@pytest.mark.parametrize("path", ["/verdict", "/checks", "/checks/orchestration.gap", "/incidents", "/metrics"])
def test_what_nothing_is_chosen_with_is_refused_and_not_overheard(served: Served, opener: Opener, path: str) -> None:
    """An answer to another question, with status 200, would pass for the answer."""
    answer = served.get(path, params={"date": "2026-01-20"})
    assert (answer.status_code, answer.json()["error"]["kind"]) == (422, "usage")
    assert opener.opened == 0
    assert served.get("/healthz", params={"probe": "1"}).status_code == 200


def test_a_gate_takes_no_body(served: Served, opener: Opener) -> None:
    path = "/gates/phase3_to_phase4/2026-01-24"
    assert served.post(path, content=b'{"hold": true}').status_code == 422
    assert opener.opened == 0
