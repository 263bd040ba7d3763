"""Options that several commands share, and what makes values of their text.

A value that cannot be is refused in one sentence that says how to write it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

import typer

from checks.times import read_length

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEARS = range(1946, 2100)
"""The league's first season, and as far ahead as date arithmetic needs to hold."""


class UsageError(ValueError):
    """Something that was asked for cannot be; the message says what and what to write instead."""


def game_date(text: str) -> date:
    """Return the date of `2026-01-24`. Raises typer.BadParameter."""
    how = "write an Eastern game date as YYYY-MM-DD, for example 2026-01-24"
    if not _DATE.fullmatch(text):
        raise typer.BadParameter(f"{text!r} is not a date: {how}")
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text} does not exist ({error}): {how}") from error
    if day.year not in _YEARS:
        raise typer.BadParameter(f"{text} is not a date of the league: the year must be 1946 to 2099")
    return day


def instant(text: str) -> datetime:
    """Return the UTC instant of `2026-01-23T06:20Z` or of one with an offset. Raises typer.BadParameter."""
    how = "write it as 2026-01-23T06:20Z, or with an offset such as -05:00"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a time: {how}") from error
    if moment.tzinfo is None:
        raise typer.BadParameter(f"{text} has no time zone: {how}")
    if moment.year not in _YEARS:
        raise typer.BadParameter(f"{text} is not a time of the league: the year must be 1946 to 2099")
    return moment.astimezone(UTC)


def duration(text: str) -> timedelta:
    """Return the time that `90s`, `5m`, `1h30m` or `2d` is. Raises typer.BadParameter."""
    found = read_length(text)
    if found is None:
        raise typer.BadParameter(f"{text!r} is not a length of time: write it as 90s, 5m, 2h, 1h30m or 2d")
    return found


def duration_from(shortest: str, to: str = "", *, step: str = "1s") -> Callable[[str], timedelta]:
    """Return what makes a duration of text that lies within these limits, written as the operator would, or has no upper one.

    It raises typer.BadParameter for one that is shorter, longer or not so many steps.
    """
    least, most, stride = duration(shortest), duration(to) if to else timedelta.max, duration(step)
    limits = f"from {shortest} to {to}" if to else f"of {shortest} or more"
    if step != "1s":
        limits += f", in steps of {step}"

    def within(text: str) -> timedelta:
        found = duration(text)
        if not least <= found <= most or found % stride:
            raise typer.BadParameter(f"{text!r} does not do here: give a time {limits}")
        return found

    return within


def end_of(span: timedelta | None, until: datetime | None, now: datetime) -> datetime | None:
    """Return when something ends that lasts for `span` or until then; None for neither. Raises UsageError for both."""
    if span is not None and until is not None:
        raise UsageError("--for and --until say the same: give one of them")
    return now + span if span is not None else until


At = Annotated[
    datetime | None,
    typer.Option(
        "--at",
        parser=instant,
        metavar="TIME",
        help="Show what was known at this moment, for example 2026-01-23T06:20Z; the zone must be given. "
        "Without it: now, or on the demo its own last moment.",
    ),
]
Date = Annotated[
    date | None,
    typer.Option("--date", parser=game_date, metavar="YYYY-MM-DD", help="Eastern game date; without it, today's."),
]
Days = Annotated[
    int | None,
    typer.Option(
        "--days",
        min=1,
        max=400,
        metavar="N",
        help="How many game dates, the last of them --date; without it 1 with --date, else 2: tonight and last night.",
    ),
]
For = Annotated[
    timedelta | None,
    typer.Option("--for", parser=duration, metavar="TIME", help="How long it lasts, for example 2h, 90m or 1h30m."),
]
Until = Annotated[
    datetime | None,
    typer.Option(
        "--until", parser=instant, metavar="TIME", help="When it ends, for example 2026-01-25T18:00Z; with its zone."
    ),
]
Apply = Annotated[bool, typer.Option("--apply", help="Do it; without it only the plan is shown.")]
InText = Annotated[
    bool | None,
    typer.Option("--report", help="Print the report instead of opening the console, also on a terminal."),
]
Ascii = Annotated[bool | None, typer.Option("--ascii", help="Draw the console with ASCII characters only.")]
