"""The retry queue on the whole screen: all columns that fit, and for the row under the cursor its reason and its error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from checks.facts.retry_queue import QueueRow
from checks.model import Scope
from checks.policy import Policy
from checks.queue_rows import explain, name_of
from checks.times import both_zones
from screens.clean import for_terminal
from screens.lines import Line, Span, Tone, flow
from screens.panels.panel import Spec
from screens.ports import Look
from screens.session import Session
from screens.table import Item, Table, Target
from screens.views.fitting import fit_all
from screens.views.needs import QUEUE_CHECKS
from screens.views.options import Options
from screens.views.queue import listing

CADENCE_SECONDS = 30.0
ERROR_LIMIT = 1_200
"""The most characters of an error that are shown, beginning with its first line: ten lines of 120 columns."""


def queue_spec(target: Target, session: Session) -> Spec:
    """Return the full-screen queue; the cursor stands on the row whose id `target` names."""
    return Spec("queue", "", "Retry queue", partial(full_queue_view, target.name), QUEUE_CHECKS, CADENCE_SECONDS)


def full_queue_view(start: str, look: Look, scope: Scope, policy: Policy, options: Options) -> Table:
    """Return the queue with what is known of each row, made for the row under the cursor only; a row opens its game."""
    shown = listing(look, scope, policy, options)

    def about(number: int, width: int) -> tuple[Line, ...]:
        return fit_all(row_lines(shown.row(number), scope, policy, width), replace(options, width=width))

    table = shown.table()

    def item(number: int) -> Item:
        row = shown.row(number)
        behind = Target("game", row.game_key, row.game_date) if row.game_key else None
        return replace(table.item(number), target=behind)

    return replace(table, item=item, about=about, start=start)


def row_lines(row: QueueRow, scope: Scope, policy: Policy, width: int) -> Sequence[Line]:
    """Return why a row is where it is, its error, its times, and how it is called."""
    processor = f" by {row.processor_name}" if row.game_key else ""
    head = f"{name_of(row)}{processor}, {row.phase.replace('_', ' ')}, game date {row.game_date}"
    lines = flow([Span(head, Tone.STRONG)], width, first="  ")
    lines.extend(_labelled("why", explain(row, policy, scope.as_of), width))
    if row.error_type or row.error_message:
        message = for_terminal((row.error_message or "").strip(), ERROR_LIMIT)
        lines.extend(_labelled("error", ": ".join(filter(None, (row.error_type, message))), width))
    if row.resolution_notes:
        lines.extend(_labelled("notes", for_terminal(row.resolution_notes, ERROR_LIMIT), width))
    lines.extend(_labelled("times", _times(row), width))
    lines.extend(_labelled("id", row.id, width))
    return lines


def _times(row: QueueRow) -> str:
    moments = (
        ("first failed", row.first_failure_at),
        ("last tried", row.last_retry_at),
        ("next try", row.next_retry_at),
        ("last written", row.updated_at),
    )
    return "; ".join(f"{word} {both_zones(moment)}" for word, moment in moments if moment is not None)


def _labelled(label: str, said: str, width: int) -> list[Line]:
    return flow([said], width, first=Span(f"  {label}: ", Tone.FAINT), hang=4)
