"""Planning the operator's word about gates: hold or release a hand-over for a date, with a reason and an end."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from checks.facts.gate_overrides import GATE_OVERRIDES, GateOverride
from checks.gate_words import GateWord, Word, word_in_force
from checks.model import Scope, Subject, SubjectKind
from checks.pipeline import Transition
from checks.times import both_zones, format_instant, format_utc
from console.actions.plan import PlanItem, Put
from console.actions.planning.draft import Asked, Draft
from console.words import require_words
from screens.orders import Verb

if TYPE_CHECKING:
    from console.desk import Desk

TABLE = "nba_orchestration.console_gate_overrides"
LONGEST_WORD = timedelta(days=7)
"""A hold or a release that nobody remembers must end by itself."""

COST = "one row appended to console_gate_overrides each; the pipeline's tables stay as they are"


def plan_gates(asked: Asked, desk: Desk) -> Draft:
    """Return what a GATE_HOLD or a GATE_RELEASE would do. Raises WarehouseError when what was said before cannot be read."""
    order = asked.order
    days = (order.last - order.first).days + 1
    rows = require_words(desk, Scope.at(asked.now, last=order.last, days=days), GATE_OVERRIDES)
    return Draft(tuple(gate_items(asked, rows)), cost=COST)


def gate_items(asked: Asked, rows: Iterable[GateOverride]) -> Iterator[PlanItem]:
    """Yield one item for each hand-over that the order names; `rows` hold the newest word about each."""
    known = tuple(rows)
    word = Word.HOLD if asked.order.verb is Verb.GATE_HOLD else Word.RELEASE
    for subject in dict.fromkeys(asked.order.subjects):
        refused = _unfit(subject) or _unfit_end(asked.order.until, asked.now) or _unfit_reason(asked.order.note)
        if refused or subject.game_date is None or asked.order.until is None:
            yield PlanItem(str(subject), "", refused)
            continue
        transition = Transition(subject.name)
        mine = next((r for r in known if (r.phase_name, r.game_date) == (subject.name, subject.game_date)), None)
        before = word_in_force(known, transition, subject.game_date, asked.now)
        yield _item(asked, subject, GateWord(word, asked.by, asked.order.until, asked.order.note.strip()), mine, before)


def _item(
    asked: Asked, subject: Subject, word: GateWord, newest: GateOverride | None, before: GateWord | None
) -> PlanItem:
    read = json.dumps({"gate": str(subject), "newest": newest and newest.override_id}, sort_keys=True)
    if before == word:
        return PlanItem(str(subject), "", f"already {before.said}", read=read)
    does = "blocks" if word.word is Word.HOLD else "a block becomes proceed_degraded"
    instead = f"; it replaces: {before.said}" if before else ""
    until = both_zones(word.until)
    would = f"{word.word.value} until {until}, {does}: {word.reason}{instead}"
    return PlanItem(str(subject), would, step=_put(asked, subject, word), read=read)


def _put(asked: Asked, subject: Subject, word: GateWord) -> Put:
    key = f"{asked.plan_id}-{subject.name}-{subject.game_date}"
    values = {
        "override_id": key,
        "game_date": str(subject.game_date),
        "phase_name": subject.name,
        "decision": word.word.value,
        "reason": word.reason,
        "overridden_by": word.by,
        "overridden_at": format_instant(asked.now, "microseconds"),
        "expires_at": format_instant(word.until, "microseconds"),
    }
    return Put(TABLE, key, values)


def _unfit(subject: Subject) -> str:
    """Return why there is no gate of that name, or ""."""
    names = [transition.value for transition in Transition]
    if subject.kind is not SubjectKind.TRANSITION or subject.name not in names:
        return f"there is no hand-over {subject.name}: they are {', '.join(names)}"
    return "" if subject.game_date else "a gate is held or released for a game date, and this says of none"


def _unfit_end(until: datetime | None, now: datetime) -> str:
    """Return why a word cannot end then, or ""."""
    if until is None:
        return "when it ends is missing: say for how long, at most 7 days"
    if until <= now:
        return f"it would have ended already, {format_utc(until)}"
    if until - now > LONGEST_WORD:
        return f"{format_utc(until)} is more than 7 days away, longer than a word about a gate may last"
    return ""


def _unfit_reason(note: str) -> str:
    return "" if note.strip() else "a reason is required: say why"
