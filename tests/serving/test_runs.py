"""However many ask at once, the checks run once; a GET never asks for more, and a warehouse that hangs holds up nobody else."""

from __future__ import annotations

import asyncio
import itertools
import json
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from console.serving.joining import MOST_HUNG, Failure
from console.serving.limits import Limits
from console.serving.runs import Clock, Pace, Runs, Seen, TooSoonError
from console.warehouse.bigquery.cost import Budget
from screens.spending import Spending
from tests.serving.served import LONG, HandClock, Opener, Served, Setting, frame, serving

GETS, POSTS = 1_000, 50


@contextmanager
def many_connections() -> Iterator[None]:
    """Allow this process the connections of both sides."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY:
        allowed = 4_096 if hard == resource.RLIM_INFINITY else min(4_096, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, allowed), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def asked(port: int, method: str, path: str) -> tuple[int, dict[str, Any]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode()
    )
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    return int(head.split()[1]), json.loads(body)


async def flood(port: int) -> list[tuple[int, dict[str, Any]]]:
    paths = itertools.cycle(["/verdict", "/checks", "/checks/orchestration.gap"])
    gets = [asked(port, "GET", path) for path, _ in zip(paths, range(GETS), strict=False)]
    return await asyncio.gather(*gets, *(asked(port, "POST", "/run") for _ in range(POSTS)))


def test_a_thousand_gets_and_fifty_runs_at_once_run_the_checks_once(demo_file: Path, tmp_path: Path) -> None:
    all_are_here = Event()
    ids = itertools.count(1)

    def counting_id() -> str:
        number = next(ids)
        if number == GETS + POSTS:  # from its id to its run a request gives way to nobody, so the run cannot end before
            all_are_here.set()
        return str(number)

    opener = Opener(demo_file, lambda: assert_comes(all_are_here))
    patient = Limits(head_seconds=LONG, body_seconds=LONG, answer_seconds=LONG)
    setting = Setting(new_id=counting_id, limits=patient)
    with many_connections(), serving(opener, tmp_path, setting) as served:
        answers = asyncio.run(flood(served.port))
    assert opener.opened == 1
    assert {status for status, _ in answers} == {200}
    assert len({body["made_at"] for _, body in answers}) == 1
    assert sum(body["command"] == "run" for _, body in answers) == POSTS


def assert_comes(event: Event) -> None:
    assert event.wait(LONG)


def test_a_report_is_given_out_for_a_minute_and_then_made_anew(
    served: Served, opener: Opener, clock: HandClock
) -> None:
    served.get("/verdict")
    clock.pass_seconds(59)
    served.get("/checks")
    assert opener.opened == 1
    clock.pass_seconds(1)
    assert served.get("/verdict").json()["age_seconds"] == 0
    assert opener.opened == 2


def test_a_thousand_gets_and_fifty_runs_as_they_come_run_the_checks_once(served: Served, opener: Opener) -> None:
    with many_connections():
        answers = asyncio.run(flood(served.port))
    assert opener.opened == 1
    assert {status for status, _ in answers} == {200}
    assert len({body["made_at"] for _, body in answers}) == 1


def test_a_run_on_demand_is_made_although_there_is_a_fresh_report(
    served: Served, opener: Opener, clock: HandClock
) -> None:
    served.get("/verdict")
    assert served.post("/run").json()["joined"] is True
    assert opener.opened == 1
    clock.pass_seconds(5)
    assert served.post("/run").json()["joined"] is False
    assert opener.opened == 2


def test_runs_on_demand_are_rate_limited_and_the_refusal_says_for_how_long(
    served: Served, opener: Opener, clock: HandClock
) -> None:
    served.post("/run")
    clock.pass_seconds(12)
    refused = served.post("/run")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "18")
    assert opener.opened == 1
    clock.pass_seconds(18)
    assert served.post("/run").status_code == 200
    assert opener.opened == 2


def test_whoever_demands_a_run_while_one_is_under_way_joins_it(demo_file: Path, tmp_path: Path) -> None:
    begun, go_on = Event(), Event()

    def wait() -> None:
        begun.set()
        assert_comes(go_on)

    opener = Opener(demo_file, wait)
    with serving(opener, tmp_path) as served, ThreadPoolExecutor() as pool:
        first = pool.submit(served.get, "/verdict")
        assert_comes(begun)
        second = pool.submit(served.post, "/run")
        comes_true(lambda: len(served.server.server_state.tasks) == 2)
        go_on.set()
        assert first.result(LONG).status_code == 200
        assert second.result(LONG).json()["joined"] is True
    assert opener.opened == 1


def test_a_warehouse_that_failed_is_left_alone_for_a_while_whoever_asks(tmp_path: Path, clock: HandClock) -> None:
    opener = Opener(tmp_path / "gone.duckdb")
    with serving(opener, tmp_path, Setting(clock=clock)) as served:
        assert [served.get("/verdict").status_code for _ in range(5)] == [503] * 5
        assert opener.opened == 1
        clock.pass_seconds(10)
        served.get("/verdict")
        assert opener.opened == 2


def test_what_was_known_before_a_failure_is_told_and_does_not_pass_for_an_answer(
    served: Served, opener: Opener, clock: HandClock, tmp_path: Path
) -> None:
    served.get("/verdict")
    opener.path = tmp_path / "gone.duckdb"
    clock.pass_seconds(600)
    answer = served.get("/verdict")
    assert answer.status_code == 503
    assert (
        "last known, 10 min ago as of 2026-01-25T01:30Z: CRITICAL data is arriving" in answer.json()["error"]["message"]
    )


def test_after_a_run_on_demand_has_failed_a_report_from_before_it_passes_for_an_answer_no_more(
    served: Served, opener: Opener, clock: HandClock, demo_file: Path, tmp_path: Path
) -> None:
    served.get("/verdict")
    opener.path = tmp_path / "gone.duckdb"
    clock.pass_seconds(5)
    assert served.post("/run").status_code == 503
    assert served.get("/verdict").status_code == 503
    opener.path = demo_file
    clock.pass_seconds(10)
    assert served.get("/verdict").json()["age_seconds"] == 0


def test_a_warehouse_that_hangs_holds_up_neither_health_nor_metrics_and_is_reported_in_time(
    demo_file: Path, tmp_path: Path
) -> None:
    begun, go_on = Event(), Event()

    def hang() -> None:
        begun.set()
        assert_comes(go_on)

    setting = Setting(limit_seconds=0.5)
    with serving(Opener(demo_file, hang), tmp_path, setting) as served, ThreadPoolExecutor() as pool:
        asking = pool.submit(served.get, "/verdict")
        assert_comes(begun)
        assert served.get("/healthz").json()["run_seconds"] == 0
        assert "courtside_verdict_severity 2.0" in served.get("/metrics").text
        answer = asking.result(LONG)
        assert (answer.status_code, answer.json()["error"]["kind"]) == (503, "timeout")
        go_on.set()


def test_a_run_that_hangs_is_known_to_hang_although_nobody_waits_for_it(
    demo_file: Path, tmp_path: Path, clock: HandClock
) -> None:
    """Prometheus is often all that asks."""
    go_on, hangs = Event(), False
    opener = Opener(demo_file, lambda: assert_comes(go_on) if hangs else None)
    with serving(opener, tmp_path, Setting(clock=clock, limit_seconds=30)) as served:
        served.get("/verdict")
        hangs = True
        clock.pass_seconds(120)
        assert "courtside_last_run_failed 0.0" in served.get("/metrics").text
        comes_true(lambda: opener.opened == 2)
        clock.pass_seconds(31)
        found = served.get("/metrics").text
        assert "courtside_last_run_failed 1.0" in found
        assert "courtside_verdict_severity 2.0" in found
        assert 'courtside_check_severity{check="orchestration.gap"} 2.0' in found
        for _ in range(MOST_HUNG + 3):
            clock.pass_seconds(60)
            found = served.get("/metrics").text
        assert served.get("/healthz").json()["error"]["kind"] == "stuck"
        assert f"courtside_runs_total {MOST_HUNG + 1}.0" in found, "one that is not begun is none"
        go_on.set()
        comes_true(lambda: served.get("/healthz").status_code == 200)


def test_a_server_whose_runs_all_hang_says_that_it_must_be_started_again(
    demo_file: Path, tmp_path: Path, clock: HandClock
) -> None:
    go_on = Event()
    opener = Opener(demo_file, lambda: assert_comes(go_on))
    with serving(opener, tmp_path, Setting(clock=clock, limit_seconds=0.2)) as served:
        for _ in range(MOST_HUNG):
            assert served.get("/healthz").status_code == 200
            assert served.get("/verdict").json()["error"]["kind"] == "timeout"
            clock.pass_seconds(30)
        assert served.get("/healthz").json()["error"]["kind"] == "stuck"
        assert served.get("/verdict").json()["error"]["kind"] == "stuck"
        assert opener.opened == MOST_HUNG
        go_on.set()
        comes_true(lambda: served.get("/healthz").status_code == 200)


def test_the_same_gate_asked_twice_at_once_is_asked_of_the_warehouse_once(demo_file: Path, tmp_path: Path) -> None:
    begun, go_on = Event(), Event()

    def wait() -> None:
        begun.set()
        assert_comes(go_on)

    opener = Opener(demo_file, wait)
    with serving(opener, tmp_path) as served, ThreadPoolExecutor() as pool:
        one = pool.submit(served.post, "/gates/phase2_to_phase3/2026-01-24")
        assert_comes(begun)
        two = pool.submit(served.post, "/gates/phase2_to_phase3/2026-01-24")
        comes_true(lambda: len(served.server.server_state.tasks) == 2)
        go_on.set()
        assert one.result(LONG).json() == two.result(LONG).json()
    assert opener.opened == 1


def test_only_a_few_gates_are_asked_at_once(demo_file: Path, tmp_path: Path) -> None:
    go_on = Event()
    opener = Opener(demo_file, lambda: assert_comes(go_on))
    with serving(opener, tmp_path) as served, ThreadPoolExecutor(8) as pool:
        asking = [pool.submit(served.post, f"/gates/phase2_to_phase3/2026-01-2{day}") for day in range(4)]
        comes_true(lambda: opener.opened == 4)
        refused = served.post("/gates/phase2_to_phase3/2026-01-25")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
        go_on.set()
        assert {answer.result(LONG).status_code for answer in asking} == {200}


@pytest.mark.parametrize(
    ("share", "after", "runs"),
    [(0.1, 61, 2), (0.85, 61, 1), (0.85, 181, 2), (1.0, 7_200, 1)],
    ids=["within the budget", "near its end", "near its end, three times later", "spent"],
)
def test_the_days_budget_slows_what_gets_ask_for(share: float, after: float, runs: int, demo_file: Path) -> None:
    clock = HandClock()
    asked_at: list[float] = []
    budget = Budget(10, int(share * 10 * 2**30), clock.moment.date())

    def look() -> Seen:
        asked_at.append(clock.seconds)
        with Opener(demo_file)() as desk:
            seen = desk.look(frame(None).scope, ["orchestration.gap"])
            return Seen(seen, frame(None), desk.policy, clock.now(), clock.monotonic(), Spending(240, budget))

    async def twice(runs: Runs) -> None:
        await runs.current()
        clock.pass_seconds(after)
        await runs.current()
        clock.pass_seconds(5)
        await runs.demanded()

    found = Runs(look, Clock(clock.now, clock.monotonic), limit_seconds=LONG, pace=Pace())
    asyncio.run(twice(found))
    assert len(asked_at) == runs + 1
    assert found.billed == 240 * len(asked_at)


def test_a_failure_does_not_free_the_way_for_more_runs_on_demand() -> None:
    clock = HandClock()

    async def twice() -> None:
        runs = Runs(lambda: Failure("warehouse", "gone"), Clock(clock.now, clock.monotonic), limit_seconds=LONG)
        assert await runs.demanded() == Failure("warehouse", "gone")
        with pytest.raises(TooSoonError):
            await runs.demanded()

    asyncio.run(twice())


def comes_true(question: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONG
    while not question():
        assert time.monotonic() < deadline
        time.sleep(0.01)
