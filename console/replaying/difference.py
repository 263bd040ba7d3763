"""What other thresholds would have changed: which incident and which finding, and by how much. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

from checks.incidents.incident import Incident
from checks.policy import Policy
from checks.severity import Severity
from console.replaying.course import Course

_LEVELS = {"a warning": Severity.WARNING, "an error": Severity.ERROR, "critical": Severity.CRITICAL}
_ORDER = ("open", *_LEVELS)


@dataclass(frozen=True, slots=True)
class Change:
    """When something came to this under the present thresholds and when under the others (aware UTC; None: never).

    `about` names an incident or a finding, `what` is what it came to. Where only one of the two came to it, `times` is how often
    that happened to what is called so, for the first time then and for the last time at `latest`.
    """

    about: str
    what: str
    present: datetime | None
    other: datetime | None
    latest: datetime
    times: int = 1

    @property
    def first(self) -> datetime:
        """The earlier of the two moments."""
        return min(moment for moment in (self.present, self.other) if moment is not None)


@dataclass(frozen=True, slots=True)
class _Life:
    """What is called `about`, and the moment at which it first came to each thing, from the mildest to the worst."""

    about: str
    reached: Mapping[str, datetime]


def threshold_changes(present: Policy, other: Policy) -> str:
    """Return which thresholds differ, and how, in a sentence."""
    values = ((item.name, getattr(present, item.name), getattr(other, item.name)) for item in fields(Policy))
    changed = [f"{name} {then:g} instead of {now:g}" for name, now, then in values if now != then]
    return f"The other thresholds: {', '.join(changed) or 'none of them differs'}; all else as at present."


def incident_changes(present: Course, other: Course) -> tuple[Change, ...]:
    """Return where an incident opens or becomes critical at another moment, or under one set of thresholds only, by time."""
    ids = _counterparts(present.incidents, other.incidents)
    own = {one: one for one in ids.values()}
    return _changes(_incidents(present, own), _incidents(other, ids))


def finding_changes(present: Course, other: Course) -> tuple[Change, ...]:
    """Return where a finding comes to a severity at another moment, or under one set of thresholds only, by time."""
    return _changes(_findings(present), _findings(other))


def _counterparts(present: Sequence[Incident], other: Sequence[Incident]) -> dict[str, str]:
    """Return for ids of the other incidents those of the present ones of the same name that lasted at the same time, one each."""
    free = list(other)
    found: dict[str, str] = {}
    for incident in present:
        same = next((one for one in free if one.name == incident.name and _overlap(one, incident)), None)
        if same is not None:
            found[same.id] = incident.id
            free.remove(same)
    return found


def _overlap(one: Incident, another: Incident) -> bool:
    return one.first_seen <= another.last_seen and another.first_seen <= one.last_seen


def _incidents(course: Course, ids: Mapping[str, str]) -> dict[str, _Life]:
    """Return the incidents by what `ids` has for their id; one that has no counterpart by an id that only this course has."""
    critical: dict[str, datetime] = {}
    for event in reversed(course.events):
        if event.incident.severity is Severity.CRITICAL:
            critical[event.incident.id] = event.at
    found: dict[str, _Life] = {}
    for incident in course.incidents:
        moments = {"open": incident.opened_at, "critical": critical.get(incident.id)}
        reached = {what: at for what, at in moments.items() if at is not None}
        found[ids.get(incident.id, f"{course.name} {incident.id}")] = _Life(incident.name, reached)
    return found


def _findings(course: Course) -> dict[str, _Life]:
    found: dict[str, _Life] = {}
    for span in reversed(course.spans):
        moments = {what: span.when(severity) for what, severity in _LEVELS.items()}
        later = found[span.fingerprint].reached if span.fingerprint in found else {}
        reached = {what: at for what, at in moments.items() if at is not None}
        found[span.fingerprint] = _Life(f"{span.check}: {span.subject}", {**later, **reached})
    return found


def _changes(present: Mapping[str, _Life], other: Mapping[str, _Life]) -> tuple[Change, ...]:
    both: list[Change] = []
    one: dict[tuple[str, str, bool], Change] = {}
    for change in _each(present, other):
        if change.present is not None and change.other is not None:
            both.append(change)
            continue
        place = (change.about, change.what, change.present is None)
        one[place] = _together(one[place], change) if place in one else change
    return tuple(sorted((*both, *one.values()), key=_place))


def _place(change: Change) -> tuple[datetime, str, int]:
    return change.first, change.about, _ORDER.index(change.what)


def _each(present: Mapping[str, _Life], other: Mapping[str, _Life]) -> Iterator[Change]:
    """Give all changes; what comes to several things at the same moments comes to the worst of them."""
    for name in dict.fromkeys((*present, *other)):
        lives = [lives[name] for lives in (present, other) if name in lives]
        before, after = (lives[name].reached if name in lives else {} for lives in (present, other))
        pairs = {(before.get(what), after.get(what)): what for what in _in_order(life.reached for life in lives)}
        for (one, another), what in pairs.items():
            latest = max((moment for moment in (one, another) if moment is not None), default=None)
            if one != another and latest is not None:
                yield Change(lives[0].about, what, one, another, latest)


def _in_order(reached: Iterable[Mapping[str, datetime]]) -> list[str]:
    """Return all that was reached, from the mildest to the worst."""
    names = {what for mapping in reached for what in mapping}
    return [what for what in _ORDER if what in names]


def _together(before: Change, change: Change) -> Change:
    """Return one change for two of the same name under the same thresholds only."""
    first = before if before.first <= change.first else change
    return replace(first, latest=max(before.latest, change.latest), times=before.times + change.times)
