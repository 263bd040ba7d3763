"""Time arithmetic in one place: aware UTC inside, Eastern game dates, whole minutes.

Nothing here reads a clock. A naive datetime is refused everywhere, because "04:20" without a zone is how an outage is misread.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")

_LENGTH = re.compile(r"(?:([0-9]{1,4})d)?(?:([0-9]{1,4})h)?(?:([0-9]{1,5})m(?:in)?)?(?:([0-9]{1,5})s)?")


def require_aware(moment: datetime) -> datetime:
    """Return `moment` in UTC. Raises ValueError when it has no zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone: write it as {moment.isoformat()}Z for UTC")
    return moment.astimezone(UTC)


def to_minute(moment: datetime) -> datetime:
    """Return `moment` in UTC with seconds cut off; reports have minute resolution so that their queries can be cached."""
    return require_aware(moment).replace(second=0, microsecond=0)


def minutes_between(earlier: datetime, later: datetime) -> int:
    """Return the whole minutes from `earlier` to `later`, both cut to the minute first (04:20:40 to 05:20:00 is 60)."""
    return int((to_minute(later) - to_minute(earlier)) / timedelta(minutes=1))


def eastern_date(moment: datetime) -> date:
    """Return the calendar date in New York at `moment`, the date that the league calls a game's date."""
    return require_aware(moment).astimezone(EASTERN).date()


def eastern_instant(day: date, hour: int, minute: int = 0) -> datetime:
    """Return the UTC instant of a wall-clock time in New York; the first of two when the clock is put back."""
    return datetime.combine(day, time(hour, minute), tzinfo=EASTERN).astimezone(UTC)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return the UTC instants at which an Eastern date begins and ends; 23, 24 or 25 hours apart."""
    return eastern_instant(day, 0), eastern_instant(day + timedelta(days=1), 0)


def format_eastern(moment: datetime) -> str:
    """Return `Fri 23 Jan 01:20 EST`."""
    return require_aware(moment).astimezone(EASTERN).strftime("%a %-d %b %H:%M %Z")


def format_instant(moment: datetime, timespec: str = "auto") -> str:
    """Return `2026-01-23T06:20:00Z`, RFC 3339; fractions of a second are kept where there are any, or as `timespec` says."""
    return require_aware(moment).isoformat(timespec=timespec).replace("+00:00", "Z")


def format_utc(moment: datetime) -> str:
    """Return `2026-01-23T06:20Z`."""
    return require_aware(moment).strftime("%Y-%m-%dT%H:%MZ")


def both_zones(moment: datetime) -> str:
    """Return an instant for people in both zones: `Thu 22 Jan 23:20 EST (2026-01-23T04:20Z)`."""
    return f"{format_eastern(moment)} ({format_utc(moment)})"


def utc_and_eastern(moment: datetime) -> str:
    """Return the same the other way round, for sentences beside UTC figures: `2026-01-23T04:20Z (Thu 22 Jan 23:20 EST)`."""
    return f"{format_utc(moment)} ({format_eastern(moment)})"


def read_length(text: str) -> timedelta | None:
    """Return the time that `90s`, `45m`, `1h 30m` or `2d` lasts; None for what is no length of time."""
    found = _LENGTH.fullmatch(text.replace(" ", ""))
    if found is None or not any(found.groups()):
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def format_minutes(minutes: float) -> str:
    """Return a duration for people: `58 min`, `2 h 00 min`, `45 h 15 min`, `3 d 04 h`."""
    whole = int(minutes)
    if whole < 60:
        return f"{whole} min"
    if whole < 72 * 60:
        return f"{whole // 60} h {whole % 60:02d} min"
    return f"{whole // 1440} d {whole % 1440 // 60:02d} h"
