"""`courtside infra` on a project of which both halves are real clients' on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from checks.hushes import incident_fingerprint
from console.cli.commands.infra import infra
from console.warehouse import clients
from tests.bigquery_double import BigQueryDouble
from tests.bigquery_double.hand_clock import HandClock
from tests.cli.conftest import CLOCK, Courtside, Result
from tests.infra.pubsub_double import PROJECT, PubSubDouble
from tests.notify.conftest import receiver
from tests.notify.services import Receiver

__all__ = ["receiver"]  # a fixture

TABLE = "nba_raw.bdl_player_boxscores"
PLACE = f"bigquery://{PROJECT}"


@pytest.fixture
def double(monkeypatch: pytest.MonkeyPatch) -> Iterator[BigQueryDouble]:
    with BigQueryDouble(clock=HandClock(CLOCK - timedelta(minutes=1)), project=PROJECT) as made:
        monkeypatch.setenv(clients.EMULATOR, made.url)
        yield made
        clients.close_clients()


@pytest.fixture
def courtside(tmp_path: Path) -> Courtside:
    return Courtside(tmp_path, tmp_path)


def test_all_is_well(pubsub: PubSubDouble, double: BigQueryDouble, courtside: Courtside) -> None:
    done = courtside("infra", "--warehouse", PLACE, width=120)
    assert done.status == 0
    assert done.lines[0] == "OK       all 2 checks are OK"
    assert "note     all 5 topics have dead-letter policies" in done.out


def test_a_topic_without_a_policy_ends_with_1_and_names_it(
    pubsub: PubSubDouble, double: BigQueryDouble, courtside: Courtside
) -> None:
    pubsub.subscribe("grading-requests", "bare")
    done = courtside("infra", "dead-letter", "--warehouse", PLACE, width=120)
    assert done.status == 1
    assert "the subscription bare has no dead-letter policy" in done.out
    assert double.queries == ()


def test_a_spent_quota_ends_with_2(pubsub: PubSubDouble, double: BigQueryDouble, courtside: Courtside) -> None:
    double.use_load_quota(TABLE, 1_500)
    done = courtside("infra", "quota", "--warehouse", PLACE, width=120)
    assert done.status == 2
    assert f"{TABLE}: 1,500 (100 %) of today's 1,500 load jobs used" in done.out
    assert pubsub.asked == []


def test_what_could_not_be_read_ends_with_3_and_is_said(
    pubsub: PubSubDouble, double: BigQueryDouble, courtside: Courtside
) -> None:
    double.deny("region-us")
    done = courtside("infra", "--warehouse", PLACE, width=200)
    assert done.status == 3
    assert "roles/bigquery.resourceViewer" in done.out
    assert "1 OK · 1 UNKNOWN" in done.out


def test_the_document_has_verdict_findings_and_checks(
    pubsub: PubSubDouble, double: BigQueryDouble, courtside: Courtside
) -> None:
    double.use_load_quota(TABLE, 1_250)
    document = courtside("infra", "--json", "--warehouse", PLACE).document
    assert (document["command"], document["severity"], document["exit_status"]) == ("infra", "critical", 2)
    assert [check["check"] for check in document["checks"]] == ["infra.dead_letter", "infra.quota"]
    assert document["findings"][-1]["subject"] == {"kind": "table", "name": TABLE, "game_date": None}


def test_the_query_behind_the_quota_is_explained(
    pubsub: PubSubDouble, double: BigQueryDouble, courtside: Courtside
) -> None:
    done = courtside("infra", "quota", "--explain", "--warehouse", PLACE, width=120)
    assert "INFORMATION_SCHEMA.JOBS_BY_PROJECT" in done.out


@pytest.mark.parametrize("place", ["nowhere.duckdb", "bigquery:some-proj"])
def test_the_quota_of_a_warehouse_that_is_not_there_is_not_known(courtside: Courtside, place: str) -> None:
    done = courtside("infra", "quota", "--warehouse", place, width=200)
    refused = courtside("check", "--warehouse", place, width=200)
    assert (done.status, refused.status) == (3, 3)
    assert "there is no warehouse at" in done.out
    assert refused.err.removeprefix("courtside: ").split(":")[0].strip() in done.out


def test_an_embedded_warehouse_that_is_there_has_no_quota(courtside: Courtside) -> None:
    assert courtside("infra", "quota").status == 0


def test_what_looking_into_a_queue_does_to_it_is_said() -> None:
    said = " ".join((infra.__doc__ or "").split())
    assert "Nothing is published, acknowledged or configured" in said
    assert "one delivery more" in said
    assert "Nothing is changed" not in said


def test_a_project_can_be_named_where_the_warehouse_is_no_project(pubsub: PubSubDouble, courtside: Courtside) -> None:
    done = courtside("infra", "dead-letter", "--project", PROJECT)
    assert done.status == 0
    assert done.lines[1].startswith(f"{PROJECT} as of ")


def test_without_a_project_the_topics_are_unknown_and_it_says_what_to_give(courtside: Courtside) -> None:
    done = courtside("infra")
    assert done.status == 3
    assert "give --project NAME" in done.out


def test_a_login_that_fails_for_bigquery_does_not_keep_the_topics_from_being_checked(
    pubsub: PubSubDouble, courtside: Courtside
) -> None:
    done = courtside("infra", "--warehouse", f"{PLACE}?credentials=/nowhere/key.json", width=120)
    assert done.status == 3
    assert "the key file /nowhere/key.json cannot be read" in " ".join(done.out.split())
    assert "1 OK · 1 UNKNOWN" in done.out


def alerting(double: BigQueryDouble, courtside: Courtside, receiver: Receiver) -> Callable[[datetime], Result]:
    """Return what alerts at a moment of a quota that is spent, by the receiver's webhook."""
    settings = f'[notify]\nsinks = ["webhook"]\nwebhook = "{receiver.address}/hook"\n'
    (courtside.home / "courtside.toml").write_text(settings)
    double.use_load_quota(TABLE, 1_500)
    asked = ("infra", "quota", "--alert", "--warehouse", PLACE)
    return lambda now: courtside(*asked, env={"COURTSIDE_NOTIFY_SECRET": "s3cret"}, width=120, now=now)


