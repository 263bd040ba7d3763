"""Which screen shows which kind of target. A screen is imported when it is opened first, so that the console opens quickly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import cast

from screens.panels.panel import Spec
from screens.session import Session
from screens.table import Target

Opener = Callable[[Target, Session], Spec]

NAMES = (
    "audit",
    "checklist",
    "code",
    "date",
    "doctor",
    "finding",
    "game",
    "gates",
    "operation",
    "operations",
    "queue",
    "timeline",
    "why",
    "workflow",
)
"""The kinds of target: each has a module of its name here, with a function `<name>_spec`."""


def _opener(name: str) -> Opener:
    def open_it(target: Target, session: Session) -> Spec:
        module = import_module(f"screens.detail.{name}")
        return cast("Opener", getattr(module, f"{name}_spec"))(target, session)

    return open_it


DETAILS: Mapping[str, Opener] = {name: _opener(name) for name in NAMES}
"""By `Target.screen`: the function that makes the spec of a detail screen."""
