"""What goes over the wire, and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.draining.answers import LONGEST_BODY, Answer, Kind
from console.draining.endpoints import Endpoints, Patience, google_identity_token, service_of
from tests.builders import at
from tests.checks.test_queue import row
from tests.draining.queues import PATIENCE, SECRET
from tests.draining.services import Fault, ProcessorDouble, Says

NOW = at("2026-01-25T12:00")


def post(service: ProcessorDouble, *, token: str = SECRET, patience: Patience = PATIENCE, path: str = "") -> Answer:
    endpoints = Endpoints({"phase_2": service.address + path}, lambda _: token, patience=patience)
    assert endpoints.log_in("phase_2") == ""
    return endpoints.post(row(), 1, NOW)


def test_a_service_that_says_nothing_is_given_up_on(service: ProcessorDouble) -> None:
    service.always = Fault.HANG
    answer = post(service)
    assert (answer.kind, answer.says) == (Kind.TRANSIENT, "no answer within 0.5 s; it may be at work all the same")


def test_headers_that_never_end_are_given_up_on(service: ProcessorDouble) -> None:
    service.always = Fault.TRICKLE
    assert post(service, patience=Patience(silence=30.0, whole=0.3)).kind is Kind.TRANSIENT


def test_a_service_that_is_not_there_is_called_that() -> None:
    gone = ProcessorDouble()
    gone.server_close()
    assert post(gone).says == "it cannot be reached: its name is not found or it refuses the connection"


def test_a_good_status_counts_although_its_body_breaks_off(service: ProcessorDouble) -> None:
    service.always = Fault.BROKEN_BODY
    assert post(service).kind is Kind.DISPATCHED


def test_an_endless_body_is_cut(service: ProcessorDouble) -> None:
    service.always = Says(400, "x" * 5_000_000)
    assert len(post(service).says) < LONGEST_BODY + 50


def test_without_a_token_there_is_no_authorization_whatever_a_netrc_file_says(
    service: ProcessorDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ann password secret\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    post(service, token="")
    post(service)
    assert [received.authorization for received in service.received] == ["", f"Bearer {SECRET}"]


def test_no_proxy_of_the_environment_comes_between_this_machine_and_itself(
    service: ProcessorDouble, elsewhere: ProcessorDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", elsewhere.address)
    assert post(service).kind is Kind.DISPATCHED
    assert (len(service.received), elsewhere.received) == (1, [])


def test_an_address_with_a_path_keeps_it_and_the_token_is_for_the_host(service: ProcessorDouble) -> None:
    post(service, path="/raw/")
    assert service.received[0].path == "/raw/process"
    assert service_of("https://phase2-abc.a.run.app/raw") == "https://phase2-abc.a.run.app"


def test_a_service_on_this_machine_needs_no_token_of_google() -> None:
    assert google_identity_token("http://127.0.0.1:8080") == ""
