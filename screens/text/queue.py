"""The retry queue as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from checks.facts.retry_queue import QueueRow
from checks.model import Report
from screens.lines import BLANK, Line, Part, Span, Tone, flow
from screens.text.frame import Frame
from screens.text.report import INDENT, check_lines, header_lines, suggestion_lines, verdict_lines

_TONES = {
    "pending": Tone.WARNING,
    "retrying": Tone.STRONG,
    "succeeded": Tone.OK,
    "failed_permanent": Tone.ERROR,
}


def queue_lines(explained: Sequence[tuple[QueueRow, str]], report: Report, frame: Frame, width: int) -> list[Line]:
    """Return the verdict on the queue, then its rows: those that somebody must still work on first."""
    lines = [*verdict_lines(report, width), *header_lines(frame, width)]
    for cause in report.causes[:1]:
        lines.extend(suggestion_lines([item for item in cause.suggestions if "queue list" not in item.command], width))
    counts = Counter(row.status for row, _ in explained)
    summary = ", ".join(f"{count} {status}" for status, count in counts.items()) or "nothing in the last two weeks"
    lines.extend((BLANK, *flow([summary], width, first=Span("queue    ", Tone.FAINT))))
    for row, why in explained:
        lines.extend((BLANK, *_row(row, why, width)))
    return [*lines, BLANK, *check_lines(report, width)]


def _row(row: QueueRow, why: str, width: int) -> list[Line]:
    name = f"{row.game_key} " if row.game_key else ""
    head: list[Part] = [
        Span(f"{name}{row.processor_name}", Tone.STRONG),
        f"{row.phase.replace('_', ' ')}, {row.game_date}, {row.retry_count} of {row.max_retries} tries",
        Span(f"· {row.id}", Tone.FAINT),
    ]
    lines = flow(head, width, first=Span(f"{row.status:<8} ", _TONES.get(row.status, Tone.PLAIN)), hang=len(INDENT))
    lines.extend(flow([why], width, first=INDENT))
    if row.error_message or row.error_type:
        error = f"{row.error_type or 'unknown'}: {(row.error_message or '')[:200]}"
        lines.extend(flow([Span(error, Tone.FAINT)], width, first=INDENT))
    return lines
