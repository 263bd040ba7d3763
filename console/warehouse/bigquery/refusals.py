"""Reads BigQuery's own refusals: its reasons, and the permissions, tables, columns and quotas that its texts name.

The texts are the service's as documented and as seen; what is not recognised is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING

from console.warehouse.bigquery.target import BigQueryTarget
from console.warehouse.schema import definitions
from screens.text.amount import MEBIBYTE

if TYPE_CHECKING:
    from google.api_core.exceptions import GoogleAPICallError

FIRST_SERVER_ERROR = 500

_LONGEST_QUOTE = 200
_REQUEST = re.compile(r"^(?:\d{3} )?(?:GET|POST|PUT|PATCH|DELETE) \S+: ")
_PERMISSION = re.compile(r"\b(bigquery\.\w+\.\w+)\b")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_DENIED_ON = re.compile(
    r"(?:Access Denied: |denied on )(?P<kind>[Tt]able|[Dd]ataset|[Pp]roject|[Jj]ob) (?P<on>\w(?:[\w:.-]*\w)?)"
)
_MISSING = re.compile(
    r"Not found: (?P<kind>Table|Dataset|Project|Job) (?P<name>\w(?:[\w:.-]*\w)?)"
    r"(?: was not found in location (?P<where>[\w-]+))?"
)
_COLUMN = re.compile(r"Unrecognized name: `?(\w+)`?|Name `?(\w+)`? not found inside|Field name (\w+) does not exist")
_NEEDS_FILTER = re.compile(
    r"Cannot query over table '(?P<table>[^']+)' without a filter over column\(s\) (?P<columns>.+?) that"
)
_OVER_LIMIT = re.compile(r"limit for bytes billed: (?P<limit>\d+)\.?(?: (?P<needed>\d+) or higher required)?")
_LOCATIONS = re.compile(r"different locations: source: (?P<source>[\w-]+), destination: (?P<destination>[\w-]+)")
_TYPES = re.compile(
    r"No matching signature|Could not cast|Bad double value|has type .* which|expected type|incompatible type",
    re.IGNORECASE,
)

_ROLES = {
    "bigquery.jobs.create": "BigQuery Job User (roles/bigquery.jobUser)",
    "bigquery.tables.getData": "BigQuery Data Viewer (roles/bigquery.dataViewer)",
    "bigquery.tables.get": "BigQuery Data Viewer (roles/bigquery.dataViewer)",
    "bigquery.datasets.get": "BigQuery Data Viewer (roles/bigquery.dataViewer)",
    "bigquery.tables.updateData": "BigQuery Data Editor (roles/bigquery.dataEditor)",
    "bigquery.tables.create": "BigQuery Data Editor (roles/bigquery.dataEditor)",
    "bigquery.datasets.create": "BigQuery User (roles/bigquery.user)",
    "bigquery.jobs.listAll": "BigQuery Resource Viewer (roles/bigquery.resourceViewer)",
}


def explain(error: GoogleAPICallError, what: str, tables: tuple[str, ...], target: BigQueryTarget) -> str | None:
    """Return what a refusal of the service means, or None when it says nothing that we know."""
    text = message(error)
    code = int(error.code or 0)
    if code == HTTPStatus.TOO_MANY_REQUESTS or reason(error) in ("quotaExceeded", "rateLimitExceeded"):
        return _used_up(error, text, target)
    if code == HTTPStatus.FORBIDDEN:
        return _denied(text, what, target)
    if code == HTTPStatus.NOT_FOUND:
        return _missing(text, what, target)
    return _bad_query(text, what, tables, target) if code == HTTPStatus.BAD_REQUEST else None


def reason(error: GoogleAPICallError) -> str:
    """Return the service's short word for a refusal, or ""."""
    first = error.errors[0] if error.errors else None
    return str(first.get("reason", "")) if isinstance(first, Mapping) else ""


def message(error: BaseException) -> str:
    """Return the service's own sentence, without the request that the client puts before it."""
    errors = getattr(error, "errors", None)
    first = errors[0] if isinstance(errors, list) and errors else None
    said = first.get("message") if isinstance(first, Mapping) else None
    return str(said) if said else _REQUEST.sub("", str(error))


def short(error: BaseException) -> str:
    """Return the first line of what `error` says, short enough for a sentence."""
    lines = message(error).strip().splitlines() or [""]
    line = " ".join(lines[0].split()).rstrip(".")
    return line if len(line) <= _LONGEST_QUOTE else f"{line[:_LONGEST_QUOTE]}…"


