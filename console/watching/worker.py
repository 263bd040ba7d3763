"""Does a piece of work in a thread of its own and waits no longer than it may take: what hangs holds nobody up."""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

Result = TypeVar("Result")


class OverdueError(Exception):
    """The work was not done in time, or what was begun before it still is not; the message says which."""


class Worker(Generic[Result]):
    """For one kind of work, called `name`; only for one caller at a time.

    What is overdue goes on in its thread, because nothing can stop a thread, and its result is thrown away. Not more than
    `most_stuck` such threads are left behind: then nothing is begun before one of them ends.
    """

    def __init__(self, name: str, *, most_stuck: int = 1) -> None:
        self._name = name
        self._most_stuck = most_stuck
        self._stuck: list[Thread] = []

    def within(self, seconds: float, work: Callable[[], Result]) -> Result:
        """Return what the work returns, or raise what it raises. Raises OverdueError."""
        self._stuck = [thread for thread in self._stuck if thread.is_alive()]
        if len(self._stuck) >= self._most_stuck:
            raise OverdueError(f"{self._name} was not begun: {len(self._stuck)} before it hang to this moment")
        answers: SimpleQueue[Result | BaseException] = SimpleQueue()
        thread = Thread(target=lambda: answers.put(_result_of(work)), name=self._name, daemon=True)
        thread.start()
        try:
            found = self.wait(answers, seconds)
        except Empty:
            self._stuck.append(thread)
            raise OverdueError(f"{self._name} has not ended within {seconds:g} s and was given up") from None
        if isinstance(found, BaseException):
            raise found
        return found

    def wait(self, answers: SimpleQueue[Result | BaseException], seconds: float) -> Result | BaseException:
        """Return the answer when it comes. Raises queue.Empty when it has not come in time."""
        return answers.get(timeout=seconds)


def _result_of(work: Callable[[], Result]) -> Result | BaseException:
    try:
        return work()
    except BaseException as error:  # noqa: BLE001  # it is raised where somebody waits for it
        return error
