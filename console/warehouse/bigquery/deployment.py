"""Creates the datasets, tables and views that a project lacks, by GoogleSQL's CREATE … IF NOT EXISTS, one statement a query."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from console.warehouse.bigquery.call import Call, this_call
from console.warehouse.bigquery.catalog import locate
from console.warehouse.bigquery.errors import is_particular
from console.warehouse.bigquery.query import Answer, Question
from console.warehouse.bigquery.sql import with_prefix
from console.warehouse.bigquery.target import BigQueryTarget
from console.warehouse.bigquery.writes import Run
from console.warehouse.protocol import TableInfo, WarehouseError
from console.warehouse.schema import TableDefinition
from console.warehouse.schema_creating import Failure, Outcome, carry_out
from console.warehouse.schema_plan import Creation, Obstacle, Situation

if TYPE_CHECKING:
    from google.cloud.bigquery import Client

_LOCATION = re.compile(r"[A-Za-z0-9-]+")


class BigQueryDeployment:
    """A `Deployment` on one BigQuery project; every request has the deadline of a question, and costs nothing."""

    asks_first = True

    def __init__(
        self,
        target: BigQueryTarget,
        client: Callable[[BigQueryTarget], Client],
        run: Run,
        ask: Callable[[Question], Answer],
        inspect: Callable[[tuple[str, ...]], tuple[TableInfo, ...]],
    ) -> None:
        self._target = target
        self._client = client
        self._run = run
        self._ask = ask
        self._inspect = inspect

    def situation(self, definitions: Sequence[TableDefinition]) -> Situation:
        """Return what is in the project, by `datasets.get` and `tables.get`, which are free. Raises WarehouseError."""
        datasets = tuple(dict.fromkeys(item.dataset for item in definitions))
        places = self._run(
            lambda: _places(self._client(self._target), self._target, datasets, this_call()),
            f"the datasets {', '.join(datasets)}",
            (),
        )
        known = {info.name: info for info in self._inspect(tuple(d.name for d in definitions if d.dataset in places))}
        return Situation(
            tuple(known.get(item.name, TableInfo(item.name, (), None)) for item in definitions),
            {
                **dataset_statements(self._target, datasets, places),
                **{item.name: statement(item, definitions, self._target.dataset_prefix) for item in definitions},
            },
            obstacles(self._target, datasets, places),
        )

    def create(self, creations: Sequence[Creation]) -> tuple[Outcome, ...]:
        """Run the statements one after the other, each within the deadline, and return what became of each."""
        return carry_out(creations, self._create)

    def _create(self, creation: Creation) -> Failure | None:
        question = Question((f"create {creation.name}",), creation.sql, {}, 0)
        try:
            self._run(lambda: self._ask(question), f"the creation of {creation.name}", ())
        except WarehouseError as error:
            cause = error.__cause__
            return Failure(str(error), cause is None or not is_particular(cause))
        return None


def _places(client: Client, target: BigQueryTarget, datasets: Iterable[str], call: Call) -> dict[str, str]:
    """Return the location of each dataset that is there. Raises what the client raises."""
    from google.api_core.exceptions import NotFound  # noqa: PLC0415 - comes with the client

    places: dict[str, str] = {}
    for dataset in datasets:
        try:
            places[dataset] = locate(client, target, dataset, call)
        except NotFound:
            continue
    return places


def statement(item: TableDefinition, definitions: Iterable[TableDefinition], prefix: str) -> str:
    """Return a definition's statement with `prefix` before the dataset that it creates in and before those that it reads."""
    made = item.statement.replace(f" {item.name} (", f" {prefix}{item.name} (", 1)
    return with_prefix(made, tuple(other.name for other in definitions), prefix) if item.is_view else made


def new_place(target: BigQueryTarget, places: Mapping[str, str]) -> str | None:
    """Return where a missing dataset belongs: where the target says, or where all others are; None when neither is known.

    `places` has the location of each dataset that is there. Raises WarehouseError for a location that cannot be.
    """
    if target.location is None:
        found = set(places.values())
        return found.pop() if len(found) == 1 else None
    if not _LOCATION.fullmatch(target.location):
        raise WarehouseError(
            f"location={target.location} is no location of BigQuery's: write one such as US or europe-west3"
        )
    return target.location


def dataset_statements(target: BigQueryTarget, datasets: Iterable[str], places: Mapping[str, str]) -> dict[str, str]:
    """Return the statement of each missing dataset whose location is known. Raises WarehouseError as `new_place`."""
    place = new_place(target, places)
    return {
        name: f"CREATE SCHEMA IF NOT EXISTS {target.dataset_prefix}{name}\nOPTIONS (location = '{place}')"
        for name in datasets
        if name not in places and place is not None
    }


def obstacles(target: BigQueryTarget, datasets: Iterable[str], places: Mapping[str, str]) -> tuple[Obstacle, ...]:
    """Return the datasets in which nothing can be created: elsewhere than the target says, or missing without a location."""
    place = new_place(target, places)
    return tuple(
        Obstacle(name, sentence)
        for name in datasets
        if (sentence := _obstacle(places.get(name), target.location, place))
    )


def _obstacle(there: str | None, wanted: str | None, place: str | None) -> str:
    """Return why nothing can be created in a dataset that is `there`, or None for nowhere; "" when it can."""
    if there is None:
        return "" if place else "not there, and nothing says where to create it: give ?location=, such as US"
    if wanted is None or there.upper() == wanted.upper():
        return ""
    return f"in {there}, but statements run in {wanted}: set ?location={there}"
