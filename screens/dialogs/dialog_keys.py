"""The last line of the screen while a dialog is open."""

from __future__ import annotations

from collections.abc import Callable

from screens.keybar import KeyBar


class DialogKeys(KeyBar):
    """The last line while a dialog is open: its keys, for those of the screen behind it do nothing."""

    def __init__(self, keys: Callable[[], list[tuple[str, str]]], *, ascii: bool) -> None:
        super().__init__(ascii=ascii)
        self._keys = keys

    def keys(self) -> list[tuple[str, str]]:
        """Return what can be pressed now."""
        return self._keys()
