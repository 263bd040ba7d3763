"""Every failure is said in the operator's words: who lacks what on what, what is not there, what was tried and how long."""

from __future__ import annotations

import concurrent.futures
from typing import Any

import pytest
import requests
from google.api_core import exceptions as api
from google.auth import exceptions as auth_exceptions

from console.warehouse.bigquery.call import CallOverError
from console.warehouse.bigquery.errand import CancelledError, LateError
from console.warehouse.bigquery.errors import StoppedError, explain, is_particular
from console.warehouse.bigquery.query import IncompleteAnswerError
from console.warehouse.bigquery.transport import OversizedAnswerError
from console.warehouse.protocol import WarehouseError
from tests.bigquery.refused import ATTEMPT, PLAIN, READER, refused, said

auth: Any = auth_exceptions  # its classes have no types
gave_up: Any = api.RetryError


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        (api.InternalServerError, "500 (Internal Server Error)"),
        (api.BadGateway, "502 (Bad Gateway)"),
        (api.ServiceUnavailable, "503 (Service Unavailable)"),
        (api.GatewayTimeout, "504 (Gateway Timeout)"),
    ],
)
def test_a_failing_service_is_named_with_how_long_it_was_tried(kind: type[api.GoogleAPICallError], named: str) -> None:
    assert said(refused(kind, "<html>sorry</html>")) == (
        f"BigQuery answers {named} after 5.2 s of trying retry_queue: the trouble is at Google, see https://status.cloud.google.com"
    )


def test_a_retry_that_gave_up_says_what_it_met() -> None:
    error = gave_up("Timeout of 5.0s exceeded", refused(api.ServiceUnavailable, "later"))
    assert said(error).startswith("BigQuery answers 503 (Service Unavailable)")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            refused(api.Unauthorized, "Request had invalid authentication credentials.", "authError"),
            (
                "BigQuery does not accept the login of your Google account: it has expired or was withdrawn, log in with"
                " `gcloud auth application-default login`"
            ),
        ),
        (
            auth.InvalidOperation("Anonymous credentials cannot be refreshed."),
            (
                "BigQuery does not accept the login of your Google account: it has expired or was withdrawn, log in with"
                " `gcloud auth application-default login`"
            ),
        ),
        (
            auth.RefreshError("invalid_grant: Token has been revoked."),
            (
                "the login of your Google account has expired or was withdrawn (invalid_grant: Token has been revoked):"
                " log in with `gcloud auth application-default login`"
            ),
        ),
        (
            auth.DefaultCredentialsError("Your default credentials were not found."),
            (
                "there are no Google credentials for BigQuery project nba-prod: log in with `gcloud auth application-default"
                " login`, or name a service account's key file with ?credentials=FILE"
            ),
        ),
        (
            auth.TransportError(requests.ConnectTimeout("ConnectTimeoutError")),
            (
                "Google's login service cannot be reached for retry_queue: no connection came about, check network and firewall"
                " after 5.2 s"
            ),
        ),
    ],
)
def test_a_login_that_fails_says_whose_and_what_to_type(error: Exception, sentence: str) -> None:
    assert said(error) == sentence


