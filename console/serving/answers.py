"""Answers as responses: documents of `courtside/1`, with the age of what they stand on in body and header."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING

from starlette.responses import Response

from console import document
from screens.clean import for_terminal

if TYPE_CHECKING:
    from console.document import Json
    from console.serving.joining import Failure

JSON = "application/json"
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

STATUS_OF_FAILURE = {"defect": 500}
"""All other kinds of failure are 503: the question could not be answered, and may be answered later."""


class RefusedError(Exception):
    """A question that is not answered; `kind` is `error.kind` of the document."""

    def __init__(self, status: int, kind: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        self.status = status
        self.kind = kind
        self.message = message
        self.headers = headers or {}
        super().__init__(message)


def answer(command: str, body: Json, age_seconds: float | None = None) -> Response:
    """Return a document with status 200; `age_seconds` is that of the report it stands on."""
    out = io.StringIO()
    document.write_document(command, body, out)
    headers = _HEADERS if age_seconds is None else {**_HEADERS, "Age": str(int(age_seconds))}
    return Response(out.getvalue(), 200, headers, JSON)


def error_response(status: int, kind: str, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return the document of a refusal."""
    out = io.StringIO()
    document.write_error(kind, for_terminal(message), out)
    return Response(out.getvalue(), status, {**_HEADERS, **(headers or {})}, JSON)


def refuse(failure: Failure) -> RefusedError:
    """Return the refusal that a failure is."""
    status = STATUS_OF_FAILURE.get(failure.kind, 503)
    return RefusedError(status, failure.kind, failure.message, {"Retry-After": "10"} if status == 503 else None)
