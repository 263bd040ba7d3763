"""Feature quality: a date can have every feature row it should have, and none of them be worth anything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from checks.facts.fact import Facts
from checks.facts.feature_quality import FEATURE_QUALITY, FeatureQuality
from checks.facts.lineage import LINEAGE
from checks.funnel import format_percent, percent
from checks.model import Evidence, Fault, Finding, Severity, Subject, SubjectKind, Suggestion
from checks.policy import Policy
from checks.registry import check

_LEAST_HISTORY_DAYS = 2
"""One day before is no baseline."""

Remark = tuple[Severity, str]


@check(
    "quality.features",
    "mean feature quality, share of low-quality features, and change against the days before, per date",
    may_be_empty=(FEATURE_QUALITY, LINEAGE),
)
def features(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Yield one finding per date of the scope, as bad as the worst of mean, low-quality share and drop.

    A date without feature rows is for availability to judge.
    """
    del as_of  # the fact holds only what was written by then
    since = _first_writes(facts)
    for row in _in_scope(facts):
        baseline = _baseline(row, facts[FEATURE_QUALITY], policy)
        remarks = [*_mean_remarks(row, policy), *_share_remarks(row, policy), *_drop_remarks(row, baseline, policy)]
        if remarks:
            yield _features_finding(row, remarks, baseline, since.get(row.game_date))


@check(
    "quality.rolling_window",
    "games in the features' rolling window against those that it should hold, per date",
    may_be_empty=(FEATURE_QUALITY,),
)
def rolling_window(facts: Facts, policy: Policy, as_of: datetime) -> Iterator[Finding]:
    """Yield one finding per date of the scope whose rolling windows are too empty, too full, or cannot be judged."""
    del as_of  # the fact holds only what was written by then
    for row in _in_scope(facts):
        day = row.game_date.isoformat()
        if row.window_expected <= 0:
            sentence = (
                f"{day}: the rolling window of the features cannot be judged: no row says how many games it should hold"
            )
            yield _window_finding(row, Severity.WARNING, sentence, Fault.CHECK, "unknown-expectation")
        elif row.window_actual > row.window_expected:
            sentence = (
                f"{day}: the rolling window of the features holds {row.window_actual} games where {row.window_expected} "
                "were expected: more than there can be is not health"
            )
            yield _window_finding(row, Severity.WARNING, sentence, Fault.DATA, "over-full")
        elif severity := _window_severity(row, policy):
            share = format_percent(percent(row.window_actual, row.window_expected))
            sentence = f"{day}: the rolling window of the features holds {share} of the games that it should"
            yield _window_finding(row, severity, sentence, Fault.DATA, "")


def _in_scope(facts: Facts) -> list[FeatureQuality]:
    """Return the rows of the scope's own dates, oldest first; the fact also holds the history before them."""
    rows = (row for row in facts[FEATURE_QUALITY] if row.rows > 0 and row.game_date in facts.scope.dates)
    return sorted(rows, key=lambda row: row.game_date)


def _first_writes(facts: Facts) -> dict[date, datetime]:
    """Return when the first feature of each date was written (UTC)."""
    first: dict[date, datetime] = {}
    for game in facts[LINEAGE]:
        written = game.features.first_write
        if written is not None:
            first[game.game_date] = min(written, first.get(game.game_date, written))
    return first


def _baseline(row: FeatureQuality, rows: tuple[FeatureQuality, ...], policy: Policy) -> float | None:
    """Return the mean of the daily means of the days before `row`; None when there are too few to compare with."""
    oldest = row.game_date - timedelta(days=policy.quality_history_days)
    before = [r.mean_score for r in rows if r.mean_score is not None and oldest <= r.game_date < row.game_date]
    return sum(before) / len(before) if len(before) >= _LEAST_HISTORY_DAYS else None


