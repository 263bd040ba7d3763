"""The line that asks for a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from screens.dialogs.questions import Question, Questions
from screens.dialogs.times import HOW, read_moment


class GoTo(Questions):
    """Takes a moment; refuses in a sentence what is none, and stays open for another try."""

    def __init__(
        self,
        shown: datetime,
        now: datetime,
        go: Callable[[datetime | None], object],
        done: Callable[[], object],
        *,
        plain: bool,
    ) -> None:
        def take(typed: str) -> None:
            moments.append(read_moment(typed, shown, now))

        moments: list[datetime | None] = []
        question = Question("go to time: ", take, HOW)
        super().__init__([question], lambda: go(moments[-1]), done, plain=plain)
