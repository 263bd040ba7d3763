"""How it stands with the outbox, as the doctor says it: the day's load jobs, what has not arrived, and what never will."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checks.severity import Severity
from console.outbox.batches import Standing
from screens.text.doctor import Observation

PART = "outbox"


def outbox_observations(standings: Iterable[Standing]) -> tuple[Observation, ...]:
    """Return what there is to say of each table, in their order."""
    return tuple(observation for standing in standings for observation in _observations(standing))


def _observations(standing: Standing) -> Iterator[Observation]:
    if standing.quota is not None:
        yield Observation(PART, standing.quota.severity, standing.quota.sentence, standing.table)
    because = f": {standing.trouble}" if standing.trouble else ""
    if standing.refused:
        said = f"{standing.table} refuses {standing.refused:,} rows, which stay in the outbox{because}"
        yield Observation(PART, Severity.ERROR, said, standing.table)
    elif standing.waiting:
        severity = Severity.WARNING if because else Severity.OK
        yield Observation(
            PART, severity, f"{standing.waiting:,} rows wait for {standing.table}{because}", standing.table
        )