def _mean_remarks(row: FeatureQuality, policy: Policy) -> Iterator[Remark]:
    if row.mean_score is None:
        yield Severity.WARNING, "no feature has a quality score at all"
    elif row.mean_score < policy.feature_quality_error_score:
        yield (
            Severity.ERROR,
            f"mean feature quality {row.mean_score:.2f} is below {policy.feature_quality_error_score:g}",
        )
    elif row.mean_score < policy.feature_quality_warning_score:
        limit = policy.feature_quality_warning_score
        yield Severity.WARNING, f"mean feature quality {row.mean_score:.2f} is below {limit:g}"


def _share_remarks(row: FeatureQuality, policy: Policy) -> Iterator[Remark]:
    """Yield a remark on the share of low-quality rows; more of them than rows is impossible and judged elsewhere."""
    if row.low_quality > row.rows:
        return
    share = 100 * row.low_quality / row.rows
    words = f"{share:.1f} % of the features are of low quality"
    if share > policy.low_quality_error_percent:
        yield Severity.ERROR, f"{words}, over {policy.low_quality_error_percent:g} %"
    elif share > policy.low_quality_warning_percent:
        yield Severity.WARNING, f"{words}, over {policy.low_quality_warning_percent:g} %"


def _drop_remarks(row: FeatureQuality, baseline: float | None, policy: Policy) -> Iterator[Remark]:
    if row.mean_score is None or baseline is None:
        return
    # Rounded, so that 77.3 - 72.3 is the 5 points that it is on paper.
    drop = round(baseline - row.mean_score, 6)
    if drop >= policy.quality_drop_warning_points:
        yield Severity.WARNING, f"it is {drop:.1f} points under the days before"


def _features_finding(
    row: FeatureQuality, remarks: list[Remark], baseline: float | None, since: datetime | None
) -> Finding:
    day = row.game_date.isoformat()
    evidence = [
        Evidence("feature rows", row.rows, "rows", FEATURE_QUALITY.name),
        Evidence("low-quality rows", row.low_quality, "rows", FEATURE_QUALITY.name),
    ]
    if row.mean_score is not None:
        evidence.append(Evidence("mean score", round(row.mean_score, 2), "score", FEATURE_QUALITY.name))
    if baseline is not None:
        evidence.append(Evidence("mean score of the days before", round(baseline, 2), "score", FEATURE_QUALITY.name))
    return Finding(
        check="quality.features",
        severity=max(severity for severity, _ in remarks),
        subject=_date(row),
        sentence=f"{day}: {'; '.join(words for _, words in remarks)} ({row.rows} rows)",
        fault=Fault.DATA,
        since=since,
        evidence=tuple(evidence),
        suggestions=_suggestions(day),
    )


def _window_severity(row: FeatureQuality, policy: Policy) -> Severity:
    """Return how bad the window's share is; an empty window is an error like any other far below its limit."""
    share = 100 * row.window_actual
    if share < policy.rolling_window_error_percent * row.window_expected:
        return Severity.ERROR
    return Severity.WARNING if share < policy.rolling_window_warning_percent * row.window_expected else Severity.OK


def _window_finding(row: FeatureQuality, severity: Severity, sentence: str, fault: Fault, key: str) -> Finding:
    return Finding(
        check="quality.rolling_window",
        severity=severity,
        subject=_date(row),
        sentence=sentence,
        fault=fault,
        evidence=(
            Evidence("games expected in the window", row.window_expected, "games", FEATURE_QUALITY.name),
            Evidence("games in the window", row.window_actual, "games", FEATURE_QUALITY.name),
        ),
        suggestions=_suggestions(row.game_date.isoformat()),
        key=key,
    )


def _date(row: FeatureQuality) -> Subject:
    return Subject(SubjectKind.DATE, row.game_date.isoformat(), row.game_date)


def _suggestions(day: str) -> tuple[Suggestion, ...]:
    return (
        Suggestion(f"courtside diagnose --date {day} --issue low_feature_quality", "find the cause"),
        Suggestion(
            f"courtside transitions --date {day}", "see whether analytics was ready before the features were made"
        ),
    )
