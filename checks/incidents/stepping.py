"""One run's step in the life of all incidents: `step` gives them as they are afterwards, and what happened.

Counting is by runs and not by the clock, so that a laptop that slept for eight hours and a clock that was put back make nothing
of nothing: a run counts once, by its as-of, and no length of time is ever taken to be below zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from checks.causes import BLIND
from checks.hushes import Hush, HushKind, incident_fingerprint
from checks.incidents.incident import Event, Happening, Incident, Rules, Run, State
from checks.incidents.signs import (
    Sign,
    apart_from_others,
    can_be_judged,
    completed,
    is_explained_unseen,
    is_in_sight_of,
    is_out_of_sight,
    seeing_again,
    signs_of,
)
from checks.severity import Severity


@dataclass(frozen=True, slots=True)
class Step:
    """All incidents after a run, those that it closed included, and what happened, in the order of the incidents."""

    incidents: tuple[Incident, ...]
    events: tuple[Event, ...]

    @property
    def current(self) -> tuple[Incident, ...]:
        """Those that are not closed: what the next step starts from."""
        return tuple(incident for incident in self.incidents if incident.state is not State.CLOSED)


def step(incidents: Iterable[Incident], run: Run, rules: Rules) -> Step:
    """Return all incidents after a run. `incidents` are those of its place that are not closed, in any order."""
    given = sorted(incidents, key=lambda incident: incident.key)
    closed = [_in_state(item, State.CLOSED, run.now) for item in given if _is_beyond_return(item, run.now, rules)]
    events = [Event(Happening.CLOSED, incident, run.now) for incident in closed]
    before = {item.key: item for item in given if not _is_beyond_return(item, run.now, rules)}
    run = _without_earlier_words(run, before.values(), rules)
    signs = {key: completed(sign, before.get(key), run.report) for key, sign in signs_of(run).items()}
    after: dict[str, Incident] = {}
    for key, sign in signs.items():
        if sign.is_bad and (key in before or not is_explained_unseen(sign, given, run.report)):
            _note(_bad(before.get(key), sign, run, rules), after, events, run.now)
    for key in sorted(before.keys() - after.keys()):
        cause = _cause_of(before[key], after, signs)
        if cause is None:
            _note(_not_shown(before[key], signs, run, rules), after, events, run.now)
        elif not cause.is_live:
            after[key] = before[key]
        else:
            _note(_absorbed(before[key], cause, run.now), after, events, run.now)
            after[cause.key] = _absorbing(cause, before[key])
    latest = {incident.id: incident for incident in (*closed, *after.values())}
    ordered = tuple(sorted(latest.values(), key=lambda incident: (incident.key, incident.first_seen)))
    return Step(ordered, tuple(replace(event, incident=latest[event.incident.id]) for event in events))


def _without_earlier_words(run: Run, present: Iterable[Incident], rules: Rules) -> Run:
    """Return a run without the words about incidents as a whole that were said of earlier ones: those are over."""
    begun = {incident_fingerprint(incident.name): incident.first_seen for incident in present}
    return replace(run, hushes=run.hushes.of_present(begun, run.now, rules.reopens_within))


_Change = tuple[Incident | None, tuple[Happening, ...]]
"""An incident after a run, None of one that was never believed and is forgotten, and what happened to it."""


def _note(change: _Change, after: dict[str, Incident], events: list[Event], now: datetime) -> None:
    incident, happened = change
    if incident is not None:
        after[incident.key] = incident
        events.extend(Event(what, incident, now) for what in happened)


def _bad(before: Incident | None, sign: Sign, run: Run, rules: Rules) -> _Change:
    """Return an incident after a run that shows its trouble."""
    if before is None:
        return _open_if_believed(_first_seen(sign, run), sign, run, rules)
    counts = before.counted_at != run.report.scope.as_of
    seen = replace(
        before,
        severity=sign.severity,
        sentence=sign.sentence,
        command=sign.command,
        since=sign.since,
        last_seen=max(before.last_seen, run.now),
        counted_at=run.report.scope.as_of,
        bad=before.bad + counts,
        good=0,
        checks=sign.checks,
        signs=sign.signs,
        days=sign.days,
        explains=tuple(sorted(sign.symptoms)),
        explains_checks=tuple(sorted(sign.symptom_checks)),
        ended_at=None,
        blind=_believed_blind(before, sign),
    )
    seen = _with_word(seen, sign.hush, run, min(before.severity, sign.severity))
    if before.state is State.NEW:
        return _open_if_believed(seen, sign, run, rules)
    if before.state is State.RESOLVED:
        again = replace(seen, flaps=before.flaps + 1, worst=sign.severity, resolved_at=None, note="", blind=sign.blind)
        return _hushed(_in_state(again, State.OPEN, run.now), run, (Happening.REOPENED,))
    flapped = replace(seen, flaps=before.flaps + (before.good > 0), worst=max(before.worst, sign.severity))
    happened = _change(before, seen)
    if seen.cause == BLIND and Happening.WORSENED in happened:
        flapped = replace(flapped, outgrown=flapped.word)
    return _hushed(flapped, run, happened)


def _is_beyond_return(incident: Incident, now: datetime, rules: Rules) -> bool:
    return incident.resolved_at is not None and now - incident.resolved_at > rules.reopens_within


def _first_seen(sign: Sign, run: Run) -> Incident:
    incident = Incident(
        key=sign.key,
        cause=sign.cause,
        state=State.NEW,
        severity=sign.severity,
        worst=sign.severity,
        sentence=sign.sentence,
        command=sign.command,
        since=sign.since,
        first_seen=run.now,
        last_seen=run.now,
        changed_at=run.now,
        counted_at=run.report.scope.as_of,
        bad=1,
        checks=sign.checks,
        signs=sign.signs,
        days=sign.days,
        explains=tuple(sorted(sign.symptoms)),
        explains_checks=tuple(sorted(sign.symptom_checks)),
        blind=sign.blind,
    )
    return _with_word(incident, sign.hush, run, sign.severity)


def _believed_blind(before: Incident, sign: Sign) -> tuple[str, ...]:
    """Return the checks of a blindness that are believed to be without sight: twice in a row so, and not twice seeing since."""
    still = [check for check in before.blind if check in before.checks or check in sign.checks]
    return tuple(dict.fromkeys((*still, *(check for check in sign.blind if check in before.checks))))


def _open_if_believed(incident: Incident, sign: Sign, run: Run, rules: Rules) -> _Change:
    if incident.bad < rules.bad_runs and sign.severity is not Severity.CRITICAL:
        return incident, ()
    opened = replace(_in_state(incident, State.OPEN, run.now), opened_at=run.now, worst=sign.severity)
    return _hushed(opened, run, (Happening.OPENED,))


def _change(before: Incident, seen: Incident) -> tuple[Happening, ...]:
    """Return what happened to a live incident: only what it has not been before is worse, and to see less."""
    if seen.severity > before.worst or not set(seen.blind) <= set(before.blind):
        return (Happening.WORSENED,)
    return (Happening.EASED,) if seen.severity < before.severity else ()


def _with_word(incident: Incident, hush: Hush | None, run: Run, severity: Severity) -> Incident:
    """Return an incident with the word in force about it; one that is new was said when it was as bad as `severity`."""
    word = _word(incident, hush, run)
    if word is None or word == incident.word:
        return replace(incident, hush=word, word=word or incident.word)
    if word == incident.outgrown:  # a later word has ended: what this one did not cover then it does not cover now
        severity = min(severity, Severity.ERROR)
    return replace(incident, hush=word, word=word, word_at=severity)


def _hushed(incident: Incident, run: Run, happened: tuple[Happening, ...]) -> _Change:
    """Return a live incident in the state that operators' words give it."""
    if incident.has_outgrown_its_word:
        incident = replace(incident, hush=None, outgrown=incident.word)
    hush = incident.hush
    state = {None: State.OPEN, HushKind.ACKNOWLEDGED: State.ACKNOWLEDGED, HushKind.SILENCED: State.SILENCED}[
        hush.kind if hush else None
    ]
    if state is incident.state:
        return incident, happened
    said = {
        State.OPEN: Happening.SPOKE_UP,
        State.ACKNOWLEDGED: Happening.ACKNOWLEDGED,
        State.SILENCED: Happening.SILENCED,
    }
    return _in_state(incident, state, run.now), (*happened, said[state])


