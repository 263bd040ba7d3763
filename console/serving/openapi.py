"""The OpenAPI description of the server, made of the table of endpoints. The fields of objects: head of `console/document.py`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from checks.pipeline import Transition
from console.document import SCHEMA
from console.serving.answers import JSON
from console.serving.metrics import CONTENT_TYPE

if TYPE_CHECKING:
    from console.serving.endpoints import Endpoint

OPENAPI = "3.1.0"

_WHAT = (
    "What is wrong with the pipeline, since when and why. The HTTP status says whether a question was answered, the body how "
    f"things are: a critical verdict is a 200. Documents are of the schema {SCHEMA}; their instants are RFC 3339 in UTC, their "
    "dates Eastern game dates."
)

_INSTANT = {"type": "string", "format": "date-time"}
_STATUS_OF_ALL = (400, 403, 408, 413, 431, 500)
"""403 also without tokens: for web pages that a browser shows."""
_OBJECT = {"type": "object"}
_OBJECTS = {"type": "array", "items": _OBJECT}
_SEVERITY = {"enum": ["ok", "warning", "unknown", "error", "critical"]}
_VERDICT = {
    "type": "object",
    "required": ["severity", "sentence", "since"],
    "properties": {"severity": _SEVERITY, "sentence": {"type": "string"}, "since": {"type": ["string", "null"]}},
}
_STANDING: Mapping[str, Any] = {
    "scope": _OBJECT,
    "verdict": _VERDICT,
    "exit_status": {"enum": [0, 1, 2, 3]},
    "made_at": _INSTANT,
    "age_seconds": {"type": "integer", "minimum": 0},
}
_CHECK = {
    "type": "object",
    "required": ["check", "severity", "reason", "findings", "says"],
    "properties": {"check": {"type": "string"}, "severity": _SEVERITY, "reason": {"type": "string"}},
}
_RECORDED = {
    "type": ["object", "null"],
    "required": ["waiting", "alert"],
    "properties": {"waiting": {"type": "string"}, "alert": {"type": "string"}},
}
_BODIES: Mapping[str, Mapping[str, Any]] = {
    "Health": {
        "state": {"enum": ["ok"]},
        "started_at": _INSTANT,
        "uptime_seconds": {"type": "integer"},
        "run_seconds": {"type": ["integer", "null"]},
        "report_age_seconds": {"type": ["integer", "null"]},
    },
    "Verdict": _STANDING,
    "Checks": {**_STANDING, "checks": {"type": "array", "items": _CHECK}},
    "Check": {**_STANDING, "check": _CHECK, "findings": _OBJECTS, "hushes_unread": {"type": "string"}},
    "Incidents": {
        "heartbeat": {"type": ["object", "null"]},
        "watcher_silent": _SEVERITY,
        "incidents": _OBJECTS,
        "sinks": _OBJECTS,
        "held_back": _OBJECTS,
    },
    "Report": {
        **_STANDING,
        "causes": _OBJECTS,
        "findings": _OBJECTS,
        "checks": _OBJECTS,
        "facts": _OBJECTS,
        "hushes_unread": {"type": "string"},
        "watcher": {"type": ["object", "null"]},
        "joined": {"type": "boolean"},
    },
    "Gate": {
        "scope": _OBJECT,
        "exit_status": {"enum": [0, 1, 2]},
        "gate": _OBJECT,
        "words_unread": {"type": "string"},
        "recorded": _RECORDED,
        "not_recorded": {"type": "string"},
    },
}
_PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "id": {"type": "string", "examples": ["orchestration.gap"], "pattern": "^[^/]+$"},
    "transition": {"enum": [item.value for item in Transition]},
    "date": {
        "type": "string",
        "format": "date",
        "pattern": "^(19(4[6-9]|[5-9][0-9])|20[0-9]{2})-[0-9]{2}-[0-9]{2}$",
        "description": "an Eastern game date of the years 1946 to 2099",
    },
}


def description(endpoints: Iterable[Endpoint], *, has_tokens: bool) -> dict[str, Any]:
    """Return the document under /openapi.json of a server that has tokens, or has none."""
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, has_tokens=has_tokens)
    return {
        "openapi": OPENAPI,
        "info": {"title": "courtside", "version": SCHEMA.rpartition("/")[2], "description": _WHAT},
        "paths": paths,
        "components": {
            "schemas": {**{name: _document(name, body) for name, body in _BODIES.items()}, "Error": _ERROR},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}} if has_tokens else {},
        },
    }


_ERROR = {
    "type": "object",
    "required": ["schema", "error"],
    "properties": {
        "schema": {"const": SCHEMA},
        "error": {
            "type": "object",
            "required": ["kind", "message"],
            "properties": {"kind": {"type": "string"}, "message": {"type": "string", "minLength": 1}},
        },
    },
}


def _document(name: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a document: the envelope and the fields of its body, all of which are there."""
    envelope = {"schema": {"const": SCHEMA}, "command": {"type": "string"}}
    return {
        "title": name,
        "type": "object",
        "required": [*envelope, *body],
        "properties": {**envelope, **body},
    }


def _operation(endpoint: Endpoint, *, has_tokens: bool) -> dict[str, Any]:
    is_guarded = has_tokens and endpoint.access is not None
    of_access = () if endpoint.access is None else (422,)
    refusals = sorted({*endpoint.refusals, *_STATUS_OF_ALL, *of_access, *((401,) if is_guarded else ())})
    needs = "no token" if endpoint.access is None else f"a token that may {endpoint.access.name.lower()}"
    return {
        "summary": endpoint.summary,
        "description": f"Needs {needs}, where the server has tokens.",
        "operationId": endpoint.handler.__name__,
        "parameters": [_parameter(name) for name in _PARAMETERS if f"{{{name}}}" in endpoint.path],
        "security": [{"token": []}] if is_guarded else [],
        "responses": {"200": _answered(endpoint), **{str(status): _refused(status) for status in refusals}},
    }


def _parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": dict(_PARAMETERS[name])}


def _answered(endpoint: Endpoint) -> dict[str, Any]:
    if not endpoint.schema:
        return {"description": "Metrics", "content": {CONTENT_TYPE: {"schema": {"type": "string"}}}}
    schema = {"$ref": f"#/components/schemas/{endpoint.schema}"}
    return {
        "description": "The question was answered; the body says how things are",
        "content": {JSON: {"schema": schema}},
    }


def _refused(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Error"}
    refusal: dict[str, Any] = {"description": HTTPStatus(status).phrase, "content": {JSON: {"schema": schema}}}
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        refusal["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "required": True}}
    return refusal
