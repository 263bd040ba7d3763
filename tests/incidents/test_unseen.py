"""A trouble that nobody mended and that nobody can see any more, from the warehouse's file to a pager: it is not over."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from tests.builders import at
from tests.cli.conftest import Courtside, data
from tests.cli.conftest import courtside as _courtside
from tests.cli.words import Operator
from tests.notify.conftest import receiver
from tests.notify.services import Receiver

__all__ = ["_courtside", "data", "receiver"]  # fixtures


@pytest.fixture
def ann(_courtside: Courtside, demo_file: Path, receiver: Receiver, tmp_path: Path) -> Operator:
    """Somebody whose warehouse lost the box scores of one date; people are behind a webhook and a pager."""
    settings = f'[notify]\nsinks = ["webhook", "pagerduty"]\nwebhook = "{receiver.address}/hook"\ndigest = false\n'
    (_courtside.home / "courtside.toml").write_text(settings)
    file = Path(shutil.copy(demo_file, tmp_path / "week.duckdb"))
    with duckdb.connect(str(file)) as connection:
        connection.execute("DELETE FROM nba_raw.bdl_player_boxscores WHERE game_date = DATE '2026-01-21'")
    return Operator(_courtside, file)


def watches(ann: Operator, receiver: Receiver, now: datetime) -> list[tuple[str, str]]:
    """Let a watcher run once, and return what the webhook and the pager got of the missing box scores."""
    before, ann.now = len(receiver.got), now
    secrets = {
        "COURTSIDE_NOTIFY_SECRET": "known to both",
        "COURTSIDE_PAGERDUTY_KEY": "R0UT1NG0123456789abcdef012345678",
        "COURTSIDE_PAGERDUTY_API": f"{receiver.address}/pager",
    }
    ann("watch", "--once", env=secrets)
    got = [item.document for item in receiver.got[before:]]
    pages = [("pager", item["event_action"], item["dedup_key"]) for item in got if "event_action" in item]
    hooks = [("webhook", item["kind"], item["incident"]) for item in got if "kind" in item]
    return [(way, what) for way, what, name in (*hooks, *pages) if "box_scores_missing" in name]


def test_neither_a_blind_run_nor_the_passing_of_its_dates_is_an_end_for_a_pager(
    ann: Operator, receiver: Receiver
) -> None:
    assert watches(ann, receiver, at("2026-01-22T16:30")) == [("webhook", "opened"), ("pager", "trigger")]
    away = ann.file.with_suffix(".away")
    ann.file.rename(away)
    assert not {"resolved", "resolve"} & {
        what for minute in ("04:50", "05:05") for _, what in watches(ann, receiver, at(f"2026-01-23T{minute}"))
    }
    assert "CRITICAL" in ann("incidents").out
    away.rename(ann.file)
    assert watches(ann, receiver, at("2026-01-23T05:20")) == [("webhook", "left_unmended")]
