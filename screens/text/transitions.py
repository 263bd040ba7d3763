"""Hand-overs as text."""

from __future__ import annotations

from collections.abc import Sequence

from checks.model import Report
from checks.times import EASTERN, format_minutes
from checks.transition_states import HandOverStatus, TransitionState
from screens.lines import BLANK, Line, Part, Span, Tone, grid
from screens.text.frame import Frame
from screens.text.report import check_lines, finding_lines, header_lines, verdict_lines

_TONES = {
    HandOverStatus.DONE: Tone.OK,
    HandOverStatus.RUNNING: Tone.STRONG,
    HandOverStatus.WAITING: Tone.WARNING,
    HandOverStatus.BLOCKED: Tone.ERROR,
    HandOverStatus.PARTIAL: Tone.WARNING,
    HandOverStatus.NOT_DUE: Tone.FAINT,
    HandOverStatus.NEVER_LOGGED: Tone.WARNING,
}


def transitions_lines(states: Sequence[TransitionState], report: Report, frame: Frame, width: int) -> list[Line]:
    """Return the verdict on the hand-overs, a line for each, then what is wrong in full."""
    lines = [*verdict_lines(report, width), *header_lines(frame, width)]
    for day in dict.fromkeys(state.game_date for state in states):
        lines.extend((BLANK, (Span(day.strftime("%a %-d %b %Y"), Tone.STRONG),)))
        rows = [_row(state) for state in states if state.game_date == day]
        lines.extend(grid([_HEAD, *rows], width, right={3}))
    for finding in report.findings:
        lines.extend((BLANK, *finding_lines(finding, frame.scope.as_of, width)))
    return [*lines, BLANK, *check_lines(report, width)]


_HEAD = tuple(Span(word, Tone.FAINT) for word in ("phases", "status", "started ET", "took", "says"))


def _row(state: TransitionState) -> tuple[Part, ...]:
    started = state.started_at.astimezone(EASTERN).strftime("%-d %b %H:%M %Z") if state.started_at else "-"
    took = format_minutes(state.duration_minutes) if state.duration_minutes is not None else "-"
    status = Span(state.status.value, _TONES[state.status])
    name = state.transition.value.replace("phase", "").replace("_to_", " to ")
    return (name, status, started, took, state.reason)
