"""What `courtside outbox` says, as text and as fields of a document."""

from __future__ import annotations

from collections.abc import Sequence

from checks.severity import Severity
from checks.times import both_zones
from console.document import Json, instant, severity
from console.outbox.batches import Standing
from console.outbox.observations import outbox_observations
from screens.lines import Line, flow
from screens.text.report import INDENT, severity_lead


def severity_of(standings: Sequence[Standing]) -> Severity:
    """Return the worst of what there is to say of the tables."""
    return max((seen.severity for seen in outbox_observations(standings)), default=Severity.OK)


def outbox_lines(delivered: int | None, standings: Sequence[Standing], width: int) -> list[Line]:
    """Return what was delivered just now, what there is to say of each table, and when its next delivery is due."""
    lines: list[Line] = []
    if delivered is not None:
        words = "1 row has arrived" if delivered == 1 else f"{delivered:,} rows have arrived"
        lines += flow([words], width, first=severity_lead(Severity.OK))
    for table in standings:
        for seen in outbox_observations([table]):
            lines += flow([seen.sentence], width, first=severity_lead(seen.severity))
        if table.next_at is not None:
            lines += flow([f"the next delivery is due {both_zones(table.next_at)}"], width, first=INDENT)
    return lines or flow(["nothing waits"], width, first=severity_lead(Severity.OK))


def outbox_fields(delivered: int | None, standings: Sequence[Standing]) -> Json:
    """Return rows delivered just now (null: none were to be), and per table what waits, what was refused, and why."""
    tables = [
        {
            "table": table.table,
            "waiting": table.waiting,
            "refused": table.refused,
            "trouble": table.trouble,
            "next_at": instant(table.next_at),
        }
        for table in standings
    ]
    return {"severity": severity(severity_of(standings)), "delivered": delivered, "tables": tables}
