"""Hands on a warehouse file, with a journal in a directory, another journal, or none that can be had."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import count
from pathlib import Path

from checks.policy import Policy
from console.actions.entry import Actor
from console.actions.opening import Station
from console.desk import Desk
from console.hands import Hands, Slack
from console.journal import FILE_NAME, Journal
from console.setting_values import SettingsError
from console.slack.destination import Destination
from console.slack.message import Message
from console.slack.posting import Posting
from console.warehouse.embedded import EmbeddedWarehouse
from tests.screens.stubs import PRESENT

ANN = Actor("ann", "ops-1")


def no_destination() -> Destination:
    raise SettingsError("there is no way to Slack: set COURTSIDE_SLACK_WEBHOOK")


def no_post(_: Message, to: Destination) -> Posting:
    raise AssertionError(f"nothing may be posted to {to.name}")


NO_SLACK = Slack(no_destination, no_post)


def station_on(
    file: Path,
    state: Path | Journal | None = None,
    *,
    now: Callable[[], datetime] = lambda: PRESENT,
    place: str = "week.duckdb",
    read_only: str = "",
    is_production: bool = False,
) -> Station:
    numbers = count(1)

    def journal() -> Journal:
        if state is None:
            raise OSError("the state directory cannot be written")
        return state if isinstance(state, Journal) else Journal(state / FILE_NAME, now=now)

    return Station(
        place=place,
        open_desk=lambda: Desk(EmbeddedWarehouse(file), Policy()),
        open_journal=journal,
        actor=ANN,
        now=now,
        new_id=lambda: f"id{next(numbers):010}",
        why_read_only=lambda: read_only,
        is_production=is_production,
    )


def hands_on(file: Path, state: Path | Journal | None = None, *, slack: Slack = NO_SLACK, **station: object) -> Hands:
    return Hands(station_on(file, state, **station), slack)  # type: ignore[arg-type]  # names of station_on
