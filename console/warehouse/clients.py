"""The one place that makes clients: BigQuery's, Pub/Sub's and plain HTTP's, pooled, safe from any thread, closed at exit.

Nothing heavy is imported before the first client is asked for.
"""

from __future__ import annotations

import atexit
import json
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from console.warehouse.bigquery.bounds import Bounds
from console.warehouse.bigquery.target import BigQueryTarget
from console.warehouse.protocol import WarehouseError

if TYPE_CHECKING:
    import requests
    from google.auth.transport.requests import Request
    from google.cloud import bigquery, firestore
    from google.pubsub_v1 import PublisherClient, SubscriberClient

EMULATOR = "BIGQUERY_EMULATOR_HOST"
PUBSUB_EMULATOR = "PUBSUB_EMULATOR_HOST"
FIRESTORE_EMULATOR = "FIRESTORE_EMULATOR_HOST"

_SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)

K = TypeVar("K")
V = TypeVar("V")


class _Pool(Generic[K, V]):
    """Values made once per key; threads that want one that is being made wait for it, and a failure is not kept."""

    def __init__(self, make: Callable[[K], V], close: Callable[[V], None]) -> None:
        self._make = make
        self._close = close
        self._lock = threading.Lock()
        self._made: dict[K, Future[V]] = {}

    def get(self, key: K) -> V:
        """Return the value of `key`. Raises what making it raises."""
        with self._lock:
            found = self._made.get(key)
            if found is None:
                mine = self._made[key] = Future()
        if found is not None:
            return found.result()
        try:
            value = self._make(key)
        except BaseException as error:
            with self._lock:
                del self._made[key]
            mine.set_exception(error)
            raise
        mine.set_result(value)
        return value

    def close(self) -> None:
        """Close what was made and forget it."""
        with self._lock:
            made, self._made = self._made, {}
        for future in made.values():
            if future.done() and future.exception() is None:
                self._close(future.result())


def get_bigquery_client(target: BigQueryTarget) -> bigquery.Client:
    """Return the client of a target, the same one each time.

    `BIGQUERY_EMULATOR_HOST` is honoured, without credentials. Raises WarehouseError for a key file that cannot be used, and
    google.auth's errors when there are no credentials; finding that out may take seconds of network.
    """
    return _CLIENTS.get((target, os.environ.get(EMULATOR, "")))


@dataclass(frozen=True, slots=True)
class PubSubClients:
    """Pub/Sub's two halves: topics and who is subscribed to them, and subscriptions with what waits in them."""

    publisher: PublisherClient
    subscriber: SubscriberClient


def get_pubsub_clients(target: BigQueryTarget) -> PubSubClients:
    """Return Pub/Sub's clients for a target, the same ones each time.

    `PUBSUB_EMULATOR_HOST` is honoured, without credentials. Raises WarehouseError when google-cloud-pubsub is not installed or
    a key file cannot be used, and google.auth's errors when there are no credentials.
    """
    return _PUBSUB.get((target, os.environ.get(PUBSUB_EMULATOR, "")))


def get_firestore_client(project: str) -> firestore.Client:
    """Return Firestore's client for a project, the same one each time; `FIRESTORE_EMULATOR_HOST` is honoured.

    Raises WarehouseError when google-cloud-firestore is not installed, and google.auth's errors when there are no credentials.
    """
    return _FIRESTORE.get((project, os.environ.get(FIRESTORE_EMULATOR, "")))


def get_http_session() -> requests.Session:
    """Return the session for everything that is not BigQuery: bounded, pooled, shared."""
    return _SESSIONS.get("http")


def close_clients() -> None:
    """Close all clients and sessions; the next question makes new ones."""
    _CLIENTS.close()
    _PUBSUB.close()
    _FIRESTORE.close()
    _SESSIONS.close()


def _new_session(_: str) -> requests.Session:
    import requests  # noqa: PLC0415 - half of the client's import time

    from console.warehouse.bigquery.transport import bind  # noqa: PLC0415 - imports requests

    session = requests.Session()
    bind(session, Bounds())
    return session


def _new_client(key: tuple[BigQueryTarget, str]) -> bigquery.Client:
    from google.api_core.client_options import ClientOptions  # noqa: PLC0415 - comes with the client
    from google.auth.transport import requests as transport  # noqa: PLC0415 - comes with the client
    from google.cloud import bigquery  # noqa: PLC0415 - half a second

    from console.warehouse.bigquery.transport import bind  # noqa: PLC0415 - imports requests

    target, emulator = key
    login = transport.Request(_new_session("login"))
    credentials = _anonymous() if emulator else _credentials(target, login)
    session = transport.AuthorizedSession(credentials, auth_request=login)  # type: ignore[no-untyped-call] # google.auth has few types
    bind(session, Bounds())
    endpoint = emulator if not emulator or "://" in emulator else f"http://{emulator}"
    return bigquery.Client(
        project=target.project,
        credentials=credentials,
        location=target.location,
        client_options=ClientOptions(api_endpoint=endpoint or None),
        default_job_creation_mode=bigquery.enums.JobCreationMode.JOB_CREATION_OPTIONAL,
        _http=session,
    )


