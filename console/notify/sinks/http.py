"""JSON over HTTP to somebody else's service: one POST, bounded in time, following no redirect.

A redirect is refused because what is told, and with what key, is for the address that the settings name and nobody else.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from console.notify.sinks.sink import LONGEST_WAIT_SECONDS, SinkError
from console.warehouse.bigquery.bounds import Bounds
from console.warehouse.bigquery.call import Call, CallOverError
from console.warehouse.clients import get_http_session

_UNWANTED = (400, 401, 403, 404, 405, 410, 413, 415, 422)
"""Statuses that no second try changes."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a service may take, in seconds: `silence` without a byte, `whole` for everything."""

    silence: float = 10.0
    whole: float = 20.0


def post_json(who: str, address: str, body: bytes, headers: Mapping[str, str], patience: Patience) -> None:
    """Post a JSON body to the service that people call `who`. Raises SinkError unless it answers with a 2xx status.

    What is said of a failure holds neither the address nor a header, which may be secrets.
    """
    from urllib3.exceptions import HTTPError  # noqa: PLC0415 - comes with the session

    call = Call(Bounds(socket=patience.silence, first_answer=0.0), patience.whole)
    watchdog = threading.Timer(patience.whole, call.stop)  # headers that trickle in keep every other limit happy
    watchdog.daemon = True
    watchdog.start()
    try:
        with call.running():
            status, retry_after, date = _posted(address, body, headers, call)
    except (OSError, CallOverError, HTTPError, ValueError) as error:  # requests' errors are OSErrors, urllib3's are not
        raise SinkError(f"{who} {_network_trouble(error, patience)}", again=not isinstance(error, ValueError)) from None
    finally:
        watchdog.cancel()
    _refuse_unless_taken(who, status, _seconds(retry_after, date))


def _posted(address: str, body: bytes, headers: Mapping[str, str], call: Call) -> tuple[int, str, str]:
    parts = urlsplit(address)
    response = get_http_session().post(
        address,
        data=body,
        headers={"Content-Type": "application/json", **headers},
        auth=lambda request: request,  # because requests would else send what stands in a .netrc file
        allow_redirects=False,
        stream=True,
        hooks={"response": lambda *_, **__: None},  # the session's own would read the whole body, which nobody needs
        proxies={"no_proxy": parts.hostname or ""} if parts.scheme == "http" else None,
    )
    with response:
        call.refuse_when_over()
        return response.status_code, response.headers.get("Retry-After", ""), response.headers.get("Date", "")


def _refuse_unless_taken(who: str, status: int, wait_seconds: float) -> None:
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise SinkError(
            f"{who} sends us elsewhere (HTTP {status}), which is refused: set its final address", again=False
        )
    if status in _UNWANTED:
        raise SinkError(f"{who} refuses it (HTTP {status}): see its address, and its secret or key", again=False)
    raise SinkError(f"{who} cannot take it now (HTTP {status})", again=True, wait_seconds=wait_seconds)


def _seconds(retry_after: str, date: str) -> float:
    """Return the seconds that a Retry-After asks for, 0 where it says nothing that can be read.

    A date counts from the service's own clock, its Date header, because ours may differ.
    """
    if retry_after.isascii() and retry_after.isdecimal():
        return min(float(retry_after), LONGEST_WAIT_SECONDS)
    try:
        seconds = (parsedate_to_datetime(retry_after) - parsedate_to_datetime(date)).total_seconds()
    except (ValueError, TypeError):
        return 0.0
    return min(max(seconds, 0.0), LONGEST_WAIT_SECONDS)


def _network_trouble(error: Exception, patience: Patience) -> str:
    import requests  # noqa: PLC0415 - comes with the session

    if isinstance(error, ValueError):  # such as requests' InvalidURL, and urllib3's of a host with an empty part
        return "has an address that cannot be used: correct it"
    if isinstance(error, requests.exceptions.SSLError):
        return "has a certificate that cannot be verified: is there a proxy in between?"
    if isinstance(error, CallOverError | requests.exceptions.Timeout):
        return f"gave no answer within {patience.whole:g} s"
    return "cannot be reached: check the network and its address"
