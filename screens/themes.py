"""Themes: how tones look. Colours are the terminal's own sixteen, which cost half the bytes of true colours over SSH."""

from __future__ import annotations

from dataclasses import dataclass

from rich.style import Style

from screens.lines import Tone
from screens.strips import Styles


@dataclass(frozen=True, slots=True)
class Theme:
    """One look. No meaning is in the colours alone: every severity is also a word."""

    name: str
    styles: Styles
    dark: bool = True


def _styles(**colors: str) -> Styles:
    return {Tone[name]: Style.parse(style) for name, style in colors.items()}


THEMES: dict[str, Theme] = {
    theme.name: theme
    for theme in (
        Theme(
            "dark",
            _styles(
                PLAIN="",
                STRONG="bold",
                FAINT="bright_black",
                OK="green",
                WARNING="yellow",
                UNKNOWN="magenta",
                ERROR="red",
                CRITICAL="bold white on red",
            ),
        ),
        Theme(
            "light",
            _styles(
                PLAIN="",
                STRONG="bold",
                FAINT="bright_black",
                OK="green",
                WARNING="bold yellow",
                UNKNOWN="magenta",
                ERROR="bold red",
                CRITICAL="bold white on red",
            ),
            dark=False,
        ),
        Theme(
            "contrast",
            _styles(
                PLAIN="bright_white",
                STRONG="bold bright_white",
                FAINT="white",
                OK="bold bright_green",
                WARNING="bold bright_yellow",
                UNKNOWN="bold bright_magenta",
                ERROR="bold bright_red",
                CRITICAL="bold black on bright_red",
            ),
        ),
        Theme(
            "colour-blind",
            _styles(
                PLAIN="",
                STRONG="bold",
                FAINT="bright_black",
                OK="bright_blue",
                WARNING="yellow",
                UNKNOWN="bright_cyan",
                ERROR="bold yellow underline",
                CRITICAL="bold black on yellow",
            ),
        ),
        Theme(
            "none",
            _styles(
                PLAIN="",
                STRONG="bold",
                FAINT="",
                OK="",
                WARNING="bold",
                UNKNOWN="bold",
                ERROR="bold",
                CRITICAL="bold reverse",
            ),
        ),
    )
}
"""By name; `none` is chosen by NO_COLOR."""

DEFAULT_THEME = "dark"
NO_COLOR_THEME = "none"


def styles_of(name: str, *, color: bool) -> Styles:
    """Return the styles of a theme; of the default one for a name that there is none of, of `none` without colours."""
    if not color:
        return THEMES[NO_COLOR_THEME].styles
    return THEMES.get(name, THEMES[DEFAULT_THEME]).styles


def next_theme(name: str) -> str:
    """Return the theme after `name`; the first after the last, and after one that there is not."""
    names = [theme for theme in THEMES if theme != NO_COLOR_THEME]
    at = names.index(name) if name in names else -1 if name else names.index(DEFAULT_THEME)
    return names[(at + 1) % len(names)]
