"""Notices as lines of text: for a container's log, and for whoever watches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TextIO

from checks.times import format_utc
from console.notify.notice import Notice
from console.notify.sinks.sink import SinkError
from screens.clean import for_terminal


def lines_of(notice: Notice) -> list[str]:
    """Return a notice as cleaned lines: the first with time, kind and title, the others indented below it."""
    first = f"{format_utc(notice.at)} {notice.kind.value}: {notice.title}"
    return [for_terminal(first), *(f"  {for_terminal(line)}" for line in notice.lines)]


@dataclass(frozen=True, slots=True)
class StdoutSink:
    """Writes every notice to a stream."""

    out: TextIO

    @property
    def name(self) -> str:
        """There is one."""
        return "stdout"

    def wants(self, _notice: Notice, /) -> bool:
        """Everything."""
        return True

    def send(self, notice: Notice) -> None:
        """Write it and flush. Raises SinkError where nobody reads any more."""
        try:
            self.out.write("\n".join(lines_of(notice)) + "\n")
            self.out.flush()
        except (OSError, ValueError) as error:  # ValueError: the stream is closed
            raise SinkError(f"the output cannot be written to ({type(error).__name__})", again=True) from None
