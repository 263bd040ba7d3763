"""Phase transitions: the matrix of hand-overs at every width, and what stands above and beneath it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from checks.facts.events import EVENTS, PipelineEvent
from checks.facts.hand_overs import HAND_OVERS, HandOver
from checks.facts.lineage import LINEAGE
from checks.facts.processor_runs import PROCESSOR_RUNS, ProcessorRun
from checks.model import SubjectKind
from checks.pipeline import phase
from checks.policy import Policy
from console.desk import Desk
from console.look import Look
from console.warehouse.protocol import WarehouseError
from screens.lines import Tone
from screens.table import Table
from screens.views.needs import TRANSITIONS_CHECKS
from screens.views.options import Options
from screens.views.transitions import transitions_view
from tests.builders import at, game, scope_at
from tests.screens.looks import HOSTILE, WIDTHS, all_text, head, items, look_at, rows, widest

DAY = date(2026, 1, 24)
NOW = "2026-01-25T12:00"
MOMENTS = ("2026-01-22T18:00", "2026-01-23T06:20", "2026-01-25T01:30", "2026-01-25T16:00", "2026-01-26T15:20")


def hand_over(name: str, when: str, status: str = "complete", reason: str | None = None) -> HandOver:
    minutes = 30.0 if status == "complete" else None
    start = at(when) - timedelta(minutes=minutes) if minutes else None
    return HandOver(at(when), name, DAY, None, start, minutes and minutes * 60, 7, status, reason)


def success(processor: str, when: datetime) -> ProcessorRun:
    start = when - timedelta(minutes=5)
    return ProcessorRun(f"{processor}-1", processor, None, DAY, "success", start, when, 300.0, 7, 0, None, None)


def phase_done(number: int, when: str) -> list[ProcessorRun]:
    return [success(processor, at(when)) for processor in phase(number).required]


def event(when: str, kind: str, number: int, seconds: float | None = None) -> PipelineEvent:
    identity = f"{kind}-{number}-{when}"
    return PipelineEvent(identity, at(when), kind, f"phase_{number}", None, DAY, None, seconds, None, None, None)


def look(reason: str = "2 of 7 games lack analytics", **changes: Any) -> Look:
    """Return phase 3 done at 05:30 ET, 4 running, 5 blocked and 6 not due on the date after the game."""
    scope = scope_at(NOW, days=1, last=DAY)
    return look_at(
        scope,
        TRANSITIONS_CHECKS,
        (
            HAND_OVERS,
            [
                hand_over("phase2_to_phase3", "2026-01-25T10:30"),
                hand_over("phase3_to_phase4", "2026-01-25T11:30", "started"),
                hand_over("phase4_to_phase5", "2026-01-25T11:45", "blocked", reason),
            ],
        ),
        (PROCESSOR_RUNS, phase_done(2, "2026-01-25T09:50")),
        (EVENTS, [event("2026-01-25T11:30", "phase_start", 4)]),
        (LINEAGE, [game()]),
        **changes,
    )


def show(found: Look, width: int, **changes: Any) -> Table:
    return transitions_view(found, found.report.scope, Policy(), Options(width=width, **changes))


def of_demo(desk: Desk, moment: str, width: int, **changes: Any) -> Table:
    return show(desk.look(scope_at(moment), TRANSITIONS_CHECKS), width, **changes)


def test_at_36_columns_a_cell_is_a_sign_and_a_time() -> None:
    table = show(look(), 36)
    assert head(table) == ["  ET 2→3     3→4     4→5     5→6"]
    assert rows(table)[0] == "24 ✓05:30+ ▸06:30+ ✗06:45+ ·15:15+"


def test_at_60_columns_a_cell_says_how_long_too() -> None:
    table = show(look(), 60)
    assert rows(table)[0] == "Sat 24  ✓05:30+ 30m  ▸06:30+ 30m  ✗06:45+ 15m  ·15:15+"


def test_at_118_columns_a_cell_speaks_in_words() -> None:
    table = show(look(), 118)
    assert head(table) == ["  ET          2→3 analytics    3→4 features        4→5 predictions     5→6 grading"]
    assert rows(table)[0] == ("Sat 24 Jan  done 05:30+ 30m  running 06:30+ 30m  blocked 06:45+ 15m  not due 15:15+")


def test_where_there_is_room_a_cell_names_the_day_and_what_blocks() -> None:
    assert rows(show(look(), 170))[0] == (
        "Sat 24 Jan  done 25 Jan 05:30, 30m  running since 25 Jan 06:30, 30m  "
        "blocked since 25 Jan 06:45, 15m: 2 of 7 games lack analy…  not due until 25 Jan 15:15"
    )


def test_a_legend_explains_the_signs_in_use_and_goes_where_words_stand() -> None:
    narrow, wide = rows(show(look(), 76)), rows(show(look(), 170))
    assert narrow[-1].endswith("times ET")
    assert any("✗ blocked since" in row for row in narrow)
    assert not any("times ET" in row for row in wide)


def test_a_phase_that_is_complete_waits_for_the_next_since_then() -> None:
    scope = scope_at("2026-01-25T11:40", days=1, last=DAY)
    found = look_at(
        scope,
        TRANSITIONS_CHECKS,
        (HAND_OVERS, [hand_over("phase4_to_phase5", "2026-01-24T17:00")]),
        (PROCESSOR_RUNS, phase_done(2, "2026-01-25T10:40")),
        (LINEAGE, [game()]),
    )
    assert rows(show(found, 118))[0].startswith(
        "Sat 24 Jan  waiting since 25 Jan 05:40, 1h00  due since 18:30, 12h10  "
    )


def test_what_was_due_is_not_called_not_due() -> None:
    scope = scope_at("2026-01-25T00:00", days=1, last=DAY)
    found = look_at(scope, TRANSITIONS_CHECKS, (LINEAGE, [game()]))
    # Features are due two hours before the tip-off at 20:30, analytics the day after.
    assert rows(show(found, 118))[0].startswith(
        "Sat 24 Jan  not due until 25 Jan 13:15  due since 18:30, 30m  not due until 19:30"
    )


def test_without_games_a_hand_over_is_not_due_and_names_no_time() -> None:
    found = look_at(scope_at(NOW, days=1, last=DAY), TRANSITIONS_CHECKS)
    assert rows(show(found, 118))[0] == "Sat 24 Jan  not due  not due  not due  not due"


def test_the_matrix_stands_when_only_the_games_could_not_be_had() -> None:
    assert rows(show(look(failed={"lineage": "no answer within 15 s"}), 118))[0].endswith("not due")


def test_a_failing_hand_over_log_is_said_by_the_panel_and_not_drawn() -> None:
    with pytest.raises(WarehouseError, match="hand_overs: no answer within 15 s"):
        show(look(failed={"hand_overs": "no answer within 15 s"}), 118)


def test_enter_on_a_date_opens_the_date() -> None:
    item = items(show(look(), 36))[0]
    assert item.target is not None
    assert (item.target.screen, item.target.name, item.target.game_date) == ("date", "2026-01-24", DAY)
    assert item.subject is not None
    assert item.subject.kind is SubjectKind.DATE


def test_what_is_wrong_stands_beneath_and_opens_its_finding() -> None:
    table = show(look(), 118)
    (item,) = [item for item in items(table) if item.target and item.target.screen == "finding"]
    assert rows(table)[1].startswith(
        "ERROR    4→5 24 Jan held 15m The hand-over phase4_to_phase5 of 2026-01-24 is blocked"
    )
    assert item.target is not None
    assert item.target.name == look().report.findings[-1].fingerprint


def test_an_empty_log_is_said_above_the_matrix_before_anything_else(desk: Desk) -> None:
    table = of_demo(desk, "2026-01-23T06:20", 118)
    assert head(table)[0] == "UNKNOWN: the hand-over log has no row for these dates: its writer is not running"
    assert table.head[0][0].tone is Tone.UNKNOWN
    assert rows(table)[0].startswith("Fri 23 Jan")
    assert any("delay, duration, blocked cannot be judged" in row for row in rows(table))


def test_half_of_80_columns_has_warning_heading_and_both_dates_in_four_lines(desk: Desk) -> None:
    table = of_demo(desk, "2026-01-23T06:20", 36)
    assert [*head(table), *rows(table)][:4] == [
        "UNKNOWN: the hand-over log has no r…",
        "  ET    2→3     3→4    4→5    5→6",
        "23Jan ·11:45+ ·17:00 ·18:00 ·13:45+",
        "22Jan ·11:45+ ?10:30 ?11:06 ·13:45+",
    ]


def test_the_morning_of_the_26th_is_not_due_yet(desk: Desk) -> None:
    assert rows(of_demo(desk, "2026-01-26T15:20", 160))[0] == (
        "Mon 26 Jan  not due until 27 Jan 11:45            not due until 17:00            "
        "not due until 18:00            not due until 27 Jan 13:45"
    )


def test_a_filter_finds_a_date_by_the_words_that_its_signs_stand_for() -> None:
    assert rows(show(look(), 36, filter="BLOCKED SINCE"))[0].startswith("24 ")
    assert show(look(), 36, filter="stuck").count == 0


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("moment", MOMENTS)
def test_no_line_is_wider_than_the_panel(desk: Desk, moment: str, width: int) -> None:
    assert widest(of_demo(desk, moment, width)) <= width
    assert widest(show(look(reason=HOSTILE), width)) <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_in_ascii_there_is_only_ascii(desk: Desk, width: int) -> None:
    assert all_text(of_demo(desk, "2026-01-25T16:00", width, ascii=True)).isascii()
    table = show(look(reason="fällt aus ✗ → 3"), width, ascii=True)
    assert all_text(table).isascii()
    assert rows(table)[0].count("05:30+") == 1


@pytest.mark.parametrize("width", [*WIDTHS, 250])
def test_a_hostile_reason_does_not_get_through(width: int) -> None:
    text = all_text(show(look(reason=HOSTILE), width))
    assert not set(text) & set("\x1b\x07\x00\u202e")
    assert "]52;c;" not in text
