"""What `courtside schema plan` and `apply` say, as text and as fields of a document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from checks.model import Severity
from console.warehouse.schema_creating import Outcome, State
from console.warehouse.schema_plan import Kind, SchemaPlan
from screens.lines import BLANK, Line, Span, Tone, flow, line
from screens.text.amount import counted
from screens.text.doctor import names_of
from screens.text.report import severity_lead

_TONES = {State.CREATED: Tone.OK, State.FAILED: Tone.ERROR, State.NOT_TRIED: Tone.WARNING}
_STATE = len("not tried  ")


def statement_lines(statement: str) -> list[Line]:
    """Return a statement as it is run, so that it can be copied."""
    return [line(row) for row in f"{statement.rstrip(';')};".splitlines()]


def plan_lines(made: SchemaPlan, place: str, width: int) -> list[Line]:
    """Return what is there and what is missing, what is in the way, and each statement as it is run."""
    is_to_do = made.severity is Severity.OK and made.creations  # nothing is in the way, and not all is well yet
    lead = Span("PLAN     ", Tone.WARNING) if is_to_do else severity_lead(made.severity)
    lines = flow([Span(_headline(made, place), Tone.STRONG)], width, first=lead)
    troubles = _troubles(made)
    if troubles:
        lines.append(BLANK)
    for severity, sentence in troubles:
        lines.extend(flow([sentence], width, first=severity_lead(severity)))
    for creation in made.creations:
        lines.extend((BLANK, *statement_lines(creation.sql)))
    return lines


def _troubles(made: SchemaPlan) -> list[tuple[Severity, str]]:
    """Return what is in the way, once for all datasets in whose way it is, and each table that is not as defined."""
    datasets: dict[str, list[str]] = {}
    for obstacle in made.obstacles:
        datasets.setdefault(obstacle.sentence, []).append(obstacle.dataset)
    return [
        *((Severity.ERROR, f"{', '.join(names)}: {sentence}") for sentence, names in datasets.items()),
        *((table.severity, f"{table.name} {table.sentence}; it is left as it is") for table in made.differing),
    ]


def _headline(made: SchemaPlan, place: str) -> str:
    there = f"{len(made.present)} of {made.defined} tables and views are in {place}"
    missing = len(made.tables) + len(made.hindered)
    if not missing:
        return f"{there}: nothing is to be created"
    there = f"{there}, {missing} {'is' if missing == 1 else 'are'} missing"
    hindered = f"{names_of(made.hindered)} cannot be created" if made.hindered else ""
    return f"{there}: {'; '.join(filter(None, (_creating(made), hindered)))}"


def _creating(made: SchemaPlan) -> str:
    """Return how much the statements create, and how many datasets for it, or "" when there are none."""
    if not made.creations:
        return ""
    what = f"{len(made.tables)} of them" if made.hindered else "what is missing"
    datasets = len(made.creations) - len(made.tables)
    whereto = f", in {counted(datasets, 'new dataset')}" if datasets else ""
    count = len(made.creations)
    return f"{counted(count, 'statement')} {'creates' if count == 1 else 'create'} {what}{whereto}"


def outcome_lines(outcomes: Sequence[Outcome], place: str, width: int) -> list[Line]:
    """Return what became of each statement, and the sum of it."""
    if not outcomes:
        return flow([f"nothing was changed in {place}"], width)
    done = sum(outcome.state is State.CREATED for outcome in outcomes)
    severity = outcomes_severity(outcomes)
    said = f"{done} of {counted(len(outcomes), 'statement')} created what {'it says' if len(outcomes) == 1 else 'they say'}"
    lines = flow([Span(f"{said} in {place}", Tone.STRONG)], width, first=severity_lead(severity))
    lines.append(BLANK)
    for outcome in outcomes:
        state = f"{outcome.state.value.replace('_', ' '):<{_STATE}}"
        name = outcome.creation.name
        parts = [f"{name}:", outcome.reason] if outcome.reason else [name]
        lines.extend(flow(parts, width, first=Span(state, _TONES[outcome.state])))
    return lines


def outcomes_severity(outcomes: Iterable[Outcome]) -> Severity:
    """Return ERROR when anything was not created."""
    return Severity.OK if all(outcome.state is State.CREATED for outcome in outcomes) else Severity.ERROR


def created_tables(outcomes: Iterable[Outcome]) -> list[str]:
    """Return the names of the tables and views that were created, without the datasets."""
    return [
        outcome.creation.name
        for outcome in outcomes
        if outcome.state is State.CREATED and outcome.creation.kind is not Kind.DATASET
    ]


def plan_fields(made: SchemaPlan) -> dict[str, object]:
    """Return a plan's fields for a document."""
    return {
        "defined": made.defined,
        "present": list(made.present),
        "statements": [{"name": item.name, "kind": item.kind.value, "statement": item.sql} for item in made.creations],
        "differing": [
            {
                "name": table.name,
                "missing_columns": [*table.missing, *table.optional],
                "wrong_types": list(table.wrong),
                "sentence": table.sentence,
            }
            for table in made.differing
        ],
        "obstacles": [{"dataset": obstacle.dataset, "sentence": obstacle.sentence} for obstacle in made.obstacles],
        "hindered": list(made.hindered),
    }


def outcome_fields(outcomes: Sequence[Outcome]) -> list[dict[str, object]]:
    """Return for a document what became of each statement; `reason` is null for what was created."""
    return [
        {
            "name": outcome.creation.name,
            "kind": outcome.creation.kind.value,
            "state": outcome.state.value,
            "reason": outcome.reason or None,
        }
        for outcome in outcomes
    ]
