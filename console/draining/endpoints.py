"""The phases' processors over HTTP: one POST a row, with an identity token, bounded in time, following no redirect.

A redirect is refused because the token would go along to whoever the service names.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from checks.facts.retry_queue import QueueRow
from console.draining.answers import LONGEST_BODY, Answer, Reply, answer_of, of_no_answer
from console.warehouse.bigquery.bounds import Bounds
from console.warehouse.bigquery.call import Call, CallOverError
from console.warehouse.clients import get_http_session

if TYPE_CHECKING:
    import requests

TRIGGERED_BY = "courtside"
_READ_BYTES = 8 * LONGEST_BODY
"""Bytes of a body that are looked at, enough for the characters that are kept."""


class NoTokenError(Exception):
    """There is no identity token for a service; the message says why and what to do, and holds no secret."""


IdentityTokens = Callable[[str], str]
"""Gives an identity token for a service's URL, "" where none is needed. Raises NoTokenError."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a processor may take, in seconds: `silence` without a byte, `whole` for everything."""

    silence: float = 60.0
    whole: float = 75.0


class Endpoints:
    """The processors by phase. `addresses` are base URLs as the settings have them, by `phase_2` … `phase_5`."""

    def __init__(
        self, addresses: Mapping[str, str], tokens: IdentityTokens, *, patience: Patience | None = None
    ) -> None:
        self._addresses = dict(addresses)
        self._tokens = tokens
        self._patience = patience or Patience()
        self._held: dict[str, str] = {}

    @property
    def phases(self) -> Collection[str]:
        """The phases that have an address."""
        return self._addresses.keys()

    def log_in(self, phase: str) -> str:
        """Get a token for a phase's service, once for as long as this object is used, and return why there is none, or ""."""
        if phase not in self._held:
            try:
                self._held[phase] = self._tokens(service_of(self._addresses[phase]))
            except NoTokenError as error:
                return str(error)
        return ""

    def post(self, row: QueueRow, retry_count: int, now: datetime) -> Answer:
        """Post a row's work as its try number `retry_count` and return what came of it; never raises for what the network does.

        `now` is aware UTC. `log_in` comes first.
        """
        token = self._held[row.phase]
        address = self._addresses[row.phase].rstrip("/") + path_of(row.phase)
        call = Call(Bounds(socket=self._patience.silence, first_answer=0.0), self._patience.whole)
        watchdog = threading.Timer(
            self._patience.whole, call.stop
        )  # headers that trickle in keep every other limit happy
        watchdog.daemon = True
        watchdog.start()
        try:
            with call.running():
                reply = _sent(address, envelope(row, retry_count), token, call)
        except (OSError, CallOverError) as error:
            return of_no_answer(_network_trouble(error, self._patience))
        finally:
            watchdog.cancel()
        return answer_of(_without(reply, token), now)


def path_of(phase: str) -> str:
    """Return a phase's path; PIPELINE.md, "Processors' HTTP endpoints"."""
    return "/predict" if phase == "phase_5" else "/process"


def service_of(address: str) -> str:
    """Return the service's URL, which an identity token is for: scheme and host."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def envelope(row: QueueRow, retry_count: int) -> Mapping[str, object]:
    """Return the Pub/Sub push envelope that asks for a row's work; PIPELINE.md, "Processors' HTTP endpoints"."""
    day = row.game_date.isoformat()
    data: Mapping[str, object] = {
        "game_date": day,
        "output_table": row.processor_name,
        "status": "success",
        "triggered_by": TRIGGERED_BY,
        "retry_count": retry_count,
    }
    if row.phase == "phase_5":
        data = {"game_date": day, "action": "predict"}
    return {
        "message": {
            "data": base64.b64encode(json.dumps(data).encode()).decode(),
            "attributes": {"retry_attempt": str(retry_count), "trigger_source": TRIGGERED_BY},
        }
    }


def google_identity_token(service: str) -> str:
    """Return Google's identity token for a service, "" for one on this machine. Raises NoTokenError; asks the network."""
    if urlsplit(service).scheme == "http":  # the settings allow it for loopback only, where a token would prove nothing
        return ""
    from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415  # half a second, for those who post
    from google.auth.transport.requests import Request  # noqa: PLC0415  # as above
    from google.oauth2 import id_token  # noqa: PLC0415  # as above

    fetch: Callable[[Any, str], str] = id_token.fetch_id_token
    try:
        return fetch(Request(get_http_session()), service)
    except (GoogleAuthError, OSError, ValueError) as error:
        # Without the error's words: Google's may quote what the token server said.
        raise NoTokenError(
            f"there is no identity token for {service} ({type(error).__name__}): this needs a service account, "
            "on its machine in Google Cloud or by GOOGLE_APPLICATION_CREDENTIALS; a user's own login gives none"
        ) from None


def _sent(address: str, body: Mapping[str, object], token: str, call: Call) -> Reply:
    """Post and return the reply. Raises OSError (which requests' errors are) and CallOverError."""

    def signed(request: requests.PreparedRequest) -> requests.PreparedRequest:
        # As a function, because requests would else put what stands in a .netrc file in the token's place.
        if token:
            request.headers["Authorization"] = f"Bearer {token}"
        return request

    parts = urlsplit(address)
    response = get_http_session().post(
        address,
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
        auth=signed,
        allow_redirects=False,
        stream=True,
        hooks={"response": _unread},
        proxies={"no_proxy": parts.hostname or ""} if parts.scheme == "http" else None,
    )
    with response:
        call.refuse_when_over()  # headers that the watchdog cut short look like headers that have come to their end
        headers = response.headers
        return Reply(response.status_code, headers.get("Retry-After", ""), headers.get("Location", ""), _body(response))


def _unread(response: requests.Response, *_: Any, **__: Any) -> None:
    """Keep the session's own hook away, which would read the whole body and make a good answer of a broken body a failure."""


def _body(response: requests.Response) -> str:
    """Return the beginning of the body; "" of one that breaks off, since the status has said it all."""
    with suppress(OSError, CallOverError):
        for piece in response.iter_content(_READ_BYTES):
            return bytes(piece).decode(errors="replace")
    return ""


def _without(reply: Reply, token: str) -> Reply:
    """Return a reply in which the token does not stand, whoever sent it back."""
    if not token:
        return reply
    hidden = (text.replace(token, "(hidden)") for text in (reply.retry_after, reply.location, reply.body))
    return Reply(reply.status, *hidden)


def _network_trouble(error: Exception, patience: Patience) -> str:
    """Return why no answer came, without the error's own words, in which addresses and worse may stand."""
    import requests  # noqa: PLC0415 - comes with the session
    from urllib3.exceptions import NewConnectionError  # noqa: PLC0415 - as above

    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate cannot be verified, is there a proxy in between?"
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return "it cannot be reached: the connection takes too long"
    if isinstance(error, requests.exceptions.Timeout | CallOverError):
        return f"no answer within {min(patience.silence, patience.whole):g} s; it may be at work all the same"
    if isinstance(getattr(next(iter(error.args), None), "reason", None), NewConnectionError):
        return "it cannot be reached: its name is not found or it refuses the connection"
    return "the connection was cut before it answered; it may be at work all the same"
