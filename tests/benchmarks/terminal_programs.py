"""What is measured in a terminal: a bare Textual application, and the console on the demo and on retry queues of any size."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from checks.times import eastern_date
from console.warehouse.demo import DEMO_AS_OF
from console.warehouse.demo.build import build_demo
from console.warehouse.embedded import EmbeddedWarehouse
from screens.specs import PANELS
from tests.terminal import Predicate

NOT_FILLED = ("loading",)
"""What a panel shows until it has something to show; compared in lower case."""

QUEUE_PANEL = next(spec.key for spec in PANELS if spec.id == "queue")
"""The key that focuses the retry queue on the overview."""

DOWN, REFRESH, PAUSE, QUIT = "j", "R", "p", "q"

BARE = """
from textual.app import App, ComposeResult
from textual.widgets import Static

class Bare(App[None]):
    BINDINGS = [("j", "count", ""), ("q", "quit", "")]
    counted = 0

    def compose(self) -> ComposeResult:
        yield Static("ready")

    def action_count(self) -> None:
        self.counted += 1
        self.query_one(Static).update(f"ready {self.counted}")

Bare().run()
"""

_QUEUE = """
INSERT INTO nba_orchestration.failed_processor_queue (id, game_date, phase, processor_name, error_message, error_type,
  retry_count, max_retries, first_failure_at, last_retry_at, next_retry_at, status, created_at, updated_at)
SELECT printf('queued-%06d', n), CAST(? AS DATE), 'phase_' || (2 + n % 4), 'processor_' || n % 37,
  'connection reset while reading row ' || n, 'ConnectionError', n % 4, 3, failed, failed + INTERVAL 5 MINUTE,
  failed + INTERVAL 40 MINUTE, (['pending', 'retrying', 'failed_permanent'])[1 + n % 3], failed, failed + INTERVAL 5 MINUTE
FROM (SELECT n, CAST(? AS TIMESTAMPTZ) - to_seconds(3600 + n % 60000) AS failed FROM range(?) AS r(n))
"""


@dataclass(frozen=True, slots=True)
class Program:
    """A command, and what its screen shows once nothing more is awaited."""

    name: str
    command: tuple[str, ...]
    settled: Predicate


def bare(folder: Path) -> Program:
    """Return an application of one `Static` that a key changes: Textual's own cost."""
    script = folder / "bare.py"
    script.write_text(BARE, encoding="utf-8")
    return Program("bare Textual application", (sys.executable, str(script)), any)


def console(command: Sequence[str], *arguments: str) -> Program:
    """Return the console with these arguments."""
    return Program(" ".join(("courtside", *arguments)), (*command, *arguments), filled)


def console_on_queue(command: Sequence[str], path: Path, rows: int) -> Program:
    """Return the console on the January week with `rows` rows more in the retry queue; writes the file."""
    build_demo(path)
    with EmbeddedWarehouse(path).write() as connection:
        connection.execute(_QUEUE, [eastern_date(DEMO_AS_OF), DEMO_AS_OF, rows])
    opened = console(command, "--warehouse", str(path), "--at", DEMO_AS_OF.isoformat())
    return Program(f"courtside, {rows:,} queue rows", opened.command, filled)


def filled(rows: list[str]) -> bool:
    """Say whether all panels show what they know."""
    return any(rows) and not any(word in row.lower() for row in rows for word in NOT_FILLED)


def installed() -> tuple[str, ...]:
    """Return the console's command in this environment."""
    return (str(Path(sys.executable).with_name("courtside")),)


def environment(home: Path) -> dict[str, str]:
    """Return an environment in which nothing of this user's is read or written; true colour is the dearest in bytes."""
    home.mkdir(exist_ok=True)
    return {"HOME": str(home), "COLORTERM": "truecolor"}
