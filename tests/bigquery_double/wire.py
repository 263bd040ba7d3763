"""The bodies of answers about jobs and their results."""

from __future__ import annotations

from typing import Any

from tests.bigquery_double.engine import Outcome
from tests.bigquery_double.jobs import Job, Jobs, milliseconds

_DML_COUNTS = {"INSERT": "insertedRowCount", "UPDATE": "updatedRowCount", "DELETE": "deletedRowCount"}


def job_reference(jobs: Jobs, job: Job) -> dict[str, str]:
    """Return how an answer names a job."""
    return {"projectId": jobs.project, "jobId": job.id, "location": jobs.location}


def job_resource(jobs: Jobs, job: Job) -> dict[str, Any]:
    """Return a job as jobs.get and jobs.insert give it; does not ask whether it has ended in the meantime."""
    status: dict[str, Any] = {"state": "DONE" if job.is_done else "RUNNING"}
    if job.error is not None:
        status |= {"errorResult": job.error.proto(), "errors": [job.error.proto()]}
    kind = "load" if "load" in job.configuration else "query"
    return {
        "kind": "bigquery#job",
        "id": jobs.name_of(job.id),
        "jobReference": job_reference(jobs, job),
        "configuration": {"jobType": kind.upper(), **job.configuration},
        "status": status,
        "statistics": _statistics(jobs, job),
        "user_email": "operator@example.com",
    }


def _statistics(jobs: Jobs, job: Job) -> dict[str, Any]:
    started = milliseconds(job.created)
    statistics: dict[str, Any] = {"creationTime": started, "startTime": started}
    if job.ended is not None:
        statistics["endTime"] = milliseconds(job.ended)
    if isinstance(job.outcome, Outcome):
        processed = str(job.outcome.cost.processed)
        statistics |= {"totalBytesProcessed": processed, "query": query_statistics(jobs.project, job.outcome)}
    elif job.outcome is not None:
        statistics["load"] = {"outputRows": str(job.outcome), "inputFiles": "1", "badRecords": "0"}
    return statistics


def query_statistics(project: str, outcome: Outcome) -> dict[str, Any]:
    """Return what a job's statistics say of its query."""
    names = (name.partition(".") for name in outcome.tables)
    return {
        "statementType": outcome.statement,
        "totalBytesProcessed": str(outcome.cost.processed),
        "totalBytesBilled": str(outcome.cost.billed),
        "cacheHit": outcome.is_cache_hit,
        "totalSlotMs": "1",
        "schema": {"fields": outcome.schema},
        "referencedTables": [
            {"projectId": project, "datasetId": dataset, "tableId": table} for dataset, _, table in names
        ],
        **_changes(outcome),
    }


def _changes(outcome: Outcome) -> dict[str, Any]:
    if outcome.changed is None:
        return {}
    return {
        "numDmlAffectedRows": str(sum(outcome.changed.values())),
        "dmlStats": {count: str(outcome.changed.get(kind, 0)) for kind, count in _DML_COUNTS.items()},
    }


def unfinished(jobs: Jobs, job: Job) -> dict[str, Any]:
    """Return the answer to a question for results that are not there yet."""
    return {"kind": "bigquery#getQueryResultsResponse", "jobReference": job_reference(jobs, job), "jobComplete": False}


def results(jobs: Jobs, job: Job, outcome: Outcome, start: int, maximum: int) -> dict[str, Any]:
    """Return one page of at most `maximum` of a query's rows, from row `start` on; no rows at all when it is 0."""
    stop = min(len(outcome.rows), start + maximum)
    body: dict[str, Any] = {
        "kind": "bigquery#getQueryResultsResponse",
        "jobReference": job_reference(jobs, job),
        "jobComplete": True,
        "cacheHit": outcome.is_cache_hit,
        "totalBytesProcessed": str(outcome.cost.processed),
        **_changes(outcome),
    }
    if outcome.statement != "SELECT":
        return body
    body |= {"schema": {"fields": outcome.schema}, "totalRows": str(len(outcome.rows))}
    if maximum:
        body["rows"] = outcome.rows[start:stop]
    if maximum and stop < len(outcome.rows):
        body["pageToken"] = page_token(stop)
    return body


def page_token(start: int) -> str:
    """Return the token of the page that begins at a row."""
    return f"row-{start}"


def page_start(token: str) -> int:
    """Return the row at which the page of a token begins. Raises ValueError for a token that is none."""
    return int(token.removeprefix("row-"))
