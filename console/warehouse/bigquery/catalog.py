"""What is in the project: tables with their columns and types, from `tables.get`, which is free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.warehouse.bigquery.call import Call
from console.warehouse.bigquery.query import retry_within
from console.warehouse.bigquery.target import BigQueryTarget
from console.warehouse.bigquery.wire import standard_type
from console.warehouse.protocol import ColumnInfo, TableInfo

if TYPE_CHECKING:
    from google.cloud.bigquery import Client, Table


def describe(client: Client, target: BigQueryTarget, name: str, call: Call) -> TableInfo:
    """Return what is known of one table or view, `dataset.table`; views have no row count.

    Raises what the client raises, but for a table that is not there.
    """
    return info(name, fetch(client, target, name, call))


def fetch(client: Client, target: BigQueryTarget, name: str, call: Call) -> Table | None:
    """Return the client's own description of a table or view, or None when it is not there. Raises what the client raises."""
    from google.api_core.exceptions import NotFound  # noqa: PLC0415 - comes with the client

    try:
        return client.get_table(full_name(target, name), retry=retry_within(call), timeout=call.bounds.socket)
    except NotFound:
        return None


def locate(client: Client, target: BigQueryTarget, dataset: str, call: Call) -> str:
    """Return a dataset's location, such as `US`. Raises what the client raises."""
    found = client.get_dataset(full_name(target, dataset), retry=retry_within(call), timeout=call.bounds.socket)
    return str(found.location)


def full_name(target: BigQueryTarget, name: str) -> str:
    """Return the name by which the service knows `dataset.table`, or a dataset."""
    return f"{target.project}.{target.dataset_prefix}{name}"


def info(name: str, table: Table | None) -> TableInfo:
    """Return what is known of the table that the client describes, None when it is not there."""
    if table is None:
        return TableInfo(name, (), None)
    columns = tuple(ColumnInfo(field.name, standard_type(field.field_type, field.mode)) for field in table.schema)
    return TableInfo(name, columns, table.num_rows if table.table_type == "TABLE" else None)
