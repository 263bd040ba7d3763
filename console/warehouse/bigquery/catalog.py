"""What is in the project: tables with their columns and types, from `tables.get`, which is free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.warehouse.bigquery.call import Call
from console.warehouse.bigquery.query import retry_within
from console.warehouse.bigquery.target import BigQueryTarget
from console.warehouse.bigquery.wire import standard_type
from console.warehouse.protocol import ColumnInfo, TableInfo

if TYPE_CHECKING:
    from google.cloud.bigquery import Client


def describe(client: Client, target: BigQueryTarget, name: str, call: Call) -> TableInfo:
    """Return what is known of one table or view, `dataset.table`; views have no row count.

    Raises what the client raises, but for a table that is not there.
    """
    from google.api_core.exceptions import NotFound  # noqa: PLC0415 - comes with the client

    try:
        table = client.get_table(
            f"{target.project}.{target.dataset_prefix}{name}", retry=retry_within(call), timeout=call.bounds.socket
        )
    except NotFound:
        return TableInfo(name, (), None)
    columns = tuple(ColumnInfo(field.name, standard_type(field.field_type, field.mode)) for field in table.schema)
    return TableInfo(name, columns, table.num_rows if table.table_type == "TABLE" else None)
