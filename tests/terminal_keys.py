"""What a terminal sends for a key or a mouse button: the sequences of xterm."""

from __future__ import annotations

KEYS = {
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "insert": "\x1b[2~",
    "delete": "\x1b[3~",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "backspace": "\x7f",
    "space": " ",
    "shift+up": "\x1b[1;2A",
    "shift+down": "\x1b[1;2B",
    "f1": "\x1bOP",
    "f2": "\x1bOQ",
    "f3": "\x1bOR",
    "f4": "\x1bOS",
    "f5": "\x1b[15~",
    "f6": "\x1b[17~",
    "f7": "\x1b[18~",
    "f8": "\x1b[19~",
    "f9": "\x1b[20~",
    "f10": "\x1b[21~",
    "f11": "\x1b[23~",
    "f12": "\x1b[24~",
    "focus": "\x1b[I",
    "blur": "\x1b[O",
}
"""Keys by the names that Textual gives them; `focus` and `blur` are the window's."""


def key(name: str) -> str:
    """Return what the key sends: one of KEYS, `ctrl+` and a letter, or the character itself. Raises KeyError."""
    if name.startswith("ctrl+") and len(name) == len("ctrl+x") and name[-1].isalpha():
        return chr(ord(name[-1].upper()) - 64)
    return name if len(name) == 1 else KEYS[name]


def click(column: int, row: int) -> str:
    """Return the left button pressed and released on a cell, counted from 0 (SGR encoding)."""
    place = f"{column + 1};{row + 1}"
    return f"\x1b[<0;{place}M\x1b[<0;{place}m"


def wheel(column: int, row: int, *, down: bool = True) -> str:
    """Return one notch of the wheel over a cell, counted from 0 (SGR encoding)."""
    return f"\x1b[<{65 if down else 64};{column + 1};{row + 1}M"
