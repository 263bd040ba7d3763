"""What the keys that act do: for each the verb, what it can be done to, and what must be known before it can be planned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from checks.model import SubjectKind
from screens.orders import Verb


@dataclass(frozen=True, slots=True)
class Deed:
    """`stands_on` is where one must stand, `kinds` what it can be done to (anything, when empty).

    `until` asks for when it ends, `reason` for a reason, each with these words; "" asks nothing. With `is_word` a row that is a
    cause stands for its whole incident, and not for the finding that is its first sign.
    """

    verb: Verb
    stands_on: str = "a game, a queue row or a finding"
    kinds: frozenset[SubjectKind] = frozenset()
    until: str = ""
    reason: str = ""
    is_word: bool = False


_ROWS = frozenset({SubjectKind.QUEUE})
_ROW = "a row of the retry queue"
_GATES = frozenset({SubjectKind.TRANSITION})
_GATE = "a gate (g shows them)"

DEEDS: Mapping[str, Deed] = {
    "requeue": Deed(Verb.REQUEUE),
    "cancel": Deed(Verb.CANCEL, _ROW, _ROWS),
    "resolve": Deed(Verb.RESOLVE, _ROW, _ROWS, reason="how it was resolved: "),
    "retry": Deed(Verb.RETRY, _ROW, _ROWS),
    "hold": Deed(Verb.HOLD, _ROW, _ROWS, until="hold until: "),
    "acknowledge": Deed(Verb.ACKNOWLEDGE, is_word=True),
    "silence": Deed(Verb.SILENCE, until="silence for: ", reason="reason: ", is_word=True),
    "withdraw": Deed(Verb.WITHDRAW, is_word=True),
    "gate_hold": Deed(Verb.GATE_HOLD, _GATE, _GATES, until="hold the gate until: ", reason="reason: "),
    "gate_release": Deed(Verb.GATE_RELEASE, _GATE, _GATES, until="let it pass until: ", reason="reason: "),
}
"""By action id."""
