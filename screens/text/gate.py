"""A gate's decision as text."""

from __future__ import annotations

from collections.abc import Sequence

from checks.dependencies import DependencyState
from checks.funnel import format_percent
from checks.gate_words import Word
from checks.gates import GateDecision, Outcome
from screens.lines import BLANK, Line, Part, Span, Tone, flow, grid
from screens.text.frame import Frame
from screens.text.report import INDENT, header_lines

_WORDS = {
    Outcome.PROCEED: Span("PROCEED  ", Tone.OK),
    Outcome.PROCEED_DEGRADED: Span("DEGRADED ", Tone.WARNING),
    Outcome.BLOCK: Span("BLOCK    ", Tone.CRITICAL),
}


def gate_lines(decision: GateDecision, frame: Frame, width: int, *, alone: bool = False) -> list[Line]:
    """Return the decision, its reasons, what it depends on, and the games that were left out.

    `alone` says that the data alone decided, because it is not known what operators have said: that is never green.
    """
    name = f"{decision.transition.value} for {decision.game_date}"
    alarm = "the operators must be told" if decision.is_alarm else ""
    early = "too early; nobody needs to be told" if decision.not_due else ""
    word = "held by an operator" if decision.word and decision.word.word is Word.HOLD else ""
    by_data = "by the data alone" if alone else ""
    said = ": ".join(part for part in (name, by_data, alarm or early or word) if part)
    shown = _WORDS[decision.outcome]
    tone = Tone.UNKNOWN if alone else Tone.FAINT if decision.not_due else shown.tone  # no alarm does not look like one
    first = Span(shown.text, tone)
    lines = flow([Span(said, Tone.STRONG)], width, first=first)
    for reason in decision.reasons:
        lines.extend(flow([reason], width, first=INDENT))
    lines.extend(header_lines(frame, width))
    if decision.dependencies:
        lines.extend((BLANK, *grid([_dependency(item) for item in decision.dependencies], width, right={2})))
    if decision.excluded:
        lines.append(BLANK)
        for game in decision.excluded:
            lines.extend(flow([f"{game.label}: {game.reason}"], width, first=Span("left out ", Tone.FAINT)))
    return lines


def said_lines(sentences: Sequence[str], width: int) -> list[Line]:
    """Return what else there is to say, below a decision."""
    lines = [spans for said in sentences for spans in flow([said], width, first=Span("note     ", Tone.FAINT))]
    return [BLANK, *lines] if lines else []


def _dependency(item: DependencyState) -> tuple[Part, ...]:
    word = Span("met", Tone.OK) if item.met else Span("not met", Tone.ERROR if item.required else Tone.WARNING)
    kind = "required" if item.required else "optional"
    if item.unit == "score":
        value = "not known" if item.percent is None else f"{item.percent:.2f}"
        return (word, item.name, value, f"{kind}, at least {item.threshold:g}")
    counted = f"{kind}, at least {item.threshold:g} %: {item.present} of {item.expected} {item.unit}"
    missing = f", {len(item.missing)} missing" if item.missing else ""
    surplus = f", {len(item.surplus)} too many" if item.surplus else ""
    return (word, item.name, format_percent(item.percent), counted + missing + surplus)
