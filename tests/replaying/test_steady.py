"""Asking again only where an answer can have changed: the answers are the same as those of the warehouse itself."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

import checks.facts
from checks.facts.fact import Fact
from checks.facts.lineage import LINEAGE
from checks.model import Scope
from console.warehouse.embedded import EmbeddedWarehouse
from tests.builders import at
from tests.replaying.conftest import FACTS, WEEK, steady_source

SQL = sorted(Path(checks.facts.__file__).parent.glob("*.sql"))
_COMMENT = re.compile(r"--.*")
_COMPARED = re.compile(r"<= @as_of\b|< UNIX_MICROS\(@as_of\) \+ 60000000\b")
MOMENTS = [
    *(at(f"2026-01-23T{minute}") for minute in ("06:19", "06:20", "06:21", "16:00", "04:59", "05:00")),
    *(WEEK.first + n * timedelta(hours=31, minutes=7) for n in range(6)),
    at("2026-01-21T12:00"),
]


@pytest.mark.parametrize("path", SQL, ids=lambda path: path.stem)
def test_every_fact_only_compares_timestamps_with_the_moment_it_is_asked_for(path: Path) -> None:
    text = _COMMENT.sub("", path.read_text(encoding="utf-8"))
    assert len(_COMPARED.findall(text)) == text.count("@as_of")


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_at_every_moment_in_whatever_order_the_rows_are_those_of_the_warehouse(
    demo_file: Path, fact: Fact[object]
) -> None:
    warehouse, steady = EmbeddedWarehouse(demo_file), steady_source(demo_file)
    for moment in MOMENTS:
        window = fact.window(Scope.at(moment))
        assert steady.load(fact, window, moment) == warehouse.load(fact, window, moment)


def test_where_nothing_can_have_changed_nothing_is_asked(demo_file: Path) -> None:
    steady = steady_source(demo_file)
    for minute in range(3):
        moment = at("2026-01-23T09:30") + timedelta(minutes=minute)
        steady.load(LINEAGE, LINEAGE.window(Scope.at(moment)), moment)
    assert steady.asked == 1
