from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from checks.facts.lineage import LINEAGE, GameLineage
from checks.model import Scope, Subject, SubjectKind
from checks.policy import Policy
from console.desk import Desk
from screens.lines import Tone
from screens.table import Table, Target
from screens.views.funnel import funnel_view
from screens.views.needs import FUNNEL_CHECKS
from screens.views.options import Options
from tests.builders import at, counts, game, players
from tests.screens.looks import HOSTILE, WIDTHS, all_text, head, items, look_at, rows, widest

SCOPE = Scope.at(at("2026-01-25T20:00"), last=date(2026, 1, 25))
SURPLUS = game(
    "LAL@DAL",
    box_scores=counts(35, 20),
    analytics=counts(35, 20, extra=players("bench", 15)),
    features=counts(20),
    predictions=counts(10, 10, missing=players("starter", 10)),
)
CALLED_OFF = game("GSW@MIN", "2026-01-24T22:30", status_text="Postponed", nba_game_id="0022500644")


def funnel_of(games: list[GameLineage], width: int, *, scope: Scope = SCOPE, **options: object) -> Table:
    look = look_at(scope, FUNNEL_CHECKS, (LINEAGE, games))
    return funnel_view(look, scope, Policy(), Options(width, **options))  # type: ignore[arg-type]  # fields of Options


def of_the_week(desk: Desk, when: str, width: int, *, days: int = 2, ascii: bool = False) -> Table:
    scope = Scope.at(at(when), days=days)
    return funnel_view(desk.look(scope, FUNNEL_CHECKS), scope, Policy(), Options(width, ascii=ascii))


def test_a_narrow_panel_has_stage_players_share_and_what_explains_most() -> None:
    table = funnel_of([SURPLUS, CALLED_OFF], 36)
    assert head(table) == ["stage        plrs    %  the rest"]
    assert rows(table) == [
        "Sat 24 Jan · 2 games, 1 not played",
        "schedule          100%  1 not played",
        "box scores     20 100%  1 not played",
        "analytics      35 100%  +15 too many",
        "features       20 100%  1 not played",
        "predictions    10  50%  10 lost",
        "grading         0    -  1 not due",
    ]


def test_a_wide_panel_has_games_a_bar_and_everything_that_explains_the_rest() -> None:
    table = funnel_of([SURPLUS, CALLED_OFF], 76)
    assert head(table) == ["stage         games  plrs   of due              what explains the rest"]
    assert rows(table)[2:6] == [
        "box scores      1/1    20  100.0 %  ██████████  1 game not played",
        "analytics       1/1    35  100.0 %  █████████+  +15 too many",
        "features        1/1    20  100.0 %  ██████████  1 game not played",
        "predictions     1/1    10   50.0 %  █████░░░░░  10 players lost",
    ]
    assert "1 game not played, 15 did not play" in rows(funnel_of([SURPLUS, CALLED_OFF], 118))[2]


def test_players_too_many_are_never_shown_as_health() -> None:
    analytics = items(funnel_of([SURPLUS], 118))[3]
    tones = {span.text.strip(): span.tone for span in analytics.line}
    assert tones["100.0 %"] is Tone.WARNING
    assert tones["+15 too many"] is Tone.WARNING


def test_a_surplus_is_said_beside_a_loss_even_where_there_is_little_room() -> None:
    both = counts(50, 20, missing=players("starter", 5), extra=players("bench", 15))
    table = funnel_of([game(box_scores=counts(35, 20), analytics=both)], 36)
    assert rows(table)[3] == "analytics      50  75%  5 lost, +15"


def test_a_row_opens_its_date_and_actions_are_about_that_date() -> None:
    day = date(2026, 1, 24)
    for item in items(funnel_of([SURPLUS], 56)):
        assert item.target == Target("date", "2026-01-24", day)
        assert item.subject == Subject(SubjectKind.DATE, "2026-01-24", day)


