"""Lines made to fit a panel: cut at its width, in ASCII when asked, and kept when they show what the filter asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from checks.model import Report
from screens.lines import Line, Span, Tone, display_width, text_of
from screens.plain import ascii_line
from screens.table import Item
from screens.views.options import Options


def fit(spans: Line, options: Options) -> Line:
    """Return a line that is no wider than the panel; what is cut off is shown by an ellipsis."""
    return clip(ascii_line(spans) if options.ascii else spans, options.width, "~" if options.ascii else "…")


def fit_item(item: Item, options: Options) -> Item:
    """Return an item whose line fits."""
    return replace(item, line=fit(item.line, options))


def fit_all(lines: Iterable[Line], options: Options) -> tuple[Line, ...]:
    """Return lines that fit."""
    return tuple(fit(spans, options) for spans in lines)


def fold_marker(folded: bool | None, *, ascii: bool) -> str:  # noqa: FBT001  # three states, None for nothing to fold
    """Return the two characters before a row that say whether something is folded beneath it."""
    if folded is None:
        return "  "
    if ascii:
        return "+ " if folded else "- "
    return "▸ " if folded else "▾ "


def clip(spans: Line, width: int, ellipsis: str = "…") -> Line:
    """Return a line cut to `width` columns."""
    if sum(span.width for span in spans) <= width:
        return spans
    if width <= 0:
        return ()
    kept: list[Span] = []
    room = width - 1
    for span in spans:
        text = _beginning(span.text, room)
        kept.append(Span(text, span.tone))
        room -= display_width(text)
        if text != span.text:
            return (*kept, Span(ellipsis, span.tone))
    return tuple(kept)


def _beginning(text: str, width: int) -> str:
    """Return as many of the first characters as take no more than `width` columns."""
    while display_width(text) > width:
        text = text[: -max((display_width(text) - width) // 2, 1)]
    return text


def cell(text: str, width: int, tone: Tone = Tone.PLAIN, *, right: bool = False) -> Span:
    """Return text as exactly `width` columns, cut or padded."""
    shown = text_of(clip((Span(text),), width))
    padding = " " * (width - display_width(shown))
    return Span(padding + shown if right else shown + padding, tone)


def shows(spans: Line, wanted: str, *hidden: str) -> bool:
    """Return whether a line, or one of the texts that it stands for, holds what the filter asks for, upper or lower case."""
    text = wanted.casefold()
    return not text or any(text in shown.casefold() for shown in (text_of(spans), *hidden))


def failure(report: Report, fact: str) -> str:
    """Return why a fact of the report could not be had, or ""."""
    return next((outcome.reason for outcome in report.facts if outcome.fact == fact), "")
