"""What is known, as Prometheus reads it. What is not known is UNKNOWN or infinitely old, and never a zero that looks well.

Names and units are as Prometheus' documentation, "Metric and label naming", wants them: seconds, bytes, ratios from 0 to 1.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import product
from typing import TYPE_CHECKING

from prometheus_client import generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from checks.catalogue import ALL_CHECKS
from checks.facts.lineage import LINEAGE
from checks.facts.retry_queue import RETRY_QUEUE
from checks.funnel import funnel_by_date
from checks.incidents.incident import State
from checks.queue_rows import Standing
from checks.queue_rows import standing as standing_of
from checks.severity import Severity
from console.serving.joining import Failure
from screens.text.amount import GIBIBYTE

if TYPE_CHECKING:
    from console.heartbeat import Heartbeat
    from console.serving.kept import Kept
    from console.serving.runs import Seen
    from console.serving.service import Service

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_SCALE = ", ".join(f"{severity.value} {severity.name}" for severity in Severity)


def metrics_text(service: Service, kept: Kept | Failure) -> bytes:
    """Return all metrics as text."""
    return generate_latest(
        _Families([*_of_report(service), *_of_cost(service), *_of_kept(service, kept), *_own(service)])
    )


class _Families(Collector):
    """Families that are there already, as the library wants to be given them."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _of_report(service: Service) -> Iterator[Metric]:
    """Give what the checks say; where the last run failed, nothing is known, whatever was known before."""
    runs = service.runs
    seen = runs.known if runs.trouble is None else None
    verdict = Severity.UNKNOWN if seen is None else seen.look.report.verdict.severity
    yield GaugeMetricFamily("courtside_verdict_severity", f"The verdict: {_SCALE}.", value=verdict.value)
    age = math.inf if runs.known is None else runs.age_seconds(runs.known)
    yield GaugeMetricFamily(
        "courtside_report_age_seconds", "Age of the newest report; +Inf: there was none.", value=age
    )
    failed = float(runs.trouble is not None)
    yield GaugeMetricFamily(
        "courtside_last_run_failed", "1 where the last run of the checks made no report.", value=failed
    )
    by_check = {result.check: result.severity for result in seen.look.report.results} if seen else {}
    checks = GaugeMetricFamily("courtside_check_severity", f"What each check came to: {_SCALE}.", labels=["check"])
    for name in dict.fromkeys((*(check.id for check in ALL_CHECKS), *runs.reported)):
        checks.add_metric([name], by_check.get(name, Severity.UNKNOWN).value)
    yield checks
    if seen is not None:
        yield from _of_facts(seen, age)


def _of_facts(seen: Seen, age: float) -> Iterator[Metric]:
    """Give what only a report that is known can say; a fact that could not be had has no numbers at all."""
    report = seen.look.report
    if report.verdict.since is not None:
        lasts = (report.scope.as_of - report.verdict.since).total_seconds() + age
        text = "Since when the verdict's trouble lasts, as an age; absent where nothing is wrong, or nobody knows since when."
        yield GaugeMetricFamily("courtside_verdict_age_seconds", text, value=lasts)
    causes = GaugeMetricFamily("courtside_causes", "Root causes that last, by severity.", labels=["severity"])
    lasting = Counter(cause.severity for cause in report.causes if cause.until is None)
    for severity in Severity:
        causes.add_metric([severity.name.lower()], lasting[severity])
    yield causes
    if not seen.look.reason(LINEAGE):
        yield _coverage(seen)
    if not seen.look.reason(RETRY_QUEUE):
        queue = GaugeMetricFamily("courtside_queue_rows", "Rows of the retry queue by standing.", labels=["standing"])
        rows = Counter(standing_of(row, report.scope.as_of) for row in seen.look.rows(RETRY_QUEUE))
        for standing in Standing:
            queue.add_metric([standing.value], rows[standing])
        yield queue


def _coverage(seen: Seen) -> Metric:
    text = "Share of a stage that is there, of what is due, 1 for all; absent where nothing is expected."
    coverage = GaugeMetricFamily("courtside_coverage_ratio", text, labels=["game_date", "stage"])
    for of_date in funnel_by_date(seen.look.rows(LINEAGE), seen.policy, seen.look.report.scope.as_of):
        for total in of_date.totals:
            if total.percentage is not None:
                coverage.add_metric([of_date.game_date.isoformat(), total.stage.value], total.percentage / 100)
    return coverage


def _of_cost(service: Service) -> Iterator[Metric]:
    """Give what asking costs; nothing where it costs nothing."""
    runs = service.runs
    if runs.billed is None or runs.known is None or runs.known.spending is None:
        return
    yield CounterMetricFamily(
        "courtside_bytes_billed", "Bytes that runs of this server were billed for.", value=runs.billed
    )
    budget = runs.known.spending.budget_at(service.world.clock.now())
    if budget is not None:
        limit = budget.daily_gb * GIBIBYTE
        yield GaugeMetricFamily("courtside_budget_bytes", "The day's budget.", value=limit)
        text = "Bytes billed today (UTC) to all who share the budget, after the newest report."
        yield GaugeMetricFamily("courtside_budget_spent_bytes", text, value=budget.spent_today)


def _of_kept(service: Service, kept: Kept | Failure) -> Iterator[Metric]:
    readable = not isinstance(kept, Failure)
    yield GaugeMetricFamily(
        "courtside_journal_readable", "1 where this host's journal can be read.", value=float(readable)
    )
    watcher, drainer = (None, None) if isinstance(kept, Failure) else (kept.watcher, kept.drainer)
    text = "Since the last run on this host; +Inf: there was none, or nobody can say."
    ages = GaugeMetricFamily("courtside_heartbeat_age_seconds", text, labels=["of"])
    ages.add_metric(["watcher"], _age(watcher, service))
    ages.add_metric(["drainer"], _age(drainer, service))
    yield ages
    if not isinstance(kept, Failure) and watcher is not None:
        yield _incidents(kept)
        untold = GaugeMetricFamily("courtside_notices", "Notices that are not delivered.", labels=["sink", "state"])
        for sink in kept.sinks:
            untold.add_metric([sink.sink, "waiting"], sink.waiting)
            untold.add_metric([sink.sink, "refused"], sink.refused)
            untold.add_metric([sink.sink, "doubtful"], sink.doubtful)
        yield untold


def _incidents(kept: Kept) -> Metric:
    """Give every state and severity, also those that no incident has: a series that is gone resolves an alert."""
    found = Counter((incident.state, incident.severity) for incident in kept.incidents)
    text = "Incidents that the watcher keeps, by state and severity."
    incidents = GaugeMetricFamily("courtside_incidents", text, labels=["state", "severity"])
    for state, severity in product(State, Severity):
        incidents.add_metric([state.value, severity.name.lower()], found[state, severity])
    return incidents


def _age(heartbeat: Heartbeat | None, service: Service) -> float:
    """Return seconds; a sign of life from the future is as good as none, for nobody can say how old it is."""
    age = math.inf if heartbeat is None else (service.world.clock.now() - heartbeat.at).total_seconds()
    return age if age >= 0 else math.inf


def _own(service: Service) -> Iterator[Metric]:
    yield CounterMetricFamily("courtside_runs", "Runs of the checks that this server began.", value=service.runs.count)
    labels = ["route", "method", "status"]
    requests = CounterMetricFamily("courtside_http_requests", "Requests by route, method and status.", labels=labels)
    for (route, method, status), count in sorted(service.counts.by.items()):
        requests.add_metric([route, method, str(status)], count)
    yield requests
