"""A list on an application of its own, watched while it is drawn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot
from textual.strip import Strip

from screens.lines import Span, text_of
from screens.panels.lines_view import LinesView
from screens.table import Item, Table


class Watched(LinesView):
    """Counts what is painted."""

    def __init__(self) -> None:
        super().__init__(id="list")
        self.painted: list[int] = []
        self.asked: list[Region] = []
        self.opened: list[str] = []

    def render_line(self, y: int) -> Strip:
        self.painted.append(y)
        return super().render_line(y)

    def refresh(self, *regions: Region, **kwargs: bool) -> LinesView:  # type: ignore[override]  # the widget's own keywords are passed on
        self.asked.extend(regions)
        return super().refresh(*regions, **kwargs)

    def on_lines_view_opened(self, message: LinesView.Opened) -> None:
        self.opened.append(message.item.key)

    def forget(self) -> None:
        self.painted.clear()
        self.asked.clear()


class Host(App[None]):
    """Nothing but the list."""

    def __init__(self, table: Table) -> None:
        super().__init__()
        self.first = table

    def compose(self) -> ComposeResult:
        yield Watched()

    def on_mount(self) -> None:
        self.list.focus()
        self.list.show(self.first)

    @property
    def list(self) -> Watched:
        return self.query_one(Watched)


Steps = Callable[[Watched, Pilot[None]], Awaitable[None]]


def drive(table: Table, steps: Steps, size: tuple[int, int] = (40, 10)) -> None:
    async def run() -> None:
        app = Host(table)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            app.list.forget()
            await steps(app.list, pilot)

    asyncio.run(run())


def item(name: str, said: str = "") -> Item:
    return Item(name, (Span(said or f"row {name}"),))


def table_of(names: Sequence[str], *head: str) -> Table:
    return Table.of([item(name) for name in names], head=[(Span(words),) for words in head], empty="nothing here")


TWENTY = [f"{n:02d}" for n in range(20)]


def shown(view: LinesView) -> list[str]:
    return [text_of(view.line_at(y)).rstrip() for y in range(view.size.height)]
