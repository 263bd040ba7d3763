"""Watchers in a virtual world: two clocks that are moved by hand, a pipeline that is well or not, and people who are told."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event
from typing import Any

from checks.causes import find_causes
from checks.hushes import NOTHING_SAID
from checks.incidents.incident import Rules
from checks.model import CheckResult, Fault, Finding, Report, Scope, Severity, Subject, SubjectKind
from checks.verdict import verdict_of
from console.journal import FILE_NAME, Journal
from console.lease import identity_of
from console.notify.notice import Manner, Notice
from console.notify.outbox import NoticeOutbox
from console.watching.leadership import Leadership
from console.watching.lines import Log
from console.watching.ping import Ping
from console.watching.schedule import Reading
from console.watching.telling import Telling
from console.watching.watch import watch
from console.watching.watcher import MOST_HANGING_RUNS, Means, Seen, Watcher
from console.watching.worker import Worker
from tests.builders import at
from tests.fuse import BreakableJournal, CrashError, Fuse

START = at("2026-01-25T12:00")
PLACE = "prod"
IDS = ("orchestration.gap", "queue.overdue")
HALF_AN_HOUR = timedelta(minutes=30)
DEAD = "nobody has decided for hours"


def report_of(scope: Scope, *severities: Severity, sentence: str = DEAD, since: datetime = START) -> Report:
    """Return a report in which the controller is as bad as `severities` say; OK where they say nothing."""
    findings = tuple(
        Finding(
            "orchestration.gap",
            severity,
            Subject(SubjectKind.CONTROLLER, "master_controller"),
            sentence,
            Fault.PIPELINE,
            since=since,
        )
        for severity in severities
    )
    worst = max(severities, default=Severity.OK)
    results = [CheckResult(IDS[0], worst, findings), CheckResult(IDS[1], Severity.OK)]
    causes = find_causes(results)
    return Report(scope, verdict_of(causes, results), causes, tuple(results), ())


@dataclass
class People:
    """A sink that remembers; the process may end before it has taken a notice and after, and it knows notices by their keys."""

    told: list[Notice] = field(default_factory=list)
    fuse: Fuse = field(default_factory=Fuse)
    name: str = "people"

    def wants(self, notice: Notice, /) -> bool:
        return True

    def send(self, notice: Notice) -> None:
        self.fuse.step()
        if notice.key not in {known.key for known in self.told}:  # as PagerDuty and a webhook's receiver do
            self.told.append(notice)
        self.fuse.step()

    @property
    def titles(self) -> list[str]:
        return [f"{notice.kind.value}: {notice.title}" for notice in self.told]


class Patient(Worker[Seen]):
    """Waits for as long as it takes, but for work that says that it hangs: so no test depends on how quick a machine is."""

    def __init__(self) -> None:
        super().__init__("running the checks", most_stuck=MOST_HANGING_RUNS)
        self.hanging = Event()
        self.release = Event()

    def hang(self) -> None:
        """Hang, in the thread of the work, until it is released."""
        self.hanging.set()
        self.release.wait()

    def wait(self, answers: SimpleQueue[Seen | BaseException], seconds: float) -> Seen | BaseException:
        while not self.hanging.is_set():
            with suppress(Empty):
                return answers.get(timeout=0.01)
        self.hanging.clear()
        raise Empty


@dataclass
class World:
    """A host with a journal, its clocks, the pipeline as `severity_at` tells it, and the people."""

    folder: Path
    severity_at: Callable[[datetime], Severity] = lambda _: Severity.OK
    people: People = field(default_factory=People)
    wall: datetime = START
    steady: float = 0.0
    stopped: bool = False
    until: datetime | None = None
    looked: list[datetime] = field(default_factory=list)
    log: io.StringIO = field(default_factory=io.StringIO)
    on_wait: Callable[[timedelta], None] = lambda _: None
    mirrors: bool = False

    def now(self) -> datetime:
        return self.wall

    def reading(self) -> Reading:
        return Reading(self.wall, self.steady)

    def passes(self, time: timedelta) -> None:
        self.wall += time
        self.steady += time.total_seconds()

    def stopping(self) -> bool:
        return self.stopped or (self.until is not None and self.wall >= self.until)

    def wait(self, time: timedelta) -> None:
        self.passes(max(time, timedelta(milliseconds=1)))
        self.on_wait(time)

    def journal(self, fuse: Fuse | None = None) -> Journal:
        return BreakableJournal(self.folder / FILE_NAME, fuse or Fuse(), self.now)

    def look(self, scope: Scope) -> Seen:
        self.looked.append(self.wall)
        severity = self.severity_at(self.wall)
        found = [severity] if severity else []
        return Seen(report_of(scope, *found), NOTHING_SAID)

    def watcher(self, *, fuse: Fuse | None = None, manner: Manner | None = None, **changes: Any) -> Watcher:
        journal = self.journal(fuse)
        outbox = NoticeOutbox(journal, PLACE, self.now, lambda: 0.5)
        wanted = manner or Manner(has_digest=False)
        values: dict[str, Any] = {
            "place": PLACE,
            "ids": IDS,
            "every": HALF_AN_HOUR,
            "host": "ops-1",
            "identity": identity_of(self.journal()),
            "version": "1",
            "journal": journal,
            "look": self.look,
            "telling": Telling(journal, PLACE, [self.people], outbox, Rules(), wanted),
            "leadership": Leadership(journal, f"watch {PLACE}", None),
            "aftercare": lambda: "",
            "why_not_mirrored": "" if self.mirrors else "read-only, in this test",
            "ping": Ping(""),
            "log": Log(self.log, self.now),
            "now": self.now,
            "stopping": self.stopping,
        }
        checks = changes.pop("checks", None)
        return Watcher(Means(**{**values, **changes}), checks)

    def watches(self, watcher: Watcher, time: timedelta, every: timedelta = HALF_AN_HOUR) -> int:
        """Let a watcher watch for so long, and return how often it ran."""
        self.until = self.wall + time
        return watch(watcher, every, self, self.reading, lambda: 0.0)

    def lines(self, event: str = "") -> list[dict[str, Any]]:
        found = [json.loads(line) for line in self.log.getvalue().splitlines()]
        return [line for line in found if event in ("", line["event"])]


def crashes(work: Callable[[], object]) -> bool:
    """Do some work and return whether the process ended in the middle of it."""
    try:
        work()
    except CrashError:
        return True
    return False
