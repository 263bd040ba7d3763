"""A strip of time to scale: every evaluation a tick, every long silence a bar with its length, and the hours beneath."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from checks.model import Severity
from checks.times import format_minutes
from screens.lines import Line, Span, Tone
from screens.views.brief import brief_minutes

_HOUR_STEPS = (1, 2, 3, 6, 12, 24)
_LABEL_COLUMNS = 6
"""An hour's label takes four or five columns, and leaves one."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A silence to be drawn: from `start` to `end` (UTC; None while it lasts), how long, and how bad."""

    start: datetime
    end: datetime | None
    minutes: int
    severity: Severity


@dataclass(frozen=True, slots=True)
class TimeStrip:
    """The time from `first` to `last` (UTC) in `width` columns; before `known_from` nothing is known (None: nothing at all)."""

    first: datetime
    last: datetime
    width: int
    known_from: datetime | None
    ascii: bool = False

    def column(self, moment: datetime) -> int:
        """Return the column of a moment; below 0 or from `width` on when it is not on the strip."""
        at = (moment - self.first) * self.width // (self.last - self.first)
        return self.width - 1 if moment == self.last else at

    def line(self, evaluations: Iterable[datetime], bars: Sequence[Bar]) -> Line:
        """Return ticks and bars; a bar is never narrower than a column, and lies over the ticks."""
        quiet, tick, unknown = (".", "|", "?") if self.ascii else ("·", "│", "?")
        known = self.width if self.known_from is None else max(self.column(self.known_from), 0)
        cells = [(unknown, Tone.UNKNOWN)] * known + [(quiet, Tone.FAINT)] * (self.width - known)
        for moment in evaluations:
            at = self.column(moment)
            if 0 <= at < self.width:
                cells[at] = (tick, Tone.OK)
        for bar in bars:
            left, right = self._extent(bar)
            tone = Tone.of(bar.severity)
            cells[left : right + 1] = [(sign, tone) for sign in self._bar_text(bar, right - left + 1)]
        return _runs(cells)

    def hours(self, zone: tzinfo, name: str, beneath: Bar | None = None) -> Line:
        """Return the axis: each label begins with a mark under its hour.

        The length of the bar that it lies `beneath` ends it, where that length could not be written into the bar itself.
        """
        length = ""
        if beneath is not None and not self.label_of(beneath):
            length = f" {format_minutes(beneath.minutes)} {'^' if self.ascii else '┘'}"
        text = [" "] * self.width
        _write(text, 0, name)
        end = len(name)
        mark = "'" if self.ascii else "╵"
        for moment in self._hours(zone):
            label = f"{moment:%a}" if moment.hour == 0 else f"{moment:%H}"
            at = self.column(moment.astimezone(UTC))
            if end < at and at + len(label) < self.width - len(length):
                _write(text, at, f"{mark}{label}")
                end = at + len(label) + 1
        axis = "".join(text)
        if beneath is None or not length:
            return (Span(axis.rstrip(), Tone.FAINT),)
        return (Span(axis[: -len(length)], Tone.FAINT), Span(length, Tone.of(beneath.severity)))

    def label_of(self, bar: Bar) -> str:
        """Return the length that is written into a bar, "" when it is too narrow."""
        left, right = self._extent(bar)
        forms = (f" {format_minutes(bar.minutes)} ", f" {brief_minutes(bar.minutes)} ")
        return next((form for form in forms if len(form) + 2 <= right - left + 1), "")

    def _extent(self, bar: Bar) -> tuple[int, int]:
        """Return the first and last column of a bar: those that lie wholly inside, or the one that holds its middle."""
        left = max(self.column(bar.start) + 1, 0)
        right = self.width - 1 if bar.end is None else self.column(bar.end) - 1
        if left > right:
            end = bar.end or self.last
            left = right = self.width - 1 if bar.end is None else max(self.column(bar.start + (end - bar.start) / 2), 0)
        return left, right

    def _bar_text(self, bar: Bar, columns: int) -> str:
        """Return a bar: heavy for an error or worse."""
        grave = bar.severity >= Severity.ERROR
        sign = ("#" if grave else "=") if self.ascii else ("━" if grave else "─")
        return self.label_of(bar).center(columns, sign)

    def _hours(self, zone: tzinfo) -> Iterable[datetime]:
        """Return the hours to label, in their own zone, as close as the labels allow."""
        column = (self.last - self.first) / self.width
        step = next((step for step in _HOUR_STEPS if timedelta(hours=step) >= _LABEL_COLUMNS * column), 24)
        day = self.first.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        while day.astimezone(UTC) <= self.last:
            # Arithmetic on the wall clock of one zone: every hour that the clock shows is labelled once.
            yield from (there for hour in range(0, 24, step) if self._holds(there := day.replace(hour=hour)))
            day += timedelta(days=1)

    def _holds(self, moment: datetime) -> bool:
        return self.first <= moment.astimezone(UTC) <= self.last


def _write(cells: list[str], at: int, text: str) -> None:
    cells[at : at + len(text)] = text


def _runs(cells: Iterable[tuple[str, Tone]]) -> Line:
    """Return cells as spans of one tone each."""
    spans: list[Span] = []
    for sign, tone in cells:
        if spans and spans[-1].tone is tone:
            spans[-1] = Span(spans[-1].text + sign, tone)
        else:
            spans.append(Span(sign, tone))
    return tuple(spans)
