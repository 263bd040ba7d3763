"""What commands cost on BigQuery: each query is explained, each day's bytes are booked, and a budget is spoken of in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.memory import open_journal
from console.warehouse import clients
from screens.text.amount import GIBIBYTE, MEBIBYTE
from tests.bigquery_double import BigQueryDouble
from tests.builders import at
from tests.cli.conftest import CLOCK, Courtside, Result

PLACE = "courtside-test"
CHECK = ("check", "streaming.conflicts", "--at", "2026-01-25T12:00Z")

Command = Callable[..., Result]


@pytest.fixture
def fresh(demo_file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BigQueryDouble]:
    """Give a double whose cache is empty."""
    with BigQueryDouble(demo_file) as double:
        monkeypatch.setenv(clients.EMULATOR, double.url)
        yield double
        clients.close_clients()


@pytest.fixture
def run(fresh: BigQueryDouble, tmp_path: Path) -> Command:
    """Return a command line on that double, under a budget of 1 GB a day."""
    (tmp_path / "courtside.toml").write_text("[cost]\ndaily_gb = 1\n", encoding="utf-8")
    courtside = Courtside(tmp_path, tmp_path)
    return lambda *arguments: courtside(*arguments, "--warehouse", f"bigquery://{PLACE}")


def spend(state: Path, gigabytes: float) -> None:
    """Let another process have spent something today."""
    journal = open_journal(state, now=lambda: CLOCK)
    journal.spend(CLOCK.date(), PLACE, int(gigabytes * GIBIBYTE))


def booked(state: Path) -> int:
    return open_journal(state, now=lambda: CLOCK).spent(CLOCK.date(), PLACE)


def test_each_query_is_explained_with_what_it_cost_and_the_second_time_it_is_free(
    fresh: BigQueryDouble, run: Command, tmp_path: Path
) -> None:
    first, second = (run(*CHECK, "--explain", "--json").document["explain"] for _ in range(2))
    assert [query["sql"] for query in first["queries"]] == sorted(query.sql for query in fresh.queries[:2])
    assert first["total"]["bytes_billed"] == fresh.billed == booked(tmp_path)
    assert first["total"]["cache_hits"] == 0
    assert first["budget"] == {"daily_gb": 1.0, "spent_today": fresh.billed, "day": "2026-01-25", "state": "ok"}
    assert all(query["cache_hit"] for query in second["queries"])
    assert second["total"]["bytes_billed"] == 0
    assert second["budget"] == first["budget"]


def test_in_text_the_sum_is_given_in_mb_and_gb_with_the_budget_beneath(fresh: BigQueryDouble, run: Command) -> None:
    found = " ".join(run(*CHECK, "--explain").out.split())
    assert f"{fresh.billed / MEBIBYTE:.1f} MB billed · that is {fresh.billed / GIBIBYTE:.2f} GB" in found
    assert f"cost {fresh.billed / GIBIBYTE:.2f} of 1 GB of today's BigQuery budget spent" in found
    assert " · from the cache" in run(*CHECK, "--explain").out


def test_what_a_command_costs_is_added_to_what_others_have_spent(
    fresh: BigQueryDouble, run: Command, tmp_path: Path
) -> None:
    spend(tmp_path, 0.25)
    run(*CHECK)
    assert booked(tmp_path) == GIBIBYTE // 4 + fresh.billed
    assert open_journal(tmp_path, now=lambda: CLOCK).spent(at("2026-01-26T00:00").date(), PLACE) == 0


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (0.5, ""),
        (0.8, "GB of today's BigQuery budget spent (8"),
        (1.5, "the console refreshes only by hand until 00:00 UTC; commands still run\n"),
    ],
)
def test_a_command_runs_whatever_is_spent_and_warns_on_standard_error_from_80_percent_on(
    fresh: BigQueryDouble, run: Command, tmp_path: Path, before: float, said: str
) -> None:
    spend(tmp_path, before)
    found = run(*CHECK)
    assert found.status == 0, found.out
    assert fresh.billed > 0
    assert said in found.err
    assert bool(found.err) == bool(said)


def test_a_journal_that_cannot_be_written_keeps_no_command_from_its_answer_and_is_said(
    run: Command, tmp_path: Path
) -> None:
    (tmp_path / "journal.sqlite3").write_text("not a database, but long enough to be taken for one" * 100)
    found = run(*CHECK)
    assert found.out.startswith("OK")
    assert "what this cost is not kept: the journal" in found.err
