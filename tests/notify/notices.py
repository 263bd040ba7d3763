"""Notices with valid defaults."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from checks.severity import Severity
from console.notify.notice import Kind, Notice, Part
from tests.incidents.reports import NOON

ID = "demo|controller_silent@20260123T120000Z"


def part(kind: Kind, severity: Severity = Severity.CRITICAL, title: str = "", incident: str = ID) -> Part:
    """Return what a notice of a kind tells of an incident."""
    return Part(incident, kind, severity, title or f"{kind.value} it is", kind is not Kind.RESOLVED)


OPENED = Notice(
    kind=Kind.OPENED,
    place="demo",
    thread=ID,
    incident="demo|controller_silent",
    severity=Severity.CRITICAL,
    title="CRITICAL: nobody decides",
    lines=("since Fri 23 Jan 07:00 EST (2026-01-23T12:00Z), 0 min", "next: courtside gaps"),
    at=NOON,
    parts=(part(Kind.OPENED, title="CRITICAL: nobody decides"),),
)


def notice(kind: Kind, minutes: float = 0, **changes: Any) -> Notice:
    """Return the notice of another kind, so many minutes later."""
    parts = () if kind in (Kind.DIGEST, Kind.HELD_BACK) else (part(kind),)
    values = {"is_live": kind is not Kind.RESOLVED, "title": f"{kind.value} it is", "parts": parts, **changes}
    return replace(OPENED, kind=kind, at=NOON + timedelta(minutes=minutes), **values)
