"""What a processor's answer means."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.draining.answers import Kind, Reply, answer_of, of_no_answer
from tests.builders import at

NOW = at("2026-01-25T12:00")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *[(status, Kind.DISPATCHED) for status in (200, 202, 204)],
        *[(status, Kind.PERMANENT) for status in (400, 401, 403, 404, 409, 410, 422, 499)],
        *[(status, Kind.TRANSIENT) for status in (100, 301, 308, 408, 429, 500, 502, 503, 504, 599, 999)],
    ],
)
def test_each_status_is_one_of_three_kinds(status: int, kind: Kind) -> None:
    assert answer_of(Reply(status), NOW).kind is kind


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("120", timedelta(seconds=120)),
        ("0", timedelta(0)),
        ("Sun, 25 Jan 2026 12:10:00 GMT", timedelta(minutes=10)),
        ("Sun, 25 Jan 2026 12:10:00 -0000", timedelta(minutes=10)),
        ("Sun, 25 Jan 2026 11:00:00 GMT", timedelta(0)),
        ("99999999999999", timedelta(hours=24)),
        ("Sun, 25 Jan 2099 12:10:00 GMT", timedelta(hours=24)),
        *[(text, None) for text in ("", "soon", "-5", "1.5", "²", "Sun, 99 Jan 2026 12:10:00 GMT")],
    ],
)
def test_a_retry_after_is_obeyed_in_both_its_forms_up_to_a_day(text: str, wait: timedelta | None) -> None:
    for status in (429, 503):
        assert answer_of(Reply(status, retry_after=text), NOW).wait == wait


@given(st.text(max_size=60))
def test_no_retry_after_breaks_anything(text: str) -> None:
    wait = answer_of(Reply(429, retry_after=text), NOW).wait
    assert wait is None or timedelta(0) <= wait <= timedelta(hours=24)


def test_what_is_kept_of_an_answer_is_short_and_holds_nothing_that_a_terminal_obeys_or_nobody_may_see() -> None:
    body = "\x1b[2Jno\r\nauthorization: Bearer abc.def " + "x" * 10_000
    says = answer_of(Reply(400, body=body), NOW).says
    assert says.startswith("refused for good (HTTP 400: no")
    assert "abc.def" not in says
    assert "\x1b" not in says
    assert len(says) < 600
    assert "\x1b" not in of_no_answer("\x1b[2Jno").says


@pytest.mark.parametrize("status", [301, 401, 403, 429])
def test_an_answer_about_the_service_and_not_the_row_closes_it_for_the_round(status: int) -> None:
    assert answer_of(Reply(status), NOW).closes
    assert not answer_of(Reply(404), NOW).closes
    assert not answer_of(Reply(500), NOW).closes
