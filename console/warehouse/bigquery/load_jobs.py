"""Appends rows to a table by a load job whose id is known beforehand, so that sending it again never loads twice."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from console.warehouse.bigquery import refusals
from console.warehouse.bigquery.call import Call
from console.warehouse.bigquery.catalog import full_name
from console.warehouse.bigquery.query import APP, label, retry_within
from console.warehouse.bigquery.target import BigQueryTarget
from console.warehouse.writing import Loaded, Loading, LoadOutcome, LoadRefusal, NotLoaded

if TYPE_CHECKING:
    from google.cloud.bigquery import Client, LoadJob, LoadJobConfig

_REFUSALS = {"invalid": LoadRefusal.ROWS, "quotaExceeded": LoadRefusal.QUOTA}
"""By BigQuery's reasons, https://cloud.google.com/bigquery/docs/error-messages."""

_EXISTING_JOB = re.compile(r"Already Exists: Job \S+?:(?P<location>[\w-]+)\.")


def append(
    client: Client, target: BigQueryTarget, job_id: str, table: str, lines: bytes, operator: str, call: Call
) -> LoadOutcome:
    """Start a load job in one request, or return what came of the one that has the id. Raises what the client raises."""
    from google.api_core.exceptions import Conflict, Forbidden  # noqa: PLC0415 - comes with the client

    try:
        job = client.load_table_from_file(
            io.BytesIO(lines),
            full_name(target, table),
            size=len(lines),
            num_retries=0,  # whoever delivers comes again; the client's own six would take a minute
            job_id=job_id,
            job_config=_config(operator),
            timeout=min(call.bounds.socket, call.left),
        )
    except Conflict as error:
        existing = _EXISTING_JOB.search(str(error))
        found = outcome(client, target, job_id, call, existing["location"] if existing else None)
        if found is None:
            raise
        return found
    except Forbidden as error:
        if refusals.reason(error) != "quotaExceeded":
            raise
        return NotLoaded(LoadRefusal.QUOTA, refusals.short(error))
    return _outcome(job)


def outcome(
    client: Client, target: BigQueryTarget, job_id: str, call: Call, location: str | None = None
) -> LoadOutcome | None:
    """Return what came of a job, None when none is found. Raises what the client raises.

    A job outside the US and the EU is found only where `location` or the target says where it is.
    """
    from google.api_core.exceptions import NotFound  # noqa: PLC0415 - comes with the client
    from google.cloud.bigquery import LoadJob  # noqa: PLC0415 - half a second, and only BigQuery's users need it

    try:
        job = client.get_job(
            job_id,
            project=target.project,
            location=location or target.location,
            retry=retry_within(call),
            timeout=min(call.bounds.socket, call.left),
        )
    except NotFound:
        return None
    if not isinstance(job, LoadJob):
        raise TypeError(f"the job {job_id} is no load job")
    return _outcome(job)


def _config(operator: str) -> LoadJobConfig:
    from google.cloud import bigquery  # noqa: PLC0415 - half a second, and only BigQuery's users need it

    return bigquery.LoadJobConfig(
        source_format=bigquery.SourceFormat.NEWLINE_DELIMITED_JSON,
        write_disposition=bigquery.WriteDisposition.WRITE_APPEND,
        create_disposition=bigquery.CreateDisposition.CREATE_NEVER,
        autodetect=False,
        labels={"app": APP, "operator": label(operator)},
    )


def _outcome(job: LoadJob) -> LoadOutcome:
    if job.state != "DONE":
        return Loading()
    if job.error_result is None:
        return Loaded(job.output_rows or 0)
    reason, said = str(job.error_result.get("reason", "")), str(job.error_result.get("message", ""))
    return NotLoaded(_REFUSALS.get(reason, LoadRefusal.OTHER), refusals.short(Exception(said)) or reason)
