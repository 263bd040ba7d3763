"""Short forms for narrow places: durations and times in few characters, and the longest wording that fits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from checks.times import EASTERN, format_utc, require_aware
from screens.lines import display_width

WIDE = 76
"""From this width on, times are shown in both zones: the whole width of a terminal of 80 columns."""
MEDIUM = 56
"""From this width on, rows have a heading and say more than their outcome: half the width of 120 columns."""


def brief_minutes(minutes: float) -> str:
    """Return a duration in at most five characters below 100 days: `30m`, `1h30`, `45h10`, `3d04h`."""
    whole = int(minutes)
    if whole < 60:
        return f"{whole}m"
    if whole < 72 * 60:
        return f"{whole // 60}h{whole % 60:02d}"
    return f"{whole // 1440}d{whole % 1440 // 60:02d}h"


def weekday_time(moment: datetime) -> str:
    """Return `Thu 23:20 EST`, which is plain for a moment of the last days only."""
    return require_aware(moment).astimezone(EASTERN).strftime("%a %H:%M %Z")


def stamp(moment: datetime, width: int) -> str:
    """Return when, as fully as a line of `width` columns allows; all stamps of one width are equally wide."""
    eastern = require_aware(moment).astimezone(EASTERN)
    if width < MEDIUM:
        return eastern.strftime("%d %b %H:%M %Z")
    utc = format_utc(moment)
    both = f" {utc}" if width >= 100 else f" {utc[11:]}" if width >= WIDE else ""
    return eastern.strftime("%a %d %b %H:%M %Z") + both


def time_of_day(moment: datetime, width: int) -> str:
    """Return the time under a heading of its Eastern date, in UTC too where there is room; equally wide at one width."""
    eastern = require_aware(moment).astimezone(EASTERN).strftime("%H:%M %Z")
    utc = format_utc(moment)
    return eastern + (f" {utc}" if width >= 100 else f" {utc[11:]}" if width >= MEDIUM else "")


def longest_that_fits(forms: Sequence[str], width: int) -> str:
    """Return the first of `forms`, longest first, that is at most `width` columns wide; the last when none is."""
    return next((form for form in forms if display_width(form) <= width), forms[-1])
