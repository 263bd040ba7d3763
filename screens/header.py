"""The header: where the data is from, which moment is shown, how old it is, and the verdict.

It keeps its three lines at every width; what has no room is cut in this order: the warehouse's figures, the verdict's sentence,
never its severity nor since when.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from checks.severity import Severity, Verdict
from checks.times import eastern_date, format_eastern, format_minutes, format_utc, minutes_between
from screens.clean import ELLIPSIS, for_terminal
from screens.lines import BLANK, Line, Span, Tone, display_width, flow, words_of
from screens.plain import ascii_line
from screens.session import Environment
from screens.strips import Styles, strip_of
from screens.themes import DEFAULT_THEME, THEMES

HEIGHT = 3
_SHORT_BELOW = 100
_SHORTEST_BELOW = 60
_SEPARATOR = " · "
_FOLDERS = re.compile(r"(?<!\S)/(?:[^/\s]+/)+(?=[^/\s])")
"""What a path from the root has before its last name."""
_REASON_LIMIT = 120
_LEAST_TAIL = 8
"""Columns below which the end of the last line says nothing."""


@dataclass(frozen=True, slots=True)
class HeaderState:
    """What the header says. `data_as_of` is the moment that the verdict is about, `remembered` that it is one of an earlier run.

    `clock` says how the time runs (`live`, `replay`, `paused`), `dates` which game dates are shown when they are not today's,
    `stale_minutes` from which age the data is called old, `source` how the warehouse is, `failure` why it fails, `cost` what
    asking has cost, `watcher` when the checks were last run without a person, `untold` that people were not told of what they
    are to know, `on_copy` that what keys change is a throw-away copy.
    """

    environment: Environment
    as_of: datetime
    clock: str = "live"
    dates: str = ""
    verdict: Verdict | None = None
    data_as_of: datetime | None = None
    stale_minutes: int = 2
    remembered: bool = False
    source: str = "loading"
    failure: str = ""
    cost: str = ""
    watcher: str = ""
    untold: str = ""
    read_only: bool = True
    on_copy: bool = False
    ascii: bool = False


_BADGES = {
    Environment.DEMO: Tone.UNKNOWN,
    Environment.EMBEDDED: Tone.OK,
    Environment.STAGING: Tone.WARNING,
    Environment.PRODUCTION: Tone.CRITICAL,
}

ARMED = "ARMED"
"""What stands beside the moment where keys change something; it never gives way to anything."""
_ARMED = {**dict.fromkeys(Environment, Tone.WARNING), Environment.PRODUCTION: Tone.CRITICAL}


def header_lines(state: HeaderState, width: int) -> list[Line]:
    """Return the three lines: where and when, then the verdict, with what found no room in the first at the last one's end."""
    where, left = _where(state, width)
    if width < _SHORTEST_BELOW and not state.failure:
        left = []
    tail = _clipped(_SEPARATOR.join(left), width // 2)
    lines = [where, *_verdict(state, width, tail)]
    lines = [*lines, *[BLANK] * HEIGHT][:HEIGHT]
    room = width - sum(span.width for span in lines[-1]) - 1
    if tail and room >= _LEAST_TAIL:
        tail = _clipped(tail, room)
        gap = room + 1 - display_width(tail)
        lines[-1] = (*lines[-1], Span(" " * gap), Span(tail, Tone.UNKNOWN if state.failure else Tone.FAINT))
    return [ascii_line(spans) for spans in lines] if state.ascii else lines


def _where(state: HeaderState, width: int) -> tuple[Line, list[str]]:
    """Return the first line, and the parts that found no room in it."""
    badge = Span(f" {state.environment.value.upper()} ", _BADGES[state.environment])
    failure = _FOLDERS.sub("", state.failure)  # the panels give the whole path
    alarming = [f"FAILING: {_clipped(failure, _REASON_LIMIT)}"] if failure else []
    armed = f"{ARMED} on a copy" if state.on_copy and width >= _SHORT_BELOW else ARMED
    parts = [*_moment(state.as_of, width), *([] if state.read_only else [armed]), state.clock]
    parts += [part for part in (state.untold, state.dates, "read-only" if state.read_only else "") if part]
    parts += alarming or [*_age(state, width), state.source]
    parts += [part for part in (state.watcher, state.cost) if part]
    room = width - badge.width - 1
    taken: list[str] = []
    left: list[str] = []
    for part in parts:
        fits = display_width(_SEPARATOR.join([*taken, part])) <= room
        (taken if fits and not left else left).append(part)
    spans = [badge, Span(" ")]
    for n, part in enumerate(taken):
        loud = part in (*alarming, state.untold) or (part == state.clock and "paused" in part)
        tone = _ARMED[state.environment] if part == armed else Tone.UNKNOWN if loud else Tone.FAINT
        spans += [Span(_SEPARATOR if n else "", Tone.FAINT), Span(part, tone)]
    return tuple(span for span in spans if span.text), left


def _moment(moment: datetime, width: int) -> list[str]:
    """Return a moment in Eastern and in UTC, as long as there is room for."""
    eastern, utc = format_eastern(moment), format_utc(moment)
    if width >= _SHORT_BELOW:
        return [eastern, utc]
    same_day = utc.startswith(eastern_date(moment).isoformat())
    short = utc[11:] if same_day else f"{moment:%-d %b} {utc[11:]}"
    return [eastern if width >= _SHORTEST_BELOW else eastern.split(" ", 3)[3], short]


def _age(state: HeaderState, width: int) -> list[str]:
    """Return how old the data is; nothing while there is none, or where the verdict says it."""
    if state.data_as_of is None or state.remembered:
        return []
    minutes = minutes_between(state.data_as_of, state.as_of)
    if 0 <= minutes <= state.stale_minutes:
        return [f"data {'as of ' if width >= _SHORT_BELOW else ''}{format_utc(state.data_as_of)[11:]}"]
    old = f", {format_minutes(minutes)} old" if minutes > 0 else ", of later"
    return [f"data as of {format_utc(state.data_as_of)}{old}"]


def _verdict(state: HeaderState, width: int, tail: str) -> list[Line]:
    """Return severity, sentence and since when, in the two lines that there are."""
    verdict = state.verdict
    if verdict is None:
        said = (
            "loading: nothing is known yet" if not state.failure else "nothing is known: the warehouse cannot be read"
        )
        return flow([Span(said, Tone.UNKNOWN)], width)[: HEIGHT - 1]
    # What can not be seen now may be anything: an old "OK" is never shown as one.
    severity = max(verdict.severity, Severity.UNKNOWN) if state.failure else verdict.severity
    lead = Span(f" {severity.name} ", Tone.of(severity))
    old = ""
    if state.data_as_of is not None and (state.remembered or state.failure):
        was = f"{verdict.severity.name}, " if severity is not verdict.severity else ""
        moment = format_utc(state.data_as_of)
        old = f"LAST KNOWN, of {moment}: {was}" if width >= _SHORTEST_BELOW else f"OLD, {moment[5:]}: {was}"
    since = _since(verdict, state.as_of, width)
    words = words_of(verdict.sentence)
    lines: list[Line] = []
    # What has no room goes: first words from the end of the sentence, then the tail; severity and since when stay.
    for room, kept in product((tail, ""), range(len(words), -1, -1)):
        cut, said = ELLIPSIS if kept < len(words) else "", " ".join(words[:kept])
        if cut and said.count("(") > said.count(")"):
            continue  # a bracket that was opened is closed, or goes as a whole
        parts = [Span(old, Tone.UNKNOWN), Span(said + cut, Tone.STRONG), Span(since, Tone.FAINT)]
        lines = flow([part for part in parts if part.text], width, first=Span(f"{lead.text} ", lead.tone), hang=1)
        if _fits(lines, width, room):
            break
    lines[0] = (lead, Span(" "), *lines[0][1:])  # the space behind the word is not on its ground
    return lines[: HEIGHT - 1]


def _since(verdict: Verdict, as_of: datetime, width: int) -> str:
    if verdict.since is None:
        return ""
    lasting = format_minutes(max(minutes_between(verdict.since, as_of), 0))
    if width < _SHORTEST_BELOW:
        return f"for {lasting}"
    return f"since {' ('.join(_moment(verdict.since, width))}), {lasting}"


def _fits(lines: list[Line], width: int, tail: str) -> bool:
    room = width - display_width(tail) - 1 if tail else width
    last = sum(span.width for span in lines[-1])
    return len(lines) < HEIGHT - 1 or (len(lines) == HEIGHT - 1 and last <= room)


def _clipped(text: str, width: int) -> str:
    """Return cleaned text, cut to that many columns."""
    text = for_terminal(text)
    if display_width(text) <= width:
        return text
    while display_width(text) >= width:
        text = text[:-1]
    return text + ELLIPSIS


class Header(Widget):
    """Draws the header, line by line, and only the lines that changed."""

    DEFAULT_CSS = f"Header {{ height: {HEIGHT}; dock: top; }}"

    def __init__(self, state: HeaderState) -> None:
        super().__init__(id="header")
        self.state = state
        self.line_styles: Styles = THEMES[DEFAULT_THEME].styles
        self._drawn: tuple[HeaderState, int, list[Line]] | None = None

    def show(self, state: HeaderState) -> None:
        """Show another state."""
        if state == self.state:
            return
        before = self.lines
        self.state = state
        for y, (old, new) in enumerate(zip(before, self.lines, strict=True)):
            if old != new:
                self.refresh(Region(0, y, self.size.width, 1))

    @property
    def lines(self) -> list[Line]:
        """The lines as they are drawn."""
        width = self.size.width
        if self._drawn is None or self._drawn[:2] != (self.state, width):
            self._drawn = (self.state, width, header_lines(self.state, width))
        return self._drawn[2]

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        return strip_of(self.lines[y] if y < HEIGHT else BLANK, self.size.width, self.line_styles)
