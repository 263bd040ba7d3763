"""Everything that a console is given when it opens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    `on_copy` says that keys change a throw-away copy; `keys` are other keys for actions, by action id; `doctor` returns its lines
    at a width; `checklist` is the newest deployment's; `auditor` audits a checkout; `crash_dir` is where a crash report goes.
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
    on_copy: bool = False
    keys: Mapping[str, str] = field(default_factory=dict)
    doctor: Callable[[int], Sequence[Line]] | None = None
    checklist: Checklist | None = None
    auditor: Auditor | None = None

    @property
    def place(self) -> str:
        """What the memory keeps things under: two warehouses of one kind have each their own last report."""
        return f"{self.environment.value} {self.warehouse}"
