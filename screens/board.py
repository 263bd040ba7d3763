"""Holds the panels of the overview and puts them where `screens.arrangement` says."""

from __future__ import annotations

from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from screens.arrangement import arrange
from screens.panels.panel import Panel


class BoardLayout(Layout):
    """Places panels by their ids; those that have no place are not drawn."""

    name = "board"

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:  # noqa: ARG002, FBT001, FBT002  # Textual's
        """Return where each child stands."""
        assert isinstance(parent, Board)  # noqa: S101  # only a board has this layout
        places = arrange(size.width, size.height, parent.current, alone=parent.is_maximised)
        placed = ((child, places[child.id]) for child in children if child.id in places)
        return [
            WidgetPlacement(Region(place.x, place.y, place.width, place.height), NULL_OFFSET, NULL_SPACING, child)
            for child, place in placed
        ]


class Board(Widget):
    """The panels' room. `current` is the panel in use, by id; with `is_maximised` it has all the room."""

    DEFAULT_CSS = "Board { height: 1fr; width: 1fr; }"

    def __init__(self, *panels: Panel) -> None:
        super().__init__(*panels)
        self.current = panels[0].spec.id
        self.is_maximised = False
        self._board_layout = BoardLayout()

    @property
    def layout(self) -> Layout:
        """The layout by arrangement."""
        return self._board_layout

    def use(self, name: str, *, maximised: bool) -> None:
        """Give the panel `name` the place that a panel in use has."""
        if (name, maximised) == (self.current, self.is_maximised):
            return
        before = self._places()
        self.current, self.is_maximised = name, maximised
        if self._places() != before:
            self.children[0].refresh(layout=True)  # Textual forgets an arrangement when a child asks for it

    def _places(self) -> dict[str, object]:
        return dict(arrange(self.size.width, self.size.height, self.current, alone=self.is_maximised))
