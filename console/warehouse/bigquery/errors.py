"""What to tell an operator when BigQuery does not answer: who lacks what, what is not there, what is used up, what was tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from console.warehouse.bigquery import refusals
from console.warehouse.bigquery.call import CallOverError
from console.warehouse.bigquery.errand import CancelledError, LateError
from console.warehouse.bigquery.query import IncompleteAnswerError
from console.warehouse.bigquery.target import BigQueryTarget
from console.warehouse.protocol import WarehouseError

LOG_IN = "log in with `gcloud auth application-default login`"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was tried: the facts or tables asked for, the tables that they read, and for how many seconds."""

    what: str
    tables: tuple[str, ...] = ()
    seconds: float | None = None

    @property
    def duration(self) -> str:
        """`5.2 s`, or "" where it is not known."""
        return "" if self.seconds is None else f"{self.seconds:.1f}".removesuffix(".0") + " s"

    @property
    def after(self) -> str:
        """` after 5.2 s`, or ""."""
        return f" after {self.duration}" if self.duration else ""


class StoppedError(WarehouseError):
    """The question was stopped because somebody asked for it."""


def explain(error: BaseException, attempt: Attempt, target: BigQueryTarget) -> WarehouseError:
    """Return the error that says in the operator's words why there is no answer, and what to do."""
    if isinstance(error, WarehouseError):
        return error
    if isinstance(error, CancelledError):
        return StoppedError(f"{attempt.what} was stopped before BigQuery project {target.project} had answered")
    for explanation in (_of_time, _of_refusal, _of_login, _of_network, _of_answer):
        if (sentence := explanation(error, attempt, target)) is not None:
            return WarehouseError(sentence)
    return WarehouseError(
        f"BigQuery project {target.project} cannot answer {attempt.what}: {refusals.short(error) or type(error).__name__}"
    )


def is_particular(error: BaseException) -> bool:
    """Return whether `error` may concern one fact of a batch only: something that it reads or asks, not the service."""
    from google.api_core import exceptions  # noqa: PLC0415 - comes with the client

    if isinstance(error, exceptions.Forbidden):
        return refusals.reason(error) == "accessDenied" and "bigquery.jobs.create" not in str(error)
    return isinstance(error, exceptions.BadRequest | exceptions.NotFound)


Explanation = Callable[[BaseException, Attempt, BigQueryTarget], str | None]


def _of_time(error: BaseException, attempt: Attempt, target: BigQueryTarget) -> str | None:
    if isinstance(error, LateError | CallOverError | TimeoutError):
        limit = f" within {attempt.duration}" if attempt.duration else ""
        return (
            f"BigQuery project {target.project} gave no answer to {attempt.what}{limit}; the query is being cancelled"
        )
    return None


def _of_refusal(error: BaseException, attempt: Attempt, target: BigQueryTarget) -> str | None:
    """Explain what the service itself answered."""
    from google.api_core import exceptions  # noqa: PLC0415 - comes with the client

    if isinstance(error, exceptions.RetryError) and error.cause is not None:
        return str(explain(error.cause, attempt, target))
    if not isinstance(error, exceptions.GoogleAPICallError):
        return None
    code = int(error.code or 0)
    by_code: Mapping[int, Explanation] = {401: _unauthorized, 409: _conflict}
    if code in by_code:
        return by_code[code](error, attempt, target)
    told = refusals.explain(error, attempt.what, attempt.tables, target)
    if told is not None:
        return told
    if code >= refusals.FIRST_SERVER_ERROR:
        return (
            f"BigQuery answers {code} ({refusals.name_of(code)}){attempt.after} of trying {attempt.what}:"
            " the trouble is at Google, see https://status.cloud.google.com"
        )
    return None


def _unauthorized(error: BaseException, attempt: Attempt, target: BigQueryTarget) -> str:
    return f"BigQuery does not accept the login of {target.who}: it has expired or was withdrawn, {LOG_IN}"


def _conflict(error: BaseException, attempt: Attempt, target: BigQueryTarget) -> str:
    return f"BigQuery project {target.project} has a job or table of that name already: {refusals.short(error)}"


