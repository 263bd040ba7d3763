"""`courtside serve` as a process, and the doors that it does not open."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest

from console.serving.guarding import is_loopback
from tests.console_process import ROOT
from tests.serving.served import LONG
from tests.serving.test_runs import comes_true

SECRET = "running-secret-0123456789"  # noqa: S105  # of this test's own server


def command(home: Path, demo_file: Path, *arguments: str, **more: str) -> subprocess.Popen[str]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("COURTSIDE")},
        "COURTSIDE_STATE_DIR": str(home / "state"),
        "COURTSIDE_DATA_DIR": str(home / "data"),
        "COURTSIDE_WAREHOUSE": str(demo_file),
        **more,
    }
    return subprocess.Popen(  # noqa: S603  # our own interpreter
        [sys.executable, "-m", "console", "serve", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def warehouse(tmp_path: Path, demo_file: Path) -> Path:
    return Path(shutil.copy(demo_file, tmp_path / "week.duckdb"))


@pytest.fixture
def process(tmp_path: Path, warehouse: Path) -> Iterator[subprocess.Popen[str]]:
    running = command(tmp_path, warehouse, "--port", "0", COURTSIDE_SERVE_TOKENS=f"airflow:run:{SECRET}")
    try:
        yield running
    finally:
        running.kill()
        running.communicate(timeout=LONG)


def port_of(process: subprocess.Popen[str]) -> int:
    assert process.stderr is not None
    line = json.loads(process.stderr.readline())
    assert (line["event"], line["host"], line["tokens"]) == ("listening", "127.0.0.1", True)
    return int(line["port"])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_a_signal_and_ends_with_status_0(
    process: subprocess.Popen[str], number: signal.Signals
) -> None:
    port = port_of(process)
    asked = httpx.get(f"http://127.0.0.1:{port}/verdict", headers={"Authorization": f"Bearer {SECRET}"}, timeout=LONG)
    assert asked.status_code == 200
    process.send_signal(number)
    shown, said = process.communicate(timeout=LONG)
    assert (process.returncode, shown) == (0, "")
    assert [json.loads(line)["event"] for line in said.splitlines()] == ["request", "ended"]
    assert SECRET not in said


def test_a_run_that_is_on_when_the_signal_comes_is_still_answered(
    process: subprocess.Popen[str], warehouse: Path
) -> None:
    address, token = f"http://127.0.0.1:{port_of(process)}", {"Authorization": f"Bearer {SECRET}"}

    def runs() -> bool:
        return httpx.get(f"{address}/healthz", timeout=LONG).json()["run_seconds"] is not None

    with ThreadPoolExecutor() as pool:
        with duckdb.connect(str(warehouse)) as writer:  # as long as somebody writes, the run waits
            writer.execute("CREATE TABLE nba_orchestration.being_written (id INT64)")
            asking = pool.submit(httpx.post, f"{address}/run", headers=token, timeout=LONG)
            comes_true(runs)
            process.send_signal(signal.SIGTERM)
        answer = asking.result(LONG)
    _, said = process.communicate(timeout=LONG)
    assert process.returncode == 0
    assert answer.status_code in (
        200,
        503,
    )  # 503 where this machine took so long that the run gave up waiting for the writer
    assert answer.json()["schema"] == "courtside/1"
    assert json.loads(said.splitlines()[-1])["event"] == "ended"


def gate_of(process: subprocess.Popen[str]) -> dict[str, Any]:
    address = f"http://127.0.0.1:{port_of(process)}/gates/phase2_to_phase3/2026-01-24"
    answer = httpx.post(address, headers={"Authorization": f"Bearer {SECRET}"}, timeout=LONG)
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


def test_a_gate_is_recorded_in_the_warehouse_of_the_settings(process: subprocess.Popen[str], warehouse: Path) -> None:
    body = gate_of(process)
    assert (body["recorded"], body["not_recorded"]) == ({"waiting": "", "alert": ""}, "")
    with duckdb.connect(str(warehouse)) as connection:
        rows = connection.execute(
            "SELECT outcome, recorded_by FROM nba_orchestration.console_gate_decisions"
        ).fetchall()
    ((outcome, by),) = rows
    assert (outcome, by.startswith("airflow by way of ")) == (body["gate"]["outcome"], True)


def test_read_only_it_decides_and_records_nothing(tmp_path: Path, warehouse: Path) -> None:
    token = f"airflow:run:{SECRET}"
    process = command(tmp_path, warehouse, "--port", "0", "--read-only", COURTSIDE_SERVE_TOKENS=token)
    try:
        body = gate_of(process)
    finally:
        process.kill()
        process.communicate(timeout=LONG)
    assert (body["recorded"], body["not_recorded"].startswith("read-only")) == (None, True)
    assert not (tmp_path / "state").exists()


def refused(home: Path, demo_file: Path, *arguments: str, **more: str) -> str:
    running = command(home, demo_file, *arguments, **more)
    shown, said = running.communicate(timeout=LONG)
    assert (running.returncode, shown) == (3, "")
    assert "Traceback" not in said
    return said


def test_it_does_not_listen_beyond_this_machine_without_a_token_and_says_why(tmp_path: Path, demo_file: Path) -> None:
    for host in ("0.0.0.0", "::", "192.0.2.1", "host.example", ""):  # noqa: S104  # that it refuses
        said = refused(tmp_path, demo_file, "--host", host)
        assert "without a token anybody there could read all and have" in said
        assert "COURTSIDE_SERVE_TOKENS" in said


def test_a_port_that_is_taken_is_named(tmp_path: Path, demo_file: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refused(tmp_path, demo_file, "--port", str(port))
    assert f"127.0.0.1 port {port} cannot be listened on: Address already in use" in " ".join(said.split())


def test_tokens_come_from_the_file_that_the_settings_name(tmp_path: Path, demo_file: Path) -> None:
    (tmp_path / "courtside.toml").write_text('[serve]\ntokens = "tokens"\n')
    said = refused(tmp_path, demo_file, "--config", str(tmp_path / "courtside.toml"))
    assert f"the tokens file {tmp_path / 'tokens'} cannot be read: No such file" in " ".join(said.split())


def test_a_token_that_cannot_be_is_refused_before_anything_listens(tmp_path: Path, demo_file: Path) -> None:
    said = refused(tmp_path, demo_file, COURTSIDE_SERVE_TOKENS="airflow:run:too-short")
    assert "token 1 of the variable COURTSIDE_SERVE_TOKENS" in said
    assert "too-short" not in said


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST"])
def test_loopback_is_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "localhost.example", "127.0.0.1.example", ""])  # noqa: S104
def test_anything_else_is_beyond(host: str) -> None:
    assert not is_loopback(host)
