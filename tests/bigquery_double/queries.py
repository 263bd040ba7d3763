"""jobs.query, jobs.insert for queries, jobs.getQueryResults, jobs.get and jobs.cancel."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.bigquery_double import wire
from tests.bigquery_double.engine import Engine, Outcome, Query
from tests.bigquery_double.errors import ApiError, not_implemented
from tests.bigquery_double.jobs import Job, Jobs, Terms
from tests.bigquery_double.limits import Permissions
from tests.bigquery_double.parameters import parse_parameters
from tests.bigquery_double.records import RecordedQuery

_WAIT_MILLISECONDS = 10_000
_ELSEWHERE = ("destinationTable", "tableDefinitions", "scriptOptions", "createSession", "queryResultsFormat")


@dataclass(frozen=True, slots=True)
class Bounds:
    """The longest page, in rows, and the longest that a question for the results of a running job waits."""

    page_rows: int
    wait_seconds: float


class Queries:
    """Answers requests about queries. `recorded` is what reached the engine."""

    def __init__(self, engine: Engine, jobs: Jobs, permissions: Permissions, bounds: Bounds) -> None:
        self._engine = engine
        self._jobs = jobs
        self._permissions = permissions
        self._bounds = bounds
        self._lock = threading.Lock()
        self.recorded: list[RecordedQuery] = []

    def query(self, body: dict[str, Any], terms: Terms) -> dict[str, Any]:
        """Answer jobs.query. Raises ApiError, also for what is wrong with the query itself."""
        self._permissions.require_jobs()
        request_id = body.get("requestId")
        job = self._jobs.of_request(request_id)
        if job is None:
            configuration = {"query": _without(body, "labels", "requestId"), "labels": body.get("labels", {})}
            asked = _query(body, body.get("location"))
            if asked.is_dry_run:
                return _dry_run(self._run(asked, configuration, None, request_id, terms))
            job = self._start(None, configuration, asked, request_id, terms)
            self._jobs.remember_request(request_id, job)
        else:
            job.poll()
        return self._first_page(job, body)

    def _first_page(self, job: Job, body: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = {"queryId": f"query_{job.id}", "location": self._jobs.location}
        if not job.is_done:
            answer |= wire.unfinished(self._jobs, job)
        else:
            outcome = _outcome(job)
            answer |= wire.results(self._jobs, job, outcome, 0, self._page(body.get("maxResults")))
            answer |= {"totalBytesBilled": str(outcome.cost.billed), "totalSlotMs": "1"}
            if body.get("jobCreationMode") == "JOB_CREATION_OPTIONAL" and "pageToken" not in answer:
                del answer["jobReference"]
        return {**answer, "kind": "bigquery#queryResponse"}

    def insert(self, body: dict[str, Any], terms: Terms) -> dict[str, Any]:
        """Answer jobs.insert. What is wrong with the query stands in the job's status. Raises ApiError for the rest."""
        self._permissions.require_jobs()
        configuration = body["configuration"]
        if "query" not in configuration:
            raise not_implemented(f"a job of {', '.join(sorted(configuration))}")
        reference = body.get("jobReference", {})
        job_id = reference.get("jobId")
        asked = replace(
            _query(configuration["query"], reference.get("location")), is_dry_run=configuration.get("dryRun", False)
        )
        if asked.is_dry_run:
            outcome = self._run(asked, configuration, job_id, None, terms)
            return wire.job_resource(self._jobs, self._jobs.try_out(job_id, configuration, outcome))
        return wire.job_resource(self._jobs, self._start(job_id, configuration, asked, None, terms))

    def _start(
        self,
        job_id: str | None,
        configuration: dict[str, Any],
        asked: Query,
        request_id: str | None,
        terms: Terms,
    ) -> Job:
        return self._jobs.start(
            job_id,
            configuration,
            lambda job: self._run(asked, configuration, job.id, request_id, terms),
            hold=terms.hold,
        )

    def _run(
        self,
        asked: Query,
        configuration: dict[str, Any],
        job_id: str | None,
        request_id: str | None,
        terms: Terms,
    ) -> Outcome:
        record = RecordedQuery(
            asked.sql,
            {parameter.name: parameter.value for parameter in asked.parameters},
            configuration.get("labels", {}),
            job_id,
            request_id,
            asked.maximum_bytes_billed,
            asked.is_dry_run,
        )
        try:
            terms.fail()
            outcome = self._engine.run(asked)
        except ApiError as error:
            self._record(replace(record, error=error.reason))
            raise
        self._record(
            replace(
                record,
                statement=outcome.statement,
                tables=outcome.tables,
                bytes_processed=outcome.cost.processed,
                bytes_billed=outcome.cost.billed,
                is_cache_hit=outcome.is_cache_hit,
            )
        )
        return outcome

    def _record(self, query: RecordedQuery) -> None:
        with self._lock:
            self.recorded.append(query)

    def results(self, job_id: str, arguments: Mapping[str, str]) -> dict[str, Any]:
        """Answer jobs.getQueryResults. Raises ApiError, also with what the query failed with."""
        job = self._jobs.get(job_id)
        wait = int(arguments.get("timeoutMs", _WAIT_MILLISECONDS)) / 1000
        if not job.poll(min(wait, self._bounds.wait_seconds)):
            return wire.unfinished(self._jobs, job)
        start = int(arguments.get("startIndex", 0))
        if "pageToken" in arguments:
            start = _start_of(arguments["pageToken"])
        return wire.results(self._jobs, job, _outcome(job), start, self._page(arguments.get("maxResults")))

    def _page(self, wanted: str | int | None) -> int:
        """Return how many rows a page has."""
        return self._bounds.page_rows if wanted is None else min(int(wanted), self._bounds.page_rows)

    def get(self, job_id: str) -> dict[str, Any]:
        """Answer jobs.get. Raises ApiError for a job that is not there."""
        job = self._jobs.get(job_id)
        job.poll()
        return wire.job_resource(self._jobs, job)

    def cancel(self, job_id: str) -> dict[str, Any]:
        """Answer jobs.cancel. Raises ApiError for a job that is not there."""
        job = self._jobs.get(job_id)
        job.cancel()
        return {"kind": "bigquery#jobCancelResponse", "job": wire.job_resource(self._jobs, job)}


