"""The command palette: every action of the keymap, found by any of its letters in order."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider, SearchIcon
from textual.widgets import Input

from screens.keymap import ACTIONS, Action, labels_of

if TYPE_CHECKING:
    from screens.app import CourtsideApp

_OFFERED = tuple(action for action in ACTIONS if action.on == "app" and action.id != "palette")


class Commands(Provider):
    """Offers all actions by what they do."""

    async def discover(self) -> Hits:
        """Offer everything while nothing is typed."""
        for action in _OFFERED:
            yield DiscoveryHit(action.says, self._run(action), help=self._help(action))

    async def search(self, query: str) -> Hits:
        """Offer what matches."""
        matcher = self.matcher(query)
        for action in _OFFERED:
            if (score := matcher.match(f"{action.says} {action.id}")) > 0:
                yield Hit(
                    score, matcher.highlight(action.says), self._run(action), text=action.says, help=self._help(action)
                )

    def _run(self, action: Action) -> Callable[[], Awaitable[bool]]:
        return partial(self.app.run_action, f"do('{action.id}')")

    def _help(self, action: Action) -> str:
        app = cast("CourtsideApp", self.app)  # the palette is in no other application
        return f"{action.group}, key {labels_of(action, app.session.keys)}"


class PlainPalette(CommandPalette):
    """Textual's palette for terminals that know ASCII only: no scroll bar, and other signs for the rest."""

    DEFAULT_CSS = """
    PlainPalette #--input { border: ascii ansi_default; }
    PlainPalette CommandList { border: none; scrollbar-size-vertical: 0; }
    """

    def on_mount(self) -> None:
        """Take another sign."""
        self.query_one(SearchIcon).icon = ">"


async def open_palette(app: CourtsideApp) -> None:
    """Open the palette, unless it is open, to the end: the next key is for its field, and an Esc would break a half-open one."""
    if isinstance(app.screen, CommandPalette):
        return
    kind = PlainPalette if app.session.ascii else CommandPalette
    palette = kind(placeholder="find a command by some of its letters", id="--command-palette")
    await app.push_screen(palette)
    for field in palette.query(Input):
        field.cursor_blink = False
        palette.set_focus(field)
