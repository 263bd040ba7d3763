"""The list widget: keys, mouse, selection by key, and that only what changed is made and painted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.geometry import Region
from textual.pilot import Pilot

from screens.lines import text_of
from screens.table import Item, Table
from tests.screens.listed import TWENTY, Watched, drive, item, shown, table_of


@pytest.mark.parametrize(
    ("keys", "cursor"),
    [
        (["down"], 1),
        (["j", "j", "j"], 3),
        (["j", "j", "k"], 1),
        (["down", "up", "up"], 0),
        (["end"], 19),
        (["G"], 19),
        (["G", "home"], 0),
        (["pagedown"], 10),
        (["ctrl+d", "ctrl+d"], 19),
        (["G", "pageup"], 9),
        (["G", "ctrl+u"], 9),
        (["G", "j"], 19),
    ],
)
def test_arrows_and_vi_keys_move_the_cursor_and_stop_at_the_ends(keys: list[str], cursor: int) -> None:
    async def steps(view: Watched, pilot: Pilot[None]) -> None:
        await pilot.press(*keys)
        assert view.cursor == cursor
        assert text_of(view.line_at(cursor - view._top)).startswith("▶")

    drive(table_of(TWENTY), steps)


def test_the_list_scrolls_only_as_far_as_the_cursor_needs() -> None:
    async def steps(view: Watched, pilot: Pilot[None]) -> None:
        await pilot.press(*["down"] * 10)
        assert (shown(view)[0], shown(view)[-1]) == ("  row 01", "▶ row 10")
        await pilot.press("up")
        assert shown(view)[-2:] == ["▶ row 09", "  row 10"]

    drive(table_of(TWENTY), steps)


def test_a_move_paints_two_lines_and_of_them_the_marks() -> None:
    async def steps(view: Watched, pilot: Pilot[None]) -> None:
        await pilot.press("down")
        await pilot.pause()
        assert sorted(view.painted) == [0, 1]
        assert view.asked == [Region(0, 0, 2, 1), Region(0, 1, 2, 1)]

    drive(table_of(TWENTY), steps)


def test_the_same_table_again_paints_nothing() -> None:
    async def steps(view: Watched, pilot: Pilot[None]) -> None:
        view.show(table_of(TWENTY))
        await pilot.pause()
        assert (view.painted, view.asked) == ([], [])

    drive(table_of(TWENTY), steps)


def test_of_another_table_only_the_lines_that_differ_are_painted() -> None:
    async def steps(view: Watched, pilot: Pilot[None]) -> None:
        changed = [item(name, "changed") if name in ("03", "07", "15") else item(name) for name in TWENTY]
        view.show(Table.of(changed))
        await pilot.pause()
        assert sorted(view.painted) == [3, 7]

    drive(table_of(TWENTY), steps)


def test_cursor_and_selection_stay_with_their_rows_when_the_data_moves() -> None:
    async def steps(view: Watched, pilot: Pilot[None]) -> None:
        await pilot.press("down", "space", "space")
        assert [chosen.key for chosen in view.chosen()] == ["01", "02"]
        assert view.current is not None
        assert view.current.key == "03"
        view.show(table_of(["new", *TWENTY]))
        assert view.current.key == "03"
        assert view.cursor == 4
        assert [chosen.key for chosen in view.chosen()] == ["01", "02"]
        assert shown(view)[2] == " ✓row 01"

    drive(table_of(TWENTY), steps)


def test_rows_that_are_gone_are_selected_no_more_and_the_cursor_stays_near() -> None:
    async def steps(view: Watched, pilot: Pilot[None]) -> None:
        await pilot.press("space", "G")
        view.show(table_of(["05", "06"]))
        assert view.current is not None
        assert view.current.key == "06"
        assert view.selected == frozenset()
        assert [chosen.key for chosen in view.chosen()] == ["06"]

    drive(table_of(TWENTY), steps)


def test_selecting_again_lets_the_last_row_go() -> None:
    async def steps(view: Watched, pilot: Pilot[None]) -> None:
        await pilot.press("G", "space")
        assert view.selected == {"19"}
        assert shown(view)[-1] == "▶✓row 19"
        await pilot.press("space")
        assert view.selected == frozenset()

    drive(table_of(TWENTY), steps)


def test_nothing_to_show_is_said_and_keys_do_nothing() -> None:
    async def steps(view: Watched, pilot: Pilot[None]) -> None:
        await pilot.press("down", "enter", "space", "G", "pageup")
        assert shown(view)[0] == "  nothing here"
        assert (view.current, view.chosen(), view.opened) == (None, [], [])

    drive(table_of([]), steps)


def test_enter_and_a_double_click_open_a_row() -> None:
    async def steps(view: Watched, pilot: Pilot[None]) -> None:
        await pilot.press("down", "enter")
        await pilot.click(view, offset=(5, 4), times=2)
        await pilot.pause()
        assert view.opened == ["01", "03"]

    drive(table_of(TWENTY, "head"), steps)


def test_a_click_moves_the_cursor_and_beside_the_rows_does_nothing() -> None:
    async def steps(view: Watched, pilot: Pilot[None]) -> None:
        await pilot.click(view, offset=(5, 3))
        assert view.cursor == 2
        await pilot.click(view, offset=(5, 0))
        await pilot.click(view, offset=(5, 8))
        assert (view.cursor, view.opened) == (2, [])

    drive(table_of(TWENTY[:5], "head"), steps)


def test_the_wheel_moves_three_rows() -> None:
    async def steps(view: Watched, pilot: Pilot[None]) -> None:
        await pilot._post_mouse_events([_wheel_down()], view, (5, 5))
        assert view.cursor == 3
        await pilot._post_mouse_events([_wheel_up()], view, (5, 5))
        assert view.cursor == 0

    drive(table_of(TWENTY), steps)


def _wheel_down() -> type:
    from textual.events import MouseScrollDown

    return MouseScrollDown


def _wheel_up() -> type:
    from textual.events import MouseScrollUp

    return MouseScrollUp


def test_the_cursor_stays_in_view_when_the_terminal_shrinks_and_grows() -> None:
    async def steps(view: Watched, pilot: Pilot[None]) -> None:
        await pilot.press(*["down"] * 8)
        for width, height in ((40, 4), (20, 2), (1, 1), (80, 30), (40, 10)):
            await pilot.resize_terminal(width, height)
            await pilot.pause()
            assert "▶ row 08" in shown(view)

    drive(table_of(TWENTY), steps)


def test_in_a_low_place_the_head_gives_way_to_rows_but_for_its_first_line() -> None:
    async def steps(view: Watched, pilot: Pilot[None]) -> None:
        assert shown(view) == ["  one", "▶ row 00", "  row 01"]
        await pilot.resize_terminal(40, 10)
        await pilot.pause()
        assert shown(view)[:4] == ["  one", "  two", "  three", "▶ row 00"]

    drive(table_of(TWENTY, "one", "two", "three"), steps, size=(40, 3))


def test_head_and_rows_stand_under_each_other() -> None:
    async def steps(view: Watched, pilot: Pilot[None]) -> None:
        assert shown(view)[:2] == ["  name", "▶ row 00"]

    drive(table_of(TWENTY, "name"), steps)


class Counted:
    """A table of many rows that counts how many it makes, and how often all keys are asked for."""

    def __init__(self, count: int) -> None:
        self.made = 0
        self.listed = 0
        self.table = Table((), count, self._item, self._keys)

    def _item(self, number: int) -> Item:
        self.made += 1
        return item(str(number))

    def _keys(self) -> list[str]:
        self.listed += 1
        return [str(number) for number in range(self.table.count)]


def test_a_hundred_thousand_rows_cost_what_is_on_screen() -> None:
    big = Counted(100_000)

    async def steps(view: Watched, pilot: Pilot[None]) -> None:
        assert big.made < 160
        opened = big.made
        await pilot.press(*["down"] * 30, *["k"] * 20)
        await pilot.pause()
        assert view.cursor == 10
        assert (big.made - opened) / 50 < 10
        opened = big.made
        await pilot.press("G")
        await pilot.pause()
        assert shown(view)[-1] == "▶ row 99999"
        assert big.made - opened < 150
        assert big.listed == 0

    drive(big.table, steps, size=(120, 40))


def test_the_cursor_begins_where_the_table_says() -> None:
    async def steps(view: Watched, pilot: Pilot[None]) -> None:
        assert view.current is not None
        assert view.current.key == "15"
        await pilot.press("up")
        view.show(replace(table_of(TWENTY), start="15"))
        assert view.current.key == "14"

    drive(replace(table_of(TWENTY), start="15"), steps)