def _word(incident: Incident, hush: Hush | None, run: Run) -> Hush | None:
    """Return the word in force.

    Where words could not be read that is the one that was known, up to its end. And an acknowledgement goes on when what it was
    said of is mended and the rest is not worse than it was then: who has an incident in hand has the rest of it in hand.
    """
    known = incident.hush
    if hush is not None or known is None:
        return hush
    if run.hushes.unread:
        return known if known.until > run.now else None
    is_no_worse = incident.word_at is not None and incident.severity <= incident.word_at
    goes_on = known.kind is HushKind.ACKNOWLEDGED and is_no_worse and run.hushes.holds(known)
    return known if goes_on else None


def _not_shown(before: Incident, signs: Mapping[str, Sign], run: Run, rules: Rules) -> _Change:
    """Return an incident after a run that does not show its trouble, or shows that it is over."""
    sign = signs.get(before.key)
    before = apart_from_others(before, signs)
    stays: _Change = (before, ())
    if before.state is State.RESOLVED or _is_left_behind(before, signs):
        return stays
    if not is_in_sight_of(before, run.report):
        return _unseen(seeing_again(before, run.report), run)
    if sign is None and is_out_of_sight(before, run.report):
        return _left(before, run.now)
    if not can_be_judged(before, run.report):
        return stays
    if before.state is State.NEW:
        return None, ()
    return stays if before.counted_at == run.report.scope.as_of else _better(before, sign, run, rules)


