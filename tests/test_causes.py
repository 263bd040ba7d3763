"""Root causes: one outage is one incident, its symptoms are listed under it, and nothing is lost."""

from __future__ import annotations

from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from checks.cause_rules import RULES
from checks.causes import BLIND, LOG_SILENT, STANDING_THREAD, Issue, causes_of, find_causes, thread_key
from checks.model import CheckResult, Fault, Finding, Severity, Subject, SubjectKind, Suggestion
from checks.verdict import verdict_of
from tests.builders import at

THE_22ND, THE_23RD, THE_24TH = date(2026, 1, 22), date(2026, 1, 23), date(2026, 1, 24)


def found(
    check: str,
    severity: Severity = Severity.ERROR,
    *,
    day: date | None = None,
    name: str = "x",
    fault: Fault = Fault.DATA,
    since: datetime | None = None,
    until: datetime | None = None,
    key: str = "",
    sentence: str = "",
) -> Finding:
    subject = Subject(SubjectKind.DATE if day else SubjectKind.TABLE, name, day)
    command = (Suggestion(f"courtside look {check}", "see"),)
    said = sentence or f"{check} says"
    return Finding(check, severity, subject, said, fault, since=since, until=until, key=key, suggestions=command)


def results(*findings: Finding) -> tuple[CheckResult, ...]:
    by_check: dict[str, list[Finding]] = {}
    for finding in findings:
        by_check.setdefault(finding.check, []).append(finding)
    return tuple(
        CheckResult(check, max((f.severity for f in group if f.is_active), default=Severity.OK), tuple(group))
        for check, group in by_check.items()
    )


def silence(until: datetime | None = None) -> Finding:
    return found(
        "orchestration.gap",
        Severity.CRITICAL,
        fault=Fault.PIPELINE,
        since=at("2026-01-23T04:20"),
        until=until,
        key="2026-01-23T04:20Z",
    )


def test_a_silent_controller_explains_what_it_should_have_driven() -> None:
    symptoms = (
        found("schedule.stale", since=at("2026-01-23T04:10")),
        found("quality.features", day=THE_24TH),
        found("reconcile.predictions", day=THE_23RD),
        found("reconcile.grading", day=THE_23RD),
        found("availability.missing_game", day=THE_23RD),
    )
    (cause,) = find_causes(results(silence(), *symptoms))
    assert (cause.name, cause.severity, cause.symptoms) == ("controller_silent", Severity.CRITICAL, symptoms)


def test_it_does_not_explain_what_was_made_before_it_fell_silent() -> None:
    before = found("reconcile.predictions", day=THE_22ND)
    causes = find_causes(results(silence(), before))
    assert [cause.name for cause in causes] == ["controller_silent", "predictions_missing"]


def test_it_does_not_explain_data_that_is_wrong_by_itself() -> None:
    causes = find_causes(results(silence(), found("reconcile.inflated", day=THE_24TH)))
    assert [cause.name for cause in causes] == ["controller_silent", "analytics_inflated"]


def test_the_masked_outage_gives_the_silence_its_sentence_and_joins_it() -> None:
    masked = found(
        "orchestration.masked_outage",
        Severity.CRITICAL,
        key="2026-01-23T04:20Z",
        sentence="data is arriving but nobody is deciding",
    )
    (cause,) = find_causes(results(silence(), masked))
    assert cause.sentence == "data is arriving but nobody is deciding"
    assert verdict_of((cause,), results(silence())).sentence == cause.sentence


def test_a_silence_keeps_its_key_when_it_ends() -> None:
    (going_on,) = find_causes(results(silence()))
    (over,) = find_causes(results(silence(until=at("2026-01-25T01:35"))))
    assert going_on.key == over.key
    assert (going_on.until, over.until) == (None, at("2026-01-25T01:35"))


def test_what_a_silence_left_behind_stays_with_it_and_stays_visible() -> None:
    (cause,) = find_causes(results(silence(until=at("2026-01-25T01:35")), found("quality.features", day=THE_24TH)))
    assert (cause.name, cause.severity, cause.until) == ("controller_silent", Severity.ERROR, None)
    assert cause.sentence.endswith("it is over and left 1 behind: quality.features says")


def test_a_dead_retrier_explains_overdue_rows() -> None:
    dead = found("queue.retrier_dead", fault=Fault.PIPELINE)
    (cause,) = find_causes(results(found("queue.overdue", Severity.CRITICAL), dead))
    assert (cause.name, [f.check for f in cause.symptoms]) == ("retrier_dead", ["queue.overdue"])
    assert cause.severity is Severity.CRITICAL


def test_missing_box_scores_explain_the_same_date_only() -> None:
    causes = find_causes(
        results(
            found("availability.missing_game", day=THE_23RD),
            found("reconcile.players", day=THE_23RD),
            found("reconcile.players", day=THE_24TH),
        )
    )
    assert [(c.name, len(c.symptoms)) for c in causes] == [("box_scores_missing", 1), ("analytics_missing", 0)]


def test_many_alike_are_one_cause_that_counts_them() -> None:
    games = tuple(found("reconcile.inflated", day=THE_24TH, name=name) for name in ("CLE@ORL", "BOS@CHI"))
    (cause,) = find_causes(results(*games))
    assert cause.sentence == "reconcile.inflated says (and 1 more like it)"
    assert len(cause.evidence) == 2


