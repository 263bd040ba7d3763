"""What the journal of this host knows: incidents, whether people were told, and when watcher and drainer were last alive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from checks.facts.watcher_runs import WatcherRun
from checks.incidents.incident import Incident
from console.heartbeat import DRAINER, WATCHER, Heartbeat, last_heartbeat, watcher_runs
from console.incidents.moving import held_back
from console.incidents.shelf import newest_incidents
from console.journal import JournalError
from console.memory import known_journal
from console.notify.notice import Notice
from console.notify.standings import Standing, standings_of
from console.serving.joining import Failure


@dataclass(frozen=True, slots=True)
class Kept:
    """The incidents that are not closed, then the newest that are; how each sink stands; what is held back; who was last alive.

    A heartbeat is None where there never was one on this host; `runs` are the last of each choice of checks.
    """

    incidents: tuple[Incident, ...] = ()
    sinks: tuple[Standing, ...] = ()
    watcher: Heartbeat | None = None
    drainer: Heartbeat | None = None
    runs: tuple[WatcherRun, ...] = ()
    held: tuple[Notice, ...] = ()


def read_kept(state_dir: Path, place: str, now: Callable[[], datetime]) -> Kept | Failure:
    """Return what is kept about the warehouse `place`, or why it cannot be read; makes no journal. `now` is aware UTC."""
    try:
        journal = known_journal(state_dir, now=now)
        if journal is None:
            return Kept()
        with journal.reading() as connection:
            incidents, sinks = newest_incidents(connection, place), standings_of(connection, place)
            held = held_back(connection, place)
        watcher, drainer = (last_heartbeat(journal, name, place) for name in (WATCHER, DRAINER))
        return Kept(incidents, sinks, watcher, drainer, watcher_runs(journal, place), held)
    except (JournalError, OSError) as error:
        return Failure("journal", str(error))
