"""The client's exceptions for answers of the service, built by hand, and what an operator is told of them."""

from __future__ import annotations

from google.api_core import exceptions as api

from console.warehouse.bigquery.errors import Attempt, explain
from console.warehouse.bigquery.target import BigQueryTarget

PLAIN = BigQueryTarget("nba-prod")
READER = BigQueryTarget("nba-prod", impersonate="reader@nba-prod.iam.gserviceaccount.com")
ATTEMPT = Attempt("retry_queue", ("nba_orchestration.failed_processor_queue",), 5.2)
URL = "POST https://bigquery.googleapis.com/bigquery/v2/projects/nba-prod/queries?prettyPrint=false: "


def refused(kind: type[api.GoogleAPICallError], message: str, reason: str = "") -> api.GoogleAPICallError:
    """Return the client's exception for an answer of the service."""
    errors = [{"message": message, "reason": reason, "domain": "global"}] if reason else []
    made: api.GoogleAPICallError = kind(URL + message, errors=errors)
    return made


def said(error: BaseException, target: BigQueryTarget = PLAIN) -> str:
    return str(explain(error, ATTEMPT, target))
