"""What is to be installed, and what the kinds of it share: the watcher's command line and how often it is called. Values only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

NAME = "courtside-watch"
SECRETS_FILE = "secrets.env"
"""Beside the settings file: `COURTSIDE_SLACK_TOKEN=…` and its like, one a line, readable by its owner only."""


class UnfitError(ValueError):
    """It cannot be installed so; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The watcher of one warehouse as somebody runs it here.

    `program` starts courtside, `options` are what `watch` needs besides how often, `environment` variables without secrets, and
    `secrets` the file that holds those, whether or not it is there.
    """

    program: Sequence[str]
    every: timedelta
    options: Sequence[str]
    secrets: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def command(self, *, once: bool) -> tuple[str, ...]:
        """Return the command line, of one run or of a process that goes on."""
        return (
            *self.program,
            "watch",
            *(("--once",) if once else ()),
            "--every",
            f"{int(self.every / timedelta(minutes=1))}m",
            *self.options,
        )


@dataclass(frozen=True, slots=True)
class Secrets:
    """The file of secrets: the variables that it gives a value to, none where there is no such file."""

    path: Path
    names: frozenset[str]

    def lacking(self, needed: Sequence[Sequence[str]]) -> tuple[str, ...]:
        """Return of what is `needed`, each a choice of variables, the first of those of which none is named."""
        return tuple(choice[0] for choice in needed if self.names.isdisjoint(choice))


@dataclass(frozen=True, slots=True)
class Text:
    """A file to write: its name and what is in it."""

    name: str
    content: str


def cron_schedule(every: timedelta) -> str:
    """Return when cron and Cloud Scheduler shall call. Raises UnfitError for what does not divide an hour or a day."""
    minutes, rest = divmod(every, timedelta(minutes=1))
    if not rest and 1 <= minutes < 60 and 60 % minutes == 0:
        return "* * * * *" if minutes == 1 else f"*/{minutes} * * * *"
    hours, rest_minutes = divmod(minutes, 60)
    if not rest and not rest_minutes and 1 <= hours <= 24 and 24 % hours == 0:
        return {1: "0 * * * *", 24: "0 0 * * *"}.get(hours, f"0 */{hours} * * *")
    raise UnfitError(
        "a calendar has no steps of that length: take --every as minutes that divide an hour (15m, 30m) or hours that "
        "divide a day (1h, 6h), or --kind systemd, which keeps time by itself"
    )


def calendar(every: timedelta) -> str:
    """Return the same for a systemd timer, in UTC. Raises UnfitError."""
    minute, hour, *_ = cron_schedule(every).split()
    return f"*-*-* {_steps(hour)}:{_steps(minute)}:00 UTC"


def _steps(cron: str) -> str:
    """Return a field of cron in systemd's words: `*/15` is `00/15`."""
    return f"00/{cron[2:]}" if cron.startswith("*/") else cron if cron == "*" else f"{int(cron):02d}"
