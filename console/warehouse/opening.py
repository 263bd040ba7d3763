"""From a warehouse's name to the warehouse."""

from __future__ import annotations

from pathlib import Path

from console.settings import DEMO
from console.warehouse.embedded import EmbeddedWarehouse
from console.warehouse.protocol import WarehouseError


def open_warehouse(place: str, data_dir: Path) -> EmbeddedWarehouse:
    """Return the warehouse called `place`: `demo` (built in `data_dir` the first time) or a file's path.

    Nothing is read yet, so a file that is not there is only found out at the first question. Raises WarehouseError for a
    kind of warehouse that there is none of, or a demo that cannot be built.
    """
    if place == DEMO:
        from console.warehouse.demo.build import ensure_demo  # noqa: PLC0415  # a real warehouse needs no demo

        return EmbeddedWarehouse(ensure_demo(data_dir), name=DEMO)
    kind, separator, _ = place.partition("://")
    if separator:
        raise WarehouseError(f"there is no warehouse of kind {kind}://: give `demo` or the path of an embedded file")
    return EmbeddedWarehouse(Path(place))
