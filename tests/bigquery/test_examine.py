"""What the doctor makes of BigQuery's answers: pure judgements on clocks, partitions, locations, freshness, cost and logins."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import google.auth
import pytest
from google.api_core.exceptions import Forbidden, GoogleAPICallError, NotFound
from google.auth import compute_engine
from google.auth.credentials import AnonymousCredentials, Credentials
from google.oauth2.credentials import Credentials as UserCredentials

from checks.facts.breakers import BREAKERS
from checks.facts.decisions import DECISIONS
from checks.facts.retry_queue import RETRY_QUEUE
from checks.model import Severity
from checks.policy import Policy
from console.warehouse.bigquery.examine_asking import HeardDate, Outcome
from console.warehouse.bigquery.examine_clock import clock
from console.warehouse.bigquery.examine_cost import cost, repeated
from console.warehouse.bigquery.examine_login import credentials, log_in, login_of
from console.warehouse.bigquery.examine_tables import (
    Found,
    Partitioning,
    defined_partitioning,
    freshness,
    location,
    partitioning,
)
from console.warehouse.bigquery.sql import google_sql
from console.warehouse.bigquery.target import BigQueryTarget
from console.warehouse.examined import Refresh
from console.warehouse.protocol import ColumnInfo, TableInfo, WarehouseError
from console.warehouse.schema import definitions
from screens.text.amount import MEBIBYTE
from tests.bigquery.asking import SCOPE
from tests.bigquery_double import BigQueryDouble

NOW = datetime(2026, 1, 25, 12, tzinfo=UTC)
TARGET = BigQueryTarget("nba-prod")
DEFINED = {item.name: item for item in definitions()}
SCHEDULE = DEFINED["nba_raw.nbac_schedule"]
BREAKER_STATE = DEFINED["nba_orchestration.circuit_breaker_state"]
DECISION_LOG = "nba_orchestration.workflow_decisions"


def heard(*, ahead: float, took: float = 0.2) -> HeardDate:
    """Return an answer as a machine hears it whose clock is some seconds ahead of the server's."""
    asked = NOW + timedelta(seconds=ahead)
    written = NOW + timedelta(seconds=took / 2)
    return HeardDate(format_datetime(written, usegmt=True), asked, asked + timedelta(seconds=took))


# The clock


@pytest.mark.parametrize("ahead", [0, 0.9, -0.9, 60, -60])
def test_a_clock_within_a_minute_of_googles_is_right(ahead: float) -> None:
    assert clock([heard(ahead=ahead)]).severity is Severity.OK


@pytest.mark.parametrize(("ahead", "way"), [(90, "ahead of"), (-90, "behind")])
def test_a_clock_that_is_more_than_a_minute_off_is_a_warning_that_says_which_way(ahead: float, way: str) -> None:
    found = clock([heard(ahead=ahead)])
    assert found.severity is Severity.WARNING
    assert f" s {way} Google's" in found.sentence


def test_an_answer_that_took_long_is_not_mistaken_for_a_wrong_clock() -> None:
    assert clock([heard(ahead=0, took=300)]).severity is Severity.OK


def test_the_quickest_answer_counts() -> None:
    assert clock([heard(ahead=-90, took=400), heard(ahead=-90, took=0.1)]).severity is Severity.WARNING


@pytest.mark.parametrize("dates", [[], [HeardDate("yesterday", NOW, NOW)], [HeardDate("", NOW, NOW)]])
def test_without_a_date_that_can_be_read_the_clock_is_unknown(dates: list[HeardDate]) -> None:
    assert clock(dates).severity is Severity.UNKNOWN


# Partitions


def found(name: str, partitions: Partitioning | None, written_at: datetime | None = NOW) -> dict[str, Found]:
    return {name: Found(TableInfo(name, (ColumnInfo("game_id", "STRING"),), 1), partitions, written_at)}


def test_the_definitions_say_how_tables_are_partitioned() -> None:
    assert defined_partitioning(SCHEDULE) == Partitioning("game_date", requires_filter=True)
    assert defined_partitioning(DEFINED[DECISION_LOG]) == Partitioning("decision_time", requires_filter=False)
    assert defined_partitioning(BREAKER_STATE) is None
    assert defined_partitioning(DEFINED["nba_raw.v_nbac_schedule_latest"]) is None


