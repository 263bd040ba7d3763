from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import pytest

from checks.facts.fact import Fact, Row
from checks.facts.lineage import LINEAGE
from checks.facts.processor_runs import PROCESSOR_RUNS, ProcessorRun
from checks.facts.retry_queue import RETRY_QUEUE, QueueRow
from checks.model import CheckResult, Fault, Finding, Report, Scope, Severity, Subject, SubjectKind, Verdict
from checks.policy import Policy
from console.rehearsal import NOT_YET, Rehearsal
from console.warehouse.protocol import WarehouseError
from screens.ports import Look, PreviewItem, Query
from tests.builders import at, counts, game, scope_at

if TYPE_CHECKING:
    from console.desk import Desk

DAY = date(2026, 1, 24)
AFTER = "2026-01-25T16:00"
LAKERS = Subject(SubjectKind.GAME, "LAL@DAL", DAY)
REHEARSAL = Rehearsal(Policy(), "demo")


@dataclass(frozen=True)
class Seen:
    """A look at given rows; a fact without rows failed."""

    facts: Mapping[str, Sequence[object]]
    as_of: str = AFTER
    findings: tuple[Finding, ...] = field(default=())

    @property
    def report(self) -> Report:
        results = (CheckResult("queue.overdue", Severity.OK, self.findings),)
        return Report(Scope.at(at(self.as_of)), Verdict(Severity.OK, "all is well", None), (), results, ())

    def rows(self, fact: Fact[Row]) -> tuple[Row, ...]:
        if fact.name not in self.facts:
            raise WarehouseError(f"{fact.name}: no answer within 15 s")
        return cast("tuple[Row, ...]", tuple(self.facts[fact.name]))

    def query(self, fact: str) -> Query:
        raise KeyError(fact)


def seen(
    *games: object, queue: Sequence[object] = (), runs: Sequence[object] = (), as_of: str = AFTER, **more: Any
) -> Look:
    return Seen({LINEAGE.name: games, RETRY_QUEUE.name: queue, PROCESSOR_RUNS.name: runs}, as_of, **more)


def queued(**changes: Any) -> QueueRow:
    row = QueueRow(
        id="q-1",
        game_date=DAY,
        phase="phase_2",
        processor_name="bdl_player_box_scores",
        game_key="LAL@DAL",
        error_type="missing_game",
        error_message="no box score",
        retry_count=3,
        max_retries=3,
        first_failure_at=at("2026-01-25T06:00"),
        last_retry_at=at("2026-01-25T07:00"),
        next_retry_at=at("2026-01-25T08:00"),
        status="failed_permanent",
        resolution_notes=None,
        updated_at=at("2026-01-25T07:00"),
    )
    return replace(row, **changes)


def requeue(subject: Subject, look: Look) -> PreviewItem:
    (item,) = REHEARSAL.requeue([subject], look).items
    return item


def test_a_preview_says_that_it_cannot_be_applied_and_how_many_it_would_do() -> None:
    unknown = Subject(SubjectKind.GAME, "BOS@NYK", DAY)
    preview = REHEARSAL.requeue([LAKERS, unknown, LAKERS], seen(game()))
    assert (preview.title, preview.available, preview.note) == ("Requeue: 1 of 2", False, NOT_YET)
    assert [item.subject for item in preview.items] == ["LAL@DAL 2026-01-24", "BOS@NYK 2026-01-24"]


def test_a_missing_game_would_get_a_row_in_the_queue() -> None:
    assert requeue(LAKERS, seen(game())) == PreviewItem(
        "LAL@DAL 2026-01-24",
        "insert pending row: processor bdl_player_box_scores, phase_2, LAL@DAL 2026-01-24, retry_count 0, next retry now",
    )


def test_a_game_that_was_given_up_on_would_have_its_row_revived() -> None:
    item = requeue(LAKERS, seen(game(), queue=[queued()]))
    assert item.would == "revive row q-1: bdl_player_box_scores, phase_2, retry_count 0, next retry now"
    assert item.refused == ""


