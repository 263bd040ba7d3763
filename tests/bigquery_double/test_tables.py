"""What the double says of tables beside their columns: when they were written, what may be done with them; and the time."""

from __future__ import annotations

from datetime import date, timedelta
from email.utils import parsedate_to_datetime

import pytest
import requests
from google.api_core.exceptions import Forbidden
from google.cloud import bigquery

from tests.bigquery_double import BigQueryDouble
from tests.bigquery_double.conftest import START
from tests.bigquery_double.hand_clock import HandClock

QUEUE = "nba_orchestration.failed_processor_queue"
CONFLICTS = "nba_orchestration.streaming_conflict_log"


def test_a_table_was_modified_when_its_rows_last_changed_and_no_other_was(
    double: BigQueryDouble, client: bigquery.Client, clock: HandClock
) -> None:
    clock.now += timedelta(minutes=5)
    double.add_rows(QUEUE, [{"id": "q", "game_date": date(2026, 1, 24)}])
    clock.now += timedelta(minutes=5)
    assert client.get_table(QUEUE).modified == START + timedelta(minutes=5)
    assert client.get_table(CONFLICTS).modified == client.get_table(CONFLICTS).created == START


def test_a_permission_can_be_taken_away_on_one_table_alone(double: BigQueryDouble, client: bigquery.Client) -> None:
    wanted = ["bigquery.tables.getData", "bigquery.tables.updateData"]
    double.deny(QUEUE, "bigquery.tables.updateData")
    assert client.test_iam_permissions(QUEUE, wanted) == {"permissions": wanted[:1]}
    assert client.test_iam_permissions(CONFLICTS, wanted) == {"permissions": wanted}
    with pytest.raises(Forbidden, match=r"bigquery\.tables\.updateData denied on table"):
        client.query_and_wait(f"UPDATE {QUEUE} SET status = 'x' WHERE game_date = '2026-01-24'")
    double.allow(QUEUE)
    assert client.test_iam_permissions(QUEUE, wanted) == {"permissions": wanted}


def test_every_answer_says_the_services_time_a_refusal_too(double: BigQueryDouble, clock: HandClock) -> None:
    clock.now += timedelta(hours=1)
    refused = requests.get(f"{double.url}/nothing", timeout=5)
    assert not refused.ok
    assert parsedate_to_datetime(refused.headers["Date"]) == clock.now
