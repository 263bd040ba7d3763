"""A command line on a double that has every table, and nothing yet in datasets with a prefix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from google.api_core.exceptions import NotFound

from console.warehouse.schema import definitions
from tests.bigquery_double import BigQueryDouble
from tests.cli.conftest import Courtside, Result

QUEUE = "nba_orchestration.failed_processor_queue"
CONFLICTS = "nba_orchestration.streaming_conflict_log"
MAPPINGS = "nba_raw.v_game_id_mappings"
TABLES = len(definitions())
DATASETS = len({item.dataset for item in definitions()})

NEW = "dataset_prefix=new_&location=US"
"""The options of a warehouse in which nothing is yet."""

Command = Callable[..., Result]


def command_on(double: BigQueryDouble, home: Path) -> Command:
    """Return what runs `courtside schema …` on a double; `options` are those of the warehouse."""

    def run(*arguments: str, options: str = "", has_keyboard: bool = False) -> Result:
        place = f"bigquery://{double.project}{options and '?'}{options}"
        return Courtside(home, home)("schema", *arguments, "--warehouse", place, has_keyboard=has_keyboard)

    return run


def created(double: BigQueryDouble) -> list[str]:
    """Return the statements that arrived, in their order."""
    return [query.sql for query in double.queries if query.sql.startswith("CREATE ")]


def is_there(double: BigQueryDouble, name: str) -> bool:
    try:
        double.client().get_table(name)
    except NotFound:
        return False
    return True