def _of_login(error: BaseException, attempt: Attempt, target: BigQueryTarget) -> str | None:
    """Explain why no token could be had."""
    from google.auth import exceptions  # noqa: PLC0415 - comes with the client

    if isinstance(error, exceptions.TransportError):
        return _unreachable("Google's login service", error, attempt)
    if isinstance(error, exceptions.InvalidOperation):
        return _unauthorized(error, attempt, target)
    if isinstance(error, exceptions.RefreshError):
        return _no_new_token(error, target)
    if isinstance(error, exceptions.DefaultCredentialsError):
        return (
            f"there are no Google credentials for BigQuery project {target.project}:"
            f" {LOG_IN}, or name a service account's key file with ?credentials=FILE"
        )
    if isinstance(error, exceptions.GoogleAuthError):
        return f"the login of {target.who} failed: {refusals.short(error)}"
    return None


def _no_new_token(error: BaseException, target: BigQueryTarget) -> str:
    if target.impersonate and "impersonat" in str(error).lower():
        return (
            f"you may not act as {target.impersonate}: the role Service Account Token Creator"
            " (roles/iam.serviceAccountTokenCreator) on it is missing"
        )
    return f"the login of {target.who} has expired or was withdrawn ({refusals.short(error)}): {LOG_IN}"


def _of_network(error: BaseException, attempt: Attempt, target: BigQueryTarget) -> str | None:
    import requests  # noqa: PLC0415 - comes with the client

    is_network = isinstance(error, requests.RequestException) and not isinstance(error, requests.JSONDecodeError)
    return _unreachable("BigQuery", error, attempt) if is_network else None


def _unreachable(service: str, error: BaseException, attempt: Attempt) -> str:
    return f"{service} cannot be reached for {attempt.what}: {_network_cause(error)}{attempt.after}"


_CAUSES = (
    ("CERTIFICATE_VERIFY_FAILED", "its certificate is not trusted here, is there a proxy in between?"),
    ("NameResolutionError", "its name cannot be resolved, check network and DNS"),
    ("Connection refused", "the connection is refused, check the network and BIGQUERY_EMULATOR_HOST"),
    ("ProxyError", "the proxy does not let us through, check HTTPS_PROXY"),
    ("ConnectTimeout", "no connection came about, check network and firewall"),
    ("Read timed out", "it accepted the question and then said nothing"),
    ("reset by peer", "the connection was cut"),
    ("closed connection without response", "the connection was closed without an answer"),
    ("IncompleteRead", "the answer broke off"),
)
"""What to say of a network error, by words in its text; the first that fits wins."""


def _network_cause(error: BaseException) -> str:
    text = f"{type(error).__name__} {error}"
    return next((cause for words, cause in _CAUSES if words in text), refusals.short(error))


def _of_answer(error: BaseException, attempt: Attempt, target: BigQueryTarget) -> str | None:
    """Explain an answer that is not what BigQuery sends."""
    from requests import JSONDecodeError  # noqa: PLC0415 - comes with the client

    from console.warehouse.bigquery.transport import OversizedAnswerError  # noqa: PLC0415 - imports requests

    if isinstance(error, JSONDecodeError):
        page = str(error.doc).lstrip()[:1] == "<"
        kind = "a web page, is there a proxy or a login page in between?" if page else "cut off or no JSON, try again"
        return f"what answered {attempt.what} for BigQuery project {target.project} is {kind}"
    if isinstance(error, OversizedAnswerError):
        return (
            f"the answer to {attempt.what} does not end: no page of BigQuery is so long, is there a proxy in between?"
        )
    if isinstance(error, IncompleteAnswerError):
        return f"BigQuery project {target.project} answered {attempt.what} with {error}: try again"
    if isinstance(error, KeyError | AttributeError | TypeError | ValueError | IndexError):
        return (
            f"the answer to {attempt.what} is not one of BigQuery's ({type(error).__name__}: {refusals.short(error)})"
        )
    return None
