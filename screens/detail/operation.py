"""One entry of the operations log: everything that is kept of it, field by field."""

from __future__ import annotations

from functools import partial

from checks.model import Scope
from checks.policy import Policy
from checks.times import both_zones
from screens.clean import for_terminal
from screens.detail.lines_table import lines_table
from screens.detail.operations import keyed_entries
from screens.lines import Line, Span, Tone, flow
from screens.panels.panel import Spec
from screens.ports import LogEntry, Look
from screens.session import Session
from screens.table import Table, Target
from screens.views.fitting import fit_all
from screens.views.options import Options

LONGEST_FIELD = 10_000
"""Characters: as many as the journal keeps of a state."""


def operation_spec(target: Target, session: Session) -> Spec:
    """Return the page of the entry whose key in the log `target` names, as it is when the page opens."""
    entry = keyed_entries(session.memory, session.hands).get(target.name)
    return Spec("operation", "", "Operation", partial(operation_view, entry), (), 0.0)


def operation_view(entry: LogEntry | None, look: Look, scope: Scope, policy: Policy, options: Options) -> Table:
    """Return an entry as rows of text."""
    if entry is None:
        return Table.of((), empty="the operations log has moved on: go back, and open the entry again")
    return lines_table(fit_all(_lines(entry, options.width), options), options)


def _lines(entry: LogEntry, width: int) -> list[Line]:
    own = (
        ("at", both_zones(entry.at)),
        ("by", entry.actor),
        ("action", entry.action),
        ("subject", entry.subject),
        ("outcome", entry.outcome),
    )
    fields = entry.details or tuple((name, said) for name, said in own if said)
    columns = max(len(name) for name, _ in fields) + 2
    return [
        line
        for name, said in fields
        for line in flow(
            [for_terminal(said, LONGEST_FIELD)], width, first=Span(f"{name:<{columns}}", Tone.FAINT), hang=columns
        )
    ]
