"""Who may ask: bearer tokens; and where there are none, only programs of this machine, and no web page that a browser shows."""

from __future__ import annotations

import re
from collections.abc import Collection
from ipaddress import ip_address
from typing import TYPE_CHECKING

from console.serving.answers import error_response
from console.serving.tokens import Access, Caller, Tokens
from console.setting_values import LOOPBACK

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

NOBODY = Caller("", Access.RUN)
"""Who asks where there are no tokens: anybody on this machine."""

_OF_PROXIES = frozenset((b"forwarded", b"via", b"x-real-ip", b"cf-connecting-ip", b"true-client-ip"))
"""Headers by which a proxy says that it passes a request on (RFC 7239; RFC 9110, 7.6.3)."""
_REALM = 'Bearer realm="courtside"'
_HOST = re.compile(r"(?:[a-z]+://)?(\[[0-9a-f:.]+\]|[^:/\[\]]+)(?::[0-9]+)?", re.IGNORECASE)


def is_loopback(host: str) -> bool:
    """Return whether a name or address is this machine's own, which no other machine reaches."""
    if host.lower() in LOOPBACK:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class Guard:
    """Lets through who may ask, with `caller` in the request's state; `open_paths` are everybody's."""

    def __init__(self, app: ASGIApp, tokens: Tokens, open_paths: Collection[str]) -> None:
        self._app = app
        self._tokens = tokens
        self._open_paths = frozenset(open_paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        caller = self._caller(headers) if self._tokens else NOBODY
        refusal = _unfit(headers) if not self._tokens else None
        if refusal is None and caller is None and scope["path"] not in self._open_paths:
            refusal = _unknown(headers)
        if refusal is not None:
            refusal.headers["Connection"] = "close"  # the body, if there is one, is not read
            await refusal(scope, receive, send)
            return
        scope.setdefault("state", {})["caller"] = caller
        await self._app(scope, receive, send)

    def _caller(self, headers: list[tuple[bytes, bytes]]) -> Caller | None:
        """Return who asks, None for nobody who is known; two tokens in one request are none."""
        given = _all(headers, b"authorization")
        if len(given) != 1:
            return None
        scheme, _, secret = given[0].partition(b" ")
        return self._tokens.caller(secret.strip()) if scheme.lower() == b"bearer" else None


def _all(headers: list[tuple[bytes, bytes]], name: bytes) -> list[bytes]:
    return [value for known, value in headers if known == name]


def _unknown(headers: list[tuple[bytes, bytes]]) -> Response:
    if _all(headers, b"authorization"):
        message, challenge = "the token is none of this server's", f'{_REALM}, error="invalid_token"'
    else:
        message, challenge = "a token is needed: send the header Authorization: Bearer SECRET", _REALM
    return error_response(401, "unauthorized", message, {"WWW-Authenticate": challenge})


def _unfit(headers: list[tuple[bytes, bytes]]) -> Response | None:
    """Return the refusal of a request that a browser makes for a web page, whose name may be made to lead here, or a proxy."""
    if any(name in _OF_PROXIES or name.startswith(b"x-forwarded-") for name, _ in headers):
        message = "without tokens only this machine may ask, and a proxy has passed this on: set a token"
        return error_response(403, "forbidden", message)
    for name, word in ((b"host", "asked under the name"), (b"origin", "asked by the web page")):
        for value in _all(headers, name):
            found = _HOST.fullmatch(value.decode("latin-1"))
            if found is None or not is_loopback(found[1].strip("[]")):
                message = f"without tokens only this machine may ask, and it was {word} {value.decode('latin-1')}"
                return error_response(403, "forbidden", message)
    return None
