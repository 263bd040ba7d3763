"""Incidents as a word takes them: as a whole, by the names that `courtside incidents` shows, and how far one about less goes."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from checks.hushes import NOTHING_SAID, Hushes, HushKind, incident_fingerprint
from checks.incidents.incident import Incident, Run
from checks.incidents.signs import name_of, signs_of
from checks.keys import cause_of
from checks.model import Report, RootCause
from console.actions.plan import PlanItem, Put
from screens.orders import Verb

ON_A_WORD = {HushKind.ACKNOWLEDGED: ("in hand", "ack"), HushKind.SILENCED: ("silent", "silence")}
"""What an incident is by a word, and the command that says it."""


@dataclass(frozen=True, slots=True)
class Whole:
    """An incident as a whole: its name without the environment, its cause, what it is about and the fingerprints of its evidence.

    `until` is since when it is over (aware UTC), None while it lasts.
    """

    name: str
    cause: str
    sentence: str
    signs: tuple[str, ...] = ()
    until: datetime | None = None

    @property
    def fingerprint(self) -> str:
        """What a word about it goes by."""
        return incident_fingerprint(self.name)


def wholes_of_report(report: Report) -> tuple[Whole, ...]:
    """Return the incidents that a report comes to, worst first."""
    signs = signs_of(Run("", report, NOTHING_SAID, report.scope.as_of)).values()
    return tuple(Whole(cause_of(sign.key), sign.cause, sign.sentence, sign.signs, sign.ended_at) for sign in signs)


def wholes_kept(incidents: Iterable[Incident]) -> tuple[Whole, ...]:
    """Return the incidents that last, as runs of the checks have left them: those too that no report of the warehouse shows."""
    return tuple(Whole(item.name, item.cause, item.sentence, item.signs) for item in incidents if item.is_live)


def called(name: str, wholes: Sequence[Whole], report: Report) -> tuple[Whole, ...]:
    """Return the incidents that go by a name: one's own, with or without its environment, or all of a cause.

    The key of one of the report's causes is a name as well.
    """
    by_key = {cause.key: name_of(cause, report) for cause in report.causes}
    wanted = by_key.get(name, cause_of(name) or name)
    found = [whole for whole in wholes if whole.name == wanted] or [whole for whole in wholes if whole.cause == wanted]
    return tuple(whole for whole in found if whole.until is None) or tuple(found)


def with_reach(verb: Verb, items: Iterable[PlanItem], report: Report, before: Hushes, after: Hushes) -> list[PlanItem]:
    """Return the items of a plan with what each comes to: whether its finding's incident is in hand, or silent, by all of them.

    `before` and `after` are the words in force without the plan and with it.
    """
    causes = {finding.fingerprint: cause for cause in report.causes for finding in (*cause.evidence, *cause.symptoms)}
    reached = []
    for item in items:
        cause = causes.get(str(item.step.values["fingerprint"])) if isinstance(item.step, Put) else None
        reach = _reach(verb, cause, name_of(cause, report), before, after) if cause is not None else ""
        reached.append(replace(item, would=f"{item.would}; {reach}") if reach else item)
    return reached


def _reach(verb: Verb, cause: RootCause, name: str, before: Hushes, after: Hushes) -> str:
    """Return what becomes of a cause's incident, or "" where nothing is to be said of it."""
    hush = after.of_cause(cause)
    if verb is Verb.WITHDRAW:
        still = f"the incident {name} is still {hush.said}" if hush is not None else ""
        return still or (f"people are told of the incident {name} again" if before.of_cause(cause) else "")
    if hush is not None:
        return f"with that the incident {name} is {ON_A_WORD[hush.kind][0]}"
    state, command = ON_A_WORD[HushKind.SILENCED if verb is Verb.SILENCE else HushKind.ACKNOWLEDGED]
    return (
        f"people go on being told of the incident {name}, which stands on more or worse than this: "
        f"`courtside {command} {shlex.quote(name)}` has all of it {state}"
    )
