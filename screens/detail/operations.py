"""The operations log: what was planned, tried, done and verified, by whom, and what is yet to be verified.

Shown from the console's memory and its journal of actions; the warehouse is not asked.
"""

from __future__ import annotations

from functools import partial

from checks.model import Scope
from checks.policy import Policy
from screens.keymap import BY_ID, labels_of
from screens.lines import Line, Span, Tone
from screens.panels.panel import Spec
from screens.ports import Hands, LogEntry, Look, Memory
from screens.session import Session
from screens.table import Item, Table, Target
from screens.views.brief import stamp
from screens.views.fitting import cell, fit, shows
from screens.views.options import Options

REDRAW_SECONDS = 2.0
ACTOR_COLUMNS, ACTION_COLUMNS = 10, 12


def operations_spec(target: Target, session: Session) -> Spec:
    """Return the screen; it is made again every two seconds, so that what happens meanwhile is seen."""
    go_on = labels_of(BY_ID["rest"], session.keys)
    view = partial(operations_view, session.memory, session.hands, go_on)
    return Spec("operations", "", "Operations log", view, (), 0.0, redraw=REDRAW_SECONDS)


def operations_view(
    memory: Memory, hands: Hands, go_on: str, look: Look, scope: Scope, policy: Policy, options: Options
) -> Table:
    """Return the entries that hold the filter's text: what is yet to come apart, the soonest first, then the rest, newest first.

    `go_on` is said first of a run that was stopped and has items left: the key for it.
    """
    entries = keyed_entries(memory, hands)
    items = [
        Item(key, fit(spans, options), Target("operation", key), plan=entry.plan)
        for key, entry, spans in ((key, entry, _line(entry, go_on, options)) for key, entry in entries.items())
        if shows(spans, options.filter, entry.actor, entry.action, entry.subject, entry.outcome)
    ]
    coming = [item for item in items if entries[item.key].is_to_come]
    if coming:
        done = items[len(coming) :]
        items = [
            _heading("to come, the soonest first", options),
            *coming,
            _heading("done, newest first", options),
            *done,
        ]
    empty = f"nothing holds {options.filter!r}" if entries else "nothing was done yet: what operators do is kept here"
    return Table.of(items, empty=empty)


def keyed_entries(memory: Memory, hands: Hands) -> dict[str, LogEntry]:
    """Return all entries by their keys, in the order in which they are shown."""
    entries = sorted((*hands.operations(), *memory.log()), key=lambda entry: entry.at, reverse=True)
    coming = [entry for entry in reversed(entries) if entry.is_to_come]
    past = [entry for entry in entries if not entry.is_to_come]
    return {
        **{f"to come {n} {entry.at.isoformat()}": entry for n, entry in enumerate(coming)},
        **{_key(len(past) - n, entry): entry for n, entry in enumerate(past)},
    }


def _heading(words: str, options: Options) -> Item:
    return Item(words, fit((Span(words, Tone.FAINT),), options))


def _key(number: int, entry: LogEntry) -> str:
    """Return what tells a row from the others: `number` counts from the oldest, which stays as it is while others come."""
    return f"plan {entry.plan}" if entry.plan else f"{number} {entry.at.isoformat()}"


def _line(entry: LogEntry, go_on: str, options: Options) -> Line:
    said = f"{entry.subject}: {entry.outcome}" if entry.subject and entry.outcome else entry.subject or entry.outcome
    return (
        Span(f"{stamp(entry.at, options.width)}  ", Tone.FAINT),
        cell(entry.action, ACTION_COLUMNS, Tone.STRONG),
        Span(" "),
        cell(entry.actor, ACTOR_COLUMNS),
        Span(" "),
        *(
            (Span(f"{go_on} {'plans it again' if entry.is_too_old else 'goes on'}: ", Tone.STRONG),)
            if entry.plan
            else ()
        ),
        Span(said),
    )