@pytest.mark.parametrize(
    ("there", "severity", "said"),
    [
        (Partitioning("game_date", requires_filter=True), Severity.OK, "1 tables are partitioned as they are defined"),
        (None, Severity.ERROR, "is not partitioned by game_date: every query reads and bills all of it"),
        (
            Partitioning("created_at", requires_filter=True),
            Severity.ERROR,
            "is partitioned by created_at, not game_date",
        ),
        (Partitioning("game_date", requires_filter=False), Severity.WARNING, "lacks require_partition_filter"),
        (
            Partitioning("game_date", requires_filter=True, unit="MONTH"),
            Severity.WARNING,
            "one MONTH each, not one DAY",
        ),
    ],
)
def test_a_table_that_is_partitioned_otherwise_than_defined_is_named(
    there: Partitioning | None, severity: Severity, said: str
) -> None:
    [observed] = partitioning([SCHEDULE], found(SCHEDULE.name, there))
    assert observed.severity is severity
    assert said in observed.sentence


def test_a_filter_that_no_query_has_must_not_be_demanded() -> None:
    [observed] = partitioning(
        [BREAKER_STATE], found(BREAKER_STATE.name, Partitioning("updated_at", requires_filter=True))
    )
    assert observed.severity is Severity.ERROR
    assert "every question is refused" in observed.sentence


# Locations


def test_without_a_wish_datasets_must_only_be_together() -> None:
    together = {"nba_raw": Outcome("US"), "nba_analytics": Outcome("US")}
    assert [item.severity for item in location(TARGET, together)] == [Severity.OK]
    [apart] = location(TARGET, {**together, "nba_analytics": Outcome("EU")})
    assert apart.severity is Severity.ERROR
    assert "US: nba_raw; EU: nba_analytics" in apart.sentence


def test_a_dataset_elsewhere_than_asked_says_what_to_set() -> None:
    [observed] = location(replace(TARGET, location="eu"), {"nba_raw": Outcome("US")})
    assert observed.severity is Severity.ERROR
    assert "nba_raw in US, but queries are asked in eu: set ?location=US" in observed.sentence
    assert [item.severity for item in location(replace(TARGET, location="us"), {"nba_raw": Outcome("US")})] == [
        Severity.OK
    ]


@pytest.mark.parametrize(("kind", "severity"), [(NotFound, Severity.ERROR), (Forbidden, Severity.UNKNOWN)])
def test_a_dataset_that_is_not_there_is_an_error_and_one_that_is_hidden_unknown_beside_the_others(
    kind: type[GoogleAPICallError], severity: Severity
) -> None:
    found = location(TARGET, {"nba_raw": Outcome(None, kind("no"), "because"), "nba_analytics": Outcome("US")})
    assert [(item.subject, item.severity) for item in found] == [("nba_raw", severity), ("", Severity.OK)]


# Freshness


@pytest.mark.parametrize(
    ("minutes", "severity"), [(59, Severity.OK), (60, Severity.WARNING), (119, Severity.WARNING), (120, Severity.ERROR)]
)
def test_the_decision_log_is_judged_by_the_minutes_that_a_controller_may_be_silent(
    minutes: int, severity: Severity
) -> None:
    written = found(DECISION_LOG, None, NOW - timedelta(minutes=minutes))
    assert freshness(written, [DECISION_LOG], Policy(), NOW)[0].severity is severity


def test_what_games_decide_is_shown_and_not_judged() -> None:
    [observed] = freshness(found(SCHEDULE.name, None, NOW - timedelta(days=9)), [SCHEDULE.name], Policy(), NOW)
    assert observed.severity is Severity.OK
    assert f"{SCHEDULE.name} was written least recently, 9 d 00 h ago" in observed.sentence


def test_a_table_that_does_not_say_when_it_was_written_is_unknown() -> None:
    [observed] = freshness(found(SCHEDULE.name, None, None), [SCHEDULE.name], Policy(), NOW)
    assert observed.severity is Severity.UNKNOWN


# Cost


def test_a_day_costs_each_query_as_often_as_it_is_asked() -> None:
    twice_an_hour = [Refresh((BREAKERS,), 1800.0)]
    [item] = repeated(twice_an_hour, lambda fact: google_sql(fact.name), SCOPE)
    assert item.times == 48
    observed = cost([(item, Outcome(0))], None)
    assert observed.severity is Severity.OK
    assert "a report bills 10.0 MB, a console that stays open up to 0.47 GB a day" in observed.sentence
    assert "20.0 MB" in cost([(item, Outcome(20 * MEBIBYTE - 1))], None).sentence


