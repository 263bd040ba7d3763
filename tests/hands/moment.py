"""The hour at which hands are tried."""

from __future__ import annotations

from screens.orders import Consent
from tests.builders import at

NOW = at("2026-01-25T16:00")
"""The demo's queue has a row then, and nothing else is known yet."""
WHY = Consent("nobody works it")
