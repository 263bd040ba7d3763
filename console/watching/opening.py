"""Opens a watcher of the warehouse that the settings name."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from checks.catalogue import ALL_CHECKS, IF_WORKERS
from checks.facts.watcher_runs import choice_text
from checks.incidents.incident import Rules
from checks.model import Scope
from console.actions.aftercare import run_due
from console.cli.inspection import versions
from console.cli.station import station_of
from console.lease import identity_of
from console.memory import open_journal
from console.notify.choice import sinks_of
from console.notify.outbox import NoticeOutbox
from console.watching.leadership import GRACE_INTERVALS, Hosts, Leadership
from console.watching.lines import Log
from console.watching.ping import Ping
from console.watching.remarked import Remarked
from console.watching.succession import Shelf, Succession
from console.watching.telling import Telling
from console.watching.watcher import Means, Seen, Watcher
from screens.words import hushes_of

if TYPE_CHECKING:
    from console.actions.opening import Station
    from console.cli.command import Job
    from console.journal import Journal
    from console.notify.notice import Manner
    from console.notify.sinks.sink import Sink

SECONDS_TO_ASK = 20.0
"""The lease of several hosts, or what was told under it."""
SHARE_OF_TOLERANCE, LEAST_TOLERANCE = 0.1, timedelta(seconds=5)
"""Of the interval, by which runs that somebody else calls may be closer than that: a timer's own jitter, `console.installing`."""


def open_means(
    job: Job, every: timedelta, checks: Sequence[str], stopping: Callable[[], bool], *, is_once: bool = False
) -> Means:
    """Return what the watcher of a command works with; all checks where `checks` names none; `is_once` for a single run.

    Raises SettingsError for what cannot tell anybody, JournalError and OSError for a journal that cannot be kept.
    """
    settings, shell = job.settings, job.shell
    journal = open_journal(settings.state_dir, now=shell.now)
    station = station_of(job)
    host, identity = station.actor.host, identity_of(journal)
    ids = tuple(checks) or tuple(check.id for check in (*ALL_CHECKS, *IF_WORKERS))
    name = " ".join(filter(None, ("watch", settings.warehouse, choice_text(checks))))
    ((_, version),) = versions(["courtside"])[1:]
    sinks, seconds = sinks_for(job, journal), min(SECONDS_TO_ASK, every.total_seconds() / 10)
    why_read_only = station.why_read_only()
    hosts = Hosts(job.desk, name, identity, host, every, seconds, why_read_only)
    shelf = Shelf(job.desk, name, identity, seconds, is_read_only=bool(why_read_only))
    is_one_of_several = settings.watch.several_hosts
    leadership = Leadership(journal, name, hosts if is_one_of_several else None, GRACE_INTERVALS * every)
    remarked = [Remarked(sink, lambda: leadership.may_be_twice) for sink in sinks]
    manner = _manner(settings.notify.manner, every, is_of_some=bool(checks), is_once=is_once)
    return Means(
        place=settings.warehouse,
        ids=ids,
        every=every,
        host=host,
        identity=identity,
        version=version,
        journal=journal,
        look=lambda scope: _look(job, scope, ids),
        telling=telling_of(job, journal, remarked, manner),
        leadership=leadership,
        aftercare=lambda: _aftercare(station),
        why_not_mirrored=why_read_only,
        ping=Ping(settings.watch.pinged(shell.environment), seconds=min(10.0, every.total_seconds() / 20)),
        log=Log(shell.err, shell.now, warehouse=settings.warehouse, host=host),
        now=shell.now,
        stopping=stopping,
        chosen=choice_text(checks),
        succession=Succession(journal, settings.warehouse, shelf, sinks) if is_one_of_several else None,
    )


def _manner(manner: Manner, every: timedelta, *, is_of_some: bool, is_once: bool) -> Manner:
    """Return the manner of a watcher: the team's, as far as its runs can keep to it.

    One of some checks cannot say that all is well, and sends no digest. One that is called for each run does nothing between two
    runs: what falls due at the next one is due there also when that begins a little early in its place, as timers let it.
    """
    early = max(SHARE_OF_TOLERANCE * every, LEAST_TOLERANCE) if is_once else timedelta(0)
    return replace(
        manner,
        has_digest=manner.has_digest and not is_of_some,
        escalates_after=manner.escalates_after - min(early, manner.escalates_after / 2),
        reminds_every=manner.reminds_every - min(early, manner.reminds_every / 2),
    )


def open_watcher(
    job: Job, every: timedelta, checks: Sequence[str], stopping: Callable[[], bool], *, is_once: bool = False
) -> Watcher:
    """Return the watcher of a command, which has said in its log what it will not do. Raises as `open_means`."""
    means = open_means(job, every, checks, stopping, is_once=is_once)
    no_lease = f"this host tells people whatever others do: {means.why_not_mirrored}"
    notes = {
        "nobody_told": "no sinks under [notify] in the settings" if means.telling.is_mute else None,
        "not_mirrored": means.why_not_mirrored or None,
        "several_hosts": no_lease if means.why_not_mirrored and means.succession else None,
    }
    means.log("started", f"{len(means.ids)} checks every {every}", **notes)
    return Watcher(means)


def _look(job: Job, scope: Scope, ids: Sequence[str]) -> Seen:
    del job.desks[:-1]  # of runs before: a process that lives for weeks keeps no record of them
    with job.desk() as desk:
        look = desk.look(scope, ids, words=True)
    return Seen(look.report, hushes_of(look))


def sinks_for(job: Job, journal: Journal) -> Sequence[Sink]:
    """Return the sinks that the settings of a command name. Raises SettingsError."""
    settings, shell = job.settings, job.shell
    out = shell.err if job.as_document else shell.out  # where a document stands nothing else may
    return sinks_of(settings.notify, settings.slack_channel, shell.environment, journal, shell.now, out)


def telling_of(job: Job, journal: Journal, sinks: Sequence[Sink], manner: Manner) -> Telling:
    """Return what tells people about the warehouse of a command."""
    outbox = NoticeOutbox(journal, job.settings.warehouse, job.shell.now, random.SystemRandom().random)
    return Telling(journal, job.settings.warehouse, sinks, outbox, Rules(), manner)


def _aftercare(station: Station) -> str:
    done = run_due(station.aftercare())
    return done.trouble or done.delivery_trouble
