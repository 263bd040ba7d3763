"""`infra.quota`: the load jobs of each table today, against the most that BigQuery takes, and where midnight will find them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from checks.model import CheckResult, Evidence, Fault, Finding, Severity, Subject, SubjectKind, Suggestion
from checks.policy import Policy
from checks.times import both_zones

QUOTA = "infra.quota"
PACE = timedelta(hours=6)
"""Over how long the pace of loading is measured, also across midnight, so that a day of five minutes has one too.

Chosen here: long enough that one batch is no trend, short enough that a loop of one-row loads is one within the hour.
"""


@dataclass(frozen=True, slots=True)
class LoadCount:
    """The load jobs of one table, failed ones too: since the quota's day began, and within `PACE` before now."""

    table: str
    today: int
    recent: int


@dataclass(frozen=True, slots=True)
class QuotaDay:
    """The day that jobs are counted in: now and its end, aware UTC, and how many load jobs it has for each table."""

    now: datetime
    ends: datetime
    limit: int

    def projected(self, count: LoadCount) -> int:
        """Return how many load jobs the table will have had by the day's end, at the pace of the last `PACE`."""
        return count.today - (-count.recent * (self.ends - self.now)) // PACE  # whole numbers, rounded up

    def percent(self, jobs: int) -> float:
        """Return that many jobs as a share of the limit, 0 to 100 and beyond."""
        return 100.0 * jobs / self.limit


def quota_result(
    counts: Sequence[LoadCount], day: QuotaDay, policy: Policy, fact: str, reason: str = ""
) -> CheckResult:
    """Return what there is to say of the tables, the fullest first; the fullest of all is noted when none is near the limit.

    `fact` names what counted. With a `reason` not all jobs could be counted: then it is UNKNOWN, whatever the counts are.
    """
    ordered = sorted(counts, key=lambda count: (-day.projected(count), count.table))
    findings = tuple(_near(ordered, day, policy, fact)) or (_note(ordered, day, fact),)
    severities = [*(finding.severity for finding in findings), *((Severity.UNKNOWN,) if reason else ())]
    return CheckResult(QUOTA, max(severities), findings, reason, unreadable=bool(reason))


def no_quota_result(warehouse: str) -> CheckResult:
    """Return the result for a warehouse that takes any number of load jobs."""
    said = f"{warehouse} is no BigQuery project, and takes any number of load jobs"
    return CheckResult(QUOTA, Severity.OK, (_noted(said, ()),))


def _near(counts: Sequence[LoadCount], day: QuotaDay, policy: Policy, fact: str) -> Iterator[Finding]:
    for count in counts:
        percent = day.percent(day.projected(count))
        if percent < policy.load_quota_warning_percent:
            continue
        is_critical = percent >= policy.load_quota_critical_percent
        yield Finding(
            check=QUOTA,
            severity=Severity.CRITICAL if is_critical else Severity.WARNING,
            subject=Subject(SubjectKind.TABLE, count.table),
            sentence=_sentence(count, day),
            fault=Fault.PIPELINE,
            evidence=_evidence(count, day, fact),
            suggestions=(
                Suggestion("courtside audit source.streaming_inserts .", "find the writers that load row by row"),
            ),
        )


def _sentence(count: LoadCount, day: QuotaDay) -> str:
    used = f"{count.table}: {_share(count.today, day)} of today's {day.limit:,} load jobs used"
    end = both_zones(day.ends)
    if count.today >= day.limit:
        return f"{used}; BigQuery refuses more until {end}"
    return f"{used}, {_share(day.projected(count), day)} by {end} at the pace of the last {_hours(PACE)} h"


def _share(jobs: int, day: QuotaDay) -> str:
    return f"{jobs:,} ({int(day.percent(jobs))} %)"


def _hours(span: timedelta) -> int:
    return span // timedelta(hours=1)


def _evidence(count: LoadCount, day: QuotaDay, fact: str) -> tuple[Evidence, ...]:
    return (
        Evidence("today", count.today, "load jobs", fact),
        Evidence(f"in the last {_hours(PACE)} h", count.recent, "load jobs", fact),
        Evidence("by the end of the day", day.projected(count), "load jobs", fact),
    )


def _note(counts: Sequence[LoadCount], day: QuotaDay, fact: str) -> Finding:
    if not counts:
        return _noted("no table has had a load job today", ())
    return _noted(f"the fullest table is {_sentence(counts[0], day)}", _evidence(counts[0], day, fact))


def _noted(sentence: str, evidence: tuple[Evidence, ...]) -> Finding:
    subject = Subject(SubjectKind.TABLE, "load jobs")
    return Finding(QUOTA, Severity.OK, subject, sentence, Fault.PIPELINE, evidence=evidence)
