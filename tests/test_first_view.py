"""What a console shows when it opens: which moment, and how many game dates."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from checks.model import Scope
from console.first_view import DEFAULT_DAYS, DEMO_DAYS, days_shown, first_scope, moment_shown
from console.settings import Flags, Homes, Settings, resolve
from console.warehouse.demo import DEMO_AS_OF
from tests.builders import at


def settings(**table: object) -> Settings:
    homes = Homes(Path("none"), Path("none"), Path("none"))
    return resolve(Flags(), {}, homes, Path("none"), table)


def test_the_demo_is_looked_at_from_the_moment_of_its_story_with_the_dates_of_its_week() -> None:
    assert moment_shown(settings(), None) == DEMO_AS_OF
    assert days_shown(settings()) == DEMO_DAYS
    assert first_scope(settings(), None, at("2026-06-01T12:00")) == Scope.at(DEMO_AS_OF, days=DEMO_DAYS)


def test_a_moment_that_was_asked_for_is_the_one_that_is_looked_at() -> None:
    asked = at("2026-01-23T06:20")
    assert first_scope(settings(), asked, at("2026-06-01T12:00")).as_of == asked
    assert moment_shown(settings(warehouse="week.duckdb"), asked) == asked


def test_a_file_is_looked_at_as_it_is_now() -> None:
    now = at("2026-06-01T12:00")
    of = settings(warehouse="week.duckdb")
    assert moment_shown(of, None) is None
    assert first_scope(of, None, now) == Scope.at(now, days=DEFAULT_DAYS)


def test_days_of_the_settings_are_the_days_that_are_looked_at() -> None:
    shown = first_scope(settings(days=4), None, at("2026-06-01T12:00"))
    assert (shown.first, shown.last) == (date(2026, 1, 21), date(2026, 1, 24))
