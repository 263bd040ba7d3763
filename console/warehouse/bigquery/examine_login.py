"""As whom is BigQuery asked, and where does that login come from? Also whether it still gives a token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checks.model import Severity
from console.warehouse.bigquery.examine_asking import Outcome
from console.warehouse.bigquery.target import BigQueryTarget
from console.warehouse.clients import get_http_session
from console.warehouse.protocol import WarehouseError
from screens.text.doctor import Observation

if TYPE_CHECKING:
    from google.cloud.bigquery import Client

PART = "credentials"


@dataclass(frozen=True, slots=True)
class Login:
    """Whom the service sees, as a sentence names them, and how that is known."""

    who: str
    sentence: str


def log_in(client: Client, target: BigQueryTarget) -> Login:
    """Return the login of a client that holds a valid token afterwards. Raises google.auth's errors."""
    from google.auth.transport.requests import Request  # noqa: PLC0415 - comes with the client

    credentials: Any = client._credentials  # noqa: SLF001 - the client shows them nowhere else
    if not credentials.valid:
        credentials.refresh(Request(get_http_session()))
    return login_of(credentials, target)


def login_of(credentials: Any, target: BigQueryTarget) -> Login:
    """Return whom google.auth's credentials stand for, and where they come from; never a secret of theirs."""
    from google.auth.credentials import AnonymousCredentials  # noqa: PLC0415 - comes with the client

    if isinstance(credentials, AnonymousCredentials):
        return Login(target.who, "nobody: BIGQUERY_EMULATOR_HOST is set, and an emulator is asked without credentials")
    own = f"the key file {target.credentials}" if target.credentials else "the application default credentials"
    if target.impersonate is not None:
        return Login(target.impersonate, f"{target.impersonate}, impersonated with {own}")
    about = credentials.get_cred_info() or {}
    account = about.get("principal") or getattr(credentials, "service_account_email", "")
    kind = about.get("credential_type") or ("service account credentials" if target.credentials else "credentials")
    source = about.get("credential_source") or own
    who = account or target.who
    return Login(who, f"{who} ({kind}) from {source}")


def credentials(login: Outcome[Login]) -> Observation:
    """Return whose login is used, or why there is none; UNKNOWN where the login service only could not be reached."""
    if login.value is not None:
        return Observation(PART, Severity.OK, login.value.sentence)
    return Observation(PART, Severity.ERROR if _is_refused(login.error) else Severity.UNKNOWN, login.reason)


def _is_refused(error: Exception | None) -> bool:
    from google.auth import exceptions  # noqa: PLC0415 - comes with the client

    refusals = (
        exceptions.DefaultCredentialsError,
        exceptions.RefreshError,
        exceptions.InvalidOperation,
        WarehouseError,
    )
    return isinstance(error, refusals)