def test_the_newest_date_comes_first_and_a_filter_finds_a_date_in_either_spelling() -> None:
    games = [SURPLUS, game("SAC@DET", "2026-01-25T20:00", date(2026, 1, 25))]
    both = [row for row in rows(funnel_of(games, 56)) if "·" in row]
    assert both == ["Sun 25 Jan · 1 game", "Sat 24 Jan · 1 game"]
    for wanted in ("24 jan", "2026-01-24"):
        found = rows(funnel_of(games, 56, filter=wanted))
        assert found[0] == "Sat 24 Jan · 1 game"
        assert len(found) == 7


def test_a_filter_on_a_stage_keeps_that_stage_under_its_date() -> None:
    assert rows(funnel_of([SURPLUS], 36, filter="LOST")) == ["Sat 24 Jan · 1 game", "predictions    10  50%  10 lost"]


def test_of_many_dates_there_is_one_funnel_and_then_the_weakest_stage_of_each() -> None:
    scope = Scope.at(at("2026-01-25T20:00"), days=10)
    games = [
        game(tip=f"{date(2026, 1, 16) + timedelta(days=n)}T23:00", day=date(2026, 1, 16) + timedelta(days=n))
        for n in range(10)
    ]
    games[2] = game(tip="2026-01-18T23:00", day=date(2026, 1, 18), box_scores=counts(20), analytics=counts(18))
    shown = rows(funnel_of(games, 56, scope=scope))
    assert shown[0] == "16 Jan to 25 Jan · 10 games"
    assert shown[7].startswith("25 Jan box")
    assert len(shown) == 7 + 10


def test_a_scope_without_games_says_that_it_may_not_be_a_free_day() -> None:
    table = funnel_of([], 56)
    assert (table.count, table.head) == (0, ())
    assert table.empty == "no game is scheduled 2026-01-24 to 2026-01-25, or the schedule was not loaded"


def test_a_schedule_that_cannot_be_read_is_not_an_empty_one() -> None:
    look = look_at(SCOPE, FUNNEL_CHECKS, failed={"lineage": "access denied"})
    with pytest.raises(Exception, match="access denied"):
        funnel_view(look, SCOPE, Policy(), Options(56))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("when", ["2026-01-22T18:00", "2026-01-25T16:00", "2026-01-26T15:20"])
def test_no_line_of_the_week_is_wider_than_the_panel_and_no_share_is_above_100(
    desk: Desk, width: int, when: str
) -> None:
    for days in (2, 9):
        table = of_the_week(desk, when, width, days=days)
        assert widest(table) <= width
        assert all(float(share) <= 100 for share in re.findall(r"([0-9.]+) ?%", all_text(table)))


def test_on_the_24th_nothing_is_lost_before_the_predictions_and_62_players_are_too_many(desk: Desk) -> None:
    shown = rows(of_the_week(desk, "2026-01-25T16:00", 56))[7:]
    assert shown[0] == "Sat 24 Jan · 7 games, 1 not played"
    assert shown[2] == "box scores      6/6   121  100.0 %  1 not played, 88 DNP"
    assert shown[3] == "analytics       6/6   183  100.0 %  +62 too many"


def test_on_the_morning_of_the_26th_everything_after_the_schedule_is_not_due(desk: Desk) -> None:
    shown = rows(of_the_week(desk, "2026-01-26T15:20", 36, days=1))
    assert shown[1] == "schedule          100%"
    assert [row[24:] for row in shown[2:]] == ["7 not due"] * 5


def test_ascii_mode_gives_only_ascii(desk: Desk) -> None:
    for width in WIDTHS:
        assert all_text(of_the_week(desk, "2026-01-25T16:00", width, ascii=True)).isascii()


def test_text_from_outside_cannot_reach_the_terminal() -> None:
    hostile = game(away=HOSTILE, box_scores=counts(20), analytics=counts(20, extra=(HOSTILE,)))
    assert all_text(funnel_of([hostile], 118)).replace("\n", "").isprintable()
