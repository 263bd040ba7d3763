"""A sink whose notices also say what is doubtful about whoever sends them, such as that another host may send them too."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, fields

from console.notify.notice import Notice
from console.notify.sinks.sink import Follows, Sink


@dataclass(frozen=True, slots=True)
class Remarked:
    """Sends through `sink`; `remark` is asked at each notice for a sentence to end it with, or "" for none."""

    sink: Sink
    remark: Callable[[], str]

    @property
    def name(self) -> str:
        """The sink's own name."""
        return self.sink.name

    def wants(self, notice: Notice, /) -> bool:
        """Return whether the sink wants it."""
        return self.sink.wants(notice)

    def follows(self, notice: Notice, connection: sqlite3.Connection, /) -> bool:
        """Return whether the sink does, if it is one that follows threads."""
        return isinstance(self.sink, Follows) and self.sink.follows(notice, connection)

    def send(self, notice: Notice) -> None:
        """Send it with the remark under the key that it has without. Raises SinkError."""
        said = self.remark()
        self.sink.send(_WithRemark.of(notice, said) if said else notice)


@dataclass(frozen=True, slots=True)
class _WithRemark(Notice):
    """A notice with one more line, which is still the same notice to whoever knows it by its key."""

    key_without: str = ""

    @classmethod
    def of(cls, notice: Notice, remark: str) -> _WithRemark:
        values = {field.name: getattr(notice, field.name) for field in fields(Notice)}
        return cls(**{**values, "lines": (*notice.lines, remark)}, key_without=notice.key)

    @property
    def key(self) -> str:
        return self.key_without
