"""What an action would do, said exactly and not done: the previews behind the keys that act.

Planning is pure: it reads the look that the screen shows, and judges with the rules of `checks`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from checks.facts.lineage import LINEAGE, GameLineage
from checks.facts.processor_runs import PROCESSOR_RUNS
from checks.facts.retry_queue import RETRY_QUEUE, QueueRow
from checks.games import GameState, stage_state
from checks.model import Finding, Severity, Subject, SubjectKind
from checks.pipeline import MISSING_GAME_PROCESSOR, PHASES, Stage
from checks.policy import Policy
from checks.queue_rows import explain, subject_of
from checks.times import format_eastern, format_utc
from console.summary import summary_text
from console.warehouse.protocol import WarehouseError
from screens.clean import for_terminal
from screens.ports import Look, Preview, PreviewItem

ACKNOWLEDGED_FOR = timedelta(minutes=60)
LONGEST_SILENCE = timedelta(hours=24)
LONGEST_ERROR = 200
"""Characters of a row's error that a preview repeats."""

NOT_YET = "Applying is not available yet: nothing has been changed."


class Rehearsal:
    """A `screens.ports.Rehearsal` on the warehouse that people call `place`."""

    def __init__(self, policy: Policy, place: str) -> None:
        self._policy = policy
        self._place = place

    def requeue(self, subjects: Sequence[Subject], look: Look) -> Preview:
        """Return what requeueing these subjects would do, or why it would not."""
        try:
            plan = _Plan.of(look, self._policy)
        except WarehouseError as error:
            items = [PreviewItem(str(subject), "", f"the queue cannot be read: {error}") for subject in _each(subjects)]
        else:
            items = [plan.item(subject) for subject in _each(subjects)]
        return _preview("Requeue", items)

    def acknowledge(self, subjects: Sequence[Subject], look: Look) -> Preview:
        """Return which findings would be acknowledged, and until when."""
        return _preview("Acknowledge", _hushed(subjects, look, "acknowledged", ACKNOWLEDGED_FOR, ""))

    def silence(self, subjects: Sequence[Subject], look: Look) -> Preview:
        """Return which findings would be silenced, and until when at the longest."""
        return _preview(
            "Silence", _hushed(subjects, look, "silenced", LONGEST_SILENCE, " at the longest, with a reason")
        )

    def summary(self, look: Look, sentence: str = "") -> Preview:
        """Return the summary exactly as it would be posted."""
        text = summary_text(look.report, self._place, sentence)
        return Preview("Post summary to Slack", (), text, available=False, note=NOT_YET)


def _preview(title: str, items: Iterable[PreviewItem]) -> Preview:
    found = tuple(items)
    would = sum(not item.refused for item in found)
    return Preview(f"{title}: {would} of {len(found)}", found, available=False, note=NOT_YET)


def _each(subjects: Iterable[Subject]) -> Iterable[Subject]:
    """Return each subject once, in the order given."""
    return dict.fromkeys(subjects)


def _hushed(
    subjects: Sequence[Subject], look: Look, word: str, span: timedelta, condition: str
) -> Iterable[PreviewItem]:
    as_of = look.report.scope.as_of
    until = f"{word} until {format_eastern(as_of + span)} ({format_utc(as_of + span)}){condition}"
    going_on: dict[Subject, list[Finding]] = {}
    for finding in look.report.findings:
        if finding.is_active and finding.severity is not Severity.OK:
            going_on.setdefault(finding.subject, []).append(finding)
    for subject in _each(subjects):
        for finding in going_on.get(subject, ()):
            yield PreviewItem(str(subject), f"{finding.check} {until}: {finding.sentence}")
        if subject not in going_on:
            yield PreviewItem(str(subject), "", "no finding about it is going on")


