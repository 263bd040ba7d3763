"""BigQuery's own refusals in the operator's words: who lacks which permission on what, what is not there, what is used up."""

from __future__ import annotations

import pytest
from google.api_core import exceptions as api

from tests.bigquery.refused import READER, refused, said


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        (
            "Access Denied: Project nba-prod: User does not have bigquery.jobs.create permission in project nba-prod.",
            (
                "reader@nba-prod.iam.gserviceaccount.com lacks the permission bigquery.jobs.create on the project nba-prod, which"
                " retry_queue needs: ask for the role BigQuery Job User (roles/bigquery.jobUser)"
            ),
        ),
        (
            (
                "Access Denied: Table nba-prod:nba_raw.nbac_schedule: User does not have permission to query table"
                " nba-prod:nba_raw.nbac_schedule, or perhaps it does not exist in location US."
            ),
            (
                "reader@nba-prod.iam.gserviceaccount.com lacks the permission bigquery.tables.getData on the table"
                " nba_raw.nbac_schedule (or it is not there), which retry_queue needs: ask for the role BigQuery Data Viewer"
                " (roles/bigquery.dataViewer)"
            ),
        ),
        (
            (
                "Access Denied: Dataset nba-prod:nba_raw: Permission bigquery.datasets.get denied on dataset nba-prod:nba_raw"
                " (or it may not exist)."
            ),
            (
                "reader@nba-prod.iam.gserviceaccount.com lacks the permission bigquery.datasets.get on the dataset nba_raw (or it"
                " is not there), which retry_queue needs: ask for the role BigQuery Data Viewer (roles/bigquery.dataViewer)"
            ),
        ),
        (
            (
                "Access Denied: Project example.com:nba: The user ann@example.com does not have bigquery.jobs.create permission"
                " in project example.com:nba."
            ),
            (
                "ann@example.com lacks the permission bigquery.jobs.create on the project example.com:nba, which retry_queue"
                " needs: ask for the role BigQuery Job User (roles/bigquery.jobUser)"
            ),
        ),
        (
            "VPC Service Controls: Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: x1",
            (
                "a policy of the organisation keeps reader@nba-prod.iam.gserviceaccount.com out of project nba-prod: VPC Service"
                " Controls: Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: x1"
            ),
        ),
        (
            "Billing has not been enabled",
            (
                "BigQuery project nba-prod does not let reader@nba-prod.iam.gserviceaccount.com ask for retry_queue: Billing has"
                " not been enabled"
            ),
        ),
    ],
)
def test_a_denial_says_who_lacks_which_permission_on_what(message: str, sentence: str) -> None:
    assert said(refused(api.Forbidden, message, "accessDenied"), READER) == sentence


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        (
            "Not found: Table nba-prod:nba_raw.nbac_schedule was not found in location US",
            (
                "BigQuery project nba-prod has no table nba_raw.nbac_schedule in location US, which retry_queue reads:"
                " `courtside schema apply` creates what is missing"
            ),
        ),
        (
            "Not found: Dataset nba-prod:nba_raw was not found in location EU",
            (
                "BigQuery project nba-prod has no dataset nba_raw in location EU, which retry_queue reads: check dataset_prefix"
                " and location"
            ),
        ),
        ("Not found: Project nba-prod", "there is no project nba-prod, or your Google account may not see it"),
    ],
)
def test_what_is_not_there_is_named_with_what_reads_it(message: str, sentence: str) -> None:
    assert said(refused(api.NotFound, message, "notFound")) == sentence


@pytest.mark.parametrize(
    ("message", "reason", "sentence"),
    [
        (
            "Unrecognized name: metadata at [9:5]",
            "invalidQuery",
            (
                "BigQuery project nba-prod has no column nba_orchestration.failed_processor_queue.metadata, which retry_queue"
                " reads: see `courtside doctor`"
            ),
        ),
        (
            "Name resolution_notes not found inside q at [3:5]",
            "invalidQuery",
            (
                "BigQuery project nba-prod has no column nba_orchestration.failed_processor_queue.resolution_notes, which"
                " retry_queue reads: see `courtside doctor`"
            ),
        ),
        (
            "Query exceeded limit for bytes billed: 104857600. 5368709120 or higher required.",
            "bytesBilledLimitExceeded",
            (
                "retry_queue was not asked: it would be billed 5,120 MB, the limit is 100 MB; is a table that it reads still"
                " partitioned?"
            ),
        ),
        (
            (
                "Cannot query over table 'nba-prod.nba_raw.nbac_schedule' without a filter over column(s) 'game_date' that can"
                " be used for partition elimination"
            ),
            "invalidQuery",
            (
                "BigQuery project nba-prod wants the table nba_raw.nbac_schedule filtered on 'game_date', which retry_queue does"
                " not do"
            ),
        ),
        (
            "Cannot read and write in different locations: source: US, destination: EU",
            "invalid",
            "BigQuery project nba-prod keeps its data in US and was asked in EU: set ?location=US",
        ),
        (
            "No matching signature for operator <= for argument types: STRING, TIMESTAMP. Supported signature: ANY <= ANY",
            "invalidQuery",
            (
                "BigQuery project nba-prod has a column of another type than retry_queue reads, see `courtside doctor`: No"
                " matching signature for operator <= for argument types: STRING, TIMESTAMP. Supported signature: ANY <= ANY"
            ),
        ),
        (
            "Syntax error: Unexpected end of script",
            "invalidQuery",
            "BigQuery project nba-prod refuses the query of retry_queue: Syntax error: Unexpected end of script",
        ),
    ],
)
def test_a_bad_query_says_which_column_table_limit_or_location(message: str, reason: str, sentence: str) -> None:
    assert said(refused(api.BadRequest, message, reason)) == sentence


def test_a_quota_is_named() -> None:
    used_up = "Custom quota exceeded: Your usage exceeded the custom quota for QueryUsagePerUserPerDay"
    assert said(refused(api.Forbidden, used_up, "quotaExceeded")) == (
        f"a quota of BigQuery project nba-prod is used up, somebody must raise it or wait: {used_up}"
    )
    too_often = "Exceeded rate limits: too many concurrent queries for this project"
    for error in (
        refused(api.Forbidden, too_often, "rateLimitExceeded"),
        refused(api.TooManyRequests, too_often),
    ):
        assert said(error) == f"BigQuery project nba-prod is asked too often at once, wait a minute: {too_often}"
