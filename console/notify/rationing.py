"""How much is sent at a time: one message a thread a minute, twelve an hour altogether, and one that says what waits. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from console.notify.notice import Kind, Ledger, Manner, Notice
from console.notify.wording import held_back, merged

HOUR = timedelta(hours=1)
_LATER = {Kind.HELD_BACK: 2, Kind.DIGEST: 1}


@dataclass(frozen=True, slots=True)
class Ration:
    """What is to be sent now, in order, and the ledger afterwards, with what waits."""

    notices: tuple[Notice, ...]
    ledger: Ledger


def is_for_somebody(_notice: Notice) -> bool:
    """Return True, of every notice: for those who do not ask who there is to be told."""
    return True


def ration(
    wanted: Iterable[Notice],
    ledger: Ledger,
    now: datetime,
    manner: Manner,
    is_heard: Callable[[Notice], bool] = is_for_somebody,
) -> Ration:
    """Return what of `wanted` and of what waits is sent at `now` (aware UTC), the worst first.

    What waits is replaced by what is newer in its thread. Over the ceiling one message an hour says how many are held back.
    `is_heard` returns whether anybody there is to be told of a notice; what nobody is takes no room, and none waits for it.
    """
    ledger = replace(
        ledger,
        sent=tuple(sent for sent in ledger.sent if now - sent < HOUR),
        spoke={thread: at for thread, at in ledger.spoke.items() if now - at < HOUR},
    )
    room = manner.most_an_hour - len(ledger.sent)
    sending: list[Notice] = []
    counted: list[Notice] = []
    grouped: list[Notice] = []
    held: list[Notice] = []
    for notice in sorted(_collapsed((*ledger.waiting, *wanted)), key=_urgency):
        spoke = ledger.spoke.get(notice.thread)
        if not is_heard(notice):
            sending.append(notice)
        elif spoke is not None and now - spoke < manner.groups_within:
            grouped.append(notice)
        elif room > 0:
            sending.append(notice)
            counted.append(notice)
            room -= 1
        else:
            held.append(notice)
    after = replace(
        ledger,
        sent=(*ledger.sent, *(now for _ in counted)),
        spoke={**ledger.spoke, **{notice.thread: now for notice in counted}},
        waiting=(*grouped, *held),
    )
    if held and (after.counted_at is None or now - after.counted_at >= HOUR):
        sending.append(held_back(held[0].place, held, manner.most_an_hour, now))
        after = replace(after, counted_at=now)
    return Ration(tuple(sending), after)


def _collapsed(notices: Iterable[Notice]) -> list[Notice]:
    """Return one notice a thread and audience, which says how many it stands for; no incident that was in one is left out."""
    latest: dict[tuple[str, bool], Notice] = {}
    for notice in notices:
        escalation = latest.get((notice.thread, True))
        if escalation is not None and notice.replaces(escalation):
            del latest[notice.thread, True]
        place = (notice.thread, notice.is_escalation)
        before = latest.get(place)
        if before is None:
            latest[place] = notice
        else:
            latest[place] = _in_place_of(notice, before) if notice.replaces(before) else merged(notice, before)
    return list(latest.values())


def _in_place_of(notice: Notice, before: Notice) -> Notice:
    """Return a notice that nobody needs an earlier one beside: what began and nobody knows of stays a beginning."""
    earlier = {part.id: part.kind for part in before.parts}
    parts = tuple(replace(part, kind=_beginning(part.kind, earlier.get(part.id))) for part in notice.parts)
    kind = _beginning(notice.kind, before.kind)
    return replace(notice, kind=kind, count=before.count + notice.count, parts=parts)


def _beginning(kind: Kind, before: Kind | None) -> Kind:
    """Return why somebody is told who has not been told of what was `before`."""
    if before is Kind.OPENED and kind is Kind.WORSENED:
        return Kind.OPENED
    return before if before in (Kind.OPENED, Kind.WORSENED) and kind is Kind.REMINDER else kind


def _urgency(notice: Notice) -> tuple[int, int, datetime, str]:
    return (_LATER.get(notice.kind, 0), -notice.severity, notice.at, notice.thread)
