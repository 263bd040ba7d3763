"""A gate that blocks, as a message to the operators: one thread for each hand-over of each date. Pure."""

from __future__ import annotations

import hashlib
from datetime import datetime

from checks.gates import GateDecision
from checks.pipeline import phase
from checks.times import both_zones
from console.slack.message import Message
from console.summary import for_slack

_PLACE, _REASON, _REASONS = 60, 240, 3
"""Characters of the warehouse's name and of a reason, and how many reasons: with all else below 1,200 characters."""


def gate_message(decision: GateDecision, as_of: datetime, place: str) -> Message:
    """Return the message about a decision on the warehouse that people call `place`, as of a moment (aware UTC).

    What counts as a change, and is answered in the thread, is another outcome or other reasons.
    """
    name, day = decision.transition.value, decision.game_date.isoformat()
    taker = phase(decision.transition.target)
    reasons = [for_slack(reason, _REASON) for reason in decision.reasons[:_REASONS]]
    what = f"*{decision.outcome.value.upper()}* on {for_slack(place, _PLACE)}: {name} for {day}"
    head = [
        what,
        f"*As of* {both_zones(as_of)}",
        f"*Impact* phase {taker.number} ({taker.name}) of {day} does not start",
        f"*Cause* {'; '.join(reasons)}",
        f"*Next* `courtside gate {name} --date {day}`",
    ]
    standing = "\0".join((decision.outcome.value, *decision.reasons))
    return Message(
        incident=f"{place}|gate:{name}:{day}",
        head="\n".join(head),
        detail="",
        change="\n".join((what, head[1], head[3])),
        standing=hashlib.sha256(standing.encode()).hexdigest()[:32],
    )
