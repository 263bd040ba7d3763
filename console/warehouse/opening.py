"""From a warehouse's name to the warehouse."""

from __future__ import annotations

from pathlib import Path

from checks.deadline import DEADLINE_SECONDS
from console.settings import DEMO
from console.warehouse.embedded import EmbeddedWarehouse
from console.warehouse.protocol import Warehouse, WarehouseError


def open_warehouse(place: str, data_dir: Path, *, deadline_seconds: float = DEADLINE_SECONDS) -> Warehouse:
    """Return the warehouse called `place`: `demo` (built in `data_dir` the first time), a file's path, or `bigquery://PROJECT`.

    Nothing is read yet, so a file or a project that is not there is only found out at the first question. BigQuery answers or
    fails within `deadline_seconds`. Raises WarehouseError for a kind of warehouse that there is none of, an option that cannot
    be, or a demo that cannot be built.
    """
    if place == DEMO:
        from console.warehouse.demo.build import ensure_demo  # noqa: PLC0415  # a real warehouse needs no demo

        return EmbeddedWarehouse(ensure_demo(data_dir), name=DEMO)
    kind, separator, _ = place.partition("://")
    if separator and kind == "bigquery":
        from console.warehouse.bigquery.bounds import Bounds  # noqa: PLC0415  # the embedded warehouse needs none of these
        from console.warehouse.bigquery.target import parse_target  # noqa: PLC0415
        from console.warehouse.bigquery.warehouse import BigQueryWarehouse  # noqa: PLC0415

        return BigQueryWarehouse(parse_target(place), bounds=Bounds(deadline=deadline_seconds))
    if separator:
        raise WarehouseError(
            f"there is no warehouse of kind {kind}://: give `demo`, the path of an embedded file or bigquery://PROJECT"
        )
    return EmbeddedWarehouse(Path(place))
