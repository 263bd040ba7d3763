"""What `region-….INFORMATION_SCHEMA.JOBS_BY_PROJECT` lists: every load job, failed ones too, with when it was made."""

from __future__ import annotations

from tests.bigquery_double.catalog import Catalog
from tests.bigquery_double.limits import Clock
from tests.bigquery_double.store import Store


class JobList:
    """The load jobs of the project: a table in DuckDB under the view's own name, in the one region where the double is."""

    def __init__(self, store: Store, catalog: Catalog, location: str, clock: Clock) -> None:
        self._store = store
        self._catalog = catalog
        self._clock = clock
        region = f"region-{location.lower()}"
        self._name = f"{region}.INFORMATION_SCHEMA.JOBS_BY_PROJECT"
        self._stored = f'"{region}"."INFORMATION_SCHEMA.JOBS_BY_PROJECT"'
        with store.writing, store.cursor() as cursor:
            cursor.execute(f'CREATE SCHEMA "{region}"')
            cursor.execute(
                f"CREATE TABLE {self._stored} (creation_time TIMESTAMPTZ, job_type VARCHAR,"
                " destination_table STRUCT(project_id VARCHAR, dataset_id VARCHAR, table_id VARCHAR))"
            )

    def note(self, table: str, jobs: int) -> None:
        """List load jobs into `dataset.table`, made now."""
        dataset, _, name = table.partition(".")
        with self._store.writing, self._store.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {self._stored} SELECT ?, 'LOAD',"
                f" {{'project_id': ?, 'dataset_id': ?, 'table_id': ?}} FROM range({jobs})",
                (self._clock(), self._catalog.project, dataset, name),
            ).fetchall()
        self._catalog.changed(self._name)
