"""The times that people type: moments of the past as `2026-01-23T06:20Z` or `-2h`, ends to come as `2h` or `07:30 ET`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from checks.times import EASTERN, format_utc, read_length, require_aware, to_minute

HOW = "write 2026-01-23T06:20Z, 23 Jan 06:20Z, 23 Jan 01:20 ET, 06:20Z, -2h or live"
HOW_LONG = "write 2h, 45m, 07:30 (UTC), 07:30 ET or 2026-01-23T07:30Z"

_SPOKEN = re.compile(
    r"(?:(?P<day>\d{1,2})\s+(?P<month>[A-Za-z]{3})[a-z]*\s*(?P<year>\d{4})?\s+)?"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})\s*(?P<zone>Z|UTC|ET|EST|EDT)?",
    re.IGNORECASE,
)
_OF_NEW_YORK = ("ET", "EST", "EDT")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class TimeRefusedError(ValueError):
    """What was typed is no moment that can be looked at; the message says why and what to write."""


def read_moment(text: str, shown: datetime, now: datetime) -> datetime | None:
    """Return the moment that `text` names, in UTC; None for `live`.

    Relative times count from `shown`, the moment on screen (aware); without a year the last such day up to `now` is meant, and
    without a day the one of `shown` in that zone. `ET` is New York's time of that day. Raises TimeRefusedError for what is not a
    time, has no zone, or lies after `now`.
    """
    typed = text.strip()
    if typed.lower() in {"live", "now"}:
        return None
    try:
        moment = _relative(typed, shown) or _spoken(typed, shown, now) or _written(typed)
        moment = to_minute(moment)
    except OverflowError as error:
        raise TimeRefusedError(f"{typed!r} is out of range: {HOW}") from error
    if moment > to_minute(now):
        raise TimeRefusedError(f"{format_utc(moment)} has not come yet; it is {format_utc(now)}")
    return moment


def read_end(text: str, now: datetime) -> datetime:
    """Return the moment at which something shall end, in UTC on the minute.

    A time without a day is the next such time, of UTC where no zone is given: whoever types it is shown it in both zones before
    anything is done. Raises TimeRefusedError for what is not a time, or is over at `now` (aware).
    """
    typed = text.strip()
    try:
        distance = read_length(typed.removeprefix("+"))
        end = to_minute(now + distance if distance is not None else _next(typed, now) or _written(typed, HOW_LONG))
    except OverflowError as error:
        raise TimeRefusedError(f"{typed!r} is out of range: {HOW_LONG}") from error
    if end <= now:
        raise TimeRefusedError(f"{format_utc(end)} is over; it is {format_utc(now)}")
    return end


def _next(typed: str, now: datetime) -> datetime | None:
    """Return the next moment at which clocks show a time of day; None for what is none."""
    found = _SPOKEN.fullmatch(typed)
    if found is None or found["day"]:
        return None
    zone = EASTERN if (found["zone"] or "").upper() in _OF_NEW_YORK else UTC
    today = now.astimezone(zone).date()
    ends = (_made(typed, day.year, day.month, day.day, found, zone) for day in (today, today + timedelta(days=1)))
    return next((end for end in ends if end > now), None)


def _relative(typed: str, shown: datetime) -> datetime | None:
    """Return the moment so long before or after the one shown; None for what does not begin with a sign and say how long."""
    distance = read_length(typed[1:])
    if not typed.startswith(("+", "-")) or distance is None:
        return None
    return shown + distance if typed.startswith("+") else shown - distance


def _spoken(typed: str, shown: datetime, now: datetime) -> datetime | None:
    found = _SPOKEN.fullmatch(typed)
    if found is None:
        return None
    zone = EASTERN if (found["zone"] or "").upper() in _OF_NEW_YORK else UTC
    if not found["zone"]:
        raise TimeRefusedError(f"{typed} has no time zone: write {typed}Z for UTC, or {typed} ET for New York")
    local, present = shown.astimezone(zone), now.astimezone(zone)
    day, month, year = local.day, local.month, local.year
    if found["day"]:
        name = found["month"].lower()
        if name not in _MONTHS:
            raise TimeRefusedError(f"{found['month']!r} is not a month: {HOW}")
        day, month, year = int(found["day"]), _MONTHS.index(name) + 1, int(found["year"] or present.year)
    moment = _made(typed, year, month, day, found, zone)
    if found["day"] and not found["year"] and moment > now:
        moment = _made(typed, year - 1, month, day, found, zone)
    return moment


def _made(typed: str, year: int, month: int, day: int, found: re.Match[str], zone: object) -> datetime:
    where = EASTERN if zone is EASTERN else UTC
    try:
        return datetime(year, month, day, int(found["hour"]), int(found["minute"]), tzinfo=where).astimezone(UTC)
    except ValueError as error:
        raise TimeRefusedError(f"{typed} does not exist ({error})") from error


def _written(typed: str, how: str = HOW) -> datetime:
    try:
        moment = datetime.fromisoformat(typed.upper())
    except ValueError as error:
        raise TimeRefusedError(f"{typed!r} is not a time: {how}" if typed else f"no time is given: {how}") from error
    if moment.tzinfo is None:
        written = typed if "T" in typed or " " in typed else f"{typed}T00:00"
        raise TimeRefusedError(f"{typed} has no time zone: write it as {written}Z for UTC")
    return require_aware(moment)
