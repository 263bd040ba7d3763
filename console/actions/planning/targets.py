"""What a subject names in the queue: the thing that may run again, and the rows that stand for it. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from checks.facts.lineage import GameLineage
from checks.facts.processor_runs import ProcessorRun
from checks.facts.retry_queue import QueueRow
from checks.model import Subject, SubjectKind
from checks.pipeline import MISSING_GAME_PROCESSOR, PHASES
from checks.queue_rows import label_of
from checks.times import format_instant
from console.actions.planning.reading import QueueState
from console.queue_changes import QueueKey
from screens.clean import for_terminal

QUEUED_PHASES = ("phase_2", "phase_3", "phase_4", "phase_5")
"""The phases that the queue has, and that a worker can post to; PIPELINE.md, "Processors' HTTP endpoints"."""

_NO_MAKER = "no processor is known by name that makes what the date lacks, as for predictions and grading"
_GAMES_IN_ONE = "this queue has no column metadata and cannot tell games apart: name the row with --row"


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that may run again.

    `rows` are the queue's rows of its key, of which one may be active, oldest first; `game` is what the schedule has of it.
    `only` is the id of a row that was named itself. `refused` says why it is nothing that can be in the queue; then there is no
    key.
    """

    name: str
    key: QueueKey | None = None
    rows: tuple[QueueRow, ...] = ()
    game: GameLineage | None = None
    only: str = ""
    refused: str = ""

    @property
    def active(self) -> tuple[QueueRow, ...]:
        """The rows that somebody must still work on; the pipeline's rule is that there is one at most."""
        return tuple(row for row in self.rows if row.is_active)

    @property
    def chosen(self) -> tuple[QueueRow, ...]:
        """The active rows that are meant: all of them, unless one row was named."""
        return tuple(row for row in self.active if self.only in ("", row.id))

    @property
    def is_box_score(self) -> bool:
        """True for a game whose box score is asked for again."""
        return self.key is not None and self.key.processor_name == MISSING_GAME_PROCESSOR and self.key.game_key != ""


def targets_of(subject: Subject, state: QueueState, *, may_be_new: bool) -> tuple[Target, ...]:
    """Return what a subject names; nothing can be named that has no row unless it `may_be_new`."""
    if subject.kind is SubjectKind.QUEUE:
        return _of_rows(subject, state)
    if subject.kind not in (SubjectKind.GAME, SubjectKind.PROCESSOR):
        kind = subject.kind.value
        why = f"a {kind} is nothing that runs again: choose a game, a processor or a row of the queue"
        if subject.kind is SubjectKind.DATE:
            why += f"; {_NO_MAKER}"
        return (_refused(subject, why),)
    if subject.game_date is None:
        return (_refused(subject, f"a {subject.kind.value} runs again for a game date, and this says of none"),)
    if may_be_new:
        return (_game(subject, state) if subject.kind is SubjectKind.GAME else _processor(subject, state),)
    return _queued(subject, state)


def runs_of(target: Target, state: QueueState) -> list[ProcessorRun]:
    """Return the runs of a processor for its date that have begun, oldest first."""
    key = target.key
    found = [
        run
        for run in state.runs
        if key is not None and (run.processor_name, run.data_date) == (key.processor_name, key.game_date)
    ]
    return sorted(
        (run for run in found if run.started_at is not None), key=lambda run: (str(run.started_at), run.run_id)
    )


def read_of(target: Target, state: QueueState) -> str:
    """Return the canonical JSON of what decides about a target: nothing in it changes by time alone."""
    read: Mapping[str, object] = {
        "rows": [_row_read(row) for row in sorted(target.rows, key=lambda row: row.id)],
        "game": _game_read(target.game),
        "runs": [] if target.is_box_score else [[run.run_id, run.status] for run in runs_of(target, state)],
        "breaker": [
            [row.state, row.opened_at and format_instant(row.opened_at)]
            for row in state.breakers
            if target.key is not None and row.processor_name == target.key.processor_name
        ],
        "conflicts": [
            [row.conflict_type, row.unresolved, format_instant(row.last_at)]
            for row in state.conflicts
            if target.game is not None and row.game_id in (target.game.nba_game_id, target.game.bdl_game_id)
        ],
    }
    return _canonical(read)


def read_of_row(row: QueueRow) -> str:
    """Return the same of one row, where nothing but the row decides."""
    return _canonical({"row": _row_read(row)})


