"""How long one fact may take to load, unless a deployment says otherwise."""

from __future__ import annotations

DEADLINE_SECONDS = 15.0
"""Two refreshes of the quickest panel; a query on production-sized tables takes two to four seconds."""
