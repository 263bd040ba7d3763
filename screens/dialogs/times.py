"""The times that people type: `2026-01-23T06:20Z`, `23 Jan 06:20Z`, `-2h`, `live`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from checks.times import EASTERN, format_utc, require_aware, to_minute

HOW = "write 2026-01-23T06:20Z, 23 Jan 06:20Z, 23 Jan 01:20 ET, 06:20Z, -2h or live"

_RELATIVE = re.compile(
    r"(?P<sign>[+-])(?:(?P<days>\d{1,4})d)?\s*(?:(?P<hours>\d{1,4})h)?\s*(?:(?P<minutes>\d{1,5})m(?:in)?)?"
)
_SPOKEN = re.compile(
    r"(?:(?P<day>\d{1,2})\s+(?P<month>[A-Za-z]{3})[a-z]*\s*(?P<year>\d{4})?\s+)?"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})\s*(?P<zone>Z|UTC|ET|EST|EDT)?",
    re.IGNORECASE,
)
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


def _relative(typed: str, shown: datetime) -> datetime | None:
    found = _RELATIVE.fullmatch(typed)
    if found is None or not any(found.group("days", "hours", "minutes")):
        return None
    days, hours, minutes = (int(part or 0) for part in found.group("days", "hours", "minutes"))
    distance = timedelta(days=days, hours=hours, minutes=minutes)
    return shown + distance if found["sign"] == "+" else shown - distance


def _spoken(typed: str, shown: datetime, now: datetime) -> datetime | None:
    found = _SPOKEN.fullmatch(typed)
    if found is None:
        return None
    zone = EASTERN if (found["zone"] or "").upper() in {"ET", "EST", "EDT"} else UTC
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
        raise TimeRefusedError(f"{typed} does not exist ({error}): {HOW}") from error


def _written(typed: str) -> datetime:
    try:
        moment = datetime.fromisoformat(typed.upper())
    except ValueError as error:
        raise TimeRefusedError(f"{typed!r} is not a time: {HOW}" if typed else f"no time is given: {HOW}") from error
    if moment.tzinfo is None:
        written = typed if "T" in typed or " " in typed else f"{typed}T00:00"
        raise TimeRefusedError(f"{typed} has no time zone: write it as {written}Z for UTC")
    return require_aware(moment)
