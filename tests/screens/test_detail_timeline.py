"""The timeline: what happened, merged on one axis."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from checks.facts.decisions import DECISIONS
from checks.facts.events import EVENTS, PipelineEvent
from checks.facts.hand_overs import HAND_OVERS, HandOver
from checks.facts.processor_runs import PROCESSOR_RUNS
from checks.model import Fault, Finding, Severity, Subject, SubjectKind
from checks.orchestration import silences
from checks.policy import Policy
from console.desk import Desk
from console.look import Look
from screens.detail.timeline import timeline, timeline_spec, timeline_table
from screens.lines import Tone
from screens.ports import Sighting
from screens.table import Table, Target
from screens.views.happenings import (
    Happening,
    evaluations,
    merge,
    of_evaluations,
    of_events,
    of_findings,
    of_hand_overs,
    of_sightings,
    of_silences,
)
from screens.views.options import Options
from tests.builders import at, decision, hourly_decisions, scope_at
from tests.screens.looks import HOSTILE, WIDTHS, all_text, head, items, look_at, rows, widest
from tests.screens.sessions import Recollection, session_with

DAY = date(2026, 1, 22)
POLICY = Policy()
CHECKS = ("orchestration.gap", "transitions.delay")
MOMENTS = ("2026-01-22T18:00", "2026-01-23T06:20", "2026-01-25T01:30", "2026-01-25T16:00", "2026-01-26T15:20")


def said(found: list[Happening]) -> list[tuple[str, str]]:
    return [(happening.kind, happening.sentence) for happening in found]


def finding(since: str | None, until: str | None = None, **changes: Any) -> Finding:
    values: dict[str, Any] = {
        "check": "schedule.stale",
        "severity": Severity.ERROR,
        "subject": Subject(SubjectKind.TABLE, "schedule"),
        "sentence": "the schedule is old",
        "fault": Fault.DATA,
        "since": at(since) if since else None,
        "until": at(until) if until else None,
    }
    return Finding(**{**values, **changes})


def event(
    when: str, kind: str = "error", message: str | None = "boom", processor: str | None = "scraper"
) -> PipelineEvent:
    error = "transient" if message else None
    return PipelineEvent(f"{kind}-{when}", at(when), kind, "phase_2", processor, DAY, None, None, None, error, message)


def sighting(first: str, last: str, ended: str | None = None) -> Sighting:
    return Sighting(
        "abc", "queue.overdue", "a retry is overdue", "WARNING", at(first), at(last), at(ended) if ended else None
    )


class TestMerge:
    def test_everything_stands_oldest_first_and_at_one_moment_in_the_order_of_the_sources(self) -> None:
        early, late = at("2026-01-22T01:00"), at("2026-01-22T02:00")
        merged = merge([Happening(late, "a", "1", "")], [Happening(early, "b", "2", ""), Happening(late, "c", "3", "")])
        assert [happening.kind for happening in merged] == ["b", "a", "c"]

    def test_nothing_merges_to_nothing(self) -> None:
        assert merge([], []) == []


class TestEvaluations:
    def test_the_decisions_of_one_waking_are_one_line(self) -> None:
        start = at("2026-01-22T15:00")
        burst = [decision(start + timedelta(seconds=4 * n), f"w{n}", "RUN" if n < 2 else "SKIP") for n in range(12)]
        found = list(of_evaluations(evaluations(burst, POLICY), POLICY))
        assert said(found) == [("decided", "12 workflows decided: 2 RUN, 10 SKIP")]
        assert found[0].at == start

    def test_wakings_in_the_hourly_rhythm_share_a_line(self) -> None:
        first, last = at("2026-01-22T15:00"), at("2026-01-23T04:00")
        decisions = [*hourly_decisions(first, last, "a"), *hourly_decisions(first, last, "b")]
        assert said(list(of_evaluations(evaluations(decisions, POLICY), POLICY))) == [
            ("decided", "hourly, 2 workflows each, from 10:00 to Thu 23:00 EST: 28 SKIP")
        ]

    def test_a_silence_or_another_number_of_workflows_begins_a_new_line(self) -> None:
        hours = hourly_decisions(at("2026-01-22T10:00"), at("2026-01-22T12:00"))
        more = [decision(at("2026-01-22T12:00"), "second"), decision(at("2026-01-22T13:15"))]
        assert [text for _, text in said(list(of_evaluations(evaluations([*hours, *more], POLICY), POLICY)))] == [
            "hourly, 1 workflow each, from 05:00 to Thu 06:00 EST: 2 SKIP",
            "2 workflows decided: 2 SKIP",
            "1 workflow decided: 1 SKIP",
        ]

    def test_seventy_four_minutes_are_still_the_rhythm(self) -> None:
        decisions = [decision(at("2026-01-22T10:00")), decision(at("2026-01-22T11:14"))]
        assert len(list(of_evaluations(evaluations(decisions, POLICY), POLICY))) == 1


class TestSources:
    def test_a_long_silence_says_its_length_and_end_and_opens_its_finding(self) -> None:
        decisions = [decision(at("2026-01-23T04:20")), decision(at("2026-01-25T01:35"))]
        found = silences(decisions, at("2026-01-25T02:00"), at("2026-01-23T02:00"))
        about = finding("2026-01-23T04:20", check="orchestration.gap", severity=Severity.CRITICAL)
        (happening,) = of_silences(found, [about], POLICY)
        assert happening.sentence == "45 h 15 min without a decision, until Sat 24 Jan 20:35 EST (2026-01-25T01:35Z)"
        assert happening.tone is Tone.CRITICAL
        assert happening.target == Target("finding", about.fingerprint)

    def test_a_silence_that_lasts_says_so(self) -> None:
        found = silences([decision(at("2026-01-23T04:20"))], at("2026-01-23T05:35"), at("2026-01-23T02:00"))
        (happening,) = of_silences(found, (), POLICY)
        assert happening.sentence == "1 h 15 min without a decision, still going on"
        assert happening.tone is Tone.WARNING

    def test_a_minute_less_is_no_silence(self) -> None:
        found = silences([decision(at("2026-01-23T04:20"))], at("2026-01-23T05:34"), at("2026-01-23T02:00"))
        assert list(of_silences(found, (), POLICY)) == []

    def test_a_hand_over_says_how_it_went_and_why(self) -> None:
        row = HandOver(
            at("2026-01-23T10:30"), "phase2_to_phase3", DAY, None, None, 1800.0, 7, "blocked", "2 games lack"
        )
        (happening,) = of_hand_overs([row])
        assert (happening.kind, happening.sentence) == (
            "hand-over",
            "phase2_to_phase3 of 2026-01-22 blocked after 30 min: 2 games lack",
        )
        assert happening.target == Target("date", "2026-01-22", DAY)

    def test_the_same_error_over_and_over_is_one_line(self) -> None:
        times = ("2026-01-23T10:00", "2026-01-23T10:15", "2026-01-23T10:30")
        found = list(of_events([*(event(when) for when in times), event("2026-01-23T10:45", message="other")]))
        assert said(found) == [
            (
                "ERROR",
                "scraper (3 times, the last Fri 23 Jan 05:30 EST (2026-01-23T10:30Z)): transient: boom · games of 2026-01-22",
            ),
            ("ERROR", "scraper: transient: other · games of 2026-01-22"),
        ]

    def test_of_the_other_events_only_complete_phases_are_shown(self) -> None:
        rows_ = [event("2026-01-23T10:00", kind, None) for kind in ("phase_start", "phase_complete", "processor_start")]
        assert said(list(of_events(rows_))) == [("complete", "phase 2 complete · games of 2026-01-22")]

    def test_a_finding_opens_and_closes(self) -> None:
        found = merge(of_findings([finding("2026-01-23T04:00", "2026-01-24T04:00")]))
        assert said(found) == [
            ("opens", "ERROR the schedule is old · schedule.stale"),
            ("closes", "the schedule is old · schedule.stale"),
        ]

    def test_findings_of_one_check_at_one_moment_share_a_line_that_opens_the_worst(self) -> None:
        mild = finding("2026-01-23T04:00", severity=Severity.WARNING, key="a")
        worst = finding("2026-01-23T04:00", severity=Severity.CRITICAL, key="b")
        (happening,) = of_findings([mild, worst])
        assert happening.sentence == "CRITICAL (1 of 2) the schedule is old · schedule.stale"
        assert happening.target == Target("finding", worst.fingerprint)

    def test_notes_and_findings_without_a_time_are_left_out(self) -> None:
        assert list(of_findings([finding("2026-01-23T04:00", severity=Severity.OK), finding(None)])) == []

    def test_a_sighting_says_when_it_was_seen_first_and_last_or_gone(self) -> None:
        first, last, gone = "2026-01-25T13:00", "2026-01-25T14:00", "2026-01-25T15:00"
        assert [h.sentence for h in of_sightings([sighting(first, last)])] == [
            "first seen: WARNING a retry is overdue · queue.overdue",
            "last seen: WARNING a retry is overdue · queue.overdue",
        ]
        assert [h.kind for h in of_sightings([sighting(first, last, gone)])] == ["seen", "gone"]
        assert len(list(of_sightings([sighting(first, first)]))) == 1


def show(found: Look, width: int, seen: tuple[Sighting, ...] = (), **changes: Any) -> Table:
    options = Options(width=width, **changes)
    return timeline_table(timeline(found, found.report.scope, POLICY, seen), found, options)


def test_the_outage_reads_in_order_at_76_columns(desk: Desk) -> None:
    table = show(desk.look(scope_at("2026-01-23T06:20"), CHECKS), 76, filter="decision")
    assert rows(table) == [
        "Thu 22 Jan 2026, Eastern",
        "23:20 EST 04:20Z SILENCE   2 h 00 min without a decision, still going on",
        "23:20 EST 04:20Z opens     CRITICAL nobody has decided for 2 h 00 min: the …",
    ]


def test_the_whole_report_of_the_45th_hour_is_on_the_axis(desk: Desk) -> None:
    table = show(desk.look(scope_at("2026-01-25T01:30")), 118)
    found = rows(table)
    assert head(table) == ["UNKNOWN: the hand-over log has no row for these dates: its writer is not running"]
    assert found[1].startswith("21:00 EST 2026-01-23T02:00Z decided   hourly, 12 workflows each, from 21:00 to")
    assert any("SILENCE   45 h 10 min without a decision, still going on" in row for row in found)
    assert any("opens     ERROR (1 of 8) HOU@DET: analytics counts 36 players" in row for row in found)
    assert [row for row in found if row.endswith("Eastern")] == [
        "Thu 22 Jan 2026, Eastern",
        "Fri 23 Jan 2026, Eastern",
        "Sat 24 Jan 2026, Eastern",
    ]


def test_after_the_outage_the_axis_shows_where_it_closed_and_the_error_of_the_25th(desk: Desk) -> None:
    found = rows(show(desk.look(scope_at("2026-01-25T16:00")), 118))
    assert any("20:35 EST 2026-01-25T01:35Z closes    nobody decided for 45 h 15 min" in row for row in found)
    assert any(
        "ERROR     nbac_player_boxscore: transient: Max decode/download retries reached: 8" in row for row in found
    )


def test_a_date_and_a_finding_open_on_enter(desk: Desk) -> None:
    table = show(desk.look(scope_at("2026-01-25T01:30"), CHECKS), 76)
    targets = {item.target.screen for item in items(table) if item.target}
    assert targets == {"date", "finding"}
    assert items(table)[0].target == Target("date", "2026-01-22", DAY)


def test_what_comes_after_as_of_or_before_the_lookback_is_not_shown() -> None:
    found = look_at(scope_at("2026-01-23T06:20"), CHECKS, (DECISIONS, []))
    seen = (sighting("2026-01-20T01:00", "2026-01-23T05:00"), sighting("2026-01-23T06:00", "2026-01-23T07:00"))
    assert [row[:9] for row in rows(show(found, 76, seen))[1:]] == ["00:00 EST", "01:00 EST"]


def test_a_source_that_fails_is_said_at_the_head_and_the_rest_stands() -> None:
    scope = scope_at("2026-01-23T06:20")
    failed = {"events": "no answer within 15 s"}
    found = look_at(
        scope,
        CHECKS,
        (DECISIONS, [decision(at("2026-01-23T06:00"))]),
        (HAND_OVERS, [HandOver(at("2026-01-23T05:00"), "phase2_to_phase3", DAY, None, None, None, 7, "started", None)]),
        (PROCESSOR_RUNS, []),
        failed=failed,
    )
    assert head(show(found, 118)) == ["UNKNOWN: events: no answer within 15 s"]
    assert [row[17:26] for row in rows(show(found, 76))[1:]] == ["hand-over", "decided  "]


def test_a_filter_keeps_the_dates_of_what_it_finds() -> None:
    found = look_at(scope_at("2026-01-23T06:20"), CHECKS, (DECISIONS, []), (EVENTS, [event("2026-01-23T04:30")]))
    assert rows(show(found, 76, filter="BOOM")) == [
        "Thu 22 Jan 2026, Eastern",
        "23:30 EST 04:30Z ERROR     scraper: transient: boom · games of 2026-01-22",
    ]
    assert show(found, 76, filter="nothing like it").count == 0


def test_the_spec_reads_the_memory_once_for_each_look(tmp_path: Path) -> None:
    memory = Recollection((sighting("2026-01-23T06:00", "2026-01-23T06:00"),))
    spec = timeline_spec(Target("timeline", ""), session_with(tmp_path, memory))
    found = look_at(scope_at("2026-01-23T06:20"), CHECKS, (DECISIONS, []))
    for width in WIDTHS:
        assert "first seen: " in all_text(spec.view(found, found.report.scope, POLICY, Options(width=width)))
    assert memory.asked == 1
    again = look_at(scope_at("2026-01-23T06:21"), CHECKS, (DECISIONS, []))
    spec.view(again, again.report.scope, POLICY, Options(width=76))
    assert memory.asked == 2
    assert spec.checks == ()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("moment", MOMENTS)
def test_no_line_is_wider_than_the_screen_and_ascii_is_ascii(desk: Desk, moment: str, width: int) -> None:
    found = desk.look(scope_at(moment))
    assert widest(show(found, width)) <= width
    table = show(found, width, ascii=True)
    assert widest(table) <= width
    assert all_text(table).isascii()


@pytest.mark.parametrize("width", WIDTHS)
def test_hostile_text_does_not_get_through(width: int) -> None:
    found = look_at(
        scope_at("2026-01-23T06:20"), CHECKS, (DECISIONS, []), (EVENTS, [event("2026-01-23T04:30", message=HOSTILE)])
    )
    table = show(found, width)
    assert widest(table) <= width
    assert not set(all_text(table)) & set("\x1b\x07\x00\u202e")
    assert "]52;c;" not in all_text(table)