@pytest.mark.parametrize(
    ("look", "reason"),
    [
        (
            seen(game(status_text="Postponed", other_dates=("2026-01-25",))),
            "not played: postponed, moved to 2026-01-25",
        ),
        (seen(game(), as_of="2026-01-25T02:00"), "not due until Sun 25 Jan 00:00 EST (2026-01-25T05:00Z)"),
        (seen(game(box_scores=counts(36, 21))), "already complete: 21 of 36 players appeared"),
        (
            seen(game(), queue=[queued(status="pending", retry_count=0)]),
            "already queued (q-1, pending): due since 2026-01-25T08:00Z, 480 min overdue: nobody has tried",
        ),
        (
            seen(game(), queue=[queued(), queued(id="q-2", status="retrying", retry_count=1)]),
            (
                "already queued (q-2, retrying): being retried since 2026-01-25T07:00Z, 540 min ago, stale: after 120 min it "
                "should have gone back to pending"
            ),
        ),
        (
            seen(game(), queue=[queued(error_type="permanent", error_message="404 Not\x1b[2J Found")]),
            "permanent error (q-1): 404 Not Found",
        ),
        (seen(), "no such game stands in the schedule of that date"),
        (Seen({RETRY_QUEUE.name: ()}), "whether it was played cannot be known: lineage: no answer within 15 s"),
        (Seen({}), "the queue cannot be read: retry_queue: no answer within 15 s"),
    ],
)
def test_a_game_is_refused_with_the_reason(look: Look, reason: str) -> None:
    assert requeue(LAKERS, look) == PreviewItem("LAL@DAL 2026-01-24", "", reason)


def test_a_late_game_on_the_west_coast_is_not_due_when_an_earlier_one_is() -> None:
    west = game("GSW@LAL", tip="2026-01-25T03:30")
    look = seen(game(), west, as_of="2026-01-25T06:00")
    assert requeue(LAKERS, look).would
    assert requeue(Subject(SubjectKind.GAME, "GSW@LAL", DAY), look).refused.startswith(
        "not due until Sun 25 Jan 02:00 EST"
    )


def test_a_row_of_the_queue_that_is_given_up_on_would_be_revived() -> None:
    row = queued(game_key=None, processor_name="nbac_player_boxscore", error_type="transient")
    item = requeue(Subject(SubjectKind.QUEUE, "nbac_player_boxscore", DAY), seen(queue=[row]))
    assert item.would == "revive row q-1: nbac_player_boxscore, phase_2, retry_count 0, next retry now"


def test_the_row_of_a_game_is_judged_as_the_game() -> None:
    look = seen(game(box_scores=counts(36, 21)), queue=[queued()])
    assert requeue(Subject(SubjectKind.QUEUE, "LAL@DAL", DAY), look).refused.startswith("already complete: 21 of 36")


def test_a_row_that_succeeded_is_complete_and_one_that_is_not_there_is_said() -> None:
    row = queued(game_key=None, processor_name="nbac_player_boxscore", status="succeeded")
    look = seen(queue=[row])
    assert requeue(Subject(SubjectKind.QUEUE, "nbac_player_boxscore", DAY), look).refused == (
        "already complete: succeeded at 2026-01-25T07:00Z"
    )
    assert requeue(Subject(SubjectKind.QUEUE, "retrier"), look).refused == (
        "it has no row in the queue of the last two weeks"
    )


def run(**changes: Any) -> ProcessorRun:
    started = at("2026-01-25T11:00")
    values: dict[str, Any] = {
        "phase": "phase_3",
        "data_date": DAY,
        "status": "running",
        "started_at": started,
        **changes,
    }
    names = ("ended_at", "duration_seconds", "records_processed", "retry_attempt", "skip_reason", "failure_category")
    return ProcessorRun(run_id="r-1", processor_name="player_game_summary", **{**dict.fromkeys(names), **values})


