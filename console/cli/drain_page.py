"""What `courtside queue drain` says, as text and as fields of a document, and the drainer's sign of life."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from checks.facts.retry_queue import QueueRow
from checks.queue_rows import label_of
from checks.times import both_zones
from console.cli.command import Job
from console.document import Json, instant, record
from console.draining.drain import Round
from console.draining.due import Ruling, Step
from console.draining.work import Fate
from console.heartbeat import DRAINER, Heartbeat, last_heartbeat, sign_of_life
from console.journal import JournalError
from console.memory import known_journal
from screens.lines import BLANK, Line, Span, Tone, flow
from screens.text.frame import Frame
from screens.text.report import INDENT, header_lines

_STEPS = {
    Step.POST: ("would post", Tone.STRONG),
    Step.TAKE_BACK: ("would take back", Tone.WARNING),
    Step.GIVE_UP: ("would give up", Tone.ERROR),
    Step.LEAVE: ("would leave", Tone.FAINT),
}
_FATES = {
    Fate.DISPATCHED: Tone.OK,
    Fate.WAITING_AGAIN: Tone.WARNING,
    Fate.GIVEN_UP: Tone.ERROR,
    Fate.LEFT: Tone.FAINT,
    Fate.UNSETTLED: Tone.UNKNOWN,
}


def life_of_drainer(job: Job) -> tuple[Heartbeat | None, str]:
    """Return the drainer's last sign of life on this host and the sentence for it, which says so where it cannot be read."""
    settings, now = job.settings, job.shell.now
    try:
        found = last_heartbeat(known_journal(settings.state_dir, now=now), DRAINER, settings.warehouse)
    except JournalError as error:
        return None, f"drainer: not known when it last ran, {error}"
    return found, sign_of_life(DRAINER, found, now())


def plan_lines(ruled: Sequence[Ruling], life: str, frame: Frame, width: int) -> list[Line]:
    """Return what a round would do, row by row, and that nothing was done."""
    lines = [*header_lines(frame, width), *flow([life], width), BLANK]
    for ruling in ruled:
        lines.extend(_row(ruling.row, *_STEPS[ruling.step], ruling.why, width))
    if not ruled:
        lines.extend(flow(["nothing in the queue is active"], width))
    return [*lines, BLANK, *flow(["Nothing was written or posted; with --apply it is."], width)]


def round_lines(outcome: Round, width: int, *, tersely: bool = False) -> list[Line]:
    """Return what a round came to, then its rows; those that were left alone only where not `tersely`."""
    tone = Tone.UNKNOWN if outcome.trouble else Tone.STRONG
    lines = flow([Span(outcome.sentence, tone), f"· {both_zones(outcome.at)}"], width)
    for done in outcome.done:
        if done.fate is not Fate.LEFT or not tersely:
            lines.extend(_row(done.row, done.fate.value, _FATES[done.fate], done.says, width))
    return lines


def _row(row: QueueRow, word: str, tone: Tone, says: str, width: int) -> list[Line]:
    processor = f" {row.processor_name}" if row.game_key else ""
    what = f"{label_of(row)}, {row.phase}{processor}"
    lines = flow([what, Span(f"· {row.id}", Tone.FAINT)], width, first=Span(f"{word} ", tone), hang=len(INDENT))
    return [*lines, *flow([says], width, first=INDENT)]


def plan_fields(ruled: Sequence[Ruling]) -> Json:
    """Return a round that was not made: each row with what would be done and why; nothing became of any."""
    return {
        "applied": False,
        "trouble": None,
        "rows": [_fields(item.row, item.step.value, None, item.why) for item in ruled],
    }


def round_fields(outcome: Round) -> Json:
    """Return a round that was made: each row with what became of it."""
    return {
        "applied": True,
        "trouble": outcome.trouble or None,
        "rows": [_fields(item.row, None, item.fate.value, item.says) for item in outcome.done],
    }


def life_fields(heartbeat: Heartbeat | None) -> Json | None:
    """Return when the drainer last ran on this host, where, and what it came to; null where that is not known."""
    if heartbeat is None:
        return None
    return {"at": instant(heartbeat.at), "host": heartbeat.host, "says": heartbeat.says}


def _fields(row: QueueRow, step: str | None, fate: str | None, why: str) -> Json:
    return {**cast("Json", record(row)), "step": step, "fate": fate, "why": why}
