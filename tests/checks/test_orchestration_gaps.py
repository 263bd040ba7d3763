"""The silence of the controller: when it warns, when it is critical, how it ends, and what hides it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.facts.decisions import DECISIONS, Decision
from checks.facts.freshness import FRESHNESS, TableFreshness
from checks.model import Fault, Finding, Severity, SubjectKind
from checks.orchestration import gap, masked_outage, silences
from checks.policy import Policy
from tests.builders import at, decision, facts_for, hourly_decisions, scope_at

POLICY = Policy()
LAST = at("2026-01-23T04:20")
BEFORE_OUTAGE = hourly_decisions(at("2026-01-21T04:20"), LAST)
AFTER_OUTAGE = hourly_decisions(at("2026-01-25T01:35"), at("2026-01-25T14:35"))


def gaps(as_of: str, decisions: Iterable[Decision], policy: Policy = POLICY) -> tuple[Finding, ...]:
    return gap(facts_for(gap, scope_at(as_of), (DECISIONS, decisions)), policy, at(as_of))


def alarms(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity is not Severity.OK]


def masked(as_of: str, decisions: Iterable[Decision], **writes: str | None) -> tuple[Finding, ...]:
    rows = [
        TableFreshness(f"nba_raw.{name}", 0 if when is None else 10, None if when is None else at(when))
        for name, when in writes.items()
    ]
    facts = facts_for(masked_outage, scope_at(as_of), (DECISIONS, decisions), (FRESHNESS, rows))
    return masked_outage(facts, POLICY, at(as_of))


@pytest.mark.parametrize(
    ("as_of", "severity"),
    [
        ("2026-01-23T05:34", Severity.OK),
        ("2026-01-23T05:35", Severity.WARNING),
        ("2026-01-23T06:19", Severity.WARNING),
        ("2026-01-23T06:20", Severity.CRITICAL),
    ],
)
def test_the_silence_of_january_warns_at_75_minutes_and_is_critical_at_120(as_of: str, severity: Severity) -> None:
    assert [finding.severity for finding in gaps(as_of, BEFORE_OUTAGE)] == [severity]


def test_seconds_are_cut_so_that_a_burst_late_in_its_minute_moves_no_threshold() -> None:
    late = [decision(LAST + timedelta(seconds=59))]
    assert gaps("2026-01-23T05:35", late)[0].severity is Severity.WARNING
    assert gaps("2026-01-23T05:34", late)[0].severity is Severity.OK


def test_a_silence_names_the_last_decision_in_both_zones_and_what_to_type() -> None:
    (finding,) = gaps("2026-01-23T06:20", BEFORE_OUTAGE)
    assert finding.sentence == (
        "nobody has decided for 2 h 00 min: the last workflow decision was 2026-01-23T04:20Z (Thu 22 Jan 23:20 EST)"
    )
    assert finding.subject.kind is SubjectKind.CONTROLLER
    assert finding.fault is Fault.PIPELINE
    assert (finding.since, finding.until) == (LAST, None)
    assert [suggestion.command for suggestion in finding.suggestions] == [
        "courtside gaps --hours 48",
        "courtside diagnose --date 2026-01-23 --issue controller",
    ]


def test_a_silence_shows_what_was_missed_and_when_each_threshold_was_reached() -> None:
    burst = [decision(LAST, f"workflow_{n}") for n in range(12)]
    (finding,) = gaps("2026-01-23T06:20", burst)
    assert [(item.label, item.value) for item in finding.evidence] == [
        ("since the last decision", 120),
        ("evaluations missed", 2),
        ("warning from", "2026-01-23T05:35Z"),
        ("critical from", "2026-01-23T06:20Z"),
        ("last evaluation", 12),
    ]
    assert {item.fact for item in finding.evidence} == {"decisions"}


def test_a_burst_that_crosses_a_minute_is_counted_as_one_evaluation() -> None:
    burst = [decision(LAST - timedelta(seconds=1), "first"), decision(LAST, "second")]
    (finding,) = gaps("2026-01-23T06:20", burst)
    assert finding.evidence[-1].value == 2


@pytest.mark.parametrize("action", ["RUN", "SKIP", "ABORT"])
def test_every_action_is_a_sign_of_life(action: str) -> None:
    (finding,) = gaps("2026-01-23T05:00", [decision(LAST, action=action)])
    assert finding.severity is Severity.OK


def test_a_healthy_controller_gets_a_note_with_its_last_decision_and_largest_gap() -> None:
    (note,) = gaps("2026-01-23T04:50", BEFORE_OUTAGE)
    assert note.severity is Severity.OK
    assert note.sentence.startswith("the last workflow decision was 30 min ago, at 2026-01-23T04:20Z")
    assert "the largest gap is 1 h 00 min" in note.sentence


def test_the_silence_keeps_one_fingerprint_while_it_lasts_and_when_it_is_over() -> None:
    lasting = {
        gaps(as_of, BEFORE_OUTAGE)[0].fingerprint
        for as_of in ("2026-01-23T05:35", "2026-01-23T06:20", "2026-01-24T22:00", "2026-01-25T01:34")
    }
    (over,) = alarms(gaps("2026-01-25T01:35", BEFORE_OUTAGE + AFTER_OUTAGE))
    assert lasting == {over.fingerprint}


def test_the_silence_of_january_is_history_once_it_has_ended() -> None:
    (over,) = alarms(gaps("2026-01-25T01:35", BEFORE_OUTAGE + AFTER_OUTAGE))
    assert (over.severity, over.since, over.until) == (Severity.CRITICAL, LAST, at("2026-01-25T01:35"))
    assert {item.label: item.value for item in over.evidence} == {
        "start": "2026-01-23T04:20Z",
        "end": "2026-01-25T01:35Z",
        "length": 2715,
        "evaluations missed": 45,
    }
    assert "45 h 15 min" in over.sentence


@pytest.mark.parametrize(
    ("minutes", "severities"),
    [(120, []), (121, [Severity.ERROR]), (240, [Severity.ERROR]), (241, [Severity.CRITICAL])],
)
def test_a_silence_that_is_over_is_an_error_over_120_minutes_and_critical_over_240(
    minutes: int, severities: list[Severity]
) -> None:
    decisions = [decision(LAST), decision(LAST + timedelta(minutes=minutes))]
    assert [finding.severity for finding in alarms(gaps("2026-01-23T09:00", decisions)) if finding.until] == severities


def test_every_silence_over_the_threshold_is_a_finding_of_its_own() -> None:
    times = ("2026-01-22T00:00", "2026-01-22T03:00", "2026-01-22T04:00", "2026-01-22T09:00")
    found = alarms(gaps("2026-01-22T09:30", [decision(at(time)) for time in times]))
    assert [(finding.since, finding.severity) for finding in found] == [
        (at(times[0]), Severity.ERROR),
        (at(times[2]), Severity.CRITICAL),
    ]
    assert len({finding.fingerprint for finding in found}) == 2


def test_a_silence_counts_for_as_long_as_its_end_lies_within_the_lookback() -> None:
    decisions = [decision(LAST), *hourly_decisions(at("2026-01-25T01:35"), at("2026-01-27T03:35"))]
    assert len(alarms(gaps("2026-01-27T01:35", decisions))) == 1
    assert alarms(gaps("2026-01-27T01:36", decisions)) == []


def test_the_old_last_decision_of_a_silent_workflow_is_no_silence_of_the_controller() -> None:
    old = decision(at("2026-01-12T10:00"), "bdl_catchup_midday")
    lively = hourly_decisions(at("2026-01-21T05:20"), LAST)
    assert alarms(gaps("2026-01-23T04:30", [old, *lively])) == []


def test_when_nothing_was_decided_within_the_lookback_the_silence_runs_since_the_last_decision_of_all() -> None:
    old = [decision(at("2026-01-12T10:00"), "a"), decision(at("2026-01-15T10:00"), "b")]
    (finding,) = gaps("2026-01-23T04:30", old)
    assert (finding.severity, finding.since) == (Severity.CRITICAL, at("2026-01-15T10:00"))


def test_one_single_decision_is_enough_to_judge() -> None:
    (finding,) = gaps("2026-01-23T04:20", [decision(LAST)])
    assert finding.severity is Severity.OK


def test_without_any_decision_there_is_no_silence_to_measure() -> None:
    assert gaps("2026-01-23T04:20", []) == ()


def test_thresholds_come_from_the_policy() -> None:
    slow = Policy(controller_cadence_minutes=240, gap_warning_minutes=240, gap_critical_minutes=480)
    assert alarms(gaps("2026-01-23T09:19", [decision(LAST)], slow)) == []
    assert gaps("2026-01-23T09:20", [decision(LAST)], slow)[0].severity is Severity.WARNING


JITTER = st.lists(st.integers(min_value=-300, max_value=300), min_size=49, max_size=49)
# Half a day before each clock change of 2026 in New York, an ordinary winter day, and the turn of the year.
STARTS = st.sampled_from(
    [at("2026-03-07T19:00"), at("2026-10-31T18:00"), at("2026-01-20T00:00"), at("2025-12-31T12:00")]
)


@given(start=STARTS, jitter=JITTER, minute=st.integers(min_value=0, max_value=47 * 60))
def test_a_healthy_hourly_day_with_five_minutes_of_jitter_never_warns(
    start: datetime, jitter: list[int], minute: int
) -> None:
    decisions = [decision(start + timedelta(hours=n, seconds=seconds)) for n, seconds in enumerate(jitter)]
    as_of = start + timedelta(minutes=5 + minute)
    assert alarms(gaps(f"{as_of:%Y-%m-%dT%H:%M}", [item for item in decisions if item.decision_time <= as_of])) == []


SECONDS = st.lists(st.integers(min_value=0, max_value=3 * 86400), max_size=40)


@given(start=STARTS, seconds=SECONDS, later=st.integers(min_value=0, max_value=4 * 1440))
def test_silences_cover_the_time_from_the_first_evaluation_to_now_without_a_hole(
    start: datetime, seconds: list[int], later: int
) -> None:
    as_of = start + timedelta(minutes=later)
    decisions = [decision(start + timedelta(seconds=second)) for second in seconds]
    found = silences(decisions, as_of, start)
    assert [silence.end for silence in found[:-1]] == [silence.start for silence in found[1:]]
    assert [silence.end for silence in found[-1:]] in ([], [None])
    for silence in found:
        assert timedelta(minutes=silence.minutes) == (silence.end or as_of) - silence.start
        assert silence.minutes > 0 or silence.end is None


@given(start=STARTS, seconds=SECONDS)
def test_there_is_one_silence_for_each_distinct_minute_of_evaluation(start: datetime, seconds: list[int]) -> None:
    decisions = [decision(start + timedelta(seconds=second)) for second in seconds]
    found = silences(decisions, start + timedelta(days=4), start)
    assert [silence.start for silence in found] == [
        start + timedelta(minutes=minute) for minute in sorted({second // 60 for second in seconds})
    ]


@given(seconds=SECONDS, since=st.integers(min_value=0, max_value=4 * 1440))
def test_a_later_start_of_the_window_only_drops_silences_that_ended_before_it(seconds: list[int], since: int) -> None:
    start = at("2026-03-07T19:00")
    as_of, cut = start + timedelta(days=4), start + timedelta(minutes=since)
    decisions = [decision(start + timedelta(seconds=second)) for second in seconds]
    whole = silences(decisions, as_of, start)
    assert silences(decisions, as_of, cut) == tuple(
        silence for silence in whole if silence.end is None or silence.end >= cut
    )


def test_data_that_arrives_while_nobody_decides_is_critical_at_120_minutes() -> None:
    assert masked("2026-01-23T06:19", BEFORE_OUTAGE, bdl_player_boxscores="2026-01-23T06:00") == ()
    (finding,) = masked("2026-01-23T06:20", BEFORE_OUTAGE, bdl_player_boxscores="2026-01-23T06:00")
    assert finding.severity is Severity.CRITICAL
    assert finding.sentence == (
        "data is arriving but nobody is deciding: no workflow decision for 2 h 00 min, while 1 table was written"
    )
    assert finding.since == LAST


def test_only_tables_written_after_the_last_decision_are_named() -> None:
    (finding,) = masked(
        "2026-01-23T12:00",
        BEFORE_OUTAGE,
        odds="2026-01-23T11:00",
        boxscores="2026-01-23T06:00",
        schedule="2026-01-23T04:20",
        empty=None,
    )
    assert finding.names == ("nba_raw.boxscores", "nba_raw.odds")
    assert [item.value for item in finding.evidence] == ["2026-01-23T06:00Z", "2026-01-23T11:00Z"]


def test_a_masked_outage_belongs_to_the_same_silence_as_the_gap() -> None:
    (finding,) = masked("2026-01-23T12:00", BEFORE_OUTAGE, odds="2026-01-23T11:00")
    assert finding.key == gaps("2026-01-23T12:00", BEFORE_OUTAGE)[0].key


def test_a_silence_in_which_nothing_arrives_masks_nothing() -> None:
    assert masked("2026-01-23T12:00", BEFORE_OUTAGE, schedule="2026-01-23T04:00", empty=None) == ()


def test_tables_without_a_single_write_mask_nothing_even_without_decisions() -> None:
    assert masked("2026-01-23T12:00", [], schedule=None, odds=None) == ()
    assert masked("2026-01-23T12:00", []) == ()


def test_data_without_any_decision_on_record_is_a_masked_outage_of_unknown_start() -> None:
    (finding,) = masked("2026-01-23T12:00", [], odds="2026-01-23T11:00")
    assert (finding.severity, finding.since, finding.key) == (Severity.CRITICAL, None, "none")
    assert "no workflow decision is recorded" in finding.sentence


def test_a_deciding_controller_masks_nothing() -> None:
    assert masked("2026-01-23T05:00", BEFORE_OUTAGE, odds="2026-01-23T04:55") == ()
