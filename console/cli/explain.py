"""What a command's queries were and what they cost: for `--explain`, and what must be said of the day's budget in any case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from console.cli.page import Palette, write
from console.warehouse.record import QueryRecord
from screens.lines import Line, Span, Tone, line

if TYPE_CHECKING:
    from typing import TextIO

    from console.desk import Desk
    from console.document import Json
    from console.warehouse.bigquery.cost import Budget


@dataclass(frozen=True, slots=True)
class Run:
    """The queries of one run by the facts that they asked for, the budget after it, and why its cost could not be booked."""

    queries: tuple[QueryRecord, ...]
    budget: Budget | None = None
    trouble: str = ""

    @property
    def warnings(self) -> list[str]:
        """What must be said although nobody asked: that the budget runs out, and that it is not kept."""
        from console.warehouse.bigquery.cost import BudgetState

        if self.budget is None:
            return []
        said = [] if self.budget.state is BudgetState.OK else [self.budget.sentence]
        return [*said, f"what this cost is not kept: {self.trouble}"] if self.trouble else said

    def lines(self, width: int) -> list[Line]:
        """Return the explanation as text; what is warned of stands on standard error."""
        from screens.text.explain import explain_lines

        notes = [self.budget.sentence] if self.budget is not None and not self.warnings else []
        return explain_lines(self.queries, notes, width)

    def document(self) -> Mapping[str, object]:
        """Return the queries with what they cost, their sum, and the day's budget after them."""
        from console.document import record
        from screens.text.explain import total_of

        budget = self.budget
        return {
            "queries": [
                {
                    **cast("Json", record(query)),
                    "parameters": {name: record(value) for name, value in query.parameters},
                }
                for query in self.queries
            ],
            "total": record(total_of(self.queries)),
            "budget": None if budget is None else {**cast("Json", record(budget)), "state": budget.state.value},
        }


def run_of(desks: Sequence[Desk]) -> Run:
    """Return what was asked through `desks`, which are closed by now."""
    queries = sorted((query for desk in desks for query in desk.warehouse.records), key=lambda query: query.facts)
    last = desks[-1] if desks else None
    budget = last.budget() if last is not None else None
    trouble = last.account.trouble if last is not None and last.account is not None else ""
    return Run(tuple(queries), budget, trouble)


def warn(run: Run, err: TextIO) -> None:
    """Say on standard error what must be said in any case."""
    said = [line(Span("courtside: ", Tone.WARNING), warning) for warning in run.warnings]
    write(said, err, Palette(enabled=False))
