"""The doctor's examination of a BigQuery project: all parts at once after the login, within one deadline.

Whatever one part comes to, the others have their say; what could not be asked is UNKNOWN, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from checks.facts.fact import Fact
from checks.model import Severity
from console.warehouse.bigquery import catalog, examine_cost, examine_login, examine_permissions, examine_tables
from console.warehouse.bigquery.call import Call
from console.warehouse.bigquery.examine_asking import Asker, Outcome, Pending
from console.warehouse.bigquery.examine_clock import clock
from console.warehouse.bigquery.examine_cost import Repeated
from console.warehouse.bigquery.examine_login import Login
from console.warehouse.bigquery.examine_permissions import Needed
from console.warehouse.bigquery.examine_tables import Found
from console.warehouse.bigquery.query import Question, dry_run
from console.warehouse.examined import Circumstances, Examined, TableExamined
from screens.text.doctor import Observation, names_of

if TYPE_CHECKING:
    from google.cloud.bigquery import Client

T = TypeVar("T")

_NOTHING = Question(("doctor",), "SELECT 1", {}, 0)
_AFTER_LOGIN = ("project", "location", "partitioning", "permissions", "freshness", "clock", "cost")


@dataclass(frozen=True, slots=True)
class _Asked:
    """All that is under way after the login."""

    project: Pending[int]
    datasets: dict[str, Pending[str]]
    tables: dict[str, Pending[Found]]
    needs: dict[Needed, Pending[frozenset[str] | None]]
    costs: list[tuple[Repeated, Pending[int]]]


def examine(asker: Asker, about: Circumstances, sql: Callable[[Fact[Any]], str], operator: str) -> Examined:
    """Return what was found; `sql` gives the query of a fact, `operator` stands in the labels of what is tried out."""
    target = asker.target
    login = asker.start("the login", lambda client, _: examine_login.log_in(client, target)).outcome()
    whose = examine_login.credentials(login)
    if login.value is None:
        return _not_asked(about, whose)
    asked = _start(asker, about, sql, operator)
    return _gather(asker, about, login.value, whose, asked)


def _not_asked(about: Circumstances, whose: Observation) -> Examined:
    why = "not asked without credentials"
    others = tuple(Observation(part, Severity.UNKNOWN, why) for part in _AFTER_LOGIN)
    return Examined(tuple(TableExamined(None, why) for _ in about.tables), (whose, *others), whose.sentence)


def _start(asker: Asker, about: Circumstances, sql: Callable[[Fact[Any]], str], operator: str) -> _Asked:
    target = asker.target

    def trying(question: Question) -> Callable[[Client, Call], int]:
        return lambda client, call: dry_run(client, question, operator, call)

    def finding(name: str) -> Callable[[Client, Call], Found]:
        return lambda client, call: examine_tables.find(client, target, name, call)

    def locating(dataset: str) -> Callable[[Client, Call], str]:
        return lambda client, call: catalog.locate(client, target, dataset, call)

    def holding(needs: Needed) -> Callable[[Client, Call], frozenset[str] | None]:
        return lambda client, call: examine_permissions.held(client, target, needs, call)

    return _Asked(
        asker.start("the doctor", trying(_NOTHING)),
        {name: asker.start("the doctor", locating(name)) for name in dict.fromkeys(t.dataset for t in about.tables)},
        {item.name: asker.start("the doctor", finding(item.name)) for item in about.tables},
        {
            needs: asker.start("the doctor", holding(needs))
            for needs in examine_permissions.needed(about.read, about.written)
        },
        [
            (item, asker.start("the doctor", trying(item.question)))
            for item in examine_cost.repeated(about.refreshes, sql, about.scope)
        ],
    )


def _gather(asker: Asker, about: Circumstances, login: Login, whose: Observation, asked: _Asked) -> Examined:
    target = asker.target
    project = asked.project.outcome()
    datasets = _outcomes(asked.datasets)
    tables = _outcomes(asked.tables)
    needs = _outcomes(asked.needs)
    costs = [(item, pending.outcome()) for item, pending in asked.costs]
    found = {name: outcome.value for name, outcome in tables.items() if outcome.value is not None}
    reached = _project(target.project, project, [*datasets.values(), *tables.values()])
    observations = (
        whose,
        reached,
        *examine_tables.location(target, datasets),
        *examine_tables.partitioning(about.tables, found),
        *_unseen("partitioning", tables),
        examine_permissions.jobs(login.who, target, project),
        *examine_permissions.permissions(login.who, needs),
        *examine_tables.freshness(found, sorted(about.read), about.policy, about.now()),
        *_unseen("freshness", {name: outcome for name, outcome in tables.items() if name in about.read}),
        clock(asker.heard),
        examine_cost.cost(costs, about.daily_gb),
    )
    refusal = "" if found else next((outcome.reason for outcome in tables.values()), "")
    return Examined(tuple(_table(tables[item.name]) for item in about.tables), _once(observations), refusal)


def _outcomes(pending: dict[Any, Pending[T]]) -> dict[Any, Outcome[T]]:
    return {key: item.outcome() for key, item in pending.items()}


def _table(outcome: Outcome[Found]) -> TableExamined:
    if outcome.value is None:
        return TableExamined(None, outcome.reason)
    return TableExamined(outcome.value.info, "", outcome.value.written_at)


def _project(name: str, tried: Outcome[int], others: Sequence[Outcome[Any]]) -> Observation:
    """Return whether the project answers: a query that was tried out says it, or anything else that was asked there."""
    answered = tried.error is None or examine_permissions.is_denied(tried.error) or any(not o.error for o in others)
    if answered:
        return Observation("project", Severity.OK, f"{name} answers")
    return Observation("project", _of_failure(tried.error), tried.reason)


def _of_failure(error: Exception | None) -> Severity:
    """Return ERROR for a refusal of the service, UNKNOWN for what may be the network's or pass by itself."""
    from google.api_core import exceptions  # noqa: PLC0415 - comes with the client

    return Severity.ERROR if isinstance(error, exceptions.ClientError) else Severity.UNKNOWN


def _unseen(part: str, tables: Mapping[str, Outcome[Found]]) -> list[Observation]:
    """Return of which tables a part is not known, because they are not there or could not be asked for; none of none."""
    unseen = {name: outcome for name, outcome in tables.items() if outcome.value is None}
    if unseen:
        why = next(iter(unseen.values())).reason
        return [
            Observation(part, Severity.UNKNOWN, f"not known of {names_of(tuple(unseen))}: {why}", ", ".join(unseen))
        ]
    if not any(outcome.value.info.exists for outcome in tables.values() if outcome.value is not None):
        return [Observation(part, Severity.UNKNOWN, "not known of any table: none is there")]
    return []


def _once(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """Return the observations without those that say what an earlier one of the same part has said."""
    said: dict[tuple[str, str], Observation] = {}
    for item in observations:
        said.setdefault((item.part, item.sentence), item)
    return tuple(said.values())
