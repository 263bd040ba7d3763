"""Counts everybody's load jobs, table by table, from INFORMATION_SCHEMA.JOBS_BY_PROJECT, where BigQuery lists all jobs.

The view belongs to a region, so it is asked where the console's own dataset is. It bills at least 10 MB and is never cached.
Copies, and queries that write to a table, take from the same quota at Google; they are not load jobs and not counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from checks.infra.quota import PACE, LoadCount
from console.warehouse.bigquery import refusals
from console.warehouse.bigquery.call import Call
from console.warehouse.bigquery.catalog import locate
from console.warehouse.bigquery.query import Answer, Question
from console.warehouse.bigquery.target import BigQueryTarget
from console.warehouse.protocol import WarehouseError

if TYPE_CHECKING:
    from google.cloud.bigquery import Client

FACT = "load_jobs"
WHAT = "the load jobs of the project"
OWN_DATASET = "nba_orchestration"
"""The dataset that the console writes to."""

_PLACE = re.compile(r"[a-z0-9-]+")


def place(client: Client, target: BigQueryTarget, call: Call) -> str:
    """Return the location to ask in, such as `US`: the target's, or that of the console's own dataset.

    Raises what the client raises.
    """
    return target.location or locate(client, target, OWN_DATASET, call)


def question(location: str, began: datetime, as_of: datetime) -> Question:
    """Return the question for the jobs of one location, up to `as_of`. Raises WarehouseError for an impossible location."""
    region = location.lower()
    if not _PLACE.fullmatch(region):
        raise WarehouseError(f"{location!r} is no location of BigQuery: correct ?location=…")
    paced_from = as_of - PACE
    times = {"began": began, "paced_from": paced_from, "since": min(began, paced_from), "as_of": as_of}
    return Question((FACT,), _sql().replace("region-place", f"region-{region}"), times, 1)


def counts(answer: Answer, project: str) -> tuple[LoadCount, ...]:
    """Return the counts of the project's own tables; a job may load into another project's."""
    return tuple(
        LoadCount(str(table), int(today), int(recent))
        for owner, table, today, recent in answer.rows
        if owner == project
    )


@contextmanager
def explaining(target: BigQueryTarget) -> Iterator[None]:
    """Say which role is missing when the jobs of others may not be seen: BigQuery's own words name only the view.

    Raises WarehouseError for that, and lets everything else pass.
    """
    from google.api_core.exceptions import Forbidden  # noqa: PLC0415 - comes with the client

    try:
        yield
    except Forbidden as error:
        if refusals.reason(error) != "accessDenied" or "bigquery.jobs.create" in str(error):
            raise
        said = refusals.lacks(target.who, "bigquery.jobs.listAll", f"the project {target.project}", f"counting {WHAT}")
        raise WarehouseError(said) from error


@cache
def _sql() -> str:
    """Return the query. Raises WarehouseError when the installation lacks it."""
    try:
        return files("console.warehouse.bigquery").joinpath("load_counts.sql").read_text(encoding="utf-8")
    except OSError as error:
        raise WarehouseError(f"the query of {WHAT} cannot be read, reinstall courtside: {error}") from error
