"""The schema `courtside/1`: names that others rely on. A change here is a new version of the schema."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from checks.dependencies import DependencyState
from checks.facts.retry_queue import QueueRow
from checks.gates import ExcludedGame, GateDecision, Outcome
from checks.model import Evidence, Fault, Finding, RootCause, Severity, Subject, SubjectKind, Suggestion
from checks.pipeline import Transition
from checks.policy import Policy
from checks.transition_states import HandOverStatus, TransitionState
from console import document
from tests.builders import at, game

DAY = date(2026, 1, 24)
FINDING = Finding(
    check="reconcile.inflated",
    severity=Severity.ERROR,
    subject=Subject(SubjectKind.GAME, "LAL@DAL", DAY),
    sentence="36 players, 21 appeared",
    fault=Fault.DATA,
    since=at("2026-01-25T11:15"),
    evidence=(Evidence("counted", 36, "players", "lineage"),),
    names=("a", "b"),
    suggestions=(Suggestion("courtside trace LAL@DAL --date 2026-01-24", "follow the game"),),
)


def test_a_finding_has_these_fields_and_forms() -> None:
    assert document.finding(FINDING) == {
        "fingerprint": FINDING.fingerprint,
        "check": "reconcile.inflated",
        "severity": "error",
        "subject": {"kind": "game", "name": "LAL@DAL", "game_date": "2026-01-24"},
        "sentence": "36 players, 21 appeared",
        "fault": "data",
        "since": "2026-01-25T11:15:00Z",
        "until": None,
        "evidence": [{"label": "counted", "value": 36, "unit": "players", "fact": "lineage"}],
        "names": ["a", "b"],
        "suggestions": [{"command": "courtside trace LAL@DAL --date 2026-01-24", "purpose": "follow the game"}],
        "key": "",
        "hush": None,
    }


def test_a_cause_refers_to_its_findings_by_fingerprint() -> None:
    cause = RootCause("k", "n", Severity.ERROR, "s", Fault.DATA, None, None, (FINDING,), (FINDING,), ())
    found = document.cause(cause)
    assert list(found) == [
        "key",
        "name",
        "severity",
        "sentence",
        "fault",
        "since",
        "until",
        "evidence",
        "symptoms",
        "suggestions",
        "hush",
    ]
    assert found["evidence"] == found["symptoms"] == [FINDING.fingerprint]


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 1, 23, 6, 20, tzinfo=UTC), "2026-01-23T06:20:00Z"),
        (datetime(2026, 1, 23, 1, 20, tzinfo=timezone(timedelta(hours=-5))), "2026-01-23T06:20:00Z"),
        (datetime(2026, 1, 23, 6, 20, 1, 500_000, tzinfo=UTC), "2026-01-23T06:20:01.500000Z"),
        (None, None),
    ],
)
def test_an_instant_is_rfc_3339_in_utc(moment: datetime | None, text: str | None) -> None:
    assert document.instant(moment) == text


def test_a_game_has_both_ids_its_stages_and_where_each_stands() -> None:
    found = document.game(game(), Policy(), at("2026-01-24T12:00"))
    assert set(found) == {
        "nba_game_id",
        "bdl_game_id",
        "game_date",
        "tip_off",
        "arena_timezone",
        "away",
        "home",
        "game_status",
        "status_text",
        "away_score",
        "home_score",
        "ever_postponed",
        "other_dates",
        "rematch_dates",
        "schedule_seen_at",
        "box_scores",
        "analytics",
        "features",
        "predictions",
        "grading",
        "label",
        "not_played",
        "states",
    }
    assert set(found["box_scores"]) == {  # type: ignore[call-overload] # a nested object
        "rows",
        "listed",
        "appeared",
        "missing",
        "extra",
        "first_write",
        "last_write",
    }
    states = found["states"]
    assert isinstance(states, list)
    assert [state["stage"] for state in states] == [
        "schedule",
        "box_scores",
        "analytics",
        "features",
        "predictions",
        "grading",
    ]
    assert set(states[0]) == {"stage", "state", "due_at", "reason"}


def test_a_queue_row_says_why_it_is_where_it_is() -> None:
    failed = at("2026-01-25T12:37")
    row = QueueRow(
        "x", DAY, "phase_2", "p", None, "transient", "e", 0, 3, failed, None, failed, "pending", None, failed, None
    )
    assert set(document.queue_row(row, "nobody has tried")) == {
        "id",
        "game_date",
        "phase",
        "processor_name",
        "game_key",
        "error_type",
        "error_message",
        "retry_count",
        "max_retries",
        "first_failure_at",
        "last_retry_at",
        "next_retry_at",
        "status",
        "resolution_notes",
        "updated_at",
        "correlation_id",
        "why",
    }


def test_a_gate_has_these_fields() -> None:
    decision = GateDecision(
        Transition.PHASE2_TO_PHASE3,
        DAY,
        Outcome.BLOCK,
        ("too few",),
        dependencies=(DependencyState("box scores", True, 50.0, 80.0, False),),  # noqa: FBT003 # required, met
        excluded=(ExcludedGame("GSW@MIN", "postponed"),),
    )
    found = document.gate(decision)
    assert found["transition"] == "phase2_to_phase3"
    assert found["outcome"] == "block"
    assert found["is_alarm"] is True
    assert {"coverage_percent", "expected", "present", "missing", "excluded", "dependencies", "not_due"} <= set(found)


def test_a_transition_has_these_fields() -> None:
    state = TransitionState(Transition.PHASE2_TO_PHASE3, DAY, HandOverStatus.NOT_DUE, None, None, None, None, "early")
    assert document.record(state) == {
        "transition": "phase2_to_phase3",
        "game_date": "2026-01-24",
        "status": "not due",
        "ready_at": None,
        "started_at": None,
        "ended_at": None,
        "duration_minutes": None,
        "reason": "early",
    }


def test_a_document_is_ascii_so_that_no_terminal_can_be_led_astray() -> None:
    out = io.StringIO()
    document.write_document("check", {"text": "\x1b[31m\u202ejokić"}, out)
    assert out.getvalue().isascii()
    assert "\x1b" not in out.getvalue()
    assert json.loads(out.getvalue()) == {"schema": "courtside/1", "command": "check", "text": "\x1b[31m\u202ejokić"}


def test_a_type_without_a_form_is_refused() -> None:
    with pytest.raises(TypeError, match="set has no form"):
        document.record({1})
