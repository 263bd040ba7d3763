"""Which findings and incidents operators have acknowledged or silenced, until when and why. Pure.

An acknowledged trouble is still a trouble: verdict, severities and exit status say what they would say without a word. Only
notifications stop, and whoever looks sees who has it in hand.

People are told of incidents, so of each there is the question whether a word covers it. An acknowledgement says that somebody is
on it: one about any of the findings that the incident's severity rests on, or about the one whose sentence is shown, takes the
whole incident in hand. A silence says only that nobody wants to hear of what it names: the incident is silent when each of those
findings is spoken for. Where all findings show one and the same trouble a silence of one is a silence of all. And either can be
said of an incident as a whole, by its name: then it is about the one that lasts, and no later one of that name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum

from checks.cause_rules import incident_name, is_one_trouble, spokesmen
from checks.facts.acknowledgements import Acknowledgement
from checks.keys import fitting
from checks.model import Finding, RootCause
from checks.times import both_zones

NOBODY = "somebody who left no name"
_WHOLE = "incident:"
"""How the fingerprint of an incident as a whole begins: no finding's has a colon."""


class HushKind(Enum):
    """What was said; the value is its word in the table `console_acknowledgements`."""

    ACKNOWLEDGED = "acknowledged"
    SILENCED = "silenced"


WITHDRAWN = "withdrawn"
"""The word that takes back either of them."""


@dataclass(frozen=True, slots=True)
class Hush:
    """A word in force: who said it, why ("" without a reason), and until when (aware UTC).

    `said_at` is when it was said (aware UTC), None where that is not known; `about` is the fingerprint that it was said of, known
    of a word that covers an incident. Both are no part of what was said.
    """

    kind: HushKind
    by: str
    until: datetime
    reason: str = ""
    said_at: datetime | None = field(default=None, compare=False)
    about: str = field(default="", compare=False)

    @property
    def said(self) -> str:
        """Return `acknowledged by ann until Fri 23 Jan 02:20 EST (2026-01-23T07:20Z): on it`."""
        why = f": {self.reason}" if self.reason else ""
        return f"{self.kind.value} by {self.by} until {both_zones(self.until)}{why}"


def incident_fingerprint(name: str) -> str:
    """Return what a word about an incident as a whole goes by, from the incident's name: at most 255 characters.

    It is as stable as the incident's key, and no finding's fingerprint. The environment is not in it: its table has it.
    """
    return fitting(f"{_WHOLE}{name}")


@dataclass(frozen=True, slots=True)
class Hushes:
    """The words in force by fingerprint, of findings and of incidents as a whole, what was said first before the rest.

    `unread` is why they are not known, or "": then nobody counts as having spoken. `names` are the names of incidents by the key
    of their cause, where the cause alone does not tell: those of blindness, of which there is one for each source.
    `is_of_present` is True where words about earlier incidents are left out already, by whoever knows the present ones.
    """

    by_fingerprint: Mapping[str, Hush] = field(default_factory=dict)
    unread: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    is_of_present: bool = False

    def of_finding(self, finding: Finding) -> Hush | None:
        """Return the word about a finding; what is over needs none."""
        return self.by_fingerprint.get(finding.fingerprint) if finding.is_active else None

    def about(self, finding: Finding, cause: RootCause | None) -> Hush | None:
        """Return the word about a finding, or else that which covers the whole incident of the cause that it is a sign of."""
        said = self.of_finding(finding)
        if said is not None or cause is None or not finding.is_active or finding not in cause.evidence:
            return said
        return self.of_cause(cause)

    def of_incident(self, name: str) -> Hush | None:
        """Return the word about an incident as a whole, by the name that `courtside incidents` shows."""
        return self._said_of(incident_fingerprint(name))

    def holds(self, hush: Hush) -> bool:
        """Return whether a word that covered an incident is still in force: neither over, nor withdrawn, nor replaced."""
        return self.by_fingerprint.get(hush.about) == hush

    def of_present(self, begun: Mapping[str, datetime], now: datetime, within: timedelta) -> Hushes:
        """Return the words without those that were said of earlier incidents as a whole.

        `begun` is when the present incidents were first seen, by what words about them go by; any other begins `now` (all aware
        UTC). What begins `within` such a time of a word is what it was said of: whoever looks may see it before a watcher does.
        """
        return replace(
            self,
            by_fingerprint={
                name: hush
                for name, hush in self.by_fingerprint.items()
                if not name.startswith(_WHOLE) or hush.said_at is None or begun.get(name, now) <= hush.said_at + within
            },
            is_of_present=True,
        )

    def of_cause(self, cause: RootCause) -> Hush | None:
        """Return the word that covers a cause's whole incident, of several the newest; what is over needs none."""
        if cause.until is not None:
            return None
        whole = incident_fingerprint(self.names.get(cause.key, incident_name(cause)))
        covering = {*([] if self._is_of_earlier(whole, cause) else [whole]), *self._covering(cause)}
        return next((self._said_of(name) for name in reversed(list(self.by_fingerprint)) if name in covering), None)

    def _said_of(self, fingerprint: str) -> Hush | None:
        hush = self.by_fingerprint.get(fingerprint)
        return hush and replace(hush, about=fingerprint)

    def _is_of_earlier(self, whole: str, cause: RootCause) -> bool:
        """Return whether a word about an incident as a whole was said before the one trouble that a cause is has begun."""
        hush = self.by_fingerprint.get(whole)
        if self.is_of_present or hush is None or hush.said_at is None or not is_one_trouble(cause.name):
            return False
        return cause.since is not None and hush.said_at < cause.since

    def _covering(self, cause: RootCause) -> Collection[str]:
        """Return the fingerprints of the findings whose words are about all of a cause's incident."""
        speaking = {finding.fingerprint: self.of_finding(finding) for finding in spokesmen(cause)}
        said = {name: hush for name, hush in speaking.items() if hush is not None}
        if is_one_trouble(cause.name):
            return said
        if acknowledged := {name for name, hush in said.items() if hush.kind is HushKind.ACKNOWLEDGED}:
            return acknowledged
        # Silences speak each for its own finding: together they last until the first of them ends.
        return {min(said, key=lambda name: said[name].until)} if said and len(said) == len(speaking) else ()


NOTHING_SAID = Hushes()
NOT_ASKED = Hushes(unread="not asked here: `courtside check` shows what operators have said")
"""Of reports that are only the ground of something else."""


def hushes_in_force(rows: Iterable[Acknowledgement], as_of: datetime) -> Hushes:
    """Return the words in force at `as_of` (aware UTC), of rows that hold the newest word about each finding or incident.

    A word without an end, and one that this version does not know, count for nothing.
    """
    kinds = {kind.value: kind for kind in HushKind}
    in_order = sorted(rows, key=lambda row: (row.acknowledged_at, row.acknowledgement_id))
    return Hushes(
        {
            row.fingerprint: Hush(
                kinds[row.event], row.acknowledged_by or NOBODY, row.expires_at, row.reason or "", row.acknowledged_at
            )
            for row in in_order
            if row.event in kinds and row.expires_at is not None and row.expires_at > as_of
        }
    )