def blind(check: str, reason: str, *, unreadable: bool = True) -> CheckResult:
    return CheckResult(check, Severity.UNKNOWN, reason=reason, unreadable=unreadable)


def test_checks_that_could_not_see_are_one_cause_per_reason() -> None:
    (cause,) = find_causes((blind("a.b", "decisions: not reachable"), blind("c.d", "decisions: not reachable")))
    assert (cause.severity, cause.sentence) == (Severity.UNKNOWN, "a.b, c.d cannot be judged: decisions: not reachable")


def test_notes_are_no_causes() -> None:
    assert find_causes(results(found("schedule.not_played", Severity.OK))) == ()


def test_the_worst_that_is_going_on_comes_first_and_what_is_over_last() -> None:
    causes = find_causes(
        results(
            silence(until=at("2026-01-25T01:35")),
            found("reconcile.grading", day=date(2026, 1, 20)),
            found("a.b", Severity.CRITICAL),
        )
    )
    assert [cause.name for cause in causes] == ["a.b", "grading_behind", "controller_silent"]


def test_of_the_equally_bad_the_newest_comes_first_and_what_is_only_aftermath_after_them() -> None:
    left_behind = (silence(until=at("2026-01-25T01:35")), found("quality.features", day=THE_24TH))
    older = found("reconcile.grading", day=date(2026, 1, 20), since=at("2026-01-21T12:00"))
    newer = found("queue.retrier_dead", fault=Fault.PIPELINE, since=at("2026-01-25T12:52"))
    causes = find_causes(results(*left_behind, older, newer))
    assert [cause.name for cause in causes] == ["retrier_dead", "grading_behind", "controller_silent"]


def test_issues_select_causes_by_kind() -> None:
    causes = find_causes(results(silence(), found("reconcile.grading", day=date(2026, 1, 20))))
    assert [c.name for c in causes_of(Issue.CONTROLLER, causes)] == ["controller_silent"]
    assert [c.name for c in causes_of(Issue.GRADING_LAG, causes)] == ["grading_behind"]
    assert causes_of(Issue.RETRIER, causes) == ()
    assert causes_of(Issue.ALL, causes) == causes


def test_every_issue_kind_has_a_rule() -> None:
    assert {rule.issue for rule in RULES if rule.issue} == {issue.value for issue in Issue} - {"all"}


def test_broken_machinery_has_a_thread_of_its_own_and_data_defects_share_one() -> None:
    causes = find_causes(
        results(
            silence(),
            found("queue.retrier_dead", fault=Fault.PIPELINE),
            found("reconcile.inflated", day=THE_22ND),
            found("reconcile.grading", Severity.CRITICAL, day=date(2026, 1, 20)),
            found("orchestration.silent_workflow", Severity.WARNING, fault=Fault.PIPELINE),
        )
    )
    assert {thread_key(c) for c in causes} == {
        "controller_silent:2026-01-23T04:20Z",
        "retrier_dead",
        STANDING_THREAD,
    }


def test_all_that_cannot_be_read_is_one_thread_and_an_empty_log_is_a_standing_defect() -> None:
    causes = find_causes(
        (
            blind("a.b", "decisions: refused"),
            blind("c.d", "lineage: timed out"),
            blind("e.f", "empty", unreadable=False),
        )
    )
    assert [thread_key(cause) for cause in causes] == ["blind", "blind", STANDING_THREAD]


CHECKS = sorted({check for rule in RULES for check in rule.checks} | {"coverage.props", "queue.overdue", "a.b"})


@given(
    st.lists(
        st.builds(
            found,
            st.sampled_from(CHECKS),
            st.sampled_from([s for s in Severity if s is not Severity.OK]),
            day=st.sampled_from([None, THE_22ND, THE_23RD]),
            name=st.sampled_from("abc"),
            since=st.sampled_from([None, at("2026-01-22T10:00"), at("2026-01-23T10:00")]),
            until=st.sampled_from([None, at("2026-01-23T12:00")]),
        ),
        unique_by=lambda finding: finding.fingerprint,
        max_size=12,
    )
)
def test_every_finding_stands_under_exactly_one_cause(findings: list[Finding]) -> None:
    causes = find_causes(results(*findings))
    placed = [f.fingerprint for cause in causes for f in (*cause.evidence, *cause.symptoms)]
    assert sorted(placed) == sorted(f.fingerprint for f in findings)
    assert len({cause.key for cause in causes}) == len(causes)
    worst = max((f.severity for f in findings if f.is_active), default=Severity.OK)
    assert verdict_of(causes, results(*findings) or (CheckResult("a", Severity.OK),)).severity is worst


def test_a_log_that_nobody_writes_is_the_pipelines_fault_and_one_that_cannot_be_read_the_checks() -> None:
    silent = CheckResult("orchestration.gap", Severity.UNKNOWN, reason="decisions: its writer is not running")
    unread = CheckResult("queue.overdue", Severity.UNKNOWN, reason="retry_queue: access denied", unreadable=True)
    faults = {cause.name: cause.fault for cause in find_causes([silent, unread])}
    assert faults == {LOG_SILENT: Fault.PIPELINE, BLIND: Fault.CHECK}
