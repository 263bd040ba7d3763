"""What was read back decides: fixed is only what no check finds any more and what nobody must still work on."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from checks.facts.retry_queue import QueueRow
from checks.model import CheckResult, Fault, Finding, Report, Scope, Severity, Subject, SubjectKind, Verdict
from console.actions.judgement import Judgement, Outcome
from console.actions.judging import Seen, concerns, judge
from console.actions.plan import Activate, Plan, PlanItem, Put, SetStatus, Step
from console.actions.run_state import ItemRun, ItemState, Run, RunState
from console.outbox.outbox import Arrival
from console.queue_changes import Entry, SeenRow
from screens.orders import Verb
from tests.actions.entries import NOW
from tests.actions.plans import DAY, insertion, key, order, subject
from tests.screens.queued import queued

SCOPE = Scope.at(NOW, last=DAY)
TABLE = "nba_orchestration.console_acknowledgements"
PUT = Put(TABLE, "k", {})
LATER = NOW + timedelta(hours=2)


def run_of(*items: PlanItem, verb: Verb = Verb.REQUEUE, state: ItemState = ItemState.DONE) -> Run:
    plan = Plan("p1", order(len(items), verb), "demo", NOW, items, ("reconcile.games",))
    return Run(plan, RunState.DONE, tuple(ItemRun(number, item, state) for number, item in enumerate(items)))


def row(number: int = 1, **changes: Any) -> QueueRow:
    """Return the row that `insertion(number)` wrote, after it has succeeded."""
    wanted = key(number)
    values: dict[str, Any] = {
        "id": f"p1-{number}",
        "game_date": wanted.game_date,
        "phase": wanted.phase,
        "processor_name": wanted.processor_name,
        "game_key": wanted.game_key,
        "status": "succeeded",
        "correlation_id": f"courtside-p1-{number}",
    }
    return queued(**{**values, **changes})


def finding(**changes: Any) -> Finding:
    values: dict[str, Any] = {
        "check": "reconcile.games",
        "severity": Severity.WARNING,
        "subject": subject(),
        "sentence": "the box score is missing",
        "fault": Fault.DATA,
    }
    return Finding(**{**values, **changes})


def report(*findings: Finding, severity: Severity = Severity.OK, reason: str = "") -> Report:
    result = CheckResult("reconcile.games", severity, findings, reason)
    return Report(SCOPE, Verdict(severity, "", None), (), (result,), ())


def judged(run: Run, *rows: QueueRow, seen: Report | None = None, now: datetime = NOW, **more: Any) -> Judgement:
    return judge(run, Seen(rows, seen or report(), **more), now)


def test_fixed_is_what_no_check_finds_and_whose_row_has_succeeded() -> None:
    found = judged(run_of(insertion()), row())
    assert (found.outcome, found.severity) == (Outcome.FIXED, Severity.OK)
    assert found.sentence == "fixed: A01@DAL 2026-01-22: no check finds it any more; its row p1-1 is succeeded"


def test_what_a_check_still_finds_is_not_fixed_whatever_its_row_says() -> None:
    found = judged(run_of(insertion()), row(), seen=report(finding()))
    assert (found.outcome, found.severity) == (Outcome.NOT_FIXED, Severity.ERROR)
    assert "reconcile.games still finds it (the box score is missing)" in found.sentence


@pytest.mark.parametrize("status", ["pending", "retrying"])
def test_what_somebody_must_still_work_on_is_not_fixed_yet(status: str) -> None:
    found = judged(run_of(insertion()), row(status=status))
    assert found.outcome is Outcome.NOT_FIXED
    assert f"not yet, its row p1-1 is {status}" in found.sentence


def test_a_row_that_was_given_up_on_is_not_fixed_though_no_check_names_it() -> None:
    found = judged(run_of(insertion()), row(status="failed_permanent"))
    assert found.outcome is Outcome.NOT_FIXED
    assert "it has not succeeded, its row p1-1 is failed_permanent" in found.sentence


def test_a_check_that_is_unknown_never_means_fixed() -> None:
    found = judged(run_of(insertion()), row(), seen=report(severity=Severity.UNKNOWN, reason="lineage: timed out"))
    assert (found.outcome, found.severity) == (Outcome.UNKNOWN, Severity.UNKNOWN)
    assert "reconcile.games is unknown: lineage: timed out" in found.sentence


@pytest.mark.parametrize(
    "seen",
    [
        Seen((row(),), None, check_trouble="there is no check x"),
        Seen((), report(), queue_trouble="retry_queue: timed out"),
        Seen((row(),), replace(report(), results=())),
    ],
)
def test_what_could_not_be_read_never_means_fixed(seen: Seen) -> None:
    assert judge(run_of(insertion()), seen, NOW).outcome is Outcome.UNKNOWN


def test_a_row_that_is_not_there_is_not_fixed() -> None:
    assert "its row is not in the retry queue" in judged(run_of(insertion()), row(2)).sentence


def test_a_row_that_others_have_put_there_anew_is_told_apart() -> None:
    found = judged(run_of(insertion()), row(correlation_id="courtside-p2-7"))
    assert "put there anew by courtside-p2-7" in found.sentence


def test_a_revived_row_is_found_by_what_the_plan_wrote_into_it() -> None:
    step = Activate(
        key(), SeenRow("old", "failed_permanent", 3, NOW), Entry("new", "x", "x", NOW, correlation_id="mine")
    )
    item = PlanItem("a game", "revive", step=step)
    assert judged(run_of(item), row(id="old", correlation_id="mine")).outcome is Outcome.FIXED
    assert judged(run_of(item), row(id="old", correlation_id=None)).outcome is Outcome.FIXED  # of an older deployment
    assert judged(run_of(item), row(id="new", correlation_id=None)).outcome is Outcome.NOT_FIXED


def test_two_active_rows_of_a_key_are_critical_and_named() -> None:
    rows = (row(status="pending"), row(id="other", status="retrying"))
    found = judged(run_of(insertion()), *rows)
    (double,) = found.doubles
    assert (found.severity, double.severity, found.outcome) == (
        Severity.CRITICAL,
        Severity.CRITICAL,
        Outcome.NOT_FIXED,
    )
    assert double.ids == ("other", "p1-1")
    assert found.sentence.startswith("A01@DAL 2026-01-22 has 2 active rows in the retry queue, other and p1-1")


@pytest.mark.parametrize("other", [{"game_key": "LAL@DAL"}, {"phase": "phase_3"}, {"status": "failed_permanent"}])
def test_rows_of_another_key_or_inactive_ones_are_not_double(other: dict[str, str]) -> None:
    twin: dict[str, Any] = {"status": "pending", **other}
    assert judged(run_of(insertion()), row(status="pending"), row(**twin)).doubles == ()


def test_double_rows_of_an_older_deployment_are_found_without_their_games() -> None:
    rows = (row(status="pending", game_key=None), row(id="other", status="pending", game_key=None))
    assert judged(run_of(insertion()), *rows).doubles[0].ids == ("other", "p1-1")


def test_double_rows_are_never_fixed_even_when_no_check_finds_anything() -> None:
    rows = (row(), row(id="b", status="pending"), row(id="c", status="pending"))
    assert judged(run_of(insertion()), *rows).outcome is Outcome.NOT_FIXED


def test_one_that_is_not_fixed_makes_the_whole_not_fixed() -> None:
    found = judged(run_of(insertion(1), insertion(2)), row(1), row(2, status="pending"))
    assert [item.outcome for item in found.items] == [Outcome.FIXED, Outcome.NOT_FIXED]
    assert found.sentence.startswith("not fixed: 1 of 2 items, such as A02@DAL 2026-01-22: ")


def test_only_what_was_applied_is_judged_and_the_rest_is_counted() -> None:
    run = run_of(insertion(1), insertion(2))
    run = replace(run, items=(run.items[0], replace(run.items[1], state=ItemState.FAILED)))
    assert judged(run, row(1)).sentence.endswith("(1 more were not applied)")
    assert judged(run_of(insertion(), state=ItemState.CHANGED), row()).outcome is Outcome.NOT_FIXED


def set_status(verb: Verb, status: str, until: datetime | None = None) -> Run:
    step = SetStatus(key(), SeenRow("p1-1", "pending", 0, NOW), status, until)
    return run_of(PlanItem("a game", "set", step=step), verb=verb)


@pytest.mark.parametrize(
    ("verb", "status"), [(Verb.CANCEL, "failed_permanent"), (Verb.RESOLVE, "succeeded"), (Verb.RESOLVE, "resolved")]
)
def test_a_cancelled_or_resolved_row_is_judged_by_its_status_and_not_called_fixed(verb: Verb, status: str) -> None:
    run = set_status(verb, status)
    found = judged(run, row(status=status), seen=report(finding()))
    assert (found.outcome, found.sentence) == (
        Outcome.DONE,
        f"done as ordered: a game: the row p1-1 is {status}",
    )
    lost = judged(run, row(status="pending"))
    assert lost.outcome is Outcome.NOT_FIXED
    assert lost.sentence.startswith("not as ordered: a game: the row p1-1 is pending by now")


def test_a_held_row_waits_until_its_time_and_then_may_go_on() -> None:
    run = set_status(Verb.HOLD, "pending", LATER)
    assert judged(run, row(status="pending", next_retry_at=LATER)).outcome is Outcome.DONE
    assert judged(run, row(status="pending", next_retry_at=NOW)).outcome is Outcome.NOT_FIXED
    assert judged(run, row(status="retrying", next_retry_at=LATER)).outcome is Outcome.NOT_FIXED
    assert judged(run, row(status="retrying", next_retry_at=LATER), now=LATER).outcome is Outcome.DONE


def test_a_retried_row_is_fixed_when_it_has_run_and_no_check_finds_it() -> None:
    run = set_status(Verb.RETRY, "pending", NOW)
    assert judged(run, row(status="pending")).outcome is Outcome.NOT_FIXED
    assert judged(run, row(), seen=report(finding())).outcome is Outcome.NOT_FIXED
    assert judged(run, row()).outcome is Outcome.FIXED


@pytest.mark.parametrize(
    ("arrival", "outcome"),
    [
        (Arrival.DELIVERED, Outcome.DONE),
        (Arrival.WAITING, Outcome.NOT_FIXED),
        (Arrival.REFUSED, Outcome.NOT_FIXED),
        (None, Outcome.NOT_FIXED),
    ],
)
def test_a_row_for_the_consoles_own_tables_is_judged_by_its_delivery(arrival: Arrival | None, outcome: Outcome) -> None:
    run = run_of(PlanItem("a finding", "put", step=PUT), verb=Verb.ACKNOWLEDGE)
    arrivals = {} if arrival is None else {(TABLE, "k"): arrival}
    assert judged(run, arrivals=arrivals).outcome is outcome


STEPS: tuple[tuple[Verb, Step], ...] = (
    (Verb.REQUEUE, insertion().step or PUT),
    (Verb.CANCEL, SetStatus(key(), SeenRow("p1-1", "pending", 0, NOW), "failed_permanent")),
    (Verb.HOLD, SetStatus(key(), SeenRow("p1-1", "pending", 0, NOW), "pending", LATER)),
    (Verb.SILENCE, PUT),
)


@pytest.mark.parametrize(("verb", "step"), STEPS)
@pytest.mark.parametrize("status", ["pending", "retrying", "succeeded", "failed_permanent"])
@pytest.mark.parametrize("severity", [Severity.OK, Severity.UNKNOWN])
@pytest.mark.parametrize("finds", [False, True])
def test_no_sentence_says_fixed_unless_the_outcome_is(
    verb: Verb, step: Step, status: str, severity: Severity, *, finds: bool
) -> None:
    run = run_of(PlanItem("a game", "do", step=step), verb=verb)
    seen = report(*([finding()] if finds else []), severity=severity, reason="gone")
    found = judged(run, row(status=status), seen=seen, arrivals={(TABLE, "k"): Arrival.DELIVERED})
    says_fixed = re.search(r"(?<!not )\bfixed", found.sentence) is not None
    assert says_fixed == (found.outcome is Outcome.FIXED)
    if says_fixed:
        assert not finds
        assert severity is Severity.OK
        assert status not in ("pending", "retrying")


GAME = key()
DATE = Subject(SubjectKind.DATE, DAY.isoformat(), DAY)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"subject": subject(2)}, False),
        ({"subject": replace(subject(), game_date=DAY + timedelta(days=1))}, False),
        ({"severity": Severity.OK}, False),
        ({"until": NOW}, False),
        ({"subject": DATE, "names": ("A01@DAL",)}, True),
        ({"subject": DATE, "names": ("LAL@DAL",)}, False),
        ({"subject": DATE, "names": ("Doncic (LAL@DAL)",)}, False),
        ({"subject": DATE}, True),
        ({"subject": Subject(SubjectKind.QUEUE, "retrier"), "names": ("A01@DAL 2026-01-22",)}, True),
        ({"subject": Subject(SubjectKind.QUEUE, "retrier"), "names": ("A01@DAL 2026-01-20",)}, False),
        ({"subject": Subject(SubjectKind.CONTROLLER, "controller")}, False),
        ({"subject": Subject(SubjectKind.QUEUE, "A01@DAL", DAY), "key": "p1-1"}, True),
        ({"subject": Subject(SubjectKind.QUEUE, "A01@DAL", DAY), "key": "of another phase"}, False),
    ],
)
def test_a_finding_concerns_what_it_names(changes: dict[str, Any], *, expected: bool) -> None:
    assert concerns(finding(**changes), order(), GAME, "p1-1") is expected


def test_a_finding_that_was_to_be_mended_concerns_all_that_was_done_unless_it_names_games() -> None:
    stuck = finding(subject=Subject(SubjectKind.TRANSITION, "phase2_to_phase3", DAY), names=("05:00",))
    asked = replace(order(), fingerprints=(stuck.fingerprint,))
    assert concerns(stuck, asked, GAME, "r")
    assert not concerns(stuck, order(), GAME, "r")
    assert not concerns(replace(stuck, names=("LAL@DAL",)), asked, GAME, "r")


def test_to_a_processor_each_game_of_its_date_belongs() -> None:
    processor = replace(GAME, game_key="")
    assert concerns(finding(), order(), processor, "r")
    assert concerns(finding(subject=DATE, names=("LAL@DAL",)), order(), processor, "r")
    assert not concerns(finding(subject=replace(subject(), game_date=DAY + timedelta(days=1))), order(), processor, "r")


@pytest.mark.parametrize(
    ("about", "stage", "whose"),
    [
        (DATE, "analytics", "player_game_summary"),
        (DATE, "features", "ml_feature_store"),
        (DATE, "grading", ""),
        (subject(), "box_scores", "A01@DAL"),
    ],
)
def test_a_late_stage_concerns_its_maker_and_a_late_box_score_its_game(about: Subject, stage: str, whose: str) -> None:
    late = finding(check="availability.late_source", subject=about, key=stage, names=("A01@DAL",))
    processors = {
        name: replace(GAME, game_key="", processor_name=name) for name in ("player_game_summary", "ml_feature_store")
    }
    keys = {"A01@DAL": GAME, **processors}
    assert [name for name, key in keys.items() if concerns(late, order(), key, "r")] == ([whose] if whose else [])
