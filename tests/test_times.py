"""Time arithmetic across both clock changes, midnight Eastern, and whole minutes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.times import (
    EASTERN,
    both_zones,
    day_bounds,
    eastern_date,
    eastern_instant,
    format_eastern,
    format_minutes,
    format_utc,
    minutes_between,
    read_length,
    require_aware,
    to_minute,
    utc_and_eastern,
)
from tests.builders import at

SPRING_FORWARD = date(2026, 3, 8)
FALL_BACK = date(2025, 11, 2)
MINUTE = timedelta(minutes=1)

moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis takes naive bounds
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@pytest.mark.parametrize(
    ("day", "hours"), [(SPRING_FORWARD, 23), (date(2026, 1, 24), 24), (date(2026, 7, 4), 24), (FALL_BACK, 25)]
)
def test_an_eastern_day_has_23_hours_in_spring_25_in_autumn_and_24_otherwise(day: date, hours: int) -> None:
    first, last = day_bounds(day)
    assert last - first == timedelta(hours=hours)


@given(days)
def test_every_minute_of_a_day_and_only_those_carry_its_date(day: date) -> None:
    first, last = day_bounds(day)
    assert (eastern_date(first - MINUTE), eastern_date(first)) == (day - timedelta(days=1), day)
    assert (eastern_date(last - MINUTE), eastern_date(last)) == (day, day + timedelta(days=1))


@given(days)
def test_days_follow_each_other_without_gap_or_overlap(day: date) -> None:
    assert day_bounds(day)[1] == day_bounds(day + timedelta(days=1))[0]


@given(moments)
def test_a_moment_lies_within_the_bounds_of_its_eastern_date(moment: datetime) -> None:
    first, last = day_bounds(eastern_date(moment))
    assert first <= moment < last


@given(moments, offsets)
def test_the_zone_in_which_a_moment_is_written_changes_nothing(moment: datetime, offset: timezone) -> None:
    elsewhere = moment.astimezone(offset)
    assert require_aware(elsewhere) == moment
    assert require_aware(elsewhere).tzinfo is UTC
    assert eastern_date(elsewhere) == eastern_date(moment)
    assert format_utc(elsewhere) == format_utc(moment)
    assert format_eastern(elsewhere) == format_eastern(moment)


@pytest.mark.parametrize(
    ("utc", "eastern"),
    [
        ("2026-01-24T04:59", date(2026, 1, 23)),
        ("2026-01-24T05:00", date(2026, 1, 24)),
        ("2026-07-04T03:59", date(2026, 7, 3)),
        ("2026-07-04T04:00", date(2026, 7, 4)),
    ],
)
def test_the_date_changes_at_midnight_in_new_york(utc: str, eastern: date) -> None:
    assert eastern_date(at(utc)) == eastern


@given(days, st.integers(3, 23), st.integers(0, 59))
def test_a_wall_clock_time_in_new_york_comes_back_as_it_was(day: date, hour: int, minute: int) -> None:
    local = eastern_instant(day, hour, minute).astimezone(EASTERN)
    assert (local.date(), local.hour, local.minute) == (day, hour, minute)


def test_a_time_that_happens_twice_means_the_first() -> None:
    assert eastern_instant(FALL_BACK, 1, 30) == at("2025-11-02T05:30")
    assert format_eastern(at("2025-11-02T05:30")) == "Sun 2 Nov 01:30 EDT"
    assert format_eastern(at("2025-11-02T06:30")) == "Sun 2 Nov 01:30 EST"


def test_a_time_that_the_clock_skips_is_an_hour_later_on_the_clock() -> None:
    assert format_eastern(eastern_instant(SPRING_FORWARD, 2, 30)) == "Sun 8 Mar 03:30 EDT"


@given(moments, st.integers(-100_000, 100_000))
def test_minutes_between_counts_real_minutes_whatever_the_clocks_do(moment: datetime, minutes: int) -> None:
    assert minutes_between(moment, moment + minutes * MINUTE) == minutes


@given(moments, moments)
def test_minutes_between_turns_its_sign_with_its_direction(one: datetime, other: datetime) -> None:
    assert minutes_between(one, other) == -minutes_between(other, one)


@given(moments, moments, moments)
def test_minutes_between_adds_up_over_a_moment_in_the_middle(a: datetime, b: datetime, c: datetime) -> None:
    assert minutes_between(a, b) + minutes_between(b, c) == minutes_between(a, c)


def test_seconds_are_cut_off_before_minutes_are_counted() -> None:
    assert minutes_between(at("2026-01-23T04:20:40"), at("2026-01-23T05:20:00")) == 60
    assert minutes_between(at("2026-01-23T04:20:00"), at("2026-01-23T05:19:59")) == 59


@pytest.mark.parametrize(
    ("day", "minutes"), [(SPRING_FORWARD, 23 * 60), (FALL_BACK, 25 * 60), (date(2026, 1, 24), 24 * 60)]
)
def test_minutes_between_two_midnights_follow_the_clock_changes(day: date, minutes: int) -> None:
    assert minutes_between(*day_bounds(day)) == minutes


@given(moments)
def test_to_minute_is_at_most_a_minute_back_and_settles(moment: datetime) -> None:
    assert timedelta(0) <= moment - to_minute(moment) < MINUTE
    assert to_minute(to_minute(moment)) == to_minute(moment)


@pytest.mark.parametrize("function", [require_aware, to_minute, eastern_date, format_utc, format_eastern])
def test_a_time_without_a_zone_is_refused_and_told_how_to_write_it(function: object) -> None:
    assert callable(function)
    with pytest.raises(ValueError, match="has no time zone: write it as 2026-01-23T04:20:00Z for UTC"):
        function(datetime(2026, 1, 23, 4, 20))  # noqa: DTZ001 - the naive time is the point


def test_times_are_shown_with_their_zone() -> None:
    assert format_utc(at("2026-01-23T06:20:59")) == "2026-01-23T06:20Z"
    assert format_eastern(at("2026-01-23T06:20:59")) == "Fri 23 Jan 01:20 EST"


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0, "0 min"),
        (59.9, "59 min"),
        (60, "1 h 00 min"),
        (2715, "45 h 15 min"),
        (72 * 60 - 1, "71 h 59 min"),
        (72 * 60, "3 d 00 h"),
        (76 * 60 + 59, "3 d 04 h"),
    ],
)
def test_durations_read_as_people_say_them(minutes: float, text: str) -> None:
    assert format_minutes(minutes) == text


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("90s", timedelta(seconds=90)),
        ("45m", timedelta(minutes=45)),
        ("45min", timedelta(minutes=45)),
        ("1h 30m", timedelta(minutes=90)),
        ("2d", timedelta(days=2)),
        ("1d2h3m4s", timedelta(days=1, hours=2, minutes=3, seconds=4)),
        ("0m", timedelta(0)),
    ],
)
def test_a_length_of_time_is_read_from_its_units(text: str, length: timedelta) -> None:
    assert read_length(text) == length


@pytest.mark.parametrize("text", ["", " ", "5", "h", "-2h", "1.5h", "30m2h", "2 weeks", "٣h", "99999d"])
def test_what_is_no_length_of_time_is_none(text: str) -> None:
    assert read_length(text) is None


def test_an_instant_is_said_in_both_zones_in_either_order() -> None:
    assert both_zones(at("2026-01-23T04:20")) == "Thu 22 Jan 23:20 EST (2026-01-23T04:20Z)"
    assert utc_and_eastern(at("2026-01-23T04:20")) == "2026-01-23T04:20Z (Thu 22 Jan 23:20 EST)"
