"""How bad it is: the severities and the sentence at the top, apart from the model for a first frame that knows no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum


class Severity(IntEnum):
    """How bad, in rising order, so that `max` gives the worst.

    UNKNOWN stands above WARNING: a check that could not see may hide anything, and is never green.
    """

    OK = 0
    WARNING = 1
    UNKNOWN = 2
    ERROR = 3
    CRITICAL = 4


@dataclass(frozen=True, slots=True)
class Verdict:
    """The one sentence at the top; `since` is aware UTC."""

    severity: Severity
    sentence: str
    since: datetime | None