def test_an_impersonation_that_is_not_allowed_names_the_role() -> None:
    error = auth.RefreshError("Unable to acquire impersonated credentials", '{"error": {"code": 403}}')
    assert said(error, READER) == (
        "you may not act as reader@nba-prod.iam.gserviceaccount.com: the role Service Account Token Creator"
        " (roles/iam.serviceAccountTokenCreator) on it is missing"
    )


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (requests.ConnectionError("[Errno 111] Connection refused"), "the connection is refused"),
        (requests.ConnectionError("NameResolutionError: Failed to resolve 'x'"), "its name cannot be resolved"),
        (requests.ReadTimeout("Read timed out. (read timeout=8.0)"), "it accepted the question and then said nothing"),
        (
            requests.ConnectionError("('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))"),
            "cut",
        ),
        (requests.ConnectionError("Remote end closed connection without response"), "closed without an answer"),
        (requests.exceptions.ChunkedEncodingError("IncompleteRead(3 bytes read)"), "the answer broke off"),
        (requests.exceptions.SSLError("CERTIFICATE_VERIFY_FAILED"), "its certificate is not trusted here"),
        (
            requests.exceptions.InvalidSchema("No connection adapters were found for 'ftp://x'"),
            "No connection adapters",
        ),
        (requests.exceptions.ProxyError("cannot connect"), "the proxy does not let us through"),
    ],
)
def test_a_network_that_fails_says_what_happened_and_after_how_long(error: Exception, cause: str) -> None:
    sentence = said(error)
    assert sentence.startswith("BigQuery cannot be reached for retry_queue: ")
    assert cause in sentence
    assert sentence.endswith(" after 5.2 s")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            requests.JSONDecodeError("Expecting value", "<!DOCTYPE html><p>Sign in", 0),
            "what answered retry_queue for BigQuery project nba-prod is a web page, is there a proxy or a login page in between?",
        ),
        (
            requests.JSONDecodeError("Unterminated string", '{"rows": [{"f', 11),
            "what answered retry_queue for BigQuery project nba-prod is cut off or no JSON, try again",
        ),
        (
            OversizedAnswerError(),
            "the answer to retry_queue does not end: no page of BigQuery is so long, is there a proxy in between?",
        ),
        (
            IncompleteAnswerError("3 of the 5 rows that it announced"),
            "BigQuery project nba-prod answered retry_queue with 3 of the 5 rows that it announced: try again",
        ),
        (KeyError("jobReference"), "the answer to retry_queue is not one of BigQuery's (KeyError: 'jobReference')"),
    ],
)
def test_an_answer_that_is_not_bigquery_s_says_what_it_is(error: Exception, sentence: str) -> None:
    assert said(error) == sentence


@pytest.mark.parametrize("error", [LateError(), CallOverError(), concurrent.futures.TimeoutError()])
def test_no_answer_in_time_says_so_and_that_the_query_ends(error: Exception) -> None:
    assert (
        said(error)
        == "BigQuery project nba-prod gave no answer to retry_queue within 5.2 s; the query is being cancelled"
    )


def test_a_question_that_was_stopped_is_told_from_one_that_failed() -> None:
    stopped = explain(CancelledError(), ATTEMPT, PLAIN)
    assert isinstance(stopped, StoppedError)
    assert str(stopped) == "retry_queue was stopped before BigQuery project nba-prod had answered"


def test_a_sentence_of_ours_stays_as_it_is() -> None:
    ours = WarehouseError("the key file x is not JSON")
    assert explain(ours, ATTEMPT, PLAIN) is ours


def test_what_is_not_known_is_quoted_on_one_short_line() -> None:
    assert said(RuntimeError(f"first\nsecond {'x' * 999}")) == (
        "BigQuery project nba-prod cannot answer retry_queue: first"
    )
    assert len(said(refused(api.BadRequest, "y" * 5000))) < 300


@pytest.mark.parametrize(
    ("error", "particular"),
    [
        (refused(api.NotFound, "Not found: Table p:d.t", "notFound"), True),
        (refused(api.BadRequest, "Unrecognized name: x", "invalidQuery"), True),
        (refused(api.Forbidden, "Access Denied: Table p:d.t: no permission", "accessDenied"), True),
        (refused(api.Forbidden, "User does not have bigquery.jobs.create permission", "accessDenied"), False),
        (refused(api.Forbidden, "Quota exceeded", "quotaExceeded"), False),
        (refused(api.ServiceUnavailable, "later"), False),
        (requests.ConnectionError("refused"), False),
        (LateError(), False),
    ],
)
def test_only_what_concerns_one_fact_is_asked_again_fact_by_fact(error: Exception, particular: bool) -> None:
    assert is_particular(error) is particular
