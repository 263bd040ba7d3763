"""Does this machine's clock agree with Google's? Told by the `Date` of answers, so nothing is asked for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from checks.model import Severity
from console.warehouse.bigquery.examine_asking import HeardDate
from screens.text.doctor import Observation

PART = "clock"
SKEW_WARNING = timedelta(seconds=60)
"""Reports have minute resolution: a clock that is further off shows other minutes than the pipeline logs."""

_RESOLUTION = timedelta(seconds=1)
_NONE = timedelta(0)


def clock(heard: Iterable[HeardDate]) -> Observation:
    """Return how far this machine's clock is from the one that wrote the dates, by the answer that came quickest."""
    for item in sorted(heard, key=lambda item: item.answered - item.asked):
        if (skew := skew_of(item)) is not None:
            return _judged(skew)
    return Observation(
        PART, Severity.UNKNOWN, "no answer said what time it is, so this machine's clock is not compared"
    )


def skew_of(heard: HeardDate) -> timedelta | None:
    """Return by how much this machine's clock is ahead, negative when behind; None for a date that cannot be read.

    Only what the time that the answer took, and a date's resolution of a second, do not explain.
    """
    said = _instant(heard.date)
    if said is None:
        return None
    if heard.asked >= said + _RESOLUTION:
        return heard.asked - said - _RESOLUTION
    return min(_NONE, heard.answered - said)


def _instant(date: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(date)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo is not None else None


def _judged(skew: timedelta) -> Observation:
    seconds = abs(skew) / timedelta(seconds=1)
    if abs(skew) <= SKEW_WARNING:
        return Observation(PART, Severity.OK, f"this machine's clock agrees with Google's within {seconds + 1:.0f} s")
    way = "ahead of" if skew > _NONE else "behind"
    return Observation(
        PART,
        Severity.WARNING,
        f"this machine's clock is {seconds:,.0f} s {way} Google's: set it by NTP, ages and gaps are wrong by as much",
    )
