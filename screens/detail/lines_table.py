"""A table of lines that are text rather than rows: what the command line prints, to be scrolled and filtered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from screens.lines import Line, text_of
from screens.table import Item, Table
from screens.views.options import Options


def lines_table(lines: Iterable[Line], options: Options, *, head: Sequence[Line] = (), empty: str = "") -> Table:
    """Return lines as rows, only those that contain the filter."""
    wanted = options.filter.lower()
    items = [Item(str(n), spans) for n, spans in enumerate(lines) if wanted in text_of(spans).lower()]
    said = f"nothing contains {options.filter!r}" if wanted else empty
    return Table.of(items, head=head, empty=said)
