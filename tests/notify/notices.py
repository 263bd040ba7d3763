"""Notices with valid defaults."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from checks.severity import Severity
from console.notify.notice import Kind, Notice
from tests.incidents.reports import NOON

OPENED = Notice(
    kind=Kind.OPENED,
    place="demo",
    thread="demo|controller_silent@20260123T120000Z",
    incident="demo|controller_silent",
    severity=Severity.CRITICAL,
    title="CRITICAL: nobody decides",
    lines=("since Fri 23 Jan 07:00 EST (2026-01-23T12:00Z), 0 min", "next: courtside gaps"),
    at=NOON,
)


def notice(kind: Kind, minutes: float = 0, **changes: Any) -> Notice:
    """Return the notice of another kind, so many minutes later."""
    values = {"is_live": kind is not Kind.RESOLVED, "title": f"{kind.value} it is", **changes}
    return replace(OPENED, kind=kind, at=NOON + timedelta(minutes=minutes), **values)
