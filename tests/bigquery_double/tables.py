"""Datasets and tables: get, insert, and testIamPermissions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.bigquery_double.catalog import Catalog, Partitioning, Table
from tests.bigquery_double.engine import Engine, Query
from tests.bigquery_double.errors import ApiError, already_exists
from tests.bigquery_double.jobs import milliseconds
from tests.bigquery_double.limits import CREATE, CREATE_DATASET, DESCRIBE, Permissions, StreamingBuffers
from tests.bigquery_double.parameters import DUCKDB_TYPES
from tests.bigquery_double.rows import count_rows
from tests.bigquery_double.statement import absent
from tests.bigquery_double.store import Store


class Tables:
    """Answers requests about datasets and tables."""

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        engine: Engine,
        permissions: Permissions,
        buffers: StreamingBuffers,
        location: str,
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._engine = engine
        self._permissions = permissions
        self._buffers = buffers
        self._location = location

    def get_dataset(self, dataset: str) -> dict[str, Any]:
        """Answer datasets.get. Raises ApiError."""
        self._permissions.require(dataset, "bigquery.datasets.get", "Dataset")
        if not self._catalog.has_dataset(dataset):
            raise absent(self._catalog, f"{dataset}.")
        reference = {"projectId": self._catalog.project, "datasetId": dataset}
        return {
            "kind": "bigquery#dataset",
            "id": f"{self._catalog.project}:{dataset}",
            "datasetReference": reference,
            "location": self._catalog.location(dataset),
        }

    def insert_dataset(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Answer datasets.insert. Raises ApiError."""
        dataset = body["datasetReference"]["datasetId"]
        self._permissions.require(dataset, CREATE_DATASET, "Dataset")
        if self._catalog.has_dataset(dataset):
            raise already_exists("Dataset", f"{self._catalog.project}:{dataset}")
        self._engine.create(dataset, f'CREATE SCHEMA "{dataset}"', None)
        self._catalog.place(dataset, body.get("location") or self._location)
        return self.get_dataset(dataset)

    def get(self, name: str) -> dict[str, Any]:
        """Answer tables.get. Raises ApiError."""
        self._permissions.require(name, DESCRIBE)
        view = self._catalog.view(name)
        if view is not None:
            return self._view(name, view)
        table = self._catalog.table(name)
        if table is None:
            raise absent(self._catalog, name)
        return self._resource(name, "TABLE", list(table.fields)) | self._contents(table) | _partitions(table)

    def _resource(self, name: str, kind: str, fields: list[dict[str, Any]]) -> dict[str, Any]:
        dataset, _, table = name.partition(".")
        return {
            "kind": "bigquery#table",
            "id": f"{self._catalog.project}:{name}",
            "tableReference": {"projectId": self._catalog.project, "datasetId": dataset, "tableId": table},
            "type": kind,
            "location": self._catalog.location(dataset),
            "schema": {"fields": fields},
            "creationTime": milliseconds(self._catalog.made),
            "lastModifiedTime": milliseconds(self._catalog.modified(name)),
        }

    def _view(self, name: str, view: str) -> dict[str, Any]:
        found = self._engine.run(Query(view, is_dry_run=True, is_definition=True))
        return self._resource(name, "VIEW", found.schema) | {"view": {"query": view, "useLegacySql": False}}

    def _contents(self, table: Table) -> dict[str, Any]:
        buffer = self._buffers.of(table.name)
        buffered = buffer.rows if buffer is not None else 0
        contents: dict[str, Any] = {"numRows": str(count_rows(self._store, table) - buffered)}
        if buffer is not None:
            contents["streamingBuffer"] = {
                "estimatedRows": str(buffer.rows),
                "estimatedBytes": str(100 * buffer.rows),
                "oldestEntryTime": milliseconds(buffer.oldest),
            }
        return contents

    def insert(self, dataset: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Answer tables.insert. Raises ApiError."""
        name = f"{dataset}.{body['tableReference']['tableId']}"
        self._permissions.require(name, CREATE, "Dataset")
        if not self._catalog.has_dataset(dataset):
            raise absent(self._catalog, name)
        if self._catalog.exists(name):
            raise already_exists("Table", f"{self._catalog.project}:{name}")
        if "view" in body:
            self._engine.create_view(name, body["view"]["query"])
        else:
            columns = ", ".join(
                _column(field) + (" NOT NULL" if field.get("mode") == "REQUIRED" else "")
                for field in body["schema"]["fields"]
            )
            table = name.partition(".")[2]
            self._engine.create(name, f'CREATE TABLE "{dataset}"."{table}" ({columns})', _partitioning(body))
        return self.get(name)

    def held_permissions(self, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Answer tables.testIamPermissions: those of the named permissions that the user has."""
        if not self._catalog.exists(name):
            raise absent(self._catalog, name)
        held = [item for item in body.get("permissions", ()) if self._permissions.holds(name, item)]
        return {"permissions": held} if held else {}


def _partitions(table: Table) -> dict[str, Any]:
    if table.partitioning is None:
        return {}
    required = table.partitioning.is_filter_required
    return {
        "timePartitioning": {"type": "DAY", "field": table.partitioning.column, "requirePartitionFilter": required},
        "requirePartitionFilter": required,
    }


def _partitioning(body: Mapping[str, Any]) -> Partitioning | None:
    by = body.get("timePartitioning")
    if by is None:
        return None
    required = body.get("requirePartitionFilter") or by.get("requirePartitionFilter")
    return Partitioning(by["field"].lower(), bool(required))


def _column(field: Mapping[str, Any]) -> str:
    """Return a column's name and type in DuckDB's words. Raises ApiError for a type that the double does not have."""
    return f'"{field["name"]}" {_type(field)}'


def _type(field: Mapping[str, Any]) -> str:
    if field.get("mode") == "REPEATED":
        return f"{_type({**field, 'mode': 'NULLABLE'})}[]"
    if field["type"] in ("RECORD", "STRUCT"):
        return f"STRUCT({', '.join(_column(member) for member in field['fields'])})"
    if field["type"] not in DUCKDB_TYPES:
        raise ApiError("invalid", f"Invalid field type: {field['type']}")
    return DUCKDB_TYPES[field["type"]]
