"""What `courtside workers` says, as text and as fields of a document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from checks.times import both_zones, format_minutes, minutes_between
from checks.workers import UnreadableRecord, WorkerBeat, WorkerRecord
from console.document import Json, day, instant
from screens.lines import Line, Span, Tone, flow
from screens.text.report import INDENT


def worker_lines(records: Sequence[WorkerRecord], now: datetime, width: int) -> list[Line]:
    """Return each worker by its id: its last heartbeat, and how far its batch is."""
    if not records:
        return flow(["no prediction worker has left a heartbeat on this host"], width)
    return [row for record in records for row in _lines(record, now, width)]


def _lines(record: WorkerRecord, now: datetime, width: int) -> list[Line]:
    name = Span(f"{record.worker_id}  ", Tone.STRONG)
    if isinstance(record, UnreadableRecord):
        return flow([Span(record.reason, Tone.UNKNOWN)], width, first=name, hang=len(INDENT))
    assert isinstance(record, WorkerBeat)  # noqa: S101  # there is no third kind of record
    ago = minutes_between(record.heartbeat_at, now)
    when = f"{format_minutes(ago)} ago" if ago >= 0 else "at a time that this clock has yet to reach"
    said = f"{record.state.value}, last heartbeat {when}, {both_zones(record.heartbeat_at)}"
    batch = f"; {record.completed} of {record.expected} of batch {record.batch_id}" if record.batch_id else ""
    of_day = f" for {record.game_date.isoformat()}" if record.batch_id and record.game_date else ""
    return flow([f"{said}{batch}{of_day}"], width, first=name, hang=len(INDENT))


def worker_fields(record: WorkerRecord) -> Json:
    """Return the fields of a worker; all but `worker` and `reason` are null for a record that is no heartbeat."""
    beat = record if isinstance(record, WorkerBeat) else None
    return {
        "worker": record.worker_id,
        "reason": record.reason if isinstance(record, UnreadableRecord) else "",
        "heartbeat_at": instant(beat.heartbeat_at) if beat else None,
        "state": beat.state.value if beat else None,
        "batch": beat.batch_id if beat else None,
        "game_date": day(beat.game_date) if beat else None,
        "completed": beat.completed if beat else None,
        "expected": beat.expected if beat else None,
        "progressed_at": instant(beat.progressed_at) if beat else None,
    }