def _query(sent: dict[str, Any], location: str | None) -> Query:
    """Return the query of a request. Raises ApiError for what the double does not do."""
    if sent.get("useLegacySql", True):
        raise not_implemented("legacy SQL, which is the default of the REST interface")
    for name in _ELSEWHERE:
        if sent.get(name):
            raise not_implemented(f"{name} of a query")
    limit = sent.get("maximumBytesBilled")
    return Query(
        sent["query"],
        parse_parameters(sent.get("queryParameters", [])),
        sent.get("defaultDataset", {}).get("datasetId"),
        location,
        None if limit is None else int(limit),
        sent.get("dryRun", False),
        sent.get("useQueryCache", True),
    )


def _outcome(job: Job) -> Outcome:
    """Return what a finished query came to. Raises what it failed with."""
    if job.error is not None:
        raise job.error
    if not isinstance(job.outcome, Outcome):
        raise ApiError("invalid", f"Job {job.id} is not a query")
    return job.outcome


def _dry_run(outcome: Outcome) -> dict[str, Any]:
    return {
        "kind": "bigquery#queryResponse",
        "schema": {"fields": outcome.schema},
        "totalBytesProcessed": str(outcome.cost.processed),
        "jobComplete": True,
        "cacheHit": False,
    }


def _start_of(token: str) -> int:
    try:
        return wire.page_start(token)
    except ValueError as error:
        raise ApiError("invalid", f"Invalid value for: pageToken is not valid: {token}") from error


def _without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}
