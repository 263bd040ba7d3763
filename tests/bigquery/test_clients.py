"""Clients are made in one place: once each, from any thread, with the credentials that the target names, closed on request."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import google.auth
import pytest
import requests
from google.auth.credentials import AnonymousCredentials

from console.warehouse import clients
from console.warehouse.bigquery.target import BigQueryTarget, parse_target
from console.warehouse.bigquery.transport import BoundedAdapter
from console.warehouse.protocol import WarehouseError

TARGET = BigQueryTarget("nba-prod", location="EU")


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(clients.EMULATOR, "127.0.0.1:9")
    clients.close_clients()
    yield
    clients.close_clients()


def run(script: str) -> str:
    """Return what a process of its own prints."""
    done = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    return done.stdout.strip()


def test_the_same_target_has_one_client_in_all_threads() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = {id(client) for client in pool.map(lambda _: clients.get_bigquery_client(TARGET), range(32))}
    assert len(made) == 1


def test_another_target_or_another_emulator_has_another_client(monkeypatch: pytest.MonkeyPatch) -> None:
    one = clients.get_bigquery_client(TARGET)
    assert clients.get_bigquery_client(BigQueryTarget("nba-test")) is not one
    monkeypatch.setenv(clients.EMULATOR, "http://127.0.0.1:10")
    assert clients.get_bigquery_client(TARGET) is not one


def test_after_closing_a_new_client_is_made() -> None:
    one, session = clients.get_bigquery_client(TARGET), clients.get_http_session()
    clients.close_clients()
    assert clients.get_bigquery_client(TARGET) is not one
    assert clients.get_http_session() is not session


def test_an_emulator_is_asked_without_credentials_and_may_be_named_without_a_scheme() -> None:
    client = clients.get_bigquery_client(TARGET)
    assert isinstance(client._credentials, AnonymousCredentials)
    assert client._connection.API_BASE_URL == "http://127.0.0.1:9"
    assert (client.project, client.location, client.default_job_creation_mode) == (
        "nba-prod",
        "EU",
        "JOB_CREATION_OPTIONAL",
    )


def test_every_session_is_bounded_that_of_the_login_too() -> None:
    client = clients.get_bigquery_client(TARGET)
    for session in (clients.get_http_session(), client._http, client._http._auth_request.session):
        for scheme in ("https://a.example", "http://a.example"):
            assert isinstance(session.get_adapter(scheme), BoundedAdapter)


def test_what_was_made_is_closed_with_all_its_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[BoundedAdapter] = []
    monkeypatch.setattr(BoundedAdapter, "close", lambda adapter: closed.append(adapter))  # noqa: PLW0108 - a method must be bound
    client, session = clients.get_bigquery_client(TARGET), clients.get_http_session()
    ours = [client._http.get_adapter("https://a.example"), session.get_adapter("https://a.example")]
    clients.close_clients()
    assert [adapter for adapter in ours if adapter not in closed] == []


def test_a_process_that_ends_closes_what_it_made() -> None:
    script = (
        "from console.warehouse import clients; from console.warehouse.bigquery.target import BigQueryTarget\n"
        "client, session = clients.get_bigquery_client(BigQueryTarget('nba-prod')), clients.get_http_session()\n"
        "client.close, session.close = (lambda: print('client closed')), (lambda: print('session closed'))"
    )
    assert run(script).split("\n") == ["client closed", "session closed"]


def test_the_http_session_is_shared() -> None:
    assert isinstance(clients.get_http_session(), requests.Session)
    assert clients.get_http_session() is clients.get_http_session()


def test_credentials_that_cannot_be_had_are_looked_for_again_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(clients.EMULATOR)
    asked = []

    def none_found(**_: object) -> None:
        asked.append(1)
        raise google.auth.exceptions.DefaultCredentialsError

    monkeypatch.setattr(google.auth, "default", none_found)
    for _ in range(2):
        with pytest.raises(google.auth.exceptions.DefaultCredentialsError):
            clients.get_bigquery_client(TARGET)
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "cannot be read: No such file or directory"),
        ("{", "is not JSON"),
        ("[]", "is not a service account's key: its type is missing"),
        (json.dumps({"type": "authorized_user"}), "is not a service account's key: its type is authorized_user"),
        (json.dumps({"type": "service_account", "private_key": "secret"}), "holds no usable service account key"),
    ],
)
def test_a_key_file_that_cannot_be_used_is_named_and_never_quoted(
    content: str | None, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(clients.EMULATOR)
    path = tmp_path / "key.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(WarehouseError) as caught:
        clients.get_bigquery_client(BigQueryTarget("nba-prod", credentials=path))
    assert str(caught.value) == f"the key file {path} {sentence}"


def test_nothing_of_google_is_imported_before_the_first_question() -> None:
    script = (
        "import sys; from pathlib import Path; from console.warehouse.opening import open_warehouse\n"
        "open_warehouse('bigquery://nba-prod', Path('/tmp')).close()\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('google', 'requests', 'pandas', 'sqlglot')])"
    )
    assert run(script) == "[]"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """Give a service account's key file with a key that was made for this test."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = tmp_path / "key.json"
    content = {
        "type": "service_account",
        "project_id": "elsewhere",
        "private_key": pem.decode(),
        "client_email": "reader@nba-prod.iam.gserviceaccount.com",
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    path.write_text(json.dumps(content))
    return path


def test_a_key_file_is_the_service_account_s_credentials_in_the_named_project(
    key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(clients.EMULATOR)
    client = clients.get_bigquery_client(BigQueryTarget("nba-prod", credentials=key_file))
    assert client._credentials.service_account_email == "reader@nba-prod.iam.gserviceaccount.com"
    assert client.project == "nba-prod"
    assert client._connection.API_BASE_URL == "https://bigquery.googleapis.com"


def test_the_default_credentials_act_as_the_impersonated_account(
    key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(clients.EMULATOR)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key_file))
    client = clients.get_bigquery_client(
        BigQueryTarget("nba-prod", impersonate="writer@nba-prod.iam.gserviceaccount.com")
    )
    assert client._credentials.service_account_email == "writer@nba-prod.iam.gserviceaccount.com"
    assert client._credentials._source_credentials.service_account_email == "reader@nba-prod.iam.gserviceaccount.com"


def test_a_key_file_acts_as_the_impersonated_account_when_both_are_named(
    key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(clients.EMULATOR)
    target = parse_target(
        f"bigquery://nba-prod?credentials={key_file}&impersonate=writer@nba-prod.iam.gserviceaccount.com"
    )
    client = clients.get_bigquery_client(target)
    assert client._credentials.service_account_email == "writer@nba-prod.iam.gserviceaccount.com"
    assert client._credentials._source_credentials.service_account_email == "reader@nba-prod.iam.gserviceaccount.com"


def test_an_emulator_is_not_given_the_credentials_that_a_target_names(key_file: Path) -> None:
    client = clients.get_bigquery_client(
        BigQueryTarget("nba-prod", credentials=key_file, impersonate="writer@a.example")
    )
    assert isinstance(client._credentials, AnonymousCredentials)
