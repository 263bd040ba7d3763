"""Notices and ledgers as JSON text and back, for the journal."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from checks.severity import Severity
from console.notify.notice import Kind, Ledger, Notice, Part, Tally, Told


def text_of_notice(notice: Notice) -> str:
    """Return a notice as JSON in one line."""
    return json.dumps(_fields(notice))


def notice_of_text(text: str) -> Notice:
    """Return the notice that `text_of_notice` wrote. Raises ValueError, KeyError or TypeError for anything else."""
    return _notice(json.loads(text))


def readable_notice(text: str) -> Notice | None:
    """Return the notice that `text_of_notice` wrote, None for what another version of the program wrote and this cannot read."""
    try:
        return notice_of_text(text)
    except (ValueError, KeyError, TypeError):
        return None


def text_of_ledger(ledger: Ledger) -> str:
    """Return a ledger as JSON in one line."""
    return json.dumps(
        {
            "told": {name: _told_fields(item) for name, item in ledger.told.items()},
            "sent": [sent.isoformat() for sent in ledger.sent],
            "counted_at": _text(ledger.counted_at),
            "waiting": [_fields(notice) for notice in ledger.waiting],
            "spoke": {thread: at.isoformat() for thread, at in ledger.spoke.items()},
            "digest": ledger.digest.isoformat() if ledger.digest else None,
            **asdict(ledger.tally),
            "runs": [run.isoformat() for run in ledger.runs],
            "sinks": ledger.sinks,
        }
    )


def ledger_of_text(text: str) -> Ledger:
    """Return the ledger that `text_of_ledger` wrote, now or in an earlier version that knew less.

    Raises ValueError, KeyError or TypeError for anything else.
    """
    raw: dict[str, Any] = json.loads(text)
    return Ledger(
        told={name: _told(item) for name, item in raw["told"].items()},
        sent=tuple(datetime.fromisoformat(sent) for sent in raw["sent"]),
        counted_at=_moment(raw["counted_at"]),
        waiting=tuple(_notice(item) for item in raw["waiting"]),
        spoke={thread: datetime.fromisoformat(at) for thread, at in raw["spoke"].items()},
        digest=date.fromisoformat(raw["digest"]) if raw["digest"] else None,
        tally=Tally(raw["opened"], raw["resolved"], raw.get("left", 0), tuple(raw.get("left_named", ()))),
        runs=tuple(datetime.fromisoformat(run) for run in raw.get("runs", ())),
        sinks=None if raw.get("sinks") is None else tuple(raw["sinks"]),
    )


def _told_fields(item: Told) -> dict[str, object]:
    return {
        "at": item.at.isoformat(),
        "since": _text(item.since),
        "escalated": item.escalated,
        "swings": [swing.isoformat() for swing in item.swings],
        "flaps": item.flaps,
        "stayed_at": _text(item.stayed_at),
        "worst": item.worst.name,
        "word": item.word,
        "blind": item.blind,
    }


def _told(raw: dict[str, Any] | list[Any]) -> Told:
    """Return what is known of an incident; whoever knew nothing of flapping wrote three values."""
    if isinstance(raw, list):
        at, since, escalated = raw
        return Told(datetime.fromisoformat(at), _moment(since), bool(escalated))
    return Told(
        datetime.fromisoformat(raw["at"]),
        _moment(raw["since"]),
        bool(raw["escalated"]),
        tuple(datetime.fromisoformat(swing) for swing in raw["swings"]),
        bool(raw["flaps"]),
        _moment(raw["stayed_at"]),
        Severity[raw["worst"]],
        raw["word"],
        tuple(raw.get("blind", ())),
    )


def _fields(notice: Notice) -> dict[str, object]:
    return {
        "kind": notice.kind.value,
        "place": notice.place,
        "thread": notice.thread,
        "incident": notice.incident,
        "severity": notice.severity.name,
        "title": notice.title,
        "lines": notice.lines,
        "at": notice.at.isoformat(),
        "is_live": notice.is_live,
        "count": notice.count,
        "parts": [[part.id, part.kind.value, part.severity.name, part.title, part.is_live] for part in notice.parts],
        "as_of": _text(notice.as_of),
    }


def _notice(raw: dict[str, Any]) -> Notice:
    return Notice(
        **{
            **raw,
            "kind": Kind(raw["kind"]),
            "severity": Severity[raw["severity"]],
            "lines": tuple(raw["lines"]),
            "at": datetime.fromisoformat(raw["at"]),
            "parts": tuple(
                Part(name, Kind(kind), Severity[severity], title, is_live)
                for name, kind, severity, title, is_live in raw["parts"]
            ),
            "as_of": _moment(raw.get("as_of")),
        }
    )


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
