"""Runs the checks of what the pipeline stands on, wherever they are asked for: by name, in one world, each to a result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from checks.infra.dead_letter import DEAD_LETTER, dead_letter_result, unread_result
from checks.infra.quota import QUOTA
from checks.model import CheckResult, Severity
from checks.pipeline import DEAD_LETTERED_TOPICS
from checks.policy import Policy
from console.warehouse.protocol import WarehouseError

if TYPE_CHECKING:
    from console.desk import Desk
    from console.journal import Journal
    from console.warehouse.bigquery.target import BigQueryTarget


@dataclass(frozen=True, slots=True)
class World:
    """What the checks look at.

    `place` is the warehouse as the settings name it; `project` the Google Cloud project where another one is meant, or "". `now`
    is aware UTC.
    """

    place: str
    project: str
    open_desk: Callable[[], Desk]
    journal: Journal | None
    policy: Policy
    deadline_seconds: float
    now: datetime


def dead_letters(world: World) -> CheckResult:
    """Return the result of `infra.dead_letter`. Raises WarehouseError for a project's name that cannot be."""
    target = _target(world)
    if target is None:
        return unread_result(
            f"{world.place} is in no Google Cloud project, so whose topics are meant is not known: give --project NAME"
        )
    from console.audits.infra.pubsub import read_topics  # noqa: PLC0415  # only where there is a project
    from console.warehouse.bigquery.bounds import Bounds  # noqa: PLC0415  # as above
    from console.warehouse.clients import get_pubsub_clients  # noqa: PLC0415  # as above

    bounds = Bounds(deadline=world.deadline_seconds)
    seen = read_topics(DEAD_LETTERED_TOPICS, target, partial(get_pubsub_clients, target), bounds)
    return dead_letter_result(seen.topics, seen.dead)


def load_quota(world: World) -> CheckResult:
    """Return the result of `infra.quota`."""
    from console.audits.infra.quota import read_quota  # noqa: PLC0415  # needs the journal

    try:
        with world.open_desk() as desk:
            return read_quota(desk.warehouse, world.place, world.journal, world.policy, world.now)
    except WarehouseError as error:
        return CheckResult(QUOTA, Severity.UNKNOWN, (), str(error), unreadable=True)


INFRA_CHECKS: dict[str, Callable[[World], CheckResult]] = {DEAD_LETTER: dead_letters, QUOTA: load_quota}
"""By id."""


def _target(world: World) -> BigQueryTarget | None:
    """Return the project whose topics are meant, and as whom to ask; None when there is none. Raises WarehouseError."""
    from console.warehouse.bigquery.target import SCHEME, parse_target  # noqa: PLC0415  # only where there is a project

    own = parse_target(world.place) if world.place.startswith(f"{SCHEME}:") else None
    if not world.project:
        return own
    other = parse_target(f"{SCHEME}://{world.project}")
    return other if own is None else replace(own, project=other.project)
