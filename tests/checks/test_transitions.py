"""Hand-overs: late, slow, blocked, never logged; and runs that are stuck."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from checks.facts.events import EVENTS, PipelineEvent
from checks.facts.hand_overs import HAND_OVERS, HandOver
from checks.facts.processor_runs import PROCESSOR_RUNS, ProcessorRun
from checks.model import Fault, Finding, Severity, SubjectKind
from checks.phases import phase_times
from checks.pipeline import PHASES, Transition, phase
from checks.policy import Policy
from checks.registry import Check
from checks.transition_states import HandOverStatus, TransitionRows, TransitionState, transition_states
from checks.transitions import blocked, delay, duration, stuck_run
from tests.builders import at, facts_for, scope_at

POLICY = Policy()
DAY = date(2026, 1, 24)
READY = at("2026-01-25T08:00")
PHASE_2 = phase(2).required


def run(processor: str, ended: datetime | None = READY, **changes: Any) -> ProcessorRun:
    values: dict[str, Any] = {
        "run_id": f"{processor}-1",
        "processor_name": processor,
        "phase": None,
        "data_date": DAY,
        "status": "success",
        "started_at": ended - timedelta(minutes=5) if ended else None,
        "ended_at": ended,
        "duration_seconds": 300.0,
        "records_processed": 200,
        "retry_attempt": None,
        "skip_reason": None,
        "failure_category": None,
    }
    return ProcessorRun(**{**values, **changes})


def running(started: datetime | None, processor: str = "player_game_summary", **changes: Any) -> ProcessorRun:
    return run(processor, None, status="running", started_at=started, duration_seconds=None, **changes)


def complete_phase(number: int, ended: datetime = READY, **changes: Any) -> list[ProcessorRun]:
    return [run(name, ended, **changes) for name in phase(number).required]


def row(
    status: str = "complete", when: datetime = READY, transition: str = "phase2_to_phase3", **changes: Any
) -> HandOver:
    values: dict[str, Any] = {
        "execution_timestamp": when,
        "transition": transition,
        "game_date": DAY,
        "correlation_id": "c1",
        "start_time": None,
        "duration_seconds": None,
        "games_processed": 6,
        "status": status,
        "reason": None,
    }
    return HandOver(**{**values, **changes})


def event(kind: str, when: datetime = READY, **changes: Any) -> PipelineEvent:
    values: dict[str, Any] = {
        "event_id": f"{kind}-{when:%H%M}",
        "timestamp": when,
        "event_type": kind,
        "phase": None,
        "processor_name": None,
        "game_date": DAY,
        "correlation_id": None,
        "duration_seconds": None,
        "records_processed": None,
        "error_type": None,
        "error_message": None,
    }
    return PipelineEvent(**{**values, **changes})


def elsewhere() -> HandOver:
    """Return a row of another date: the log has a writer."""
    return row(game_date=date(2026, 1, 23), when=at("2026-01-24T08:00"))


def judge(
    check: Check,
    as_of: str,
    rows: list[HandOver] | None = None,
    runs: list[ProcessorRun] | None = None,
    events: list[PipelineEvent] | None = None,
) -> tuple[Finding, ...]:
    loaded = ((HAND_OVERS, rows or []), (PROCESSOR_RUNS, runs or []), (EVENTS, events or []))
    needed = [(fact, given) for fact, given in loaded if fact in check.facts]
    return check(facts_for(check, scope_at(as_of), *needed), POLICY, at(as_of))


def state_of(
    transition: Transition,
    as_of: str,
    rows: list[HandOver] | None = None,
    runs: list[ProcessorRun] | None = None,
    events: list[PipelineEvent] | None = None,
) -> TransitionState:
    given = TransitionRows(rows or [], runs or [], events or [])
    states = transition_states(given, POLICY, at(as_of), [DAY])
    return next(state for state in states if state.transition is transition)


# When a phase is complete, and when the next has started


def test_states_come_newest_date_first_and_hand_overs_in_order() -> None:
    states = transition_states(TransitionRows([]), POLICY, READY, [date(2026, 1, 23), DAY])
    assert [(s.game_date, s.transition) for s in states] == [
        (day, transition) for day in (DAY, date(2026, 1, 23)) for transition in Transition
    ]


def test_a_phase_is_complete_when_the_last_required_processor_first_succeeded() -> None:
    runs = [*complete_phase(2), run(PHASE_2[0], at("2026-01-25T08:30"), run_id="again")]
    runs[1] = run(PHASE_2[1], at("2026-01-25T08:10"))
    assert state_of(Transition.PHASE2_TO_PHASE3, "2026-01-25T09:00", runs=runs).ready_at == at("2026-01-25T08:10")


def test_a_phase_with_a_failed_required_processor_is_not_complete_and_says_which() -> None:
    runs = complete_phase(2)
    runs[1] = run(PHASE_2[1], status="failed")
    state = state_of(Transition.PHASE2_TO_PHASE3, "2026-01-25T12:00", runs=runs)
    assert state.status is HandOverStatus.NOT_DUE
    assert state.reason.endswith(PHASE_2[1])


def test_optional_processors_are_not_waited_for() -> None:
    state = state_of(Transition.PHASE2_TO_PHASE3, "2026-01-25T08:01", runs=complete_phase(2))
    assert state.status is HandOverStatus.WAITING


def test_grading_waits_for_predictions_and_for_analytics_of_the_games() -> None:
    predicted = event("phase_complete", when=at("2026-01-24T17:00"), phase="phase_5")
    waiting = state_of(Transition.PHASE5_TO_PHASE6, "2026-01-24T19:00", events=[predicted])
    assert (waiting.status, waiting.ready_at) == (HandOverStatus.NOT_DUE, None)
    assert "player_game_summary" in waiting.reason
    analysed = event("phase_complete", phase="phase_3")
    ready = state_of(Transition.PHASE5_TO_PHASE6, "2026-01-25T09:00", events=[predicted, analysed])
    assert (ready.status, ready.ready_at) == (HandOverStatus.WAITING, READY)


@pytest.mark.parametrize("number", [2, 4])
def test_a_phase_complete_event_is_as_good(number: int) -> None:
    done = event("phase_complete", phase=f"phase_{number}")
    transition = next(t for t in Transition if t.source == number)
    assert state_of(transition, "2026-01-25T09:00", events=[done]).ready_at == READY


def test_a_success_without_any_time_does_not_complete_a_phase() -> None:
    runs = [*complete_phase(2)[1:], run(PHASE_2[0], None)]
    assert phase_times(runs, [])[2, DAY].waiting_for == (PHASE_2[0],)


def test_morning_analytics_of_games_to_come_are_no_sign_that_box_scores_were_handed_over() -> None:
    runs = [*complete_phase(2), run("upcoming_player_game_context", at("2026-01-24T15:30"))]
    assert [f.severity for f in judge(delay, "2026-01-25T09:00", [elsewhere()], runs)] == [Severity.CRITICAL]


def test_features_built_before_their_analytics_are_in_time() -> None:
    runs = [*complete_phase(3, at("2026-01-25T15:00")), *complete_phase(4, at("2026-01-24T16:00"))]
    rows = [row("complete", at("2026-01-24T15:50"), "phase3_to_phase4"), row()]
    state = state_of(Transition.PHASE3_TO_PHASE4, "2026-01-25T18:00", rows, runs)
    assert state.status is HandOverStatus.DONE
    assert not [f for f in judge(delay, "2026-01-25T18:00", rows, runs) if f.subject.name == "phase3_to_phase4"]


def test_every_required_processor_belongs_to_its_phase_by_name_alone() -> None:
    for number in PHASES:
        for name in number.required:
            assert (number.number, DAY) in phase_times([run(name, phase=None)], [])


# transitions.delay


@pytest.mark.parametrize(
    ("as_of", "severities"),
    [
        ("2026-01-25T08:29", []),
        ("2026-01-25T08:30", [Severity.WARNING]),
        ("2026-01-25T08:59", [Severity.WARNING]),
        ("2026-01-25T09:00", [Severity.CRITICAL]),
    ],
)
def test_a_next_phase_that_does_not_start_is_a_warning_after_30_minutes_and_critical_after_60(
    as_of: str, severities: list[Severity]
) -> None:
    assert [f.severity for f in judge(delay, as_of, [elsewhere()], complete_phase(2))] == severities


def test_a_late_hand_over_says_what_since_when_and_what_to_type() -> None:
    (finding,) = judge(delay, "2026-01-25T09:05", [elsewhere()], complete_phase(2))
    assert finding.sentence == (
        "Phase 2 (raw) of 2026-01-24 has been complete since 2026-01-25T08:00Z (Sun 25 Jan 03:00 EST), 1 h 05 min, "
        "and phase 3 (analytics) has not started."
    )
    assert (finding.subject.kind, finding.subject.name, finding.subject.game_date) == (
        SubjectKind.TRANSITION,
        "phase2_to_phase3",
        DAY,
    )
    assert (finding.since, finding.fault) == (READY, Fault.PIPELINE)
    assert finding.suggestions[0].command == "courtside gate phase2_to_phase3 --date 2026-01-24"


def test_a_late_hand_over_keeps_its_fingerprint_while_it_lasts() -> None:
    early = judge(delay, "2026-01-25T08:30", [elsewhere()], complete_phase(2))
    late = judge(delay, "2026-01-25T12:00", [elsewhere()], complete_phase(2))
    assert early[0].fingerprint == late[0].fingerprint


@pytest.mark.parametrize("status", ["started", "complete", "partial"])
def test_a_hand_over_row_that_started_the_next_phase_ends_the_wait(status: str) -> None:
    assert judge(delay, "2026-01-25T12:00", [row(status)], complete_phase(2)) == ()


def test_a_blocked_hand_over_still_waits_and_the_sentence_says_why() -> None:
    (finding,) = judge(delay, "2026-01-25T12:00", [row("blocked", reason="coverage 57 %")], complete_phase(2))
    assert finding.severity is Severity.CRITICAL
    assert finding.sentence.endswith("; its gate is blocked: coverage 57 %.")


def test_a_phase_start_event_ends_the_wait() -> None:
    started = event("phase_start", at("2026-01-25T11:50"), phase="phase_3")
    assert judge(delay, "2026-01-25T12:00", [elsewhere()], complete_phase(2), [started]) == ()


@pytest.mark.parametrize(("as_of", "severities"), [("2026-01-25T08:24", []), ("2026-01-25T08:25", [Severity.WARNING])])
def test_a_phase_that_ran_without_a_row_is_a_gap_of_the_log_half_an_hour_later(
    as_of: str, severities: list[Severity]
) -> None:
    runs = [*complete_phase(2), run("player_game_summary")]
    found = judge(delay, as_of, [elsewhere()], runs)
    assert [f.severity for f in found] == severities
    for finding in found:
        assert finding.fault is Fault.CHECK
        assert "the log is incomplete, not the pipeline" in finding.sentence


def test_a_skipped_run_is_no_sign_that_a_phase_ran() -> None:
    assert judge(delay, "2026-01-25T08:29", [elsewhere()], [run("player_game_summary", status="skipped")]) == ()


def test_nothing_complete_is_nothing_late() -> None:
    assert judge(delay, "2026-01-25T12:00", [elsewhere()], [run(PHASE_2[0])]) == ()


def test_empty_facts_make_no_delay() -> None:
    assert judge(delay, "2026-01-25T12:00") == ()


# transitions.duration


@pytest.mark.parametrize(
    ("minutes", "severities"),
    [(60, []), (60.5, [Severity.WARNING]), (120, [Severity.WARNING]), (120.5, [Severity.ERROR])],
)
def test_a_hand_over_is_slow_over_its_target_and_an_error_over_twice(
    minutes: float, severities: list[Severity]
) -> None:
    done = row(start_time=READY, duration_seconds=minutes * 60)
    assert [f.severity for f in judge(duration, "2026-01-25T12:00", [done])] == severities


@pytest.mark.parametrize(
    ("transition", "target"),
    [("phase2_to_phase3", 60), ("phase3_to_phase4", 45), ("phase4_to_phase5", 30), ("phase5_to_phase6", 15)],
)
def test_the_target_is_that_of_the_phase_that_takes_over(transition: str, target: int) -> None:
    within = row(transition=transition, start_time=READY, duration_seconds=target * 60.0)
    over = row(transition=transition, start_time=READY, duration_seconds=target * 60.0 + 60)
    assert judge(duration, "2026-01-25T12:00", [within]) == ()
    (finding,) = judge(duration, "2026-01-25T12:00", [over])
    assert f"target of phase {transition[-1]}" in finding.sentence


def test_a_slow_hand_over_that_ended_is_history() -> None:
    (finding,) = judge(duration, "2026-01-25T12:00", [row(start_time=READY, duration_seconds=4200)])
    assert (finding.since, finding.until) == (READY, at("2026-01-25T09:10"))
    assert "took 1 h 10 min" in finding.sentence


@pytest.mark.parametrize(
    ("as_of", "severities"),
    [
        ("2026-01-25T09:00", []),
        ("2026-01-25T09:01", [Severity.WARNING]),
        ("2026-01-25T10:00", [Severity.WARNING]),
        ("2026-01-25T10:01", [Severity.ERROR]),
    ],
)
def test_a_running_hand_over_over_its_target_is_slow_already(as_of: str, severities: list[Severity]) -> None:
    found = judge(duration, as_of, [row("started")])
    assert [f.severity for f in found] == severities
    assert all(finding.is_active for finding in found)


def test_a_missed_deadline_is_an_error_however_short() -> None:
    (finding,) = judge(duration, "2026-01-25T12:00", [row("deadline_exceeded", duration_seconds=60)])
    assert (finding.severity, finding.until) == (Severity.ERROR, None)
    assert "missed its deadline after 1 min" in finding.sentence


def test_a_later_complete_row_clears_a_missed_deadline() -> None:
    rows = [row("deadline_exceeded"), row("complete", at("2026-01-25T09:00"), duration_seconds=60)]
    assert judge(duration, "2026-01-25T12:00", rows) == ()


def test_start_and_end_of_one_attempt_at_one_instant_are_one_that_ended() -> None:
    rows = [row("complete", duration_seconds=60), row("started")]
    assert judge(duration, "2026-01-25T12:00", rows) == ()


def test_a_duration_that_is_not_logged_is_the_time_between_the_two_rows() -> None:
    rows = [row("started"), row("complete", at("2026-01-25T09:30"))]
    (finding,) = judge(duration, "2026-01-25T12:00", rows)
    assert "took 1 h 30 min" in finding.sentence


def test_a_start_that_the_log_never_closed_ended_when_the_next_phase_was_complete() -> None:
    runs = complete_phase(3, at("2026-01-25T08:40"))
    assert judge(duration, "2026-01-25T12:00", [row("started")], runs) == ()
    state = state_of(Transition.PHASE2_TO_PHASE3, "2026-01-25T12:00", [row("started")], runs)
    assert (state.status, state.duration_minutes) == (HandOverStatus.DONE, 40)


def test_a_slow_phase_without_a_row_is_judged_by_its_own_event() -> None:
    done = event("phase_complete", phase="phase_3", duration_seconds=7_260)
    (finding,) = judge(duration, "2026-01-25T12:00", [elsewhere()], events=[done])
    assert finding.severity is Severity.ERROR
    assert finding.evidence[0].fact == EVENTS.name


def test_empty_facts_make_no_slow_hand_over() -> None:
    assert judge(duration, "2026-01-25T12:00") == ()


# transitions.blocked


def test_a_blocked_hand_over_is_an_error_with_its_reason() -> None:
    (finding,) = judge(blocked, "2026-01-25T12:00", [row("blocked", reason="box scores of 4 of 7 games")])
    assert (finding.severity, finding.fault, finding.since) == (Severity.ERROR, Fault.DATA, READY)
    assert finding.sentence == (
        "The hand-over phase2_to_phase3 of 2026-01-24 is blocked since 2026-01-25T08:00Z (Sun 25 Jan 03:00 EST): "
        "box scores of 4 of 7 games."
    )


def test_a_block_lasts_since_the_first_of_an_unbroken_row_of_blocks() -> None:
    rows = [row("partial", at("2026-01-25T07:00")), row("blocked"), row("blocked", at("2026-01-25T09:00"))]
    (finding,) = judge(blocked, "2026-01-25T12:00", rows)
    assert finding.since == READY


def test_a_partial_hand_over_is_a_warning() -> None:
    (finding,) = judge(blocked, "2026-01-25T12:00", [row("partial")])
    assert finding.severity is Severity.WARNING
    assert "the orchestrator gave no reason" in finding.sentence


@pytest.mark.parametrize("status", ["blocked", "partial"])
def test_a_later_complete_row_clears_a_hand_over(status: str) -> None:
    later = row("complete", at("2026-01-25T09:00"))
    assert judge(blocked, "2026-01-25T12:00", [later, row(status)]) == ()


def test_a_complete_row_before_the_block_does_not_clear_it() -> None:
    rows = [row("complete", at("2026-01-25T07:00")), row("blocked")]
    assert [f.severity for f in judge(blocked, "2026-01-25T12:00", rows)] == [Severity.ERROR]


def test_a_status_that_the_pipeline_does_not_know_is_a_defect_of_the_log() -> None:
    (finding,) = judge(blocked, "2026-01-25T12:00", [row("finished")])
    assert (finding.severity, finding.fault) == (Severity.WARNING, Fault.CHECK)


def test_empty_facts_make_no_blocked_hand_over() -> None:
    assert judge(blocked, "2026-01-25T12:00") == ()


# transitions.stuck_run


@pytest.mark.parametrize(("as_of", "severities"), [("2026-01-25T11:59", []), ("2026-01-25T12:00", [Severity.ERROR])])
def test_a_run_is_stuck_after_four_hours(as_of: str, severities: list[Severity]) -> None:
    assert [f.severity for f in judge(stuck_run, as_of, runs=[running(READY)])] == severities


def test_a_stuck_run_names_its_processor_its_date_and_its_run() -> None:
    (finding,) = judge(stuck_run, "2026-01-25T12:30", runs=[running(READY)])
    assert (finding.subject.kind, finding.subject.name, finding.subject.game_date, finding.key) == (
        SubjectKind.PROCESSOR,
        "player_game_summary",
        DAY,
        "player_game_summary-1",
    )
    assert "has been running for 4 h 30 min" in finding.sentence


def test_a_stuck_run_that_never_sent_a_sign_of_life_says_so() -> None:
    other = event("processor_start", processor_name="player_daily_cache")
    before = event("error", at("2026-01-25T07:00"), processor_name="player_game_summary")
    (finding,) = judge(stuck_run, "2026-01-25T12:00", runs=[running(READY)], events=[other, before])
    assert finding.sentence.endswith("it never sent a sign of life.")


def test_a_stuck_run_with_an_empty_event_log_does_not_claim_to_know() -> None:
    (finding,) = judge(stuck_run, "2026-01-25T12:00", runs=[running(READY)])
    assert finding.sentence.endswith("nobody knows of any sign of life, because the event log is empty.")


def test_a_stuck_run_tells_its_last_sign_of_life() -> None:
    retry = event("retry", at("2026-01-25T08:20"), processor_name="player_game_summary")
    (finding,) = judge(stuck_run, "2026-01-25T12:00", runs=[running(READY)], events=[retry])
    assert "its last sign of life was retry at 2026-01-25T08:20Z" in finding.sentence


def test_a_run_that_ended_is_not_stuck() -> None:
    assert judge(stuck_run, "2026-01-26T12:00", runs=[run("player_game_summary", status="failed")]) == ()


def test_a_stuck_run_whose_work_a_later_run_did_is_a_note() -> None:
    later = run("player_game_summary", at("2026-01-25T09:00"), run_id="second")
    (finding,) = judge(stuck_run, "2026-01-25T12:00", runs=[running(READY, run_id="first"), later])
    assert (finding.severity, finding.until) == (Severity.OK, at("2026-01-25T09:00"))


def test_an_earlier_success_does_not_excuse_a_stuck_run() -> None:
    earlier = run("player_game_summary", at("2026-01-25T07:00"), run_id="second")
    found = judge(stuck_run, "2026-01-25T12:00", runs=[running(READY, run_id="first"), earlier])
    assert [f.severity for f in found] == [Severity.ERROR]


def test_a_run_without_a_start_counts_from_its_start_event() -> None:
    start = event("processor_start", processor_name="player_game_summary")
    assert judge(stuck_run, "2026-01-25T11:59", runs=[running(None)], events=[start]) == ()
    (finding,) = judge(stuck_run, "2026-01-25T12:00", runs=[running(None)], events=[start])
    assert finding.since == READY


def test_a_run_without_any_start_is_stuck_once_its_date_is_over_for_four_hours() -> None:
    # The Eastern 24th ends at 05:00Z on the 25th.
    assert judge(stuck_run, "2026-01-25T08:59", runs=[running(None)]) == ()
    (finding,) = judge(stuck_run, "2026-01-25T09:00", runs=[running(None)])
    assert "start unknown" in finding.sentence


def test_stuck_runs_come_newest_date_first_then_by_name() -> None:
    runs = [
        running(at("2026-01-24T08:00"), data_date=date(2026, 1, 23)),
        running(READY),
        running(READY, "player_daily_cache"),
    ]
    found = judge(stuck_run, "2026-01-25T12:00", runs=runs)
    assert [(f.subject.name, f.subject.game_date) for f in found] == [
        ("player_daily_cache", DAY),
        ("player_game_summary", DAY),
        ("player_game_summary", date(2026, 1, 23)),
    ]


def test_empty_facts_make_no_stuck_run() -> None:
    assert judge(stuck_run, "2026-01-25T12:00") == ()