SUMMARY = Subject(SubjectKind.PROCESSOR, "player_game_summary", DAY)


def test_a_processor_would_get_a_row_for_its_phase() -> None:
    assert requeue(SUMMARY, seen(runs=[run()])).would == (
        "insert pending row: processor player_game_summary, phase_3, 2026-01-24, retry_count 0, next retry now"
    )


@pytest.mark.parametrize(
    ("subject", "look", "reason"),
    [
        (SUMMARY, seen(runs=[run(status="success")]), "already complete: run r-1 succeeded"),
        (replace(SUMMARY, game_date=None), seen(), "a processor is requeued for a game date, and this says of none"),
        (replace(SUMMARY, name="x"), seen(), "no phase has this processor, so it is not known who would run it"),
        (
            SUMMARY,
            Seen({RETRY_QUEUE.name: ()}),
            "whether it has run cannot be known: processor_runs: no answer within 15 s",
        ),
        (
            SUMMARY,
            seen(queue=[queued(game_key=None, processor_name="player_game_summary", status="pending", retry_count=0)]),
            "already queued (q-1, pending): due since 2026-01-25T08:00Z, 480 min overdue: nobody has tried",
        ),
        (
            Subject(SubjectKind.WORKFLOW, "betting_lines"),
            seen(),
            "a workflow cannot be requeued: choose a game, a processor or a queue row",
        ),
    ],
)
def test_a_processor_is_refused_with_the_reason(subject: Subject, look: Look, reason: str) -> None:
    assert requeue(subject, look).refused == reason


def finding(**changes: Any) -> Finding:
    values: dict[str, Any] = {"check": "queue.overdue", "severity": Severity.WARNING, "subject": LAKERS}
    return Finding(**{**values, "sentence": "it is overdue", "fault": Fault.PIPELINE, **changes})


def test_acknowledging_names_each_finding_that_is_going_on_and_when_it_comes_back() -> None:
    over = finding(key="over", until=at("2026-01-25T12:00"))
    look = seen(findings=(finding(), over, finding(key="note", severity=Severity.OK)))
    (item,) = REHEARSAL.acknowledge([LAKERS], look).items
    assert item.would == ("queue.overdue acknowledged until Sun 25 Jan 12:00 EST (2026-01-25T17:00Z): it is overdue")


def test_silencing_lasts_a_day_at_the_longest_and_wants_a_reason() -> None:
    (item,) = REHEARSAL.silence([LAKERS], seen(findings=(finding(),))).items
    assert item.would == (
        "queue.overdue silenced until Mon 26 Jan 11:00 EST (2026-01-26T16:00Z) at the longest, with a reason: it is overdue"
    )


def test_what_nothing_is_said_about_can_be_neither_acknowledged_nor_silenced() -> None:
    for action in (REHEARSAL.acknowledge, REHEARSAL.silence):
        (item,) = action([LAKERS], seen()).items
        assert (item.would, item.refused) == ("", "no finding about it is going on")


def test_the_summary_is_shown_as_it_would_be_posted_and_is_not_posted() -> None:
    preview = REHEARSAL.summary(seen(), "Looking at it <now>.")
    assert preview.text.startswith("*OK* on demo: all is well")
    assert preview.text.endswith("*Note* Looking at it &lt;now&gt;.")
    assert (preview.available, preview.note) == (False, NOT_YET)


def test_on_the_january_week_the_postponed_game_is_refused_and_the_queue_row_is_queued(desk: Desk) -> None:
    look = desk.look(scope_at("2026-01-25T16:00"))
    postponed = Subject(SubjectKind.GAME, "GSW@MIN", DAY)
    waiting = Subject(SubjectKind.QUEUE, "nbac_player_boxscore", DAY)
    refused = [item.refused for item in REHEARSAL.requeue([postponed, waiting], look).items]
    assert refused[0].startswith("not played: ")
    assert refused[1].startswith("already queued (")
    assert "pending" in refused[1]
