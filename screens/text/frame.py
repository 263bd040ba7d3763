"""What an answer is about."""

from __future__ import annotations

from dataclasses import dataclass

from checks.model import Scope


@dataclass(frozen=True, slots=True)
class Frame:
    """Which warehouse, at which moment, which dates; `assumed` says why a moment was chosen that nobody asked for."""

    warehouse: str
    scope: Scope
    assumed: str = ""