def _unseen(before: Incident, run: Run) -> _Change:
    """Return an incident that could not be looked at: nothing is over, but words about all of it begin and end all the same."""
    word = run.hushes.of_incident(before.name)
    if before.is_live and word is not None:
        return _hushed(_with_word(before, word, run, before.severity), run, ())
    if before.hush is None or before.hush.until > run.now or not before.is_live:
        return before, ()
    return _hushed(replace(before, hush=None), run, ())


def _better(before: Incident, sign: Sign | None, run: Run, rules: Rules) -> _Change:
    """Return a live incident after one more good run."""
    ended_at = (sign.ended_at if sign else None) or before.ended_at or run.now
    better = replace(before, good=before.good + 1, bad=0, counted_at=run.report.scope.as_of, ended_at=ended_at)
    if better.good < rules.good_runs:
        return better, ()
    note = sign.sentence if sign else ""
    resolved = replace(_in_state(better, State.RESOLVED, run.now), resolved_at=run.now, note=note, hush=None)
    return resolved, (Happening.RESOLVED,)


def _is_left_behind(incident: Incident, signs: Mapping[str, Sign]) -> bool:
    """Return whether what an incident is about stands below a cause that is over itself: then it is not over."""
    return any(not sign.is_bad and sign.symptoms & set(incident.signs) for sign in signs.values())


def _left(before: Incident, now: datetime) -> _Change:
    """Return the incident of dates that nobody looks at any more: it has not been mended, and goes on no longer either."""
    if before.state is State.NEW:
        return None, ()
    note = "its dates are no longer looked at; nothing says that it was mended"
    left = replace(_in_state(before, State.CLOSED, now), note=note, ended_at=None)
    return left, (Happening.LEFT, Happening.CLOSED)


def _cause_of(symptom: Incident, after: Mapping[str, Incident], signs: Mapping[str, Sign]) -> Incident | None:
    """Return the incident of a cause that lasts and explains what an earlier incident was about."""
    if symptom.state is State.RESOLVED:
        return None
    explaining = (sign.key for sign in signs.values() if sign.is_bad and sign.symptoms & set(symptom.signs))
    return next((after[key] for key in explaining), None)


def _absorbing(cause: Incident, symptom: Incident) -> Incident:
    if symptom.state is State.NEW:
        return cause
    return replace(cause, absorbed=tuple(dict.fromkeys((*cause.absorbed, symptom.key, *symptom.absorbed))))


def _absorbed(symptom: Incident, cause: Incident, now: datetime) -> _Change:
    if symptom.state is State.NEW:
        return None, ()
    note = f"a symptom of {cause.name}"
    return replace(_in_state(symptom, State.CLOSED, now), note=note), (Happening.ABSORBED, Happening.CLOSED)


def _in_state(incident: Incident, state: State, now: datetime) -> Incident:
    return replace(incident, state=state, changed_at=now)
