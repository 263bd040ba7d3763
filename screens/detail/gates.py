"""Gates: may the next phase start? Every hand-over of every date shown, the decision that an orchestrator would be given."""

from __future__ import annotations

from checks.facts.fact import Facts
from checks.facts.feature_quality import FEATURE_QUALITY
from checks.facts.gate_overrides import GATE_OVERRIDES
from checks.facts.lineage import LINEAGE
from checks.model import Scope, Subject, SubjectKind
from checks.pipeline import Transition
from checks.policy import Policy
from screens.lines import BLANK, Span, Tone, flow, text_of
from screens.panels.panel import Spec
from screens.ports import Look
from screens.session import Session
from screens.table import Item, Table, Target
from screens.text.frame import Frame
from screens.text.gate import gate_lines
from screens.text.report import header_lines
from screens.views.options import Options
from screens.words import gate_overrides_of, gates_asked, gates_trouble

GATE_CHECKS = ("reconcile.games", "quality.features")
"""The checks whose facts gates stand on; the operators' words about gates are loaded with them."""

CADENCE_SECONDS = 60.0


def gates_spec(target: Target, session: Session) -> Spec:
    """Return the screen; it asks for itself, because the full report is loaded without the operators' words about gates."""
    return Spec("gates", "", "Gates", gates_view, GATE_CHECKS, CADENCE_SECONDS)


def gates_view(look: Look, scope: Scope, policy: Policy, options: Options) -> Table:
    """Return each date's gates, the latest date first, with the reasons and dependencies of each.

    None before it was asked whether somebody holds them; where the answer did not come, what the data alone says, never in green.
    """
    from checks.gates import evaluate_gate  # noqa: PLC0415  # the screen is opened without the checks' machinery

    alone = bool(gates_trouble(look))
    if not gates_asked(look):
        return Table.of((), empty="loading what operators have said about gates …")
    loaded = (
        (LINEAGE, look.rows(LINEAGE)),
        (FEATURE_QUALITY, look.rows(FEATURE_QUALITY)),
        (GATE_OVERRIDES, gate_overrides_of(look)),
    )
    wanted = options.filter.lower()
    trouble = flow([Span(gates_trouble(look), Tone.UNKNOWN)], options.width)
    items = [Item(f"trouble {n}", spans) for n, spans in enumerate(trouble)]
    for day in reversed(scope.dates):
        facts = Facts.of(Scope.at(scope.as_of, last=day, days=1), *loaded)
        for transition in Transition:
            decision = evaluate_gate(transition, facts, policy, scope.as_of)
            frame = Frame("", facts.scope)
            said_above = header_lines(frame, options.width)
            lines = [
                spans for spans in gate_lines(decision, frame, options.width, alone=alone) if spans not in said_above
            ]
            if wanted not in " ".join(text_of(spans) for spans in lines).lower():
                continue
            name = f"{day.isoformat()} {transition.value}"
            target, subject = (
                Target("date", day.isoformat(), day),
                Subject(SubjectKind.TRANSITION, transition.value, day),
            )
            items.extend(Item(f"{name} {n}", spans, target, subject) for n, spans in enumerate((*lines, BLANK)))
    return Table.of(items, empty=f"no gate contains {options.filter!r}" if wanted else "no dates")
