"""The ASGI application: log, guard, limits, then the endpoints; all that can go wrong is answered with a document."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Route

from console.serving.answers import JSON, RefusedError, error_response
from console.serving.endpoints import ENDPOINTS, Endpoint
from console.serving.guarding import Guard
from console.serving.limits import Limited, Limits
from console.serving.logs import JsonLog, Logged
from console.serving.openapi import description
from console.serving.tokens import Tokens

if TYPE_CHECKING:
    from starlette.requests import Request

    from console.serving.service import Service

DESCRIPTION_PATH = "/openapi.json"


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which terms requests are answered: whose, how large and long, and where they are logged.

    `new_id` makes the id of a request that brings none.
    """

    tokens: Tokens
    log: JsonLog
    new_id: Callable[[], str]
    limits: Limits = field(default_factory=Limits)


def application(service: Service, terms: Terms) -> Starlette:
    """Return the application that answers from `service`."""
    open_paths = [endpoint.path for endpoint in ENDPOINTS if endpoint.access is None]
    app = Starlette(
        routes=[*(_route(service, endpoint) for endpoint in ENDPOINTS), _description_route(terms)],
        middleware=[
            Middleware(Logged, terms.log, service.counts, monotonic=service.world.clock.monotonic, new_id=terms.new_id),
            Middleware(Guard, terms.tokens, [*open_paths, DESCRIPTION_PATH]),
            Middleware(Limited, terms.limits),
        ],
        exception_handlers={RefusedError: _refused, HTTPException: _unrouted},
    )
    app.router.redirect_slashes = False  # a redirection would repeat the host that the caller named
    return app


def _route(service: Service, endpoint: Endpoint) -> Route:
    async def handle(request: Request) -> Response:
        request.state.route = endpoint.path
        caller = request.state.caller
        if endpoint.access is not None and (caller is None or caller.access < endpoint.access):
            message = f"this needs a token of the scope {endpoint.access.name.lower()}, and {caller.name} may only read"
            challenge = {"WWW-Authenticate": 'Bearer realm="courtside", error="insufficient_scope"'}
            raise RefusedError(403, "forbidden", message, challenge)
        if request.query_params and endpoint.access is not None:
            raise RefusedError(
                422, "usage", "there is nothing to choose with ?…: the answer would be to another question"
            )
        return await endpoint.handler(service, request)

    return Route(endpoint.path, handle, methods=[endpoint.method])


def _description_route(terms: Terms) -> Route:
    text = json.dumps(description(ENDPOINTS, has_tokens=bool(terms.tokens)), indent=2)

    async def openapi(request: Request) -> Response:
        request.state.route = DESCRIPTION_PATH
        return Response(text, 200, media_type=JSON)

    return Route(DESCRIPTION_PATH, openapi, methods=["GET"])


def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, RefusedError):
        raise error
    request.state.error = error.message
    return error_response(error.status, error.kind, error.message, error.headers)


def _unrouted(request: Request, error: Exception) -> Response | Awaitable[Response]:
    """Answer for a path or a method that there is none of."""
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == 404:
        return error_response(404, "not_found", f"there is nothing here; {DESCRIPTION_PATH} says what there is")
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        message = f"{request.method} is not for this path: {allowed} is"
        return error_response(405, "method", message, error.headers)
    return error_response(error.status_code, "usage", error.detail, error.headers)
