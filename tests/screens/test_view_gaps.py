"""Orchestration gaps: the strip of time to scale, the verdict in words, the workflows beneath."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from checks.facts.decisions import DECISIONS, Decision
from checks.facts.expected_runs import EXPECTED_RUNS, ExpectedRun
from checks.facts.freshness import FRESHNESS
from checks.model import Scope, Severity, SubjectKind
from checks.pipeline import ENABLED_WORKFLOWS
from checks.policy import Policy
from checks.times import EASTERN
from console.desk import Desk
from console.look import Look
from console.warehouse.protocol import WarehouseError
from screens.lines import Tone, text_of
from screens.table import Table
from screens.views.gaps import SORTS, gaps_view
from screens.views.needs import GAPS_CHECKS
from screens.views.options import Options
from screens.views.time_strip import Bar, TimeStrip
from tests.builders import at, decision, hourly_decisions, scope_at
from tests.screens.looks import HOSTILE, WIDTHS, all_text, head, items, look_at, rows, widest

MOMENTS = ("2026-01-22T18:00", "2026-01-23T06:20", "2026-01-25T01:30", "2026-01-25T16:00", "2026-01-26T15:20")


def show(found: Look, width: int, **changes: Any) -> Table:
    return gaps_view(found, found.report.scope, Policy(), Options(width=width, **changes))


def of_demo(desk: Desk, moment: str, width: int, **changes: Any) -> Table:
    return show(desk.look(scope_at(moment), GAPS_CHECKS), width, **changes)


def look(decisions: Sequence[Decision], now: str, hours: int = 12) -> Look:
    scope = Scope.at(at(now), lookback=timedelta(hours=hours))
    run = ExpectedRun(date(2026, 1, 1), "betting_lines", at("2026-01-01T00:00"), None, 7)
    return look_at(scope, GAPS_CHECKS, (DECISIONS, decisions), (EXPECTED_RUNS, [run]), (FRESHNESS, []))


def hourly(first: str, last: str, workflow: str = "betting_lines") -> list[Decision]:
    return hourly_decisions(at(first), at(last), workflow)


class TestStrip:
    def strip(self, width: int = 24, *, ascii: bool = True) -> TimeStrip:
        first = at("2026-01-23T00:00")
        return TimeStrip(first, first + timedelta(hours=24), width, first - timedelta(hours=1), ascii)

    def bar(self, start: str, end: str | None, minutes: int, severity: Severity = Severity.CRITICAL) -> Bar:
        return Bar(at(start), at(end) if end else None, minutes, severity)

    def test_every_evaluation_is_a_tick_in_its_slice_of_time(self) -> None:
        line = self.strip().line([at("2026-01-23T00:59"), at("2026-01-23T02:00")], ())
        assert text_of(line) == "|.|....................."

    def test_an_evaluation_at_as_of_stands_in_the_last_column(self) -> None:
        assert text_of(self.strip().line([at("2026-01-24T00:00")], ())).endswith(".|")

    def test_a_silence_is_a_bar_between_its_ticks_with_its_length_in_it(self) -> None:
        bar = self.bar("2026-01-23T02:00", "2026-01-23T20:00", 1080)
        line = self.strip().line([at("2026-01-23T02:00"), at("2026-01-23T20:00")], [bar])
        assert text_of(line) == "..|## 18 h 00 min ##|..."

    def test_a_warning_is_drawn_lighter_than_what_is_worse(self) -> None:
        bar = self.bar("2026-01-23T02:00", "2026-01-23T06:00", 240, Severity.WARNING)
        assert text_of(self.strip().line((), [bar])) == "...===.................."
        assert text_of(self.strip(ascii=False).line((), [bar])) == "···───··················"

    def test_the_current_silence_reaches_the_right_edge_in_the_tone_of_its_severity(self) -> None:
        line = self.strip().line([at("2026-01-23T20:00")], [self.bar("2026-01-23T20:00", None, 240)])
        assert text_of(line) == "....................|###"
        assert line[-1].tone is Tone.CRITICAL

    def test_a_silence_shorter_than_a_column_is_still_seen(self) -> None:
        closed = self.bar("2026-01-23T06:10", "2026-01-23T07:40", 90, Severity.WARNING)
        running = self.bar("2026-01-23T22:30", None, 90, Severity.WARNING)
        assert text_of(self.strip(12).line((), [closed, running])) == "...=.......="

    def test_a_silence_from_before_the_strip_begins_at_its_left_edge(self) -> None:
        bar = self.bar("2026-01-22T12:00", "2026-01-23T12:00", 1440)
        assert text_of(self.strip().line((), [bar])) == "## 24h00 ###............"

    def test_time_of_which_nothing_is_known_is_marked(self) -> None:
        first = at("2026-01-23T00:00")
        strip = TimeStrip(first, at("2026-01-24T00:00"), 24, at("2026-01-23T04:00"), ascii=True)
        assert text_of(strip.line((), ())).startswith("????....")
        blind = TimeStrip(first, at("2026-01-24T00:00"), 24, None, ascii=True)
        assert text_of(blind.line((), ())) == "?" * 24

    def test_hours_stand_under_their_column(self) -> None:
        # 00:00Z is 19:00 in New York, so midnight there stands in the sixth of 24 columns.
        assert text_of(self.strip().hours(EASTERN, "ET")) == "ET   'Fri  '06   '12"

    def test_hours_keep_to_the_wall_clock_when_it_is_put_back(self) -> None:
        first = at("2026-11-01T04:00")  # midnight EDT of the day with 25 hours
        strip = TimeStrip(first, first + timedelta(hours=25), 50, first, ascii=True)
        axis = text_of(strip.hours(ZoneInfo("America/New_York"), "ET"))
        assert axis.index("'06") == 2 * 7
        assert axis.index("'12") == 2 * 13

    def test_a_bar_too_narrow_for_its_length_has_it_beneath(self) -> None:
        bar = self.bar("2026-01-23T22:00", None, 120)
        axis = self.strip(36).hours(EASTERN, "ET", bar)
        assert text_of(axis).endswith(" 2 h 00 min ^")
        assert axis[-1].tone is Tone.CRITICAL

    def test_no_hour_is_cut_by_a_length_that_stands_in_the_axis(self) -> None:
        running = self.bar("2026-01-23T22:00", None, 120)
        axes = (text_of(self.strip(width).hours(EASTERN, "ET", running)) for width in range(30, 90))
        assert not [axis for axis in axes if re.search(r"'\d? ", axis)]


def test_half_of_80_columns_has_verdict_strip_and_axis_in_three_lines(desk: Desk) -> None:
    assert head(of_demo(desk, "2026-01-25T01:30", 36)) == [
        "CRITICAL 45h10 since Thu 23:20 EST",
        "│││━━━━━━━━━━ 45 h 10 min ━━━━━━━━━━",
        "ET         ╵12      ╵Sat     ╵12",
    ]


def test_in_ascii_the_same_is_drawn_with_ascii(desk: Desk) -> None:
    assert head(of_demo(desk, "2026-01-25T01:30", 36, ascii=True)) == [
        "CRITICAL 45h10 since Thu 23:20 EST",
        "|||########## 45 h 10 min ##########",
        "ET         '12      'Sat     '12",
    ]


def test_two_hours_into_the_silence_the_bar_is_small_and_its_length_stands_under_it(desk: Desk) -> None:
    table = of_demo(desk, "2026-01-23T06:20", 76)
    assert head(table)[0] == "CRITICAL nobody has decided for 2 h 00 min, since Thu 22 Jan 23:20 EST"
    assert head(table)[1].endswith("│━━━")
    assert head(table)[2].endswith("2 h 00 min ┘")


def test_the_whole_width_says_it_in_both_zones_with_an_axis_for_each(desk: Desk) -> None:
    lines = head(of_demo(desk, "2026-01-25T01:30", 118))
    assert lines[0] == (
        "CRITICAL nobody has decided for 45 h 10 min, since Thu 22 Jan 23:20 EST (2026-01-23T04:20Z); "
        "the largest gap of 48 h"
    )
    assert lines[2].startswith("ET ")
    assert lines[3].startswith("UTC ")


def test_a_quiet_day_is_ticks_alone(desk: Desk) -> None:
    table = of_demo(desk, "2026-01-22T18:00", 36)
    assert head(table)[:2] == ["OK 0 min ago; largest gap 1h00", "│" * 36]
    assert not any(row.startswith("gap ") for row in rows(table))


def test_after_the_outage_the_gap_is_over_and_still_the_largest(desk: Desk) -> None:
    table = of_demo(desk, "2026-01-25T16:00", 118)
    assert head(table)[0].startswith("OK last decision 0 min ago, Sun 25 Jan 11:00 EST")
    assert head(table)[0].endswith("largest gap 45 h 15 min, since Thu 22 Jan 23:20 EST")
    assert rows(table)[0] == (
        "gap of 45 h 15 min, over: from Thu 22 Jan 23:20 EST (2026-01-23T04:20Z) "
        "to Sat 24 Jan 20:35 EST (2026-01-25T01:35Z)"
    )
    target = items(table)[0].target
    assert target is not None
    assert target.screen == "finding"


def test_one_minute_decides_between_quiet_and_a_bar() -> None:
    decisions = hourly("2026-01-22T18:00", "2026-01-23T04:00")
    assert head(show(look(decisions, "2026-01-23T05:14"), 48, ascii=True))[1].endswith("|....")
    warned = show(look(decisions, "2026-01-23T05:15"), 48, ascii=True)
    assert head(warned)[1].endswith("|====")
    assert head(warned)[0] == "WARNING 1 h 15 min, since Thu 22 Jan 23:00 EST"


def test_without_any_decision_nothing_is_drawn_as_known() -> None:
    table = show(look([], "2026-01-23T06:00"), 56, ascii=True)
    assert head(table)[0].startswith("UNKNOWN no workflow decision in over two weeks")
    assert head(table)[1] == "?" * 56
    assert not any("NEVER" in row for row in rows(table))


def test_a_failing_decision_log_is_said_by_the_panel() -> None:
    found = look_at(scope_at("2026-01-23T06:00"), GAPS_CHECKS, failed={"decisions": "no answer within 15 s"})
    with pytest.raises(WarehouseError, match="decisions: no answer within 15 s"):
        show(found, 56)


def test_those_that_never_decide_come_first(desk: Desk) -> None:
    found = rows(of_demo(desk, "2026-01-22T18:00", 56))
    assert [row.split()[0] for row in found[:3]] == [
        "bdl_catchup_midday",
        "bdl_catchup_afternoon",
        "bdl_catchup_evening",
    ]
    assert all("NEVER decides" in row for row in found[:3])
    assert len(found) == len(ENABLED_WORKFLOWS)


def test_a_workflow_shows_age_action_cadence_time_and_reason() -> None:
    decisions = [*hourly("2026-01-22T18:00", "2026-01-23T03:00")]
    decisions.append(decision(at("2026-01-23T04:00"), action="RUN", reason="its window is open"))
    found = {row.split()[0]: row for row in rows(show(look(decisions, "2026-01-23T04:10"), 118))}
    assert found["betting_lines"] == ("betting_lines           10m RUN    1h00 Thu 22 Jan 23:00 EST its window is open")


def test_at_36_columns_a_workflow_shows_age_action_and_cadence() -> None:
    decisions = hourly("2026-01-22T18:00", "2026-01-23T04:00", "early_game_window_1")
    found = {row.split()[0]: row for row in rows(show(look(decisions, "2026-01-23T04:20"), 36))}
    assert found["early_game_window_1"] == "early_game_window_1   20m SKIP 1h00"


def test_a_workflow_that_stopped_deciding_while_others_do_says_so() -> None:
    decisions = [
        *hourly("2026-01-22T18:00", "2026-01-23T04:00"),
        *hourly("2026-01-22T18:00", "2026-01-22T22:00", "morning_operations"),
    ]
    wide, narrow = (rows(show(look(decisions, "2026-01-23T04:30"), width)) for width in (118, 36))
    assert any("WARNING no longer decides" in row for row in wide if row.startswith("morning_operations"))
    assert any(row.startswith("morning_operations   6h30 STOP 1h00") for row in narrow)


def test_a_workflow_that_missed_its_runs_says_so_before_its_reason(desk: Desk) -> None:
    found = {row.split()[0]: row for row in rows(of_demo(desk, "2026-01-25T01:30", 118))}
    assert "ERROR missed runs · no window at 23:20 ET" in found["betting_lines"]


def test_a_workflow_that_is_not_configured_is_shown_too() -> None:
    found = rows(show(look(hourly("2026-01-22T18:00", "2026-01-23T04:00", "new_one"), "2026-01-23T04:20"), 56))
    assert any(row.startswith("new_one") for row in found)


def test_enter_on_a_workflow_opens_it(desk: Desk) -> None:
    item = items(of_demo(desk, "2026-01-22T18:00", 56))[0]
    assert item.target is not None
    assert (item.target.screen, item.target.name) == ("workflow", "bdl_catchup_midday")
    assert item.subject is not None
    assert item.subject.kind is SubjectKind.WORKFLOW


def test_rows_can_be_sorted_by_each_column_that_is_offered(desk: Desk) -> None:
    table = of_demo(desk, "2026-01-25T16:00", 56)
    assert table.columns == SORTS
    by_name = [item.key for item in items(of_demo(desk, "2026-01-22T18:00", 56, sort="workflow"))]
    assert by_name == sorted(ENABLED_WORKFLOWS)
    by_action = rows(of_demo(desk, "2026-01-26T15:20", 118, sort="action"))
    actions = [row.split()[2] for row in by_action if "NEVER" not in row and not row.startswith("gap")]
    assert actions == sorted(actions)
    quiet = items(of_demo(desk, "2026-01-22T18:00", 56, sort="last"))
    assert quiet[-1].key == "morning_operations"
    assert "NEVER" in rows(of_demo(desk, "2026-01-22T18:00", 56, sort="cadence"))[0]


def test_a_filter_keeps_the_rows_that_hold_it_in_any_case(desk: Desk) -> None:
    found = rows(of_demo(desk, "2026-01-22T18:00", 118, filter="never DECIDES"))
    assert [row.split()[0] for row in found] == ["bdl_catchup_midday", "bdl_catchup_afternoon", "bdl_catchup_evening"]
    assert of_demo(desk, "2026-01-22T18:00", 118, filter="no such thing").count == 0


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("moment", MOMENTS)
def test_no_line_is_wider_than_the_panel(desk: Desk, moment: str, width: int) -> None:
    assert widest(of_demo(desk, moment, width)) <= width


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("moment", MOMENTS)
def test_in_ascii_there_is_only_ascii(desk: Desk, moment: str, width: int) -> None:
    assert all_text(of_demo(desk, moment, width, ascii=True)).isascii()


@pytest.mark.parametrize("width", WIDTHS)
def test_hostile_text_does_not_get_through(width: int) -> None:
    decisions = [decision(at("2026-01-23T04:00"), action=HOSTILE, reason=HOSTILE)]
    decisions.append(decision(at("2026-01-23T04:00"), workflow=HOSTILE))
    table = show(look(decisions, "2026-01-23T04:20"), width)
    assert widest(table) <= width
    assert not set(all_text(table)) & set("\x1b\x07\x00\u202e")
    assert "]52;c;" not in all_text(table)
