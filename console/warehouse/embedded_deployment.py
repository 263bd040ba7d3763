"""Creates the tables that an embedded file lacks, all of them in one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from console.warehouse.embedded import EmbeddedWarehouse, schema_statements
from console.warehouse.protocol import TableInfo
from console.warehouse.schema import TableDefinition
from console.warehouse.schema_creating import Outcome, State
from console.warehouse.schema_plan import Creation, Kind, Situation


class EmbeddedDeployment:
    """A `Deployment` on a DuckDB file. Nobody is asked first: the file is the operator's own, and new or lacking tables."""

    asks_first = False

    def __init__(self, warehouse: EmbeddedWarehouse) -> None:
        self._warehouse = warehouse

    def situation(self, definitions: Sequence[TableDefinition]) -> Situation:
        """Return what is in the file; nothing when there is none yet. Raises WarehouseError for one that cannot be read."""
        names = tuple(item.name for item in definitions)
        if self._warehouse.path.exists():
            tables = self._warehouse.inspect(names)
        else:
            tables = tuple(TableInfo(name, (), None) for name in names)
        used = {info.name.partition(".")[0] for info in tables if info.exists}
        schemas = {
            item.dataset: f"CREATE SCHEMA IF NOT EXISTS {item.dataset}"
            for item in definitions
            if item.dataset not in used
        }
        return Situation(tables, {**schemas, **dict(schema_statements())})

    def create(self, creations: Sequence[Creation]) -> tuple[Outcome, ...]:
        """Create everything that is missing by now, or raise WarehouseError: then nothing was created."""
        if any(creation.kind is not Kind.DATASET for creation in creations):
            self._warehouse.apply_schema()
        return tuple(Outcome(creation, State.CREATED) for creation in creations)
