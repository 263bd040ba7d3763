"""A journal with an outbox and a clock, and a sink that keeps what it is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from checks.hushes import NOTHING_SAID
from checks.incidents.incident import Rules, Run
from checks.model import Finding
from console.incidents.moving import move
from console.journal import FILE_NAME, Journal
from console.notify.notice import Kind, Manner, Notice
from console.notify.outbox import NoticeOutbox, put_notices
from console.notify.sinks.sink import SinkError
from tests.incidents.reports import NOON, report


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Ear:
    """A sink that keeps what it is told, and fails as long as it is deaf."""

    name: str = "ear"
    heard: list[Notice] = field(default_factory=list)
    deaf: SinkError | None = None
    dies: bool = False

    def wants(self, _notice: Notice, /) -> bool:
        return True

    def send(self, notice: Notice) -> None:
        if self.deaf is not None:
            raise self.deaf
        self.heard.append(notice)
        if self.dies:
            raise Killed

    @property
    def kinds(self) -> list[Kind]:
        return [notice.kind for notice in self.heard]


@dataclass
class Post:
    """A journal, its outbox and a clock."""

    path: Path
    moment: datetime = NOON

    @property
    def journal(self) -> Journal:
        return Journal(self.path / FILE_NAME, now=lambda: self.moment)

    @property
    def outbox(self) -> NoticeOutbox:
        return NoticeOutbox(self.journal, "demo", lambda: self.moment, lambda: 0.5)

    def puts(self, *notices: Notice, ear: Ear) -> None:
        with self.journal.writing() as connection:
            put_notices(connection, notices, [ear], self.moment)

    def sees(self, *findings: Finding, ear: Ear) -> None:
        run = Run("demo", report(self.moment, *findings), NOTHING_SAID, self.moment)
        move(self.journal, run, [ear], Rules(), Manner(has_digest=False))
