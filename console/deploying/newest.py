"""The newest deployment's checklist for the console: looked at, and answered as `courtside deploy checklist --answer` does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from console.actions.refusal import RefusedError
from console.arming import as_settings_say
from console.deploying.deployments import answer, chosen
from console.deploying.verdict import Answer, Word
from console.deploying.viewing import view
from console.journal import JournalError
from console.memory import known_journal
from screens.text.checklist import BEGIN, ChecklistView

if TYPE_CHECKING:
    from console.settings import Settings


class NewestChecklist:
    """A `screens.ports.Checklist` of the settings' warehouse; `who` returns who answers, `now` aware UTC.

    Answers are kept in the journal of this machine and nowhere else, so only who says that nothing may be changed is kept from
    answering, and not whoever looks at production.
    """

    def __init__(self, settings: Settings, who: Callable[[], str], now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._who = who
        self._now = now

    def known(self) -> ChecklistView | str:
        """Return the checklist, or why there is none to show."""
        try:
            found = chosen(known_journal(self._settings.state_dir, now=self._now), self._settings.warehouse, None)
        except (JournalError, OSError) as error:
            return str(error)
        return BEGIN if found is None else view(found)

    def answer(self, deployment: str, step: str, word: str, note: str) -> str:
        """Keep an answer and return a sentence: that it is kept, or why it is not."""
        if why := as_settings_say(self._settings):
            return f"{step} was not answered: {why}"
        try:
            journal = known_journal(self._settings.state_dir, now=self._now)
            found = chosen(journal, self._settings.warehouse, deployment)
            if journal is None or found is None:
                return BEGIN
            answer(journal, found, Answer(step, Word(word), self._now(), self._who(), note))
        except (
            RefusedError,
            JournalError,
            OSError,
        ) as error:
            return f"{step} was not answered: {error}"
        return f"{step} of {found.name}: {word}"
