"""What `courtside verify` says, as text and as fields of a document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from checks.severity import Severity
from checks.times import both_zones
from console.actions.aftercare import Done, Verified
from console.actions.judgement import Judgement
from console.actions.verifying import AFTER, Scheduled
from console.document import Json, instant, severity
from screens.lines import Line, Span, Tone, flow
from screens.text.report import INDENT, severity_lead


def verify_lines(done: Done | None, pending: Sequence[Scheduled], now: datetime, width: int) -> list[Line]:
    """Return what was verified just now, item by item, then what is still to come, with its time in both zones."""
    lines: list[Line] = []
    if done is not None:
        lines += [row for verified in done.verified for row in _verified_lines(verified, width)]
        if done.trouble:
            lines += flow([f"cannot be said: {done.trouble}"], width, first=severity_lead(Severity.UNKNOWN))
        elif not done.verified:
            lines += flow(["nothing is due"], width, first=severity_lead(Severity.OK))
        if done.delivery_trouble:
            words = f"what waits in the outbox was not delivered: {done.delivery_trouble}"
            lines += flow([words], width, first=severity_lead(Severity.WARNING))
    elif not pending:
        lines += flow(["no verification is to come"], width, first=severity_lead(Severity.OK))
    return [*lines, *(row for item in pending for row in _pending_lines(item, now, width))]


def _verified_lines(verified: Verified, width: int) -> Iterable[Line]:
    judgement = verified.judgement
    yield from flow([Span(judgement.sentence, Tone.STRONG)], width, first=severity_lead(judgement.severity))
    yield from flow([Span(f"plan {verified.plan_id}, {_rounds(verified.rounds)}", Tone.FAINT)], width, first=INDENT)
    if len(judgement.items) > 1:
        for item in judgement.items:
            yield from flow([f"{item.subject}: {item.sentence}"], width, first=INDENT)


def _pending_lines(item: Scheduled, now: datetime, width: int) -> list[Line]:
    when = "due since" if item.due_at <= now else "due"
    words = f"plan {item.plan_id}, {_rounds((item.round,))}: {when} {both_zones(item.due_at)}"
    return flow([words], width, first=Span(f"{'to come':<{len(INDENT)}}", Tone.FAINT))


def _rounds(rounds: Sequence[int]) -> str:
    return f"verification {' and '.join(map(str, rounds))} of {len(AFTER)}"


def verify_fields(done: Done | None, pending: Sequence[Scheduled]) -> Json:
    """Return what was verified, with why something could not be, and what is still to come; null where nothing was run."""
    return {
        "severity": None if done is None else severity(done.severity),
        "verified": None if done is None else [_verified_fields(verified) for verified in done.verified],
        "trouble": None if done is None else done.trouble,
        "delivered": None if done is None else done.delivered,
        "delivery_trouble": None if done is None else done.delivery_trouble,
        "pending": [{"plan_id": item.plan_id, "round": item.round, "due_at": instant(item.due_at)} for item in pending],
    }


def _verified_fields(verified: Verified) -> Json:
    return {"plan_id": verified.plan_id, "rounds": list(verified.rounds), **judgement_fields(verified.judgement)}


def judgement_fields(judgement: Judgement) -> Json:
    """Return a judgement: outcome, sentence, its items, and keys with more than one active row."""
    return {
        "outcome": judgement.outcome.value,
        "severity": severity(judgement.severity),
        "sentence": judgement.sentence,
        "items": [
            {"subject": item.subject, "outcome": item.outcome.value, "sentence": item.sentence}
            for item in judgement.items
        ],
        "double_rows": [
            {"subject": double.subject, "ids": list(double.ids), "sentence": double.sentence}
            for double in judgement.doubles
        ],
    }
