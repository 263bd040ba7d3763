"""Load jobs, sent in one multipart request or in pieces, and tabledata.insertAll."""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.bigquery_double import wire
from tests.bigquery_double.catalog import Catalog, Table
from tests.bigquery_double.errors import ApiError, not_implemented
from tests.bigquery_double.jobs import Job, Jobs, Terms
from tests.bigquery_double.limits import CHANGE, LoadQuota, Permissions, StreamingBuffers
from tests.bigquery_double.records import RecordedLoad
from tests.bigquery_double.rows import RowError, count_rows, delete_rows, insert_rows, parse_lines, read_row
from tests.bigquery_double.statement import absent
from tests.bigquery_double.store import Store

_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")


@dataclass
class _Upload:
    """A resumable upload: what the job shall be, and the bytes that have come so far."""

    job: dict[str, Any]
    content: bytearray = field(default_factory=bytearray)


@dataclass(frozen=True, slots=True)
class Progress:
    """The answer to a piece of an upload: the job when it was the last piece, and how many bytes are there."""

    received: int
    job: dict[str, Any] | None


class Loads:
    """Takes rows in. `recorded` is every load job that reached a table or its quota."""

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        jobs: Jobs,
        permissions: Permissions,
        buffers: StreamingBuffers,
        quota: LoadQuota,
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._jobs = jobs
        self._permissions = permissions
        self._buffers = buffers
        self._quota = quota
        self._lock = threading.Lock()
        self._uploads: dict[str, _Upload] = {}
        self.recorded: list[RecordedLoad] = []

    def begin(self, job: dict[str, Any]) -> str:
        """Return the id of a new resumable upload."""
        upload_id = uuid.uuid4().hex
        self._uploads[upload_id] = _Upload(job)
        return upload_id

    def take(self, upload_id: str, content_range: str, piece: bytes, terms: Terms) -> Progress:
        """Take one piece of an upload; the last one starts the job. Raises ApiError."""
        upload = self._uploads.get(upload_id)
        found = _RANGE.fullmatch(content_range)
        if upload is None or found is None:
            raise ApiError("notFound", f"Upload {upload_id} is not known, or its range {content_range!r} is not valid")
        if found[1] is not None and int(found[1]) == len(upload.content):
            upload.content += piece
        if found[3] == "*" or len(upload.content) < int(found[3]):
            return Progress(len(upload.content), None)
        return Progress(len(upload.content), self.load(upload.job, bytes(upload.content), terms))

    def load(self, sent: dict[str, Any], content: bytes, terms: Terms) -> dict[str, Any]:
        """Start a load job and return it; what is wrong with the rows stands in its status. Raises ApiError for the rest."""
        self._permissions.require_jobs()
        configuration = sent["configuration"]
        load = configuration.get("load")
        if load is None or load.get("sourceFormat") != "NEWLINE_DELIMITED_JSON":
            raise not_implemented("a load job of anything but NEWLINE_DELIMITED_JSON")
        name = _table_name(load["destinationTable"])
        self._permissions.require(name, CHANGE)
        job_id = sent.get("jobReference", {}).get("jobId")
        labels = configuration.get("labels", {})
        job = self._jobs.start(
            job_id, configuration, lambda job: self._run(job, load, labels, content, terms), hold=terms.hold
        )
        return wire.job_resource(self._jobs, job)

    def _run(self, job: Job, load: Mapping[str, Any], labels: Mapping[str, str], content: bytes, terms: Terms) -> int:
        name, rows, error = _table_name(load["destinationTable"]), 0, ""
        try:
            self._quota.use(name)
            terms.fail()
            rows = self._append(name, load, content)
        except ApiError as refused:
            error = refused.reason
            raise
        finally:
            with self._lock:
                self.recorded.append(RecordedLoad(name, job.id, rows, labels, error))
        return rows

    def _append(self, name: str, load: Mapping[str, Any], content: bytes) -> int:
        table = self._catalog.table(name)
        if table is None:
            raise absent(self._catalog, name)
        ignoring = bool(load.get("ignoreUnknownValues"))
        try:
            rows = [read_row(table, row, json_is_text=False, ignore_unknown=ignoring) for row in parse_lines(content)]
        except RowError as error:
            raise ApiError(
                "invalid", f"Error while reading data, error message: JSON table encountered too many errors: {error}"
            ) from error
        disposition = load.get("writeDisposition", "WRITE_APPEND")
        if disposition == "WRITE_EMPTY" and count_rows(self._store, table):
            raise ApiError("duplicate", f"Already Exists: Table {self._catalog.project}:{name}")
        if disposition == "WRITE_TRUNCATE":
            delete_rows(self._store, table)
        insert_rows(self._store, table, rows)
        self._catalog.changed(name)
        return len(rows)

    def insert_all(self, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Answer tabledata.insertAll: with one bad row nothing is written, unless bad rows are to be skipped."""
        self._permissions.require(name, CHANGE)
        table = self._catalog.table(name)
        if table is None:
            raise absent(self._catalog, name)
        good, bad = _sorted_out(table, body)
        answer: dict[str, Any] = {"kind": "bigquery#tableDataInsertAllResponse"}
        if bad:
            answer["insertErrors"] = bad
            if not body.get("skipInvalidRows"):
                return answer
        insert_rows(self._store, table, good)
        self._buffers.put(name, len(good))
        self._catalog.changed(name)
        return answer


def _sorted_out(table: Table, body: Mapping[str, Any]) -> tuple[list[dict[str, object]], list[dict[str, Any]]]:
    """Return the rows that the table can take, and what is wrong with the others."""
    good: list[dict[str, object]] = []
    bad: list[dict[str, Any]] = []
    for index, row in enumerate(body.get("rows", ())):
        try:
            good.append(
                read_row(table, row["json"], json_is_text=True, ignore_unknown=bool(body.get("ignoreUnknownValues")))
            )
        except RowError as error:
            detail = {"reason": "invalid", "location": error.field, "debugInfo": "", "message": str(error)}
            bad.append({"index": index, "errors": [detail]})
    return good, bad


def _table_name(reference: Mapping[str, str]) -> str:
    return f"{reference['datasetId']}.{reference['tableId']}"
