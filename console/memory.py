"""The console's memory: the journal as long as it can be used, else what this process keeps for itself.

A state directory that cannot be written, a full disk or a broken file must never keep the console from showing what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from console.journal import FILE_NAME, FleetingJournal, Journal, JournalError

if TYPE_CHECKING:
    from checks.model import Report, Verdict
    from screens.ports import LogEntry, Memory, Remembered, Sighting

Answer = TypeVar("Answer")


class SteadyMemory:
    """A `screens.ports.Memory` that never fails: after the first trouble it goes on in memory, and says so in its log.

    `trouble` is why nothing is kept, or "". `presets` are preferences that a setting has given; what is chosen while the console
    runs replaces them in this run, and is kept for runs without the setting.
    """

    def __init__(
        self, open_journal: Callable[[], Memory], *, now: Callable[[], datetime], presets: Mapping[str, str]
    ) -> None:
        self._now = now
        self._preferences = dict(presets)
        self._fleeting: FleetingJournal | None = None
        self.trouble = ""
        self._journal: Memory
        try:
            self._journal = open_journal()
        except (JournalError, OSError) as error:
            self._journal = self._go_on_in_memory(str(error))

    def last_verdict(self, environment: str) -> tuple[Verdict, datetime] | None:
        """Return the last report's verdict and the moment that it is about; quicker than the whole report."""
        return self._asked(lambda journal: journal.last_verdict(environment))

    def last_report(self, environment: str) -> Remembered | None:
        """Return the last report of an environment."""
        return self._asked(lambda journal: journal.last_report(environment))

    def remember(self, environment: str, report: Report, at: datetime) -> None:
        """Keep a report as the last one, and what it found as seen."""
        from console.report_codec import CodecError  # noqa: PLC0415  # after the first frame

        self._asked(lambda journal: journal.remember(environment, report, at), CodecError)

    def sightings(self, environment: str, fingerprint: str = "") -> tuple[Sighting, ...]:
        """Return what was seen of one finding, of all when no fingerprint is given; newest first."""
        return self._asked(lambda journal: journal.sightings(environment, fingerprint))

    def log(self, limit: int = 500) -> tuple[LogEntry, ...]:
        """Return the operations log, newest first."""
        return self._asked(lambda journal: journal.log(limit))

    def note(self, entry: LogEntry) -> None:
        """Add to the operations log."""
        self._asked(lambda journal: journal.note(entry))

    def preference(self, name: str) -> str:
        """Return what the operator chose, or ""; read once, so that it is quick to ask and steady while the console runs."""
        if name not in self._preferences:
            self._preferences[name] = self._asked(lambda journal: journal.preference(name))
        return self._preferences[name]

    def prefer(self, name: str, value: str) -> None:
        """Keep a choice."""
        self._preferences[name] = value
        self._asked(lambda journal: journal.prefer(name, value))

    def _asked(self, question: Callable[[Memory], Answer], unfit: type[Exception] = JournalError) -> Answer:
        """Return the journal's answer, or that of what is kept in memory after a JournalError or `unfit`."""
        try:
            return question(self._journal)
        except (JournalError, unfit) as error:
            self._journal = self._go_on_in_memory(str(error))
            return question(self._journal)

    def _go_on_in_memory(self, why: str) -> Memory:
        if self._fleeting is None:
            self._fleeting = FleetingJournal(now=self._now)
            self.trouble = f"nothing is kept beyond this run: {why}"
            from screens.ports import LogEntry  # noqa: PLC0415  # hardly ever needed

            self._fleeting.note(LogEntry(self._now(), "courtside", "journal", "", self.trouble))
        return self._fleeting


def open_journal(state_dir: Path, *, now: Callable[[], datetime]) -> Journal:
    """Return the journal of `state_dir`, which is made when it is not there. Raises OSError.

    `now` returns aware UTC.
    """
    state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Journal(state_dir / FILE_NAME, now=now)


def known_journal(state_dir: Path, *, now: Callable[[], datetime]) -> Journal | None:
    """Return the journal of `state_dir`, None when there is none: who only looks makes none. `now` returns aware UTC."""
    path = state_dir / FILE_NAME
    return Journal(path, now=now) if path.is_file() else None


def open_memory(
    state_dir: Path, *, now: Callable[[], datetime], presets: Mapping[str, str] | None = None
) -> SteadyMemory:
    """Return the memory in the journal of `state_dir`, which is made when it is not there; never fails, see `trouble`.

    `now` returns aware UTC.
    """

    def journal() -> Journal:
        found = open_journal(state_dir, now=now)
        found.preference("theme")  # the first question finds out whether it can be read
        return found

    return SteadyMemory(journal, now=now, presets=presets or {})
