"""Where a command acts: on the warehouse of the settings, with the journal of this user."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.actions.opening import Station
    from console.cli.command import Job


def station_of(job: Job) -> Station:
    """Return the station of a command; what it opens counts for --explain."""
    from console.actions.opening import station_for  # --help acts on nothing

    return station_for(job.settings, job.shell.environment, job.desk, job.shell.now)
