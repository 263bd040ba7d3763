"""The January week, lived through once a session: as nobody acknowledged it then, and as if somebody had within ten minutes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from checks.catalogue import ALL_CHECKS
from checks.facts.acknowledgements import ACKNOWLEDGEMENTS
from checks.facts.catalogue import ALL_FACTS, WORDS
from checks.hushes import NOTHING_SAID
from checks.incidents.incident import Rules
from checks.loading import Loading
from checks.model import Scope
from checks.policy import Policy
from checks.runner import report_on
from console.notify.notice import Manner
from console.replaying.course import Course, Life, Period
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


@pytest.fixture(scope="session")
def courses(demo_file: Path) -> Mapping[str, Course]:
    source = steady_source(demo_file)
    lives = {
        name: Life(name, "demo", Rules(), Manner(), after)
        for name, after in (("recorded", None), ("acknowledged", timedelta(minutes=10)))
    }
    for moment in WEEK.moments:
        loaded = Loading(FACTS, source, Scope.at(moment)).wait(120)
        report = report_on(ALL_CHECKS, loaded.without(WORDS), Policy())
        for life in lives.values():
            life.sees(report, NOTHING_SAID)
    return {name: life.course() for name, life in lives.items()}


@pytest.fixture(scope="session")
def recorded(courses: Mapping[str, Course]) -> Course:
    return courses["recorded"]


@pytest.fixture(scope="session")
def acknowledged(courses: Mapping[str, Course]) -> Course:
    return courses["acknowledged"]
