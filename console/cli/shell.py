"""What the command line has of the world: streams, environment, clock, folders and the way to a desk. Tests bring their own."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from console.cli.page import LEAST_WIDTH, MOST_WIDTH, PLAIN_WIDTH

if TYPE_CHECKING:
    from console.desk import Desk
    from console.settings import Homes, Settings


@dataclass(frozen=True, slots=True)
class Shell:
    """The world around one run.

    `now` returns aware UTC; `is_terminal` is whether `out` is one, and `has_keyboard` whether somebody can type into it.
    """

    out: TextIO
    err: TextIO
    environment: Mapping[str, str]
    now: Callable[[], datetime]
    homes: Callable[[], Homes]
    open_desk: Callable[[Settings], Desk]
    is_terminal: bool = False
    width: int = PLAIN_WIDTH
    has_keyboard: bool = False

    @property
    def opens_console(self) -> bool:
        """True where the console can be seen and used: a terminal on both sides that can place its cursor."""
        return self.is_terminal and self.has_keyboard and self.environment.get("TERM", "") not in ("", "dumb")

    def wants_color(self, setting: bool | None) -> bool:  # a setting's value, not a switch of behaviour
        """Return whether to paint: as the setting says, or as the terminal allows."""
        if setting is not None:
            return setting
        return self.is_terminal and self.environment.get("TERM", "") != "dumb"


def process_shell() -> Shell:
    """Return the shell of this process."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without UTF-8 shows ? for what it lacks
    is_terminal = sys.stdout.isatty()
    columns = shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns if is_terminal else PLAIN_WIDTH
    return Shell(
        out=sys.stdout,
        err=sys.stderr,
        environment=os.environ,
        now=lambda: datetime.now(UTC),
        homes=user_homes,
        open_desk=_open_desk,
        is_terminal=is_terminal,
        width=min(max(columns, LEAST_WIDTH), MOST_WIDTH),
        has_keyboard=sys.stdin is not None and sys.stdin.isatty(),
    )


def user_homes() -> Homes:
    """Return the folders that the operating system gives this user."""
    import platformdirs  # --help needs no folders

    from console.settings import Homes

    name = "courtside"
    return Homes(
        config=Path(platformdirs.user_config_dir(name)),
        data=Path(platformdirs.user_data_dir(name)),
        state=Path(platformdirs.user_state_dir(name)),
    )


def _open_desk(settings: Settings) -> Desk:
    from console.desk import open_desk  # --help needs no warehouse

    return open_desk(settings)
