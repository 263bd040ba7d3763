"""What happened, on one axis: decisions, silences, hand-overs, errors, findings and sightings, merged oldest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from checks.facts.decisions import Decision
from checks.facts.events import PipelineEvent
from checks.facts.hand_overs import HandOver
from checks.model import Finding, Severity, Subject
from checks.policy import Policy
from checks.times import EASTERN, both_zones, format_minutes, minutes_between, to_minute
from screens.lines import Tone
from screens.ports import Sighting
from screens.table import Target
from screens.views.brief import weekday_time

if TYPE_CHECKING:
    from checks.orchestration import Silence


@dataclass(frozen=True, slots=True)
class Happening:
    """Something at a moment (UTC): its kind in a word, a sentence, its tone, and what Enter opens."""

    at: datetime
    kind: str
    key: str
    sentence: str
    tone: Tone = Tone.PLAIN
    target: Target | None = None
    subject: Subject | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One waking of the controller: when the first and the last of its decisions were made (UTC), and what it decided."""

    start: datetime
    end: datetime
    workflows: int
    actions: Counter[str]


def merge(*sources: Iterable[Happening]) -> list[Happening]:
    """Return all of it, oldest first; at one moment in the order of the sources."""
    return sorted((item for source in sources for item in source), key=lambda item: item.at)


