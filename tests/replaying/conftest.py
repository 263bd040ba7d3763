"""The January week, lived through once a session: as nobody acknowledged it, and as if somebody had within 20 minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from checks.catalogue import ALL_CHECKS
from checks.facts.acknowledgements import ACKNOWLEDGEMENTS
from checks.facts.catalogue import ALL_FACTS, WORDS
from checks.hushes import NOTHING_SAID
from checks.incidents.incident import Rules, Run
from checks.loading import Loading
from checks.model import Scope
from checks.policy import Policy
from checks.runner import report_on
from console.incidents.moving import move
from console.journal import FILE_NAME, Journal
from console.notify.notice import Manner
from console.replaying.course import Course, Life, Period, Sent
from console.replaying.operator import Operator
from console.replaying.steady import SteadySource
from console.warehouse.demo import DEMO_WEEK
from console.warehouse.duckdb_instants import instants_of
from console.warehouse.embedded import EmbeddedWarehouse

WEEK = Period(*DEMO_WEEK, timedelta(minutes=15))
FACTS = (*ALL_FACTS, ACKNOWLEDGEMENTS)


def steady_source(path: Path) -> SteadySource:
    tables = {table for fact in FACTS for table in fact.tables}
    return SteadySource(
        EmbeddedWarehouse(path), instants_of(path, tables, WEEK.first, WEEK.last + timedelta(minutes=1))
    )


@dataclass
class Week:
    """What became of the week under each supposition, and what the watcher's own way through the journal told."""

    courses: Mapping[str, Course]
    told: Sequence[Sent]


@pytest.fixture(scope="session")
def week(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Week:
    source, told, now = steady_source(demo_file), list[Sent](), WEEK.first
    journal = Journal(tmp_path_factory.mktemp("watcher") / FILE_NAME, now=lambda: now)
    lives = {
        "recorded": Life("recorded", "demo", Rules(), Manner(), None),
        "acknowledged": Life("acknowledged", "demo", Rules(), Manner(), Operator(timedelta(minutes=20))),
    }
    for now in WEEK.moments:
        loaded = Loading(FACTS, source, Scope.at(now)).wait(120)
        report = report_on(ALL_CHECKS, loaded.without(WORDS), Policy())
        for life in lives.values():
            life.sees(report, NOTHING_SAID)
        moved = move(journal, Run("demo", report, NOTHING_SAID, now), (), Rules(), Manner())
        told.extend(Sent(now, notice) for notice in moved.notices)
    return Week({name: life.course() for name, life in lives.items()}, told)


@pytest.fixture(scope="session")
def recorded(week: Week) -> Course:
    return week.courses["recorded"]


@pytest.fixture(scope="session")
def acknowledged(week: Week) -> Course:
    return week.courses["acknowledged"]
