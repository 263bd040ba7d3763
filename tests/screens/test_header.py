"""The header: three lines that say where, when, how old, how bad and since when, at every width."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import Scope, Severity, Verdict
from screens.feed import Errand, Loaded
from screens.header import HEIGHT, HeaderState, header_lines
from screens.lines import Tone, display_width, text_of
from screens.session import Environment
from screens.standing import Standing
from screens.unloaded import Unloaded
from tests.builders import at
from tests.screens.troubles import Told

AS_OF = at("2026-01-23T06:20")
SILENT = Verdict(
    Severity.CRITICAL,
    "data is arriving but nobody is deciding: no workflow decision for 2 h 00 min, while 2 tables were written",
    at("2026-01-23T04:20"),
)


def state(**changes: Any) -> HeaderState:
    values: dict[str, Any] = {
        "environment": Environment.DEMO,
        "as_of": AS_OF,
        "clock": "replay",
        "verdict": SILENT,
        "data_as_of": AS_OF,
        "source": "reachable, 0.5 s",
    }
    return HeaderState(**{**values, **changes})


def lines(shown: HeaderState, width: int = 80) -> list[str]:
    return [text_of(line) for line in header_lines(shown, width)]


@pytest.mark.parametrize("width", range(40, 130))
def test_a_sentence_that_is_cut_leaves_no_bracket_open(width: int) -> None:
    sentence = (
        "the retrier is not running: LAL@DAL was due at 2026-01-25T12:52Z (Sun 25 Jan 07:52 EST) and was not tried"
    )
    said = text(state(verdict=Verdict(Severity.ERROR, sentence, at("2026-01-23T04:20"))), width)
    assert said.partition("since")[0].count("(") == said.partition("since")[0].count(")")


def text(shown: HeaderState, width: int = 80) -> str:
    return " ".join(lines(shown, width))


@pytest.mark.parametrize("environment", list(Environment))
def test_at_80_columns_three_lines_say_everything(environment: Environment) -> None:
    shown = state(environment=environment)
    assert len(lines(shown)) == HEIGHT
    assert max(len(line) for line in lines(shown)) <= 80
    said = text(shown)
    for part in (
        f" {environment.value.upper()} ",
        "Fri 23 Jan 01:20 EST",
        "06:20Z",
        "replay",
        "read-only",
        "data 06:20Z",
        "reachable, 0.5 s",
        " CRITICAL ",
        "nobody is deciding",
        "Thu 22 Jan 23:20 EST",
        "04:20Z",
        "2 h 00 min",
    ):
        assert part in said, f"{part} is missing"


def test_the_four_badges_differ_in_word_and_in_tone() -> None:
    badges = [header_lines(state(environment=environment), 80)[0][0] for environment in Environment]
    assert len({badge.text for badge in badges}) == 4
    assert len({badge.tone for badge in badges}) == 4


def test_at_120_columns_the_sentence_stands_whole_and_utc_has_its_date() -> None:
    assert SILENT.sentence in text(state(), 120)
    assert "2026-01-23T06:20Z" in lines(state(), 120)[0]


def test_a_utc_date_that_is_not_the_eastern_one_is_said() -> None:
    assert "Sat 24 Jan 20:30 EST · 25 Jan 01:30Z" in text(state(as_of=at("2026-01-25T01:30")))


@pytest.mark.parametrize(("minutes", "says"), [(0, "data as of 06:20Z"), (2, "data as of 06:18Z")])
def test_fresh_data_is_dated(minutes: int, says: str) -> None:
    assert says in text(state(data_as_of=at(f"2026-01-23T06:{20 - minutes}")), 120)
    assert " old" not in text(state(data_as_of=at(f"2026-01-23T06:{20 - minutes}")), 120)


def test_data_older_than_one_refresh_is_called_old_with_its_minutes() -> None:
    assert "data as of 2026-01-23T06:08Z, 12 min old" in text(state(data_as_of=at("2026-01-23T06:08")), 120)


def test_data_of_a_later_moment_is_not_passed_off_as_that_of_an_earlier_one() -> None:
    assert "data as of 2026-01-23T07:20Z, of later" in text(state(data_as_of=at("2026-01-23T07:20")), 120)


def test_a_verdict_of_an_earlier_run_says_so() -> None:
    said = text(state(remembered=True, data_as_of=at("2026-01-23T05:20")), 120)
    assert "LAST KNOWN, of 2026-01-23T05:20Z: data is arriving" in said


@pytest.mark.parametrize("width", [80, 120, 200])
def test_a_failing_warehouse_is_said_with_its_reason(width: int) -> None:
    assert "FAILING: cannot open" in text(state(failure="cannot open january.duckdb: no such file"), width)


@pytest.mark.parametrize(
    ("severity", "lead"),
    [
        (Severity.OK, "UNKNOWN"),
        (Severity.WARNING, "UNKNOWN"),
        (Severity.ERROR, "ERROR"),
        (Severity.CRITICAL, "CRITICAL"),
    ],
)
def test_while_the_warehouse_fails_nothing_is_green(severity: Severity, lead: str) -> None:
    shown = state(verdict=Verdict(severity, "as it was", None), failure="gone")
    assert lines(shown)[1].startswith(f" {lead} ")
    assert "LAST KNOWN" in lines(shown)[1]
    assert severity.name in lines(shown)[1]


def test_before_anything_is_known_nothing_is_claimed() -> None:
    assert "loading: nothing is known yet" in text(state(verdict=None, data_as_of=None, source="loading"))


def test_armed_is_said_also_where_there_is_little_room() -> None:
    assert "ARMED" in text(state(read_only=False), 40)
    on_copy = state(read_only=False, on_copy=True)
    assert "ARMED on a copy" in lines(on_copy, 120)[0]
    assert " DEMO " in lines(on_copy, 120)[0]
    assert "ARMED" in lines(on_copy, 80)[0]
    assert "read-only" not in text(state(read_only=False), 200)


def test_in_production_armed_is_as_loud_as_it_can_be_and_read_only_is_said() -> None:
    armed = header_lines(state(environment=Environment.PRODUCTION, read_only=False), 80)[0]
    assert [span.tone for span in armed if span.text == "ARMED"] == [Tone.CRITICAL]
    assert "read-only" in lines(state(environment=Environment.PRODUCTION), 80)[0]


def test_what_asking_costs_is_shown_where_it_costs_anything() -> None:
    assert "billed" not in text(state(), 200)
    assert lines(state(cost="1.25 GB billed"), 200)[0].endswith("reachable, 0.5 s · 1.25 GB billed")


def test_other_dates_than_the_moments_own_are_named() -> None:
    assert "games of 21 to 22 Jan 2026" in text(state(dates="games of 21 to 22 Jan 2026"), 120)


def test_escape_sequences_in_a_reason_do_not_reach_the_terminal() -> None:
    said = text(state(failure="\x1b]52;c;ZXZpbA==\x07gone \x1b[2J\u202e"), 120)
    assert "gone" in said
    assert said.isprintable()


def test_an_ascii_terminal_gets_ascii() -> None:
    assert text(state(ascii=True, failure="ça…")).isascii()


@given(
    st.integers(40, 260),
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=400),
    st.sampled_from(Severity),
    st.sampled_from([None, at("2025-12-24T00:00"), AS_OF]),
    st.sampled_from(["", "cannot open the file", "x" * 900]),
    st.sampled_from(Environment),
    st.booleans(),
)
def test_at_every_width_severity_and_duration_are_never_cut(
    width: int, sentence: str, severity: Severity, since: datetime | None, failure: str, env: Environment, armed: bool
) -> None:
    shown = state(environment=env, verdict=Verdict(severity, sentence, since), failure=failure, read_only=not armed)
    drawn = header_lines(shown, width)
    assert len(drawn) == HEIGHT
    assert all(display_width(text_of(line)) <= width for line in drawn)
    said = " ".join(text_of(line) for line in drawn)
    assert severity.name in said or (failure and "UNKNOWN" in said)
    if since is not None:
        words = " ".join(said.split())
        assert ("30 d 06 h" if since != AS_OF else "0 min") in words


def test_that_refreshing_is_paused_stands_out() -> None:
    [shown] = [span for span in header_lines(state(clock="live, paused"), 120)[0] if "paused" in span.text]
    assert shown.tone is Tone.UNKNOWN


def test_it_says_when_the_watcher_last_ran_and_nothing_where_there_never_was_one() -> None:
    scope = Scope.at(AS_OF)
    standing = Standing()
    assert standing.watched(AS_OF) == ""
    look = Told(Unloaded.nothing(scope).report, watched_at=AS_OF - timedelta(minutes=12))
    standing.note(Loaded(Errand("all", 1, 1, scope), look, None, seconds=0.1), full=True)
    assert standing.watched(AS_OF) == "watcher 12 min ago"
    assert standing.watched(AS_OF - timedelta(hours=1)) == "watcher 0 min ago"
    assert "watcher 12 min ago" in text(state(watcher="watcher 12 min ago"), 140)
    assert "watcher" not in text(state(), 140)


def test_that_people_were_not_told_stands_out_and_is_not_the_first_thing_to_give_way() -> None:
    standing = Standing()
    assert standing.untold == ""
    look = Told(Unloaded.nothing(Scope.at(AS_OF)).report, untold=2)
    standing.note(Loaded(Errand("all", 1, 1, Scope.at(AS_OF)), look, None, seconds=0.1), full=True)
    for width in (80, 100, 140):
        [shown] = [span for span in header_lines(state(untold=standing.untold), width)[0] if "2 NOT" in span.text]
        assert (shown.text.strip(" ·"), shown.tone) == ("2 NOT DELIVERED", Tone.UNKNOWN)
    assert "DELIVERED" not in text(state(), 140)
