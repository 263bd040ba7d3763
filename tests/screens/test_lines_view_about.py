"""What a list says of the row under its cursor: where it stands, and that it is made and painted only when it changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual.geometry import Region
from textual.pilot import Pilot

from screens.lines import Line, Span
from screens.table import Table
from tests.screens.listed import TWENTY, Watched, drive, table_of


def about(number: int, width: int) -> tuple[Line, ...]:
    return ((Span(f"about {number}"),), (Span("always the same"),))


def told(names: Sequence[str]) -> Table:
    return replace(table_of(names, "head"), about=about)


def test_what_is_said_of_a_row_stands_below_the_list_in_the_lines_that_are_left() -> None:
    async def steps(view: Watched, pilot: Pilot[None]) -> None:
        assert view.areas.about_x == 0
        await pilot.press("down")
        lines = ["".join(segment.text for segment in view.render_line(y)).rstrip() for y in range(8)]
        assert lines == ["  head", "  row 00", "▶ row 01", "  row 02", "", "about 1", "always the same", ""]

    drive(told(TWENTY[:3]), steps)


def test_it_stands_at_the_right_where_there_is_room() -> None:
    async def steps(view: Watched, pilot: Pilot[None]) -> None:
        view.beside_from = 100
        view.show(told(TWENTY))
        lines = ["".join(segment.text for segment in view.render_line(y)) for y in range(3)]
        assert [line[:55].rstrip() for line in lines] == ["  head", "▶ row 00", "  row 01"]
        assert [line[57:].rstrip() for line in lines] == ["about 0", "always the same", ""]

    drive(told(TWENTY), steps, size=(100, 10))


def test_it_is_asked_for_and_painted_only_when_another_row_is_under_the_cursor() -> None:
    asked: list[int] = []

    def counted(number: int, width: int) -> tuple[Line, ...]:
        asked.append(number)
        return about(number, width)

    async def steps(view: Watched, pilot: Pilot[None]) -> None:
        asked.clear()
        await pilot.press("space")
        assert asked == [1]
        view.forget()
        await pilot.press("up")
        await pilot.pause()
        assert asked == [1, 0]
        about_lines = [region for region in view.asked if region.y >= view.areas.about_y]
        assert about_lines == [Region(0, view.areas.about_y, 40, 1)]
        view.forget()
        view.show(replace(told(TWENTY[:3]), about=counted))
        await pilot.pause()
        assert (view.painted, view.asked) == ([], [])

    drive(replace(told(TWENTY[:3]), about=counted), steps)