def _new_pubsub(key: tuple[BigQueryTarget, str]) -> PubSubClients:
    import warnings  # noqa: PLC0415 - for the next line only

    try:
        from google import pubsub_v1  # noqa: PLC0415 - as above, and an optional extra
        from google.auth.transport import requests as transport  # noqa: PLC0415 - a third of a second
    except ImportError as error:
        raise WarehouseError(
            "the library google-cloud-pubsub is not installed: install it with `pip install 'courtside[gcp]'`"
        ) from error
    # The only pull that tells an empty queue from a service that says nothing; who looks into a queue once streams nothing.
    warnings.filterwarnings("ignore", "The return_immediately flag is deprecated", DeprecationWarning)
    target, emulator = key
    credentials = _anonymous() if emulator else _credentials(target, transport.Request(_new_session("login")))
    return PubSubClients(
        pubsub_v1.PublisherClient(credentials=credentials), pubsub_v1.SubscriberClient(credentials=credentials)
    )


def _new_firestore(key: tuple[str, str]) -> firestore.Client:
    try:
        from google.cloud import firestore  # noqa: PLC0415 - half a second, and an optional extra
    except ImportError as error:
        raise WarehouseError(
            "the library google-cloud-firestore is not installed: install it with `pip install 'courtside[gcp]'`"
        ) from error
    return firestore.Client(project=key[0])


def _anonymous() -> Any:
    from google.auth.credentials import AnonymousCredentials  # noqa: PLC0415 - comes with the client

    return AnonymousCredentials()  # type: ignore[no-untyped-call] # google.auth has few types


def _credentials(target: BigQueryTarget, login: Request) -> Any:
    """Return the credentials that `target` names. Raises WarehouseError and google.auth's errors."""
    import warnings  # noqa: PLC0415 - for the next line only

    import google.auth  # noqa: PLC0415 - comes with the client
    from google.auth import impersonated_credentials  # noqa: PLC0415 - comes with the client

    # Printed over a screen it would be noise: whose quota pays for tables.get is not the operator's question at three o'clock.
    warnings.filterwarnings("ignore", "Your application has authenticated using end user credentials", UserWarning)
    if target.credentials is not None:
        own: Any = _from_key_file(target.credentials)
    else:
        own, _ = google.auth.default(scopes=_SCOPES, request=login)
    if target.impersonate is None:
        return own
    return impersonated_credentials.Credentials(  # type: ignore[no-untyped-call] # google.auth has few types
        source_credentials=own, target_principal=target.impersonate, target_scopes=list(_SCOPES)
    )


def _from_key_file(path: Path) -> Any:
    """Return a service account's credentials. Raises WarehouseError that says what is wrong with the file, never its content."""
    from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415 - comes with the client
    from google.oauth2 import service_account  # noqa: PLC0415 - comes with the client

    try:
        key = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WarehouseError(f"the key file {path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise WarehouseError(f"the key file {path} is not JSON") from error
    kind = key.get("type") if isinstance(key, dict) else None
    if kind != "service_account":
        raise WarehouseError(f"the key file {path} is not a service account's key: its type is {kind or 'missing'}")
    try:
        read: Callable[..., Any] = service_account.Credentials.from_service_account_info
        return read(key, scopes=_SCOPES)
    except (GoogleAuthError, ValueError) as error:
        raise WarehouseError(f"the key file {path} holds no usable service account key") from error


def _close_client(client: bigquery.Client) -> None:
    with suppress(OSError):
        client.close()  # type: ignore[no-untyped-call] # google.cloud has few types


def _close_pubsub(clients: PubSubClients) -> None:
    clients.publisher.transport.close()  # type: ignore[no-untyped-call] # google.pubsub_v1 has few types
    clients.subscriber.transport.close()  # type: ignore[no-untyped-call] # as above


def _close_firestore(client: firestore.Client) -> None:
    client.close()  # type: ignore[no-untyped-call] # as above


_CLIENTS: _Pool[tuple[BigQueryTarget, str], bigquery.Client] = _Pool(_new_client, _close_client)
_PUBSUB: _Pool[tuple[BigQueryTarget, str], PubSubClients] = _Pool(_new_pubsub, _close_pubsub)
_FIRESTORE: _Pool[tuple[str, str], firestore.Client] = _Pool(_new_firestore, _close_firestore)
_SESSIONS: _Pool[str, requests.Session] = _Pool(_new_session, lambda session: session.close())
atexit.register(close_clients)