def _canonical(read: Mapping[str, object]) -> str:
    return json.dumps(read, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def _row_read(row: QueueRow) -> dict[str, object]:
    return {
        "id": row.id,
        "status": row.status,
        "retry_count": row.retry_count,
        "error_type": row.error_type,
        "last_retry_at": row.last_retry_at and format_instant(row.last_retry_at),
        "next_retry_at": row.next_retry_at and format_instant(row.next_retry_at),
        "updated_at": row.updated_at and format_instant(row.updated_at),
    }


def _game_read(game: GameLineage | None) -> dict[str, object] | None:
    if game is None:
        return None
    return {
        "nba_game_id": game.nba_game_id,
        "tip_off": format_instant(game.tip_off),
        "status": game.game_status,
        "text": game.status_text,
        "score": [game.away_score, game.home_score],
        "other_dates": list(game.other_dates),
        "box_scores": [game.box_scores.rows, game.box_scores.listed, game.box_scores.appeared],
    }


def _of_rows(subject: Subject, state: QueueState) -> tuple[Target, ...]:
    """Return what a row stands for: the row of that id, or else those that are called so."""
    row = state.rows.by_id.get(subject.name)
    if row is not None:
        return (replace(_target(label_of(row), _key(row), state), only=row.id),)
    found = state.rows.named(subject.name, subject.game_date)
    if not found:
        return (_refused(subject, f"it has no row in the queue for a game date since {state.since.isoformat()}"),)
    return _by_key(found, state)


def _queued(subject: Subject, state: QueueState) -> tuple[Target, ...]:
    """Return what the queue has of a game or a processor."""
    if subject.kind is SubjectKind.GAME and not state.tells_games_apart:
        return (_refused(subject, _GAMES_IN_ONE),)
    found = state.rows.named(subject.name, subject.game_date)
    return _by_key(found, state) if found else (_refused(subject, "it has no row in the queue"),)


def _by_key(rows: Iterable[QueueRow], state: QueueState) -> tuple[Target, ...]:
    """Return one target for each key among rows, with all rows of that key."""
    return tuple(_target(label_of(row), _key(row), state) for row in {_key(row): row for row in rows}.values())


def _target(name: str, key: QueueKey, state: QueueState) -> Target:
    placed = state.rows.by_place.get((key.phase, key.processor_name, key.game_date), ())
    rows = tuple(row for row in placed if (row.game_key or "") == key.game_key or not state.tells_games_apart)
    game = next((g for g in state.games if (g.label, g.game_date) == (key.game_key, key.game_date)), None)
    return Target(name, key, rows, game)


def _key(row: QueueRow) -> QueueKey:
    return QueueKey(row.phase, row.processor_name, row.game_date, row.game_key or "")


def _game(subject: Subject, state: QueueState) -> Target:
    """Return the box score of a game, which is what everything after it waits for; it may be named by either id."""
    games = [game for game in state.games if game.game_date == subject.game_date]
    found = next((g for g in games if subject.name in (g.label, g.nba_game_id, g.bdl_game_id)), None)
    if found is None:
        return _refused(subject, "no such game stands in the schedule of that date")
    key = QueueKey("phase_2", MISSING_GAME_PROCESSOR, found.game_date, found.label)
    return _target(f"{found.label} {found.game_date.isoformat()}", key, state)


def _processor(subject: Subject, state: QueueState) -> Target:
    rows = state.rows.named(subject.name, subject.game_date) or state.rows.named(subject.name, None)
    phase = next((row.phase for row in reversed(rows)), "") or _phase_of(subject.name, state)
    if phase and phase not in QUEUED_PHASES:
        return _refused(subject, f"it is of {phase}, and the queue knows phases 2 to 5, so nobody would run it")
    if not phase:
        known = ", ".join(_known_processors(state))
        return _refused(subject, f"no phase, run or row of the queue has a processor of that name; known are {known}")
    if subject.game_date is None:  # never: `targets_of` has refused it
        return _refused(subject, "it says of no game date")
    return _target(str(subject), QueueKey(phase, subject.name, subject.game_date), state)


def _phase_of(processor: str, state: QueueState) -> str:
    seen = next((run.phase for run in state.runs if run.processor_name == processor and run.phase), None)
    known = (phase.key for phase in PHASES if processor in (*phase.required, *phase.optional))
    return seen or next(known, "")


def _known_processors(state: QueueState) -> list[str]:
    """Return the processors that can be put into the queue by name: those of the phases, of runs, and of its own rows."""
    listed = (name for phase in PHASES if phase.key in QUEUED_PHASES for name in (*phase.required, *phase.optional))
    ran = (run.processor_name for run in state.runs if run.phase in QUEUED_PHASES)
    rows = (row.processor_name for row in state.rows.by_id.values() if not row.game_key)
    return sorted({for_terminal(name) for name in (*listed, *ran, *rows)} - {MISSING_GAME_PROCESSOR})


def _refused(subject: Subject, reason: str) -> Target:
    return Target(str(subject), refused=reason)
