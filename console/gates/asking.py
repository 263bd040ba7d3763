"""May the next phase start for a date? The one way in which the command line and the server ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.facts.feature_quality import FEATURE_QUALITY
from checks.facts.gate_overrides import GATE_OVERRIDES
from checks.facts.lineage import LINEAGE
from checks.gates import GateDecision, Outcome, evaluate_gate
from checks.pipeline import Transition
from console import document
from console.words import with_words

if TYPE_CHECKING:
    from console.desk import Desk
    from screens.text.frame import Frame

_STATUS = {Outcome.PROCEED: 0, Outcome.PROCEED_DEGRADED: 1, Outcome.BLOCK: 2}


@dataclass(frozen=True, slots=True)
class Decided:
    """A gate's decision, and why no operator's word could be in it, or ""."""

    decision: GateDecision
    note: str
    frame: Frame

    @property
    def status(self) -> int:
        """The exit status: 0 proceed, 1 proceed degraded, 2 block."""
        return _STATUS[self.decision.outcome]

    def document(self) -> dict[str, object]:
        """Return the document without what only the command line does: `recorded`."""
        return {
            "scope": document.scope(self.frame.scope, self.frame.warehouse, self.frame.assumed),
            "exit_status": self.status,
            "gate": document.gate(self.decision),
            "words_unread": self.note,
        }


def decide(desk: Desk, transition: Transition, frame: Frame) -> Decided:
    """Return the decision about the last date of the frame. Raises WarehouseError where facts or words are not known."""
    needed = (LINEAGE, FEATURE_QUALITY) if transition is Transition.PHASE4_TO_PHASE5 else (LINEAGE,)
    known = with_words(desk, frame.scope, GATE_OVERRIDES, *needed)
    return Decided(evaluate_gate(transition, known.facts, desk.policy, frame.scope.as_of), known.note, frame)
