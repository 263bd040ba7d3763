"""What a panel shows: lines at its head, and rows that are made when they are drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from screens.lines import Line

if TYPE_CHECKING:
    from checks.model import Subject


@dataclass(frozen=True, slots=True)
class Target:
    """What Enter opens: the screen's name, and what it is about.

    `screen` is one of game, date, workflow, finding, queue; `name` a game's label, a workflow, a fingerprint or a row's id.
    """

    screen: str
    name: str
    game_date: date | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One row: a key that stays while the data changes, its line, what Enter opens, and what actions are about.

    `plan` is the id of a plan that was stopped and can be gone on with from here, `whole` the key of the cause that the row is,
    or "".
    """

    key: str
    line: Line
    target: Target | None = None
    subject: Subject | None = None
    plan: str = ""
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A panel's content. `item(n)` makes row `n` of `count` when it is drawn, so that 100,000 rows cost what is on screen.

    `keys` gives the keys of all rows without making them; `empty` is said when there are none. `about(n, width)` says more of
    row `n`, and is shown while the cursor stands on it; `start` is the key of the row where the cursor stands first.
    """

    head: tuple[Line, ...]
    count: int
    item: Callable[[int], Item]
    keys: Callable[[], Sequence[str]]
    empty: str = ""
    columns: tuple[str, ...] = field(default=())
    about: Callable[[int, int], Sequence[Line]] | None = None
    start: str = ""

    @classmethod
    def of(cls, items: Sequence[Item], *, head: Sequence[Line] = (), empty: str = "") -> Table:
        """Return a table of rows that are made already."""
        return cls(tuple(head), len(items), items.__getitem__, lambda: [item.key for item in items], empty)


NOTHING = Table.of((), empty="loading …")
"""What a panel shows before anything is known."""
