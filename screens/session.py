"""Everything that a console is given when it opens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checks.model import Scope
    from screens.lines import Line
    from screens.ports import Auditor, Checklist, Desk, Hands, Memory


class Environment(Enum):
    """Where the data is from; the badge in the header."""

    DEMO = "demo"
    EMBEDDED = "embedded"
    STAGING = "staging"
    PRODUCTION = "PRODUCTION"


@dataclass(frozen=True, slots=True)
class Session:
    """What one run of the console needs of the world.

    `warehouse` is what people call it; `at` a fixed moment (aware UTC) or None for live; `days` the game dates shown;
    `ends_at` is when what is recorded ends (aware UTC; the demo's week), None where it goes on; `on_copy` says that keys change a
    throw-away copy; `place_to_name` is the warehouse as commands must name it, "" where they read it anyway, and `own_moment` the
    moment that they show without being told; `keys` are other keys for actions, by action id; `doctor` returns its lines at a
    width; `checklist` is the newest deployment's; `auditor` audits a checkout; `crash_dir` is where a crash report goes.
    """

    open_desk: Callable[[], Desk]
    memory: Memory
    hands: Hands
    environment: Environment
    warehouse: str
    clock: Callable[[], datetime]
    crash_dir: Path
    at: datetime | None = None
    days: int = 2
    ascii: bool = False
    color: bool = True
    animation: bool = False
    provenance: str = ""
    ends_at: datetime | None = None
    on_copy: bool = False
    place_to_name: str = ""
    own_moment: datetime | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    doctor: Callable[[int], Sequence[Line]] | None = None
    checklist: Checklist | None = None
    auditor: Auditor | None = None

    @property
    def place(self) -> str:
        """What the memory keeps things under: two warehouses of one kind have each their own last report."""
        return f"{self.environment.value} {self.warehouse}"

    def aimed(self, scope: Scope, fixed_at: datetime | None) -> Scope:
        """Return a scope whose report offers commands that look at this warehouse and at the moment shown, None for live."""
        is_chosen = fixed_at is not None and fixed_at != self.own_moment
        return replace(scope, place=self.place_to_name, is_chosen=is_chosen)