def test_what_two_panels_ask_alike_is_tried_out_once_and_counted_twice() -> None:
    panels = [Refresh((BREAKERS,), 60.0), Refresh((BREAKERS,), 60.0), Refresh((RETRY_QUEUE, DECISIONS), 30.0)]
    found = repeated(panels, lambda fact: google_sql(fact.name), SCOPE)
    assert {item.question.facts: (item.times, item.of_report) for item in found} == {
        ("breakers",): (2880, False),
        tuple(found[-1].question.facts): (2880, True),
    }


@pytest.mark.parametrize(("budget", "severity"), [(1.0, Severity.OK), (0.5, Severity.WARNING), (0.1, Severity.WARNING)])
def test_a_day_above_80_percent_of_the_budget_is_a_warning_that_says_how_long_it_lasts(
    budget: float, severity: Severity
) -> None:
    [item] = repeated([Refresh((BREAKERS,), 1800.0)], lambda fact: google_sql(fact.name), SCOPE)
    observed = cost([(item, Outcome(0))], budget)
    assert observed.severity is severity
    assert ("is spent after" in observed.sentence) is (severity is Severity.WARNING)
    if budget == 0.1:
        assert "is spent after 4.1 h" in observed.sentence


def test_a_query_that_could_not_be_tried_out_counts_with_its_minimum_and_the_estimate_is_unknown() -> None:
    [item] = repeated([Refresh((BREAKERS,), 1800.0)], lambda fact: google_sql(fact.name), SCOPE)
    observed = cost([(item, Outcome(None, ValueError(), "it is not there"))], 100.0)
    assert observed.severity is Severity.UNKNOWN
    assert "10.0 MB" in observed.sentence
    assert observed.sentence.endswith("it is not there")


# Logins


def test_an_emulator_is_asked_by_nobody() -> None:
    assert login_of(AnonymousCredentials(), TARGET).sentence.startswith("nobody: BIGQUERY_EMULATOR_HOST")  # type: ignore[no-untyped-call]  # google.auth has few types


def test_a_person_s_login_is_named_by_its_kind() -> None:
    login = login_of(UserCredentials("token"), TARGET)  # type: ignore[no-untyped-call]  # google.auth has few types
    assert login.sentence == "your Google account (credentials) from the application default credentials"


def test_a_machine_s_login_is_its_service_account_from_the_metadata_server() -> None:
    machine = compute_engine.Credentials(service_account_email="vm@nba-prod.iam")  # type: ignore[no-untyped-call]  # google.auth has few types
    login = login_of(machine, TARGET)
    assert (login.who, "metadata server" in login.sentence) == ("vm@nba-prod.iam", True)


def test_who_is_impersonated_and_with_what_is_said() -> None:
    target = replace(TARGET, impersonate="reader@nba-prod.iam", credentials=Path("/keys/a.json"))
    assert login_of(UserCredentials("token"), target).sentence == (  # type: ignore[no-untyped-call]  # google.auth has few types
        "reader@nba-prod.iam, impersonated with the key file /keys/a.json"
    )


class Expired(Credentials):
    """Credentials whose token has run out."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # google.auth has few types
        self.refreshed = 0

    def refresh(self, request: object) -> None:
        self.refreshed += 1
        self.token = "new"  # noqa: S105  # of no service


def test_a_login_whose_token_has_run_out_gets_another_before_anything_is_asked(january: BigQueryDouble) -> None:
    client, expired = january.client(), Expired()
    client._credentials = expired
    assert [log_in(client, TARGET).who for _ in range(2)] == ["your Google account"] * 2
    assert expired.refreshed == 1


@pytest.mark.parametrize(
    ("kind", "severity"),
    [
        (google.auth.exceptions.DefaultCredentialsError, Severity.ERROR),
        (google.auth.exceptions.RefreshError, Severity.ERROR),
        (WarehouseError, Severity.ERROR),
        (google.auth.exceptions.TransportError, Severity.UNKNOWN),
        (TimeoutError, Severity.UNKNOWN),
    ],
)
def test_a_login_that_is_refused_is_an_error_and_one_that_could_not_be_tried_is_unknown(
    kind: type[Exception], severity: Severity
) -> None:
    assert credentials(Outcome(None, kind(), "because")).severity is severity
