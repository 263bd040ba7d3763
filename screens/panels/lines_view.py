"""A list drawn line by line from its table: no widget and no stored object per row, and only what changed is repainted."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from screens.lines import BLANK, Line, Span, Tone
from screens.panels.areas import Areas, below, beside
from screens.strips import Styles, strip_of
from screens.table import NOTHING, Item, Table
from screens.themes import DEFAULT_THEME, THEMES

MARK_COLUMNS = 2
"""A row begins with two columns: where the cursor is, and whether the row is selected."""
LEAST_ROWS = 2
"""In a low place the end of the head goes, so that two rows can be seen; its first line stays."""


class LinesView(Widget, can_focus=True):
    """Shows a table with a cursor and a selection, both kept by key while the data changes.

    What the table says about the row under the cursor stands below the list, or at its right from `beside_from` columns on.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False, id="list.down"),
        Binding("up,k", "move(-1)", "Up", show=False, id="list.up"),
        Binding("pagedown,ctrl+d", "page(1)", "Page down", show=False, id="list.page_down"),
        Binding("pageup,ctrl+u", "page(-1)", "Page up", show=False, id="list.page_up"),
        Binding("home", "edge(0)", "First", show=False, id="list.first"),
        Binding("end,G", "edge(1)", "Last", show=False, id="list.last"),
        Binding("space", "select", "Select", show=False, id="list.select"),
        Binding("enter", "open", "Open", show=False, id="list.open"),
    ]

    cursor: reactive[int] = reactive(0, init=False, repaint=False)

    beside_from: int | None = None
    """The width from which on the row under the cursor is spoken of at the right; None: always below."""
    beside_top: int = 0
    """The line at which what is said at the right begins."""

    class Opened(Message):
        """Enter or a double click on a row."""

        def __init__(self, item: Item) -> None:
            super().__init__()
            self.item = item

    class Moved(Message):
        """The cursor stands on another row."""

        def __init__(self, view: LinesView, item: Item | None) -> None:
            super().__init__()
            self.view = view
            self.item = item

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.table: Table = NOTHING
        self.selected: frozenset[str] = frozenset()
        self.line_styles: Styles = THEMES[DEFAULT_THEME].styles
        self.marks = ("▶", "✓")
        self._top = 0
        self._drawn: dict[int, Line] = {}
        self._about: tuple[Line, ...] = ()
        self._areas = Areas(0, 0)

    def show(self, table: Table) -> None:
        """Show another table; the cursor stays on the row of the same key, and only lines that differ are repainted."""
        before = self.current
        key = before.key if before else None
        self.table = table
        self.set_reactive(LinesView.cursor, self._place_of(key or table.start or None))
        if self.selected:
            self.selected &= frozenset(table.keys())
        self._settle()
        current = self.current
        if (current.key if current else None) != key:
            self.post_message(self.Moved(self, current))

    @property
    def current(self) -> Item | None:
        """The row under the cursor."""
        return self.table.item(self.cursor) if 0 <= self.cursor < self.table.count else None

    def chosen(self) -> list[Item]:
        """Return the selected rows, in their order; the one under the cursor when none is selected."""
        if self.selected:
            keys = self.table.keys()
            return [self.table.item(n) for n, key in enumerate(keys) if key in self.selected]
        return [self.current] if self.current else []

    def _place_of(self, key: str | None) -> int:
        """Return where the row `key` stands now, or the nearest place to where the cursor was."""
        count = self.table.count
        place = min(max(self.cursor, 0), max(count - 1, 0))
        if key is None or count == 0 or self.table.item(place).key == key:
            return place
        keys = self.table.keys()
        return keys.index(key) if key in keys else place

    # Where things stand

    @property
    def areas(self) -> Areas:
        """Where the list stands, and where what is said of its row."""
        width, height = self.size
        if self.table.about is None:
            return Areas(width, height)
        if self.beside_from is not None and width >= self.beside_from:
            return beside(width, height, self.beside_top)
        return below(width, height, len(self.table.head) + max(self.table.count, 1))

    @property
    def _head(self) -> tuple[Line, ...]:
        """The lines of the head that fit above the rows."""
        height = self.areas.height
        rows = min(max(self.table.count, 1), LEAST_ROWS)
        return self.table.head[: max(height - rows, min(height, 1))]

    @property
    def _room(self) -> int:
        """The rows that fit under the head."""
        return max(self.areas.height - len(self._head), 1)

    def _height_of(self, number: int) -> int:
        return number - self._top + len(self._head)

    # Drawing

    def line_at(self, y: int) -> Line:
        """Return the line of the list that stands at height `y`; the head stands where the rows' text does."""
        head = self._head
        if y < len(head):
            return (Span(" " * MARK_COLUMNS), *head[y]) if head[y] else BLANK
        if y >= self.areas.height:
            return BLANK
        if self.table.count == 0:
            return (Span(f"  {self.table.empty}", Tone.FAINT),) if y == len(head) else BLANK
        number = self._top + y - len(head)
        if number >= self.table.count:
            return BLANK
        item = self.table.item(number)
        at_cursor = self.marks[0] if number == self.cursor and self.has_focus else " "
        chosen = self.marks[1] if item.key in self.selected else " "
        return (Span(f"{at_cursor}{chosen}", Tone.STRONG), *item.line)

    def _about_at(self, y: int) -> Line:
        """Return what is said of the row under the cursor at height `y`."""
        number = y - self.areas.about_y
        return self._about[number] if 0 <= number < len(self._about) else BLANK

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        spans = self._drawn[y] = self.line_at(y)
        areas, width = self.areas, self.size.width
        if not areas.about_height or y < areas.about_y:
            return strip_of(spans, width, self.line_styles)
        about = strip_of(self._about_at(y), areas.about_width, self.line_styles)
        if areas.about_x == 0:
            return about
        return Strip.join([strip_of(spans, areas.about_x, self.line_styles), about])

    def _repaint_changes(self, heights: Iterable[int] | None = None) -> None:
        """Repaint those lines of the list that differ from what is drawn; only the mark where only it differs."""
        areas = self.areas
        for y in range(areas.height) if heights is None else heights:
            drawn, spans = self._drawn.get(y), self.line_at(y)
            if drawn != spans:
                only_mark = drawn and spans and drawn[1:] == spans[1:] and drawn[0].width == spans[0].width
                at_side = areas.about_x and y >= areas.about_y
                width = spans[0].width if only_mark else areas.about_x if at_side else self.size.width
                self.refresh(Region(0, y, width, 1))

    def _settle_about(self) -> None:
        """Say what the table says about the row under the cursor, and repaint the lines of it that differ."""
        areas, drawn = self.areas, self._about
        says = self.table.about
        known = says is not None and areas.about_height > 0 and self.cursor < self.table.count
        lines = says(self.cursor, areas.about_width) if says is not None and known else ()
        self._about = tuple(lines)[: areas.about_height]
        for number in range(max(len(drawn), len(self._about))):
            if drawn[number : number + 1] != self._about[number : number + 1]:
                self.refresh(Region(areas.about_x, areas.about_y + number, areas.about_width, 1))

    def _settle(self) -> None:
        """Bring everything to where it belongs after the table or the size changed."""
        self._scroll_to_cursor()
        if self._areas != self.areas:
            self._areas = self.areas
            self._drawn.clear()
            self.refresh()
        self._settle_about()
        self._repaint_changes()

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self._settle()

    def on_focus(self) -> None:
        """Show the cursor."""
        self._repaint_changes()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self._repaint_changes()

    # Moving

    def _scroll_to_cursor(self) -> None:
        room = self._room
        self._top = min(max(self._top, self.cursor - room + 1, 0), self.cursor, max(self.table.count - room, 0))

    def watch_cursor(self, before: int, now: int) -> None:
        """Repaint what the move changed: two marks, unless the list scrolled."""
        top = self._top
        self._scroll_to_cursor()
        moved = None if self._top != top else (self._height_of(before), self._height_of(now))
        self._settle_about()
        self._repaint_changes(moved)
        self.post_message(self.Moved(self, self.current))

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.cursor = min(max(self.cursor + by, 0), max(self.table.count - 1, 0))

    def action_page(self, by: int) -> None:
        """Move the cursor by what is on screen."""
        self.action_move(by * self._room)

    def action_edge(self, last: int) -> None:
        """Move to the first or the last row."""
        self.cursor = max(self.table.count - 1, 0) if last else 0

    def action_select(self) -> None:
        """Select the row or let it go, and move on."""
        if self.current is not None:
            self.selected ^= {self.current.key}
            self._repaint_changes((self._height_of(self.cursor),))
            self.action_move(1)

    def action_open(self) -> Awaitable[None] | None:
        """Open what the row is about; what is returned has to be waited for before the next key."""
        if self.current is not None:
            self.post_message(self.Opened(self.current))
        return None

    def on_mouse_scroll_down(self) -> None:
        """Move down three rows."""
        self.action_move(3)

    def on_mouse_scroll_up(self) -> None:
        """Move up three rows."""
        self.action_move(-3)

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the row; open it on a second click."""
        offset = event.get_content_offset(self)
        number = self._row_at(offset.x, offset.y) if offset else -1
        if 0 <= number < self.table.count:
            self.cursor = number
            if event.chain > 1:
                self.action_open()

    def _row_at(self, x: int, y: int) -> int:
        """Return the number of the row drawn there, or -1."""
        areas, head = self.areas, len(self._head)
        outside = y < head or y >= areas.height or (areas.about_x and x >= areas.about_x and y >= areas.about_y)
        return -1 if outside else self._top + y - head
