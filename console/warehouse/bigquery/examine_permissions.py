"""May the login do what reports and actions need? Asked of each table by `tables.testIamPermissions`, which changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.model import Severity
from console.warehouse.bigquery import refusals
from console.warehouse.bigquery.call import Call
from console.warehouse.bigquery.catalog import full_name
from console.warehouse.bigquery.examine_asking import Outcome
from console.warehouse.bigquery.query import retry_within
from console.warehouse.bigquery.target import BigQueryTarget
from screens.text.doctor import Observation, names_of

if TYPE_CHECKING:
    from google.cloud.bigquery import Client

PART = "permissions"
READ = "bigquery.tables.getData"
WRITE = "bigquery.tables.updateData"
RUN = "bigquery.jobs.create"

_PURPOSE = {READ: "a report", WRITE: "an action", RUN: "every query"}


@dataclass(frozen=True, slots=True)
class Needed:
    """What must be allowed on one table, `dataset.table`."""

    table: str
    permissions: tuple[str, ...]


def needed(read: frozenset[str], written: frozenset[str]) -> tuple[Needed, ...]:
    """Return what reading and writing these tables takes."""
    return tuple(
        Needed(name, tuple(p for p, names in ((READ, read), (WRITE, written)) if name in names))
        for name in sorted(read | written)
    )


def held(client: Client, target: BigQueryTarget, needs: Needed, call: Call) -> frozenset[str] | None:
    """Return those of the needed permissions that the login holds, None for a table that is not there.

    Raises what the client raises.
    """
    from google.api_core.exceptions import NotFound  # noqa: PLC0415 - comes with the client

    try:
        answer = client.test_iam_permissions(
            full_name(target, needs.table), needs.permissions, retry=retry_within(call), timeout=call.bounds.socket
        )
    except NotFound:
        return None
    return frozenset(answer.get("permissions", ()))


def permissions(who: str, asked: Mapping[Needed, Outcome[frozenset[str] | None]]) -> list[Observation]:
    """Return who lacks what on what, what could not be asked, and one line for all that is held."""
    lacking: dict[str, list[str]] = {}
    holding: Counter[str] = Counter()
    unknown: dict[str, list[str]] = {}
    for needs, outcome in asked.items():
        if outcome.value is None:
            unknown.setdefault(outcome.reason or "not there yet", []).append(needs.table)
            continue
        holding.update(outcome.value)
        for permission in needs.permissions:
            if permission not in outcome.value:
                lacking.setdefault(permission, []).append(needs.table)
    return [
        *(_lacks(who, permission, tables) for permission, tables in lacking.items()),
        *(
            Observation(PART, Severity.UNKNOWN, f"cannot be asked on {names_of(tables)}: {reason}", ", ".join(tables))
            for reason, tables in unknown.items()
        ),
        *_holds(who, holding, Counter(permission for needs in asked for permission in needs.permissions)),
    ]


def _lacks(who: str, permission: str, tables: Sequence[str]) -> Observation:
    """Return the line for all tables on which one permission is missing, each by its name."""
    names = ", ".join(tables)
    on = f"the table {names}" if len(tables) == 1 else f"the tables {names}"
    return Observation(PART, Severity.ERROR, refusals.lacks(who, permission, on, _PURPOSE[permission]), names)


def _holds(who: str, holding: Counter[str], of: Counter[str]) -> list[Observation]:
    """Return one line for what is held, none when nothing is."""
    if not holding:
        return []
    read = f"read {holding[READ]} of the {of[READ]} tables that reports need"
    return [
        Observation(
            PART, Severity.OK, f"{who} may {read}, and write {holding[WRITE]} of the {of[WRITE]} that actions do"
        )
    ]


def jobs(who: str, target: BigQueryTarget, tried: Outcome[int]) -> Observation:
    """Return whether the login may run queries, told by one that was tried out and did not run."""
    if tried.error is None:
        return Observation(PART, Severity.OK, f"{who} holds {RUN} on the project {target.project}")
    if is_denied(tried.error):
        said = refusals.lacks(who, RUN, f"the project {target.project}", _PURPOSE[RUN])
        return Observation(PART, Severity.ERROR, said)
    return Observation(PART, Severity.UNKNOWN, f"{RUN} cannot be asked: {tried.reason}")


def is_denied(error: Exception | None) -> bool:
    """Return whether the service was reached and refuses for lack of the permission to run queries."""
    from google.api_core.exceptions import Forbidden  # noqa: PLC0415 - comes with the client

    return isinstance(error, Forbidden) and RUN in str(error)
