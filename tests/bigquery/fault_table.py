"""The faults of the README's table, each as a scene in which it happens for ever, and the table as it is written there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from google.auth.credentials import Credentials

from console.warehouse.bigquery.bounds import Bounds
from console.warehouse.bigquery.warehouse import BigQueryWarehouse
from screens.text.amount import MEBIBYTE
from tests.bigquery.conftest import IMPATIENT, QUICK, Opener
from tests.bigquery.hostile import flooding, hostile
from tests.bigquery_double import (
    BigQueryDouble,
    ChangedType,
    Dribble,
    EndlessPages,
    Html,
    ResetAfter,
    ResetBefore,
    Silence,
    Status,
    StillRunning,
    Truncated,
)
from tests.bigquery_double.faults import Action

README = Path(__file__).parents[2] / "README.md"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the README's table: what the operator is told, with … for any words, and the text of the column "after"."""

    said: str
    after: str

    @property
    def seconds(self) -> int:
        """After how many seconds; 0 for at once. Raises ValueError when the column says something else."""
        if self.after == "at once":
            return 0
        return int(self.after.partition(" s")[0])

    def is_said(self, sentence: str, bounds: Bounds) -> bool:
        """Return whether the operator was told this, the deadline being that of `bounds` and not the one in life."""
        wanted = self.said.replace(f"within {Bounds().deadline:g} s", f"within {bounds.deadline:g} s")
        return re.fullmatch(".*".join(map(re.escape, wanted.split("…"))), sentence) is not None


def fault_table() -> Mapping[str, Row]:
    """Return the rows of the README's table of faults, by what happens."""
    text = README.read_text(encoding="utf-8")
    _, _, table = text.partition("| what happens | what the operator is told | after |\n| --- | --- | --- |\n")
    lines = table.partition("\n\n")[0].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {name: Row(said, after) for name, said, after in cells}


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a fault happens: a double of the January week that nobody changes, and what makes another one."""

    january: BigQueryDouble
    opened: Opener
    demo_file: Path
    stack: ExitStack

    def own_double(self) -> BigQueryDouble:
        """Return a double that may be changed, closed with the stage."""
        return self.stack.enter_context(BigQueryDouble(self.demo_file))


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An address that no BigQuery listens at, in place of a double."""

    url: str
    project: str = "courtside-test"


Scene = Callable[[Stage], BigQueryWarehouse]


def struck(action: Action, bounds: Bounds = QUICK) -> Scene:
    """Return the scene in which a fault strikes every request."""

    def scene(stage: Stage) -> BigQueryWarehouse:
        stage.january.inject(action, times=None)
        return stage.opened(stage.january, bounds)

    return scene


class Token(Credentials):
    """A token that is new after each refresh."""

    refreshes = 0

    def refresh(self, request: object) -> None:
        self.refreshes += 1
        self.token = f"token-{self.refreshes}"


def _expired_token(stage: Stage) -> BigQueryWarehouse:
    stage.january.inject(Status(401))
    return stage.opened(stage.january, QUICK)


def _over_the_limit(stage: Stage) -> BigQueryWarehouse:
    return stage.opened(stage.own_double(), replace(QUICK, table_bytes=MEBIBYTE))


def _refused(stage: Stage) -> BigQueryWarehouse:
    with BigQueryDouble() as gone:
        return stage.opened(gone, QUICK)


def _endless(stage: Stage) -> BigQueryWarehouse:
    url = stage.stack.enter_context(hostile(flooding))
    return stage.opened(Elsewhere(url), replace(QUICK, answer_bytes=MEBIBYTE))


def _without_a_column(stage: Stage) -> BigQueryWarehouse:
    double = stage.own_double()
    double.run("ALTER TABLE nba_orchestration.circuit_breaker_state DROP COLUMN opened_at")
    return stage.opened(double, QUICK)


NOT_FOUND = "Not found: Table p:nba_orchestration.circuit_breaker_state"
DENIED = "Access Denied: Project p: User does not have bigquery.jobs.create permission"

SCENES: Mapping[str, Scene] = {
    "401": struck(Status(401)),
    "an expired token": _expired_token,
    "403 access denied": struck(Status(403, "accessDenied", DENIED)),
    "403 quota exceeded": struck(Status(403, "quotaExceeded", "Quota exceeded: scanned bytes")),
    "403 rate limit exceeded": struck(Status(403, "rateLimitExceeded")),
    "over the limit on bytes billed": _over_the_limit,
    "404": struck(Status(404, "notFound", NOT_FOUND)),
    "409": struck(Status(409)),
    "429": struck(Status(429)),
    "500": struck(Status(500)),
    "502": struck(Status(502)),
    "503 for ever": struck(Status(503)),
    "504": struck(Status(504)),
    "HTML instead of JSON": struck(Html()),
    "truncated JSON": struck(Truncated()),
    "connection refused": _refused,
    "reset before execution": struck(ResetBefore()),
    "reset after execution": struck(ResetAfter()),
    "a server that never answers": struck(Silence(), IMPATIENT),
    "a byte a second": struck(Dribble(1.0)),
    "a job that never ends": struck(StillRunning(None)),
    "a page that never ends": _endless,
    "pages that never end": struck(EndlessPages()),
    "a changed column type": struck(ChangedType("updated_at", "STRING")),
    "a column that is not there": _without_a_column,
}
"""The scene of each row; issue 4's list, and three that it does not name."""
