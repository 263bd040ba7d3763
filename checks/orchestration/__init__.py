"""Is the controller deciding, does every workflow decide, and does what was decided run?"""

from __future__ import annotations

from checks.orchestration.gaps import gap, masked_outage
from checks.orchestration.runs import missed_run
from checks.orchestration.silence import Silence, silences
from checks.orchestration.workflows import silent_workflow

__all__ = ["Silence", "gap", "masked_outage", "missed_run", "silences", "silent_workflow"]