def evaluations(decisions: Iterable[Decision], policy: Policy) -> list[Evaluation]:
    """Return the wakings that decisions belong to, oldest first: a burst may last a quarter of the cadence."""
    burst = timedelta(minutes=policy.controller_cadence_minutes // 4)
    groups: list[list[Decision]] = []
    for decision in sorted(decisions, key=lambda decision: decision.decision_time):
        if groups and decision.decision_time - groups[-1][0].decision_time <= burst:
            groups[-1].append(decision)
        else:
            groups.append([decision])
    return [
        Evaluation(
            group[0].decision_time,
            group[-1].decision_time,
            len({decision.workflow_name for decision in group}),
            Counter(decision.action for decision in group),
        )
        for group in groups
    ]


def of_evaluations(found: Sequence[Evaluation], policy: Policy) -> Iterator[Happening]:
    """Return a line for each evaluation; those that follow each other in the controller's rhythm share one."""
    runs: list[list[Evaluation]] = []
    for evaluation in found:
        last = runs[-1][-1] if runs else None
        if last is not None and _follows(evaluation, last, policy):
            runs[-1].append(evaluation)
        else:
            runs.append([evaluation])
    for run in runs:
        first, last = run[0], run[-1]
        actions = sum((evaluation.actions for evaluation in run), Counter[str]())
        split = ", ".join(f"{count} {action}" for action, count in sorted(actions.items()))
        noun = "workflow" if first.workflows == 1 else "workflows"
        if len(run) == 1:
            sentence = f"{first.workflows} {noun} decided: {split}"
        else:
            cadence = policy.controller_cadence_minutes
            rhythm = "hourly" if cadence == 60 else f"every {cadence} min"
            span = f"from {first.start.astimezone(EASTERN):%H:%M} to {weekday_time(last.start)}"
            sentence = f"{rhythm}, {first.workflows} {noun} each, {span}: {split}"
        yield Happening(first.start, "decided", f"decided {first.start.isoformat()}", sentence, Tone.OK)


def _follows(later: Evaluation, earlier: Evaluation, policy: Policy) -> bool:
    in_time = minutes_between(earlier.start, later.start) < policy.gap_warning_with_grace_minutes
    return in_time and later.workflows == earlier.workflows


def of_silences(found: Iterable[Silence], findings: Iterable[Finding], policy: Policy) -> Iterator[Happening]:
    """Return the silences that are longer than a healthy day has; a finding about one is what Enter opens."""
    about = {f.since: f for f in findings if f.check == "orchestration.gap" and f.since is not None}
    for silence in found:
        if silence.minutes < policy.gap_warning_with_grace_minutes:
            continue
        finding = about.get(silence.start)
        length = format_minutes(silence.minutes)
        end = f"until {both_zones(silence.end)}" if silence.end else "still going on"
        tone = Tone.of(finding.severity if finding else Severity.WARNING)
        yield Happening(
            silence.start,
            "SILENCE",
            f"silence {silence.start.isoformat()}",
            f"{length} without a decision, {end}",
            tone,
            Target("finding", finding.fingerprint) if finding else None,
            finding.subject if finding else None,
        )


_HAND_OVER_TONES = {
    "complete": Tone.OK,
    "partial": Tone.WARNING,
    "deadline_exceeded": Tone.ERROR,
    "blocked": Tone.ERROR,
}


def of_hand_overs(rows: Iterable[HandOver]) -> Iterator[Happening]:
    """Return what the hand-over log says."""
    for row in rows:
        day = row.game_date.isoformat()
        took = f" after {format_minutes(row.duration_seconds / 60)}" if row.duration_seconds is not None else ""
        why = f": {row.reason}" if row.reason else ""
        key = f"hand-over {row.transition} {day} {row.status} {row.execution_timestamp.isoformat()}"
        yield Happening(
            row.execution_timestamp,
            "hand-over",
            key,
            f"{row.transition} of {day} {row.status}{took}{why}",
            _HAND_OVER_TONES.get(row.status, Tone.PLAIN),
            Target("date", day, row.game_date),
        )


def of_events(rows: Iterable[PipelineEvent]) -> Iterator[Happening]:
    """Return phases that were complete, and errors: the same one over and over is one line at its first time."""
    ordered = sorted(rows, key=lambda event: event.timestamp)
    for event in ordered:
        if event.event_type == "phase_complete" and not _is_error(event):
            yield _event(event, "complete", f"{(event.phase or 'a phase').replace('_', ' ')} complete", Tone.OK)
    for _, group in groupby(filter(_is_error, ordered), key=_same):
        first, *more = group
        again = f" ({len(more) + 1} times, the last {both_zones(more[-1].timestamp)})" if more else ""
        what = ": ".join(part for part in (first.error_type, first.error_message) if part) or first.event_type
        yield _event(first, "ERROR", f"{first.processor_name or first.phase or 'pipeline'}{again}: {what}", Tone.ERROR)


def _event(event: PipelineEvent, kind: str, sentence: str, tone: Tone) -> Happening:
    day = f" · games of {event.game_date.isoformat()}" if event.game_date else ""
    target = Target("date", event.game_date.isoformat(), event.game_date) if event.game_date else None
    return Happening(event.timestamp, kind, f"event {event.event_id}", f"{sentence}{day}", tone, target)


def _is_error(event: PipelineEvent) -> bool:
    return bool(event.error_type or event.error_message) or event.event_type == "error"


def _same(event: PipelineEvent) -> tuple[str | None, str | None, str | None]:
    return event.processor_name, event.error_type, event.error_message


def of_findings(findings: Iterable[Finding]) -> Iterator[Happening]:
    """Return where troubles open and close; those of one check that do so at one moment share a line."""
    troubles = [finding for finding in findings if finding.severity is not Severity.OK]
    for kind, opens in (("opens", True), ("closes", False)):
        groups: dict[tuple[datetime, str], list[Finding]] = {}
        for finding in troubles:
            when = finding.since if opens else finding.until
            if when is not None:
                groups.setdefault((to_minute(when), finding.check), []).append(finding)
        for (when, check), group in groups.items():
            worst = max(group, key=lambda finding: finding.severity)
            lead = f"{worst.severity.name} " if opens else ""
            count = f"(1 of {len(group)}) " if len(group) > 1 else ""
            yield Happening(
                when,
                kind,
                f"{kind} {worst.fingerprint}",
                f"{lead}{count}{worst.sentence} · {check}",
                Tone.of(worst.severity) if opens else Tone.OK,
                Target("finding", worst.fingerprint, worst.subject.game_date),
                worst.subject,
            )


def of_sightings(sightings: Iterable[Sighting]) -> Iterator[Happening]:
    """Return when this console first saw a finding, when last, and when it was gone."""
    for sighting in sightings:
        what = f"{sighting.severity} {sighting.sentence} · {sighting.check}"
        moments = [(sighting.first_seen, "seen", "first seen")]
        if sighting.ended_at is not None:
            moments.append((sighting.ended_at, "gone", "no longer seen"))
        elif sighting.last_seen > sighting.first_seen:
            moments.append((sighting.last_seen, "seen", "last seen"))
        for when, kind, said in moments:
            key = f"{said} {sighting.fingerprint} {when.isoformat()}"
            target = Target("finding", sighting.fingerprint)
            yield Happening(when, kind, key, f"{said}: {what}", Tone.FAINT, target)
