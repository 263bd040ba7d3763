"""Where a command acts: on the warehouse of the settings, with the journal of this user."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.actions.opening import Station
    from console.cli.command import Job


def station_of(job: Job) -> Station:
    """Return the station of a command; what it opens counts for --explain."""
    from uuid import uuid4  # --help acts on nothing

    from console.actions.opening import Station
    from console.actions.whoami import current_actor
    from console.arming import why_read_only
    from console.environment import environment_of
    from console.memory import open_journal
    from screens.session import Environment

    settings, shell = job.settings, job.shell
    is_production = environment_of(settings) is Environment.PRODUCTION
    return Station(
        place=settings.warehouse,
        open_desk=job.desk,
        open_journal=lambda: open_journal(settings.state_dir, now=shell.now),
        actor=current_actor(shell.environment),
        now=shell.now,
        new_id=lambda: uuid4().hex,
        why_read_only=lambda: why_read_only(settings, is_production=is_production),
        is_production=is_production,
    )
