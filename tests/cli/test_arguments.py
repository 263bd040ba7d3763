"""Lengths of time as they are typed: one way to write them for every command, and limits that each sets itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
import typer

from console.cli.arguments import duration, duration_from


def refusal(text: str, *limits: str, step: str = "1s") -> str:
    with pytest.raises(typer.BadParameter) as caught:
        duration_from(*limits, step=step)(text)
    return str(caught.value)


def test_what_is_no_length_of_time_is_refused_with_how_to_write_one() -> None:
    with pytest.raises(typer.BadParameter) as caught:
        duration("soon")
    says = str(caught.value)
    assert says == "'soon' is not a length of time: write it as 90s, 5m, 2h, 1h30m or 2d"
    assert refusal("soon", "10s", "24h") == says


@pytest.mark.parametrize("text", ["9s", "25h", "2d", "0m"])
def test_what_lies_outside_of_the_limits_is_refused_with_them(text: str) -> None:
    assert refusal(text, "10s", "24h") == f"{text!r} does not do here: give a time from 10s to 24h"


def test_what_is_not_so_many_steps_is_refused_with_their_length() -> None:
    assert refusal("90s", "1m", "24h", step="1m").endswith("give a time from 1m to 24h, in steps of 1m")
    assert refusal("30s", "1m").endswith("give a time of 1m or more")


def test_the_limits_themselves_will_do() -> None:
    assert duration_from("10s", "24h")("10s") == timedelta(seconds=10)
    assert duration_from("10s", "24h")("1d") == timedelta(hours=24)
    assert duration_from("1m", step="1m")("120s") == timedelta(minutes=2)
