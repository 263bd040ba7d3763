"""What `courtside journal` says, as text and as fields of a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from checks.severity import Severity
from checks.times import both_zones
from console.actions.chain import BrokenLink, Link
from console.actions.entry import ActionEntry, Actor
from console.actions.ledger import Verification
from console.document import Json, instant, record
from screens.lines import BLANK, Line, Span, Tone, flow, grid
from screens.text.report import INDENT, severity_lead

_UNREADABLE = "cannot be read any more: `courtside journal verify` says what was changed"


def list_lines(links: Sequence[Link], path: Path, width: int) -> list[Line]:
    """Return each entry: number, when and what, then who and why and what came of it."""
    if not links:
        return flow([f"nothing was done yet, says {path}"], width)
    return [row for link in links for row in (*_entry_lines(link, width), BLANK)][:-1]


def _entry_lines(link: Link, width: int) -> list[Line]:
    number = Span(f"{link.number:<{len(INDENT) - 1}} ", Tone.FAINT)
    entry = link.entry
    if entry is None:
        return flow([Span(_UNREADABLE, Tone.UNKNOWN)], width, first=number)
    what = Span(f"{entry.kind.value} {entry.action} {entry.subject}", Tone.STRONG)
    lines = flow([what, f"· {both_zones(entry.at)}"], width, first=number)
    rows = [(Span(f"{INDENT}{label}", Tone.FAINT), text) for label, text in _details(entry) if text]
    return [*lines, *grid(rows, width)]


def _details(entry: ActionEntry) -> Sequence[tuple[str, str]]:
    return (
        ("by", actor_text(entry.actor)),
        ("reason", entry.reason),
        ("before", entry.before),
        ("after", entry.after),
        ("outcome", entry.outcome),
        ("plan", entry.plan_id),
    )


def actor_text(actor: Actor) -> str:
    """Return `ann@ops-1, from 203.0.113.7, as ann@example.com`."""
    origin = f"from {actor.origin}" if actor.origin else ""
    account = f"as {actor.account}" if actor.account else ""
    return ", ".join(filter(None, (f"{actor.user}@{actor.host}", origin, account)))


def verification_lines(found: Verification, path: Path, width: int) -> list[Line]:
    """Return whether the record is whole, or where it is not."""
    if found.broken is not None:
        return _broken_lines(found.broken, path, width)
    count = "1 entry is" if found.entries == 1 else f"{found.entries:,} entries are"
    lines = flow([Span(f"{count} as written in {path}", Tone.STRONG)], width, first=severity_lead(Severity.OK))
    if found.last is not None:
        newest = f"the newest, {found.last.number}, is {_when(found.last)}"
        lines.extend(flow([newest], width, first=INDENT))
        lines.extend(flow([found.last.hash], width, first=Span(f"{'hash':<{len(INDENT)}}", Tone.FAINT)))
    return lines


def _broken_lines(broken: BrokenLink, path: Path, width: int) -> list[Line]:
    headline = f"the record of actions in {path} was changed: entry {broken.number}"
    lines = flow([Span(headline, Tone.STRONG)], width, first=severity_lead(Severity.CRITICAL))
    said = [broken.what]
    if broken.link is not None:
        said.append(f"found in its place: {_found(broken.link)}")
    if broken.before is not None:
        said.append(f"the record holds up to entry {broken.before.number}, {_when(broken.before)}")
    else:
        said.append("nothing before it is proved")
    for sentence in said:
        lines.extend(flow([sentence], width, first=INDENT))
    return lines


def _found(link: Link) -> str:
    entry = link.entry
    if entry is None:
        return f"what cannot be read, {_when(link)}"
    return f"{entry.kind.value} {entry.action} {entry.subject}, {_when(link)}, by {actor_text(entry.actor)}"


def _when(link: Link) -> str:
    entry = link.entry
    return "of a time that cannot be read" if entry is None else f"of {both_zones(entry.at)}"


def link_fields(link: Link) -> Json:
    """Return a link's fields: those of `console.actions.entry.ActionEntry`, all null where it cannot be read, and its place."""
    entry = link.entry
    found: Mapping[str, object] = (
        dict.fromkeys(ActionEntry.__dataclass_fields__) if entry is None else cast("Json", record(entry))
    )
    return {"number": link.number, **found, "previous": link.previous, "hash": link.hash}


def verification_fields(found: Verification) -> Json:
    """Return how many entries there are, the last hash, and where the chain breaks (null: nowhere)."""
    broken = found.broken
    return {
        "entries": found.entries,
        "last_hash": None if found.last is None else found.last.hash,
        "broken": None if broken is None else _broken_fields(broken),
    }


def _broken_fields(broken: BrokenLink) -> Json:
    held = None if broken.before is None else broken.before.entry
    return {
        "number": broken.number,
        "what": broken.what,
        "found": None if broken.link is None else link_fields(broken.link),
        "whole_until": None if held is None else instant(held.at),
    }
