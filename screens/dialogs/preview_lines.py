"""What an action would do, is doing and has done, as lines. Pure."""

from __future__ import annotations

from screens.lines import BLANK, Line, Span, Tone, flow
from screens.ports import Preview, PreviewItem, Result

NOT_AVAILABLE = "applying is not available: this shows what would happen, and nothing is done"


def preview_lines(preview: Preview, width: int) -> list[Line]:
    """Return a preview as lines: whether it can be applied, each item with what would happen or why not, then the text."""
    note = preview.note or ("" if preview.available else NOT_AVAILABLE)
    lines = flow([Span(note, Tone.WARNING)], width) if note else []
    refused = sum(bool(item.refused) for item in preview.items)
    if preview.items:
        counted = f"{len(preview.items) - refused} would be done, {refused} refused"
        lines += [*flow([Span(counted, Tone.STRONG)], width), BLANK]
    for item in preview.items:
        lines += _item(item, width, "would    ", "refused  ")
    if preview.text:
        lines += [BLANK] if preview.items else []
        lines += [spans for text in preview.text.splitlines() for spans in flow([text], width) or [BLANK]]
    if not preview.items and not preview.text:
        lines.append((Span("nothing would be done", Tone.FAINT),))
    return lines


def progress_lines(preview: Preview, done: int, of: int, *, stopping: bool, width: int) -> list[Line]:
    """Return how far applying is, and how to stop it."""
    said = f"{done} of {of}" if of else "beginning"
    how = "stopping after this item; Esc leaves it to itself" if stopping else "Esc stops between two items"
    waits = [] if stopping else preview_lines(preview, width)
    return [*flow([Span(said, Tone.STRONG)], width), *flow([Span(how, Tone.WARNING)], width), BLANK, *waits]


def result_lines(result: Result, width: int) -> list[Line]:
    """Return what came of it: the sentence, then what was not done and why, then what was."""
    tone = Tone.OK if result.is_complete else Tone.ERROR
    lines = flow([Span(result.sentence, tone)], width)
    if result.items:
        left = sum(bool(item.refused) for item in result.items)
        counted = f"{len(result.items) - left} done, {left} not done"
        lines += [*flow([Span(counted, Tone.STRONG)], width), BLANK]
    for item in sorted(result.items, key=lambda item: not item.refused):
        lines += _item(item, width, "done     ", "not done ")
    return lines


def _item(item: PreviewItem, width: int, done: str, refused: str) -> list[Line]:
    if item.refused:
        return flow([f"{item.subject}:", Span(item.refused, Tone.WARNING)], width, first=refused, hang=9)
    return flow([f"{item.subject}:", item.would], width, first=done, hang=9)
