"""All that can be scraped is named as Prometheus wants it: by the rules of `promtool check metrics` and of its documentation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from console.desk import Desk
from console.heartbeat import WATCHER, Heartbeat, beat_with
from console.incidents.shelf import keep_incidents
from console.memory import open_journal
from console.notify.outbox import put_notices
from console.warehouse.bigquery.cost import Budget
from console.warehouse.demo import DEMO_AS_OF
from tests.incidents.reports import NOON, SILENCE, Watch
from tests.notify.notices import OPENED
from tests.notify.posts import Ear
from tests.serving.served import PLACE, HandClock, Opener, Setting, serving

ASKED_FOR = {
    "severities": ("verdict_severity", "check_severity", "causes"),
    "ages": ("report_age_seconds", "verdict_age_seconds"),
    "coverage": ("coverage_ratio",),
    "queue": ("queue_rows",),
    "cost": ("bytes_billed", "budget_bytes", "budget_spent_bytes"),
    "watcher heartbeat": ("heartbeat_age_seconds",),
    "incidents": ("incidents", "notices"),
}
NOT_BASE_UNITS = re.compile(
    r"(?:^|_)(?:percent|percents|milliseconds|minutes|hours|days|weeks|bits|kilobytes|megabytes|gigabytes"
    r"|ms|us|ns|sec|s|m|h|d|b|kb|mb|gb|tb|pb)(?:_|$)"
)


class Billed(Desk):
    """A desk whose warehouse costs something."""

    @property
    def bytes_billed(self) -> int:
        return 240 * 2**20

    def budget(self) -> Budget:
        return Budget(10, 2**30, DEMO_AS_OF.date())


@pytest.fixture
def families(demo_file: Path, tmp_path: Path) -> Iterator[list[Metric]]:
    """Every family that there can be: of a report, of what it cost, of a watcher with an incident, of the server."""
    clock, watch = HandClock(), Watch()
    watch.sees(SILENCE)
    with open_journal(tmp_path, now=clock.now).writing() as connection:
        keep_incidents(connection, PLACE, watch.incidents, NOON)
        put_notices(connection, [OPENED], [Ear()], NOON)
        beat_with(connection, WATCHER, PLACE, Heartbeat(NOON, "ops-1", "one incident"))

    def opened() -> Desk:
        desk = Opener(demo_file)()
        return Billed(desk.warehouse, desk.policy)

    with serving(opened, tmp_path, Setting(clock=clock)) as served:
        served.get("/verdict")
        yield list(text_string_to_metric_families(served.get("/metrics").text))


@pytest.mark.parametrize("what", ASKED_FOR)
def test_it_has_what_an_alert_rule_or_a_dashboard_asks_for(families: list[Metric], what: str) -> None:
    with_numbers = {family.name for family in families if family.samples}
    assert {f"courtside_{name}" for name in ASKED_FOR[what]} <= with_numbers


def test_each_has_a_sentence_and_a_type_and_stands_once(families: list[Metric]) -> None:
    assert len({family.name for family in families}) == len(families)
    for family in families:
        assert family.type in ("gauge", "counter")
        assert family.documentation.endswith(".")


def _is_named_well(family: Metric) -> bool:
    return re.fullmatch(r"courtside_[a-z]+(?:_[a-z]+)*", family.name) is not None


def _says_its_type_only_where_it_counts(family: Metric) -> bool:
    ends = all(sample.name.endswith("_total") == (family.type == "counter") for sample in family.samples)
    return ends and not re.search(r"_(?:gauge|counter|histogram|summary|count|sum|bucket)(?:_|$)", family.name)


def _is_in_base_units(family: Metric) -> bool:
    unit = "seconds" if "_age_" in family.name else "bytes" if "budget" in family.name else ""
    return not NOT_BASE_UNITS.search(family.name) and family.name.endswith(unit)


def _has_labels_of_its_own(family: Metric) -> bool:
    labels = {label for sample in family.samples for label in sample.labels}
    return all(re.fullmatch(r"[a-z]+(?:_[a-z]+)*", label) for label in labels) and not labels & {
        "le",
        "quantile",
        "job",
    }


@pytest.mark.parametrize(
    "rule", [_is_named_well, _says_its_type_only_where_it_counts, _is_in_base_units, _has_labels_of_its_own]
)
def test_each_keeps_to_the_rule(families: list[Metric], rule: Callable[[Metric], bool]) -> None:
    assert [family.name for family in families if not rule(family)] == []


def test_a_ratio_is_one_where_everything_is_there(families: list[Metric]) -> None:
    (coverage,) = [family for family in families if family.name == "courtside_coverage_ratio"]
    assert {sample.value for sample in coverage.samples} >= {1.0}
    assert all(0 <= sample.value < 2 for sample in coverage.samples)