def test_an_alert_tells_of_it_once_through_the_watchers_outbox(
    pubsub: PubSubDouble, double: BigQueryDouble, courtside: Courtside, receiver: Receiver
) -> None:
    alerts = alerting(double, courtside, receiver)
    first = alerts(CLOCK)
    assert (first.status, first.lines[-1]) == (2, "alert  1 notice arrived")
    again = alerts(CLOCK + timedelta(minutes=5))
    assert (again.status, again.lines[-1]) == (2, "alert  nothing new to tell")
    (got,) = receiver.got
    assert (got.document["kind"], got.document["severity"]) == ("opened", "critical")
    assert TABLE in got.document["title"]


def test_an_alert_reads_who_has_it_in_hand(
    pubsub: PubSubDouble, double: BigQueryDouble, courtside: Courtside, receiver: Receiver
) -> None:
    alerts = alerting(double, courtside, receiver)
    alerts(CLOCK)
    said = {
        "acknowledgement_id": "a1",
        "fingerprint": incident_fingerprint("infra.quota"),
        "event": "acknowledged",
        "acknowledged_by": "ann",
        "acknowledged_at": CLOCK.isoformat(),
        "expires_at": (CLOCK + timedelta(hours=1)).isoformat(),
    }
    double.add_rows("nba_orchestration.console_acknowledgements", [said])
    alerts(CLOCK + timedelta(minutes=5))
    assert [got.document["kind"] for got in receiver.got] == ["opened", "acknowledged"]
    shown = courtside("incidents", "--warehouse", PLACE, now=CLOCK + timedelta(minutes=5), width=120)
    assert "infra.quota · acknowledged · acknowledged by ann until " in shown.out


def test_an_alert_about_another_project_is_refused(pubsub: PubSubDouble, courtside: Courtside) -> None:
    done = courtside("infra", "--alert", "--project", PROJECT, "--warehouse", PLACE)
    assert (done.status, "leave --project away" in done.err) == (3, True)
