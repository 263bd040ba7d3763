"""Which BigQuery project is meant, where it is, and as whom it is asked: `bigquery://PROJECT?key=value&…`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from console.warehouse.protocol import WarehouseError

SCHEME = "bigquery"

_KEYS = ("location", "dataset_prefix", "credentials", "impersonate", "staging")
_PROJECT = re.compile(r"(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,61}[a-z0-9]")
_PREFIX = re.compile(r"\w+", re.ASCII)
_SWITCH = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


@dataclass(frozen=True, slots=True)
class BigQueryTarget:
    """One project as somebody named it.

    `location` is BigQuery's (`US`, `europe-west3`), None where the service finds it out. `dataset_prefix` stands before the name
    of every dataset. `credentials` is a service account's key file and `impersonate` the address of the service account to act
    as; with neither, the application default credentials are used. `is_staging` says that it is not production.
    """

    project: str
    location: str | None = None
    dataset_prefix: str = ""
    credentials: Path | None = None
    impersonate: str | None = None
    is_staging: bool = False

    @property
    def who(self) -> str:
        """Whom the service sees, in words."""
        if self.impersonate:
            return self.impersonate
        return f"the service account of {self.credentials}" if self.credentials else "your Google account"


def parse_target(place: str) -> BigQueryTarget:
    """Return the target that `bigquery://PROJECT[?…]` names. Raises WarehouseError that names the part that cannot be."""
    parts = urlsplit(place)
    project = parts.netloc
    if parts.scheme != SCHEME or not _PROJECT.fullmatch(project):
        raise WarehouseError(
            f"{place} names no BigQuery project: write bigquery://PROJECT, such as bigquery://nba-prod"
        )
    if parts.path.strip("/") or parts.fragment:
        raise WarehouseError(f"{place} says more than a project: options stand behind a ?, they are {', '.join(_KEYS)}")
    options: dict[str, str] = {}
    for key, value in parse_qsl(parts.query, keep_blank_values=True):
        if key not in _KEYS:
            raise WarehouseError(f"{key} in {place} is no option of a BigQuery warehouse: they are {', '.join(_KEYS)}")
        if key in options:
            raise WarehouseError(f"{key} stands twice in {place}")
        if not value:
            raise WarehouseError(f"{key} in {place} is empty")
        options[key] = value
    return _target(project, options, place)


def _target(project: str, options: dict[str, str], place: str) -> BigQueryTarget:
    prefix = options.get("dataset_prefix", "")
    if prefix and not _PREFIX.fullmatch(prefix):
        raise WarehouseError(f"dataset_prefix in {place} may hold letters, digits and _ only")
    staging = options.get("staging", "0").lower()
    if staging not in _SWITCH:
        raise WarehouseError(f"staging in {place} must be 1 or 0")
    credentials = options.get("credentials")
    return BigQueryTarget(
        project,
        options.get("location"),
        prefix,
        Path(credentials).expanduser() if credentials else None,
        options.get("impersonate"),
        _SWITCH[staging],
    )