def name_of(code: int) -> str:
    """Return `Service Unavailable` of 503."""
    return HTTPStatus(code).phrase if code in list(HTTPStatus) else "no known status"


def _used_up(error: GoogleAPICallError, text: str, target: BigQueryTarget) -> str:
    if reason(error) == "quotaExceeded":
        return (
            f"a quota of BigQuery project {target.project} is used up, somebody must raise it or wait: {_quote(text)}"
        )
    return f"BigQuery project {target.project} is asked too often at once, wait a minute: {_quote(text)}"


def _denied(text: str, what: str, target: BigQueryTarget) -> str:
    if "organization's policy" in text:
        return (
            f"a policy of the organisation keeps {_who(text, target)} out of project {target.project}: {_quote(text)}"
        )
    found = _DENIED_ON.search(text)
    asked = _PERMISSION.search(text)
    if found is None:
        return f"BigQuery project {target.project} does not let {_who(text, target)} ask for {what}: {_quote(text)}"
    kind = found["kind"].lower()
    on = found["on"] if kind == "project" else _plain_name(found["on"])
    permission = asked[1] if asked else "bigquery.tables.getData"
    maybe = " (or it is not there)" if "not exist" in text else ""
    return lacks(_who(text, target), permission, f"the {kind} {on}{maybe}", what)


def lacks(who: str, permission: str, on: str, what: str) -> str:
    """Return the sentence that `who` lacks a permission on something, which `what` needs, and the role that has it."""
    role = _ROLES.get(permission)
    advice = f": ask for the role {role}" if role else ""
    return f"{who} lacks the permission {permission} on {on}, which {what} needs{advice}"


def _missing(text: str, what: str, target: BigQueryTarget) -> str:
    found = _MISSING.search(text)
    if found is None:
        return f"BigQuery project {target.project} does not have what {what} reads: {_quote(text)}"
    kind, name = found["kind"].lower(), _plain_name(found["name"])
    if kind == "project":
        return f"there is no project {found['name']}, or {_who(text, target)} may not see it"
    where = f" in location {found['where']}" if found["where"] else ""
    advice = (
        "`courtside schema apply` creates what is missing" if kind == "table" else "check dataset_prefix and location"
    )
    return f"BigQuery project {target.project} has no {kind} {name}{where}, which {what} reads: {advice}"


def _bad_query(text: str, what: str, tables: tuple[str, ...], target: BigQueryTarget) -> str:
    place = f"BigQuery project {target.project}"
    if (found := _OVER_LIMIT.search(text)) is not None:
        needed = f"{int(found['needed']) / MEBIBYTE:,.0f} MB" if found["needed"] else "more"
        return (
            f"{what} was not asked: it would be billed {needed}, the limit is {int(found['limit']) / MEBIBYTE:,.0f} MB;"
            " is a table that it reads still partitioned?"
        )
    if (found := _NEEDS_FILTER.search(text)) is not None:
        return f"{place} wants the table {_plain_name(found['table'])} filtered on {found['columns']}, which {what} does not do"
    if (found := _LOCATIONS.search(text)) is not None:
        source, destination = found["source"], found["destination"]
        return f"{place} keeps its data in {source} and was asked in {destination}: set ?location={source}"
    if (found := _COLUMN.search(text)) is not None:
        column = next(group for group in found.groups() if group)
        return f"{place} has no column {_with_table(column, tables)}, which {what} reads: see `courtside doctor`"
    if _TYPES.search(text):
        return f"{place} has a column of another type than {what} reads, see `courtside doctor`: {_quote(text)}"
    return f"{place} refuses the query of {what}: {_quote(text)}"


def _with_table(column: str, tables: tuple[str, ...]) -> str:
    """Return `dataset.table.column` where one of the tables is defined with it, else the column alone."""
    owners = [item.name for item in definitions() if item.name in tables and column in dict(item.columns)]
    return f"{' or '.join(owners)}.{column}" if owners else column


def _who(text: str, target: BigQueryTarget) -> str:
    """Return whom the text names, or as whom we ask."""
    found = _MAIL.search(text)
    return found[0] if found else target.who


def _plain_name(name: str) -> str:
    """Return `dataset.table` of `project:dataset.table` and `project.dataset.table`; a project alone stays."""
    return name.rpartition(":")[2] if ":" in name else ".".join(name.split(".")[-2:])


def _quote(text: str) -> str:
    return short(Exception(text))
