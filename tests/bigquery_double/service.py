"""Finds out what a request asks for, has it answered, and bends the answer where a fault says so."""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import HTTP
from typing import Any
from urllib.parse import quote

from tests.bigquery_double import wire
from tests.bigquery_double.errors import ApiError, not_implemented
from tests.bigquery_double.faults import Action, ChangedType, EndlessPages
from tests.bigquery_double.jobs import Jobs, Terms
from tests.bigquery_double.loads import Loads
from tests.bigquery_double.queries import Queries
from tests.bigquery_double.records import RecordedRequest
from tests.bigquery_double.tables import Tables

_NAME = r"([^/:]+)"
_JOB_ID = re.compile(r"/(?:queries|jobs)/([^/]+)")
_PARTS = 2


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. Headers beyond the usual ones are for uploads."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, payload: Mapping[str, Any], status: int = 200) -> Answer:
        """Return an answer of JSON."""
        return cls(status, json.dumps(payload).encode())

    @classmethod
    def refusing(cls, error: ApiError) -> Answer:
        """Return the answer to a request that is refused."""
        return cls.of(error.body(), error.status)


Route = Callable[[RecordedRequest, tuple[str, ...], Terms], Answer]


class Service:
    """The REST surface: one route for each method and path."""

    def __init__(self, jobs: Jobs, queries: Queries, loads: Loads, tables: Tables) -> None:
        self._jobs = jobs
        self._queries = queries
        self._loads = loads
        self._tables = tables
        base = rf"/bigquery/v2/projects/{re.escape(jobs.project)}"
        table = rf"{base}/datasets/{_NAME}/tables/{_NAME}"
        routes: dict[tuple[str, str], Route] = {
            ("POST", rf"{base}/queries"): lambda request, _, terms: Answer.of(queries.query(request.json, terms)),
            ("GET", rf"{base}/queries/{_NAME}"): lambda request, names, _: Answer.of(
                queries.results(names[0], request.arguments)
            ),
            ("POST", rf"{base}/jobs"): lambda request, _, terms: Answer.of(queries.insert(request.json, terms)),
            ("GET", rf"{base}/jobs/{_NAME}"): lambda _, names, __: Answer.of(queries.get(names[0])),
            ("POST", rf"{base}/jobs/{_NAME}/cancel"): lambda _, names, __: Answer.of(queries.cancel(names[0])),
            ("GET", rf"{base}/datasets/{_NAME}"): lambda _, names, __: Answer.of(tables.get_dataset(names[0])),
            ("POST", rf"{base}/datasets"): lambda request, _, __: Answer.of(tables.insert_dataset(request.json)),
            ("GET", table): lambda _, names, __: Answer.of(tables.get(".".join(names))),
            ("POST", rf"{base}/datasets/{_NAME}/tables"): lambda request, names, _: Answer.of(
                tables.insert(names[0], request.json)
            ),
            ("POST", rf"{table}/insertAll"): lambda request, names, _: Answer.of(
                loads.insert_all(".".join(names), request.json)
            ),
            ("POST", rf"{table}:testIamPermissions"): lambda request, names, _: Answer.of(
                tables.held_permissions(".".join(names), request.json)
            ),
            ("POST", rf"/upload{base}/jobs"): self._upload,
            ("PUT", rf"/upload{base}/jobs"): self._continue_upload,
        }
        self._routes = [(method, re.compile(path), route) for (method, path), route in routes.items()]

    def sql_of(self, path: str, body: bytes) -> str:
        """Return the query that a request sends, or that of the job that it asks about, or ""."""
        found = _JOB_ID.search(path)
        job = self._jobs.find(found[1]) if found is not None else None
        if job is not None:
            return job.sql
        try:
            sent = json.loads(body or b"{}")
        except ValueError:
            return ""
        if not isinstance(sent, dict):
            return ""
        return str(sent.get("query") or sent.get("configuration", {}).get("query", {}).get("query", ""))

    def answer(self, request: RecordedRequest, terms: Terms) -> Answer:
        """Return the answer, also to what is refused."""
        try:
            return self._route(request, terms)
        except ApiError as error:
            return Answer.refusing(error)
        except (KeyError, ValueError) as error:
            return Answer.refusing(ApiError("invalid", f"the request is not well formed: {error!r}"))
        except Exception as error:  # noqa: BLE001 - a client would try for minutes to get past a mistake of the double's
            traceback.print_exc()
            return Answer.refusing(not_implemented(repr(error)))

    def _route(self, request: RecordedRequest, terms: Terms) -> Answer:
        for method, path, route in self._routes:
            found = path.fullmatch(request.path)
            if found is not None and method == request.method:
                return route(request, found.groups(), terms)
        raise not_implemented(f"{request.method} {request.path}")

    def _upload(self, request: RecordedRequest, names: tuple[str, ...], terms: Terms) -> Answer:
        if request.arguments.get("uploadType") == "multipart":
            job, content = _parts(request)
            return Answer.of(self._loads.load(job, content, terms))
        upload_id = self._loads.begin(request.json)
        host = request.headers["host"]
        where = f"http://{host}{quote(request.path)}?uploadType=resumable&upload_id={upload_id}"
        return Answer(200, b"", {"Location": where})

    def _continue_upload(self, request: RecordedRequest, names: tuple[str, ...], terms: Terms) -> Answer:
        progress = self._loads.take(
            request.arguments["upload_id"], request.headers["content-range"], request.body, terms
        )
        if progress.job is not None:
            return Answer.of(progress.job)
        received = {"Range": f"bytes=0-{progress.received - 1}"} if progress.received else {}
        return Answer(308, b"", received)

    def bend(self, answer: Answer, action: Action | None) -> Answer:
        """Return the answer as a fault changes it; a refusal stays what it is."""
        if answer.status != 200 or not isinstance(action, ChangedType | EndlessPages):
            return answer
        payload = json.loads(answer.body)
        if isinstance(action, ChangedType):
            _change_type(payload, action)
        elif "rows" in payload or payload.get("jobComplete"):
            payload["pageToken"] = wire.page_token(0)
            self._name_newest_job(payload)
        return Answer.of(payload)

    def _name_newest_job(self, payload: dict[str, Any]) -> None:
        """Say which job has the next page, where a short query's answer has left it out."""
        if "jobReference" not in payload and "queryId" in payload:
            job = self._jobs.get(payload["queryId"].removeprefix("query_"))
            payload["jobReference"] = wire.job_reference(self._jobs, job)


def _parts(request: RecordedRequest) -> tuple[dict[str, Any], bytes]:
    """Return the two parts of an upload: the job and the rows. Raises ValueError."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    parts = list(message_from_bytes(head + request.body, policy=HTTP).iter_parts())
    if len(parts) != _PARTS:
        raise ValueError(f"an upload has two parts, this one {len(parts)}")
    job, content = (part.get_payload(decode=True) for part in parts)
    if not isinstance(job, bytes) or not isinstance(content, bytes):
        raise ValueError("an upload's parts are bytes")  # noqa: TRY004 - the caller handles whatever is malformed alike
    return json.loads(job), content


def _change_type(payload: dict[str, Any], change: ChangedType) -> None:
    fields = payload.get("schema", {}).get("fields", ())
    for place, column in enumerate(fields):
        if column["name"] != change.column:
            continue
        column["type"] = change.type
        for row in payload.get("rows", ()) if change.value is not None else ():
            if row["f"][place]["v"] is not None:
                row["f"][place]["v"] = change.value
