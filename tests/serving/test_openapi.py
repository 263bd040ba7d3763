"""The description is true: schemathesis tries what it says, and what it does not say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from console.serving.app import DESCRIPTION_PATH
from console.serving.endpoints import ENDPOINTS
from console.serving.runs import Pace
from console.serving.tokens import parse_tokens
from tests.serving.served import Opener, Served, Setting, serving

SECRET = "running-secret-0123456789"  # noqa: S105  # of this test's own server


def test_the_description_has_every_endpoint_and_nothing_else(served: Served) -> None:
    paths = served.get(DESCRIPTION_PATH).json()["paths"]
    described = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    assert described == {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS}


@pytest.mark.parametrize("tokens", [(), (f"airflow:run:{SECRET}",)], ids=["without tokens", "with tokens"])
def test_schemathesis_finds_no_answer_that_the_description_does_not_allow(
    tokens: tuple[str, ...], opener: Opener, tmp_path: Path
) -> None:
    from console.heartbeat import WATCHER, Heartbeat, beat_with
    from console.memory import open_journal
    from tests.serving.served import PLACE

    setting = Setting(tokens=parse_tokens(tokens, "the test") if tokens else Setting().tokens, pace=Pace(1e9, 1e9, 0.0))
    with open_journal(tmp_path, now=setting.clock.now).writing() as connection:
        beat_with(connection, WATCHER, PLACE, Heartbeat(setting.clock.now(), "ops-1", "all well"))
    with serving(opener, tmp_path, setting) as served:
        command = [
            *(sys.executable, "-m", "schemathesis.cli", "run", f"http://127.0.0.1:{served.port}{DESCRIPTION_PATH}"),
            *("--checks", "all", "--max-examples", "10", "--max-time", "10", "--seed", "7", "--request-timeout", "60"),
            *(("--header", f"Authorization: Bearer {SECRET}") if tokens else ()),
        ]
        done = subprocess.run(  # noqa: S603  # our own interpreter
            command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300
        )
        assert done.returncode == 0, done.stdout[-6_000:] + done.stderr[-2_000:]
        assert not [line for line in served.log if line["event"] == "defect"]
        assert len(served.log) > 50
