"""The incident's timeline: everything that happened within the lookback on one axis, oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from checks.facts.decisions import DECISIONS
from checks.facts.events import EVENTS
from checks.facts.hand_overs import HAND_OVERS
from checks.model import Scope
from checks.policy import Policy
from checks.times import eastern_date
from screens.clean import for_terminal
from screens.lines import Line, Span, Tone
from screens.panels.panel import Spec
from screens.ports import Look, Sighting
from screens.session import Session
from screens.table import Item, Table, Target
from screens.views.brief import time_of_day
from screens.views.fitting import failure, fit, fit_all, shows
from screens.views.happenings import (
    Happening,
    evaluations,
    merge,
    of_evaluations,
    of_events,
    of_findings,
    of_hand_overs,
    of_sightings,
    of_silences,
)
from screens.views.options import Options
from screens.views.paragraphs import LONGEST_WORDS

CADENCE_SECONDS = 60.0


def timeline_spec(target: Target, session: Session) -> Spec:
    """Return the timeline; what the console remembers having seen is read once for each look."""
    seen: list[tuple[Look, tuple[Sighting, ...]]] = []

    def view(look: Look, scope: Scope, policy: Policy, options: Options) -> Table:
        if not seen or seen[0][0] is not look:
            seen[:] = [(look, session.memory.sightings(session.place))]
        return timeline_table(timeline(look, scope, policy, seen[0][1]), look, options)

    return Spec("timeline", "", "Timeline", view, (), CADENCE_SECONDS)


def timeline(look: Look, scope: Scope, policy: Policy, sightings: Sequence[Sighting]) -> list[Happening]:
    """Return what happened up to as-of, oldest first.

    Rows of facts that could not be had are missing, and `timeline_table` says so. Decisions and events are those of the
    lookback, events no older than the scope's first date; a finding that is older stands at the time since when it lasts.
    """
    from checks.orchestration import silences  # noqa: PLC0415  # imported already by the desk's thread

    since = scope.as_of - scope.lookback
    findings = look.report.findings
    decisions = () if failure(look.report, DECISIONS.name) else look.rows(DECISIONS)
    events = () if failure(look.report, EVENTS.name) else look.rows(EVENTS)
    hand_overs = () if failure(look.report, HAND_OVERS.name) else look.rows(HAND_OVERS)
    inside = [decision for decision in decisions if since <= decision.decision_time <= scope.as_of]
    happened = merge(
        of_evaluations(evaluations(inside, policy), policy),
        of_silences(silences(decisions, scope.as_of, since), findings, policy),
        of_hand_overs(row for row in hand_overs if row.execution_timestamp >= since),
        of_events(event for event in events if event.timestamp >= since),
        of_findings(findings),
        (seen for seen in of_sightings(sightings) if seen.at >= since),
    )
    return [happening for happening in happened if happening.at <= scope.as_of]


def timeline_table(happenings: Sequence[Happening], look: Look, options: Options) -> Table:
    """Return a line for each happening that holds the filter's text, under its Eastern date."""
    items: list[Item] = []
    shown = (happening for happening in happenings if shows(_line(happening, options), options.filter))
    for day, group in groupby(shown, key=lambda happening: eastern_date(happening.at)):
        heading = Span(f"{day:%a} {day.day} {day:%b %Y}, Eastern", Tone.STRONG)
        items.append(Item(day.isoformat(), fit((heading,), options), Target("date", day.isoformat(), day)))
        items.extend(
            Item(happening.key, fit(_line(happening, options), options), happening.target, happening.subject)
            for happening in group
        )
    missing = [
        (Span(f"UNKNOWN: {fact.name}: {reason}", Tone.UNKNOWN),)
        for fact in (DECISIONS, HAND_OVERS, EVENTS)
        if (reason := failure(look.report, fact.name))
    ]
    if not missing and not look.rows(HAND_OVERS):
        missing = [(Span(f"UNKNOWN: {HAND_OVERS.suspect_when_empty}", Tone.UNKNOWN),)]
    empty = f"nothing holds {options.filter!r}" if options.filter else "nothing happened"
    return Table.of(items, head=fit_all(missing, options), empty=empty)


def _line(happening: Happening, options: Options) -> Line:
    return (
        Span(f"{time_of_day(happening.at, options.width)} ", Tone.FAINT),
        Span(f"{happening.kind:<9} ", happening.tone),
        Span(for_terminal(happening.sentence, LONGEST_WORDS)),
    )