@dataclass(frozen=True, slots=True)
class _Plan:
    """The queue and the games as they stand, by what a subject calls them."""

    look: Look
    policy: Policy
    rows: Mapping[Subject, Sequence[QueueRow]]

    @classmethod
    def of(cls, look: Look, policy: Policy) -> _Plan:
        """Raise WarehouseError when the queue could not be had: whether a row is there decides everything."""
        rows: dict[Subject, list[QueueRow]] = {}
        for row in look.rows(RETRY_QUEUE):
            rows.setdefault(subject_of(row), []).append(row)
        return cls(look, policy, rows)

    def item(self, subject: Subject) -> PreviewItem:
        """Return what requeueing one subject would do."""
        if subject.kind is SubjectKind.GAME:
            return self._of_game(subject)
        if subject.kind is SubjectKind.PROCESSOR:
            return self._of_processor(subject)
        if subject.kind is SubjectKind.QUEUE:
            return self._of_row(subject)
        return _refused(
            subject, f"a {subject.kind.value} cannot be requeued: choose a game, a processor or a queue row"
        )

    def _of_game(self, subject: Subject) -> PreviewItem:
        """Return what requeueing a game would do: its box score is what everything after it waits for."""
        try:
            games = self.look.rows(LINEAGE)
        except WarehouseError as error:
            return _refused(subject, f"whether it was played cannot be known: {error}")
        found = next((g for g in games if (g.label, g.game_date) == (subject.name, subject.game_date)), None)
        if found is None:
            return _refused(subject, "no such game stands in the schedule of that date")
        if reason := self._needs_nothing(found):
            return _refused(subject, reason)
        rows = [row for row in self._rows(subject) if row.processor_name == MISSING_GAME_PROCESSOR]
        return self._revived(subject, rows) or _inserted(subject, MISSING_GAME_PROCESSOR, "phase_2")

    def _needs_nothing(self, game: GameLineage) -> str:
        """Return why a game's box score need not be asked for, or ""."""
        stands = stage_state(game, Stage.BOX_SCORES, self.policy, self.look.report.scope.as_of)
        if stands.state is GameState.NOT_PLAYED:
            return f"not played: {stands.reason}"
        if stands.state is GameState.NOT_DUE:
            return f"not due until {format_eastern(stands.due_at)} ({format_utc(stands.due_at)})"
        return f"already complete: {stands.reason}" if stands.state is GameState.COMPLETE else ""

    def _of_processor(self, subject: Subject) -> PreviewItem:
        if subject.game_date is None:
            return _refused(subject, "a processor is requeued for a game date, and this says of none")
        if revived := self._revived(subject, self._rows(subject)):
            return revived
        try:
            runs = [r for r in self.look.rows(PROCESSOR_RUNS) if r.processor_name == subject.name]
        except WarehouseError as error:
            return _refused(subject, f"whether it has run cannot be known: {error}")
        of_date = [run for run in runs if run.data_date == subject.game_date and run.started_at is not None]
        last = max(of_date, key=lambda run: (run.started_at, run.run_id), default=None)
        if last is not None and last.status == "success":
            return _refused(subject, f"already complete: run {last.run_id} succeeded")
        phase = next((run.phase for run in runs if run.phase), None) or _phase_of(subject.name)
        if phase is None:
            return _refused(subject, "no phase has this processor, so it is not known who would run it")
        return _inserted(subject, subject.name, phase)

    def _of_row(self, subject: Subject) -> PreviewItem:
        rows = self._rows(subject)
        if not rows:
            return _refused(subject, "it has no row in the queue of the last two weeks")
        if rows[0].game_key is not None and not any(row.is_active for row in rows):
            return self._of_game(Subject(SubjectKind.GAME, subject.name, subject.game_date))
        return self._revived(subject, rows) or _refused(subject, f"already complete: {self._explained(rows[-1])}")

    def _rows(self, subject: Subject) -> list[QueueRow]:
        """Return the queue's rows about a game or a processor, oldest first."""
        rows = self.rows.get(Subject(SubjectKind.QUEUE, subject.name, subject.game_date), ())
        return sorted(rows, key=lambda row: (row.first_failure_at, row.id))

    def _revived(self, subject: Subject, rows: Sequence[QueueRow]) -> PreviewItem | None:
        """Return what becomes of the rows that are there: at most one may be active; None when none stands in the way."""
        active = next((row for row in rows if row.is_active), None)
        if active is not None:
            return _refused(subject, f"already queued ({active.id}, {active.status}): {self._explained(active)}")
        ended = [row for row in rows if row.status == "failed_permanent"]
        if not ended:
            return None
        last = ended[-1]
        if last.error_type == "permanent":
            said = for_terminal(last.error_message or "no message", LONGEST_ERROR)
            return _refused(subject, f"permanent error ({last.id}): {said}")
        return PreviewItem(
            str(subject), f"revive row {last.id}: {last.processor_name}, {last.phase}, retry_count 0, next retry now"
        )

    def _explained(self, row: QueueRow) -> str:
        return explain(row, self.policy, self.look.report.scope.as_of)


def _refused(subject: Subject, reason: str) -> PreviewItem:
    return PreviewItem(str(subject), "", reason)


def _inserted(subject: Subject, processor: str, phase: str) -> PreviewItem:
    about = f"{subject}" if subject.name != processor else f"{subject.game_date}"
    row = f"processor {processor}, {phase}, {about}, retry_count 0, next retry now"
    return PreviewItem(str(subject), f"insert pending row: {row}")


def _phase_of(processor: str) -> str | None:
    return next((phase.key for phase in PHASES if processor in (*phase.required, *phase.optional)), None)
