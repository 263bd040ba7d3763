"""What to tell an operator when Pub/Sub does not answer: who lacks which role on what, what was tried, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from console.warehouse.bigquery.call import CallOverError
from console.warehouse.bigquery.errand import LateError
from console.warehouse.bigquery.errors import LOG_IN
from console.warehouse.bigquery.refusals import short
from console.warehouse.bigquery.target import BigQueryTarget
from console.warehouse.protocol import WarehouseError
from screens.clean import for_terminal


@dataclass(frozen=True, slots=True)
class Need:
    """What a question needs: the permission, and the role that has it."""

    permission: str
    role: str


VIEW = Need("pubsub.topics.get and pubsub.subscriptions.get", "Pub/Sub Viewer (roles/pubsub.viewer)")
CONSUME = Need("pubsub.subscriptions.consume", "Pub/Sub Subscriber (roles/pubsub.subscriber)")


def explain(error: BaseException, need: Need, target: BigQueryTarget, seconds: float) -> str:
    """Return why there was no answer within `seconds`, and what to do. What the service says is cleaned.

    The thing that was asked about is not named: the same trouble then has the same words wherever it strikes.
    """
    if isinstance(error, WarehouseError):
        return str(error)
    return for_terminal(_sentence(error, need, target, seconds))


def _sentence(error: BaseException, need: Need, target: BigQueryTarget, seconds: float) -> str:
    from google.api_core import exceptions  # noqa: PLC0415 - comes with the client
    from google.auth import exceptions as login  # noqa: PLC0415 - comes with the client

    if isinstance(error, exceptions.RetryError) and error.cause is not None:
        error = error.cause
    said = short(error).partition(";")[0]
    lacks = f"{target.who} lacks the permission {need.permission} in the project {target.project}"
    known: Mapping[type[BaseException] | tuple[type[BaseException], ...], str] = {
        (LateError, CallOverError, exceptions.DeadlineExceeded): f"Pub/Sub gave no answer within {seconds:g} s",
        exceptions.PermissionDenied: f"{lacks}: ask for the role {need.role}",
        exceptions.Unauthenticated: f"Pub/Sub does not accept the login of {target.who}: {LOG_IN}",
        exceptions.ServiceUnavailable: f"Pub/Sub cannot be reached, check network and PUBSUB_EMULATOR_HOST: {said}",
        login.DefaultCredentialsError: f"there are no Google credentials for Pub/Sub: {LOG_IN}",
        login.GoogleAuthError: f"the login of {target.who} failed ({said}): {LOG_IN}",
    }
    found = next((words for kind, words in known.items() if isinstance(error, kind)), "")
    return found or f"Pub/Sub cannot answer: {said or type(error).__name__}"
