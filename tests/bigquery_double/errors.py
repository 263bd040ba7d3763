"""The errors that BigQuery answers with: the HTTP status, the reason that drives a client's retries, and the wording."""

from __future__ import annotations

from typing import Any

HTTP_STATUS = {
    "accessDenied": 403,
    "authError": 401,
    "backendError": 500,
    "bytesBilledLimitExceeded": 400,
    "duplicate": 409,
    "internalError": 500,
    "invalid": 400,
    "invalidQuery": 400,
    "notFound": 404,
    "notImplemented": 501,
    "quotaExceeded": 403,
    "rateLimitExceeded": 403,
    "resourcesExceeded": 400,
    "stopped": 400,
}
"""The status of each reason, from https://cloud.google.com/bigquery/docs/error-messages."""

_STATUS_NAMES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


class ApiError(Exception):
    """What a request is refused with. `status` is the HTTP status, by default the usual one of the reason."""

    def __init__(self, reason: str, message: str, *, status: int | None = None, location: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.status = status or HTTP_STATUS[reason]
        self.location = location

    def proto(self) -> dict[str, Any]:
        """Return the error as it stands in a job's `status`."""
        return {"reason": self.reason, "location": self.location or "q", "message": self.message}

    def body(self) -> dict[str, Any]:
        """Return the error as the body of an answer."""
        detail = {"message": self.message, "domain": "global", "reason": self.reason}
        if self.location:
            detail |= {"location": self.location, "locationType": "parameter"}
        name = _STATUS_NAMES.get(self.status, "UNKNOWN")
        return {"error": {"code": self.status, "message": self.message, "errors": [detail], "status": name}}


def invalid_query(message: str) -> ApiError:
    """Return the refusal of a query for what stands in it."""
    return ApiError("invalidQuery", message, location="q")


def not_found(kind: str, name: str, location: str = "") -> ApiError:
    """Return the refusal for a thing that is not there; `kind` is Table, Dataset or Job, `name` is `project:rest`."""
    where = f" was not found in location {location}" if location else ""
    return ApiError("notFound", f"Not found: {kind} {name}{where}")


def already_exists(kind: str, name: str) -> ApiError:
    """Return the refusal to make a thing again."""
    return ApiError("duplicate", f"Already Exists: {kind} {name}")


def access_denied(project: str, name: str, doing: str) -> ApiError:
    """Return the refusal for lack of a permission on the table `dataset.table`; `doing` is what was tried, as a verb."""
    table = f"{project}:{name}"
    return ApiError(
        "accessDenied",
        f"Access Denied: Table {table}: User does not have permission to {doing} table {table},"
        " or perhaps it does not exist.",
    )


def lacks_permission(kind: str, name: str, permission: str) -> ApiError:
    """Return the refusal for lack of a permission that BigQuery names; `kind` is Project, Dataset or Table."""
    verb = f"Permission {permission} denied on {kind.lower()} {name} (or it may not exist)."
    return ApiError("accessDenied", f"Access Denied: {kind} {name}: {verb}")


def not_implemented(what: str) -> ApiError:
    """Return the refusal of what BigQuery can do and the double cannot: louder than a wrong answer."""
    return ApiError("notImplemented", f"the BigQuery double does not answer this: {what}")
