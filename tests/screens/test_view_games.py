from __future__ import annotations

import re
from datetime import date

import pytest

from checks.facts.lineage import LINEAGE, GameLineage
from checks.model import Scope, Subject, SubjectKind
from checks.policy import Policy
from console.desk import Desk
from screens.lines import Tone
from screens.table import Item, Table, Target
from screens.views.games import SORTS, games_view
from screens.views.needs import GAMES_CHECKS
from screens.views.options import Options
from tests.builders import at, counts, game, players
from tests.screens.looks import HOSTILE, WIDTHS, all_text, head, items, look_at, rows, widest

SCOPE = Scope.at(at("2026-01-25T20:00"), last=date(2026, 1, 25))
INFLATED = game(
    "LAL@DAL",
    box_scores=counts(35, 20),
    analytics=counts(35, 20, extra=players("bench", 15)),
    features=counts(26),
    predictions=counts(10, 10, missing=players("starter", 16)),
)
CALLED_OFF = game("GSW@MIN", "2026-01-24T22:30", status_text="Postponed")
TONIGHT = game("SAC@DET", "2026-01-25T22:00", date(2026, 1, 25), features=counts(28))


def games_of(games: list[GameLineage], width: int, *, scope: Scope = SCOPE, **options: object) -> Table:
    look = look_at(scope, GAMES_CHECKS, (LINEAGE, games))
    return games_view(look, scope, Policy(), Options(width, **options))  # type: ignore[arg-type]  # fields of Options


def of_the_week(desk: Desk, when: str, width: int, *, days: int = 2, ascii: bool = False) -> Table:
    scope = Scope.at(at(when), days=days)
    return games_view(desk.look(scope, GAMES_CHECKS), scope, Policy(), Options(width, ascii=ascii))


def row_of(table: Table, name: str) -> Item:
    return next(item for item in items(table) if name in item.line[0].text)


def test_a_narrow_panel_has_short_states_and_a_legend() -> None:
    table = games_of([INFLATED, CALLED_OFF, TONIGHT], 36)
    assert head(table) == ["game        box anly feat pred grad", "np not played · not due -lost +extra"]
    assert rows(table) == [
        "25 SAC@DET    ·    ·   28    ·    ·",
        "24 GSW@MIN   np   np   np   np   np",
        "24 LAL@DAL   20  +15   26  -16    ·",
    ]


def test_a_wide_panel_says_states_in_words() -> None:
    table = games_of([INFLATED, CALLED_OFF, TONIGHT], 76)
    assert head(table) == ["game               box scores  analytics   features predictions    grading"]
    assert rows(table) == [
        "Sun 25 Jan SAC@DET    not due    not due         28     not due    not due",
        "Sat 24 Jan GSW@MIN not played not played not played  not played not played",
        "Sat 24 Jan LAL@DAL         20     35 +15         26      10 -16    not due",
    ]


def test_the_widest_panel_has_the_tip_off_with_its_zone_and_why_a_game_was_not_played() -> None:
    shown = rows(games_of([CALLED_OFF], 118))[0]
    assert shown.startswith("Sat 24 Jan GSW@MIN  17:30 EST")
    assert shown.endswith("  postponed")


def test_due_late_and_missing_are_told_apart_in_words() -> None:
    assert rows(games_of([game()], 76, scope=Scope.at(at("2026-01-25T05:30"))))[0].split()[4] == "due"
    assert rows(games_of([game()], 76, scope=Scope.at(at("2026-01-25T08:00"))))[0].split()[4] == "late"
    missing = rows(games_of([game()], 76, scope=Scope.at(at("2026-01-25T12:00"))))[0]
    assert missing.split()[4] == "MISSING"
    assert rows(games_of([game()], 36, scope=Scope.at(at("2026-01-25T12:00"))))[0].split()[2] == "MISS"


def test_players_that_cannot_be_judged_without_a_box_score_are_marked() -> None:
    assert rows(games_of([game(analytics=counts(35))], 76))[0].split()[5] == "35?"


def test_what_is_lost_and_what_is_too_many_is_never_netted() -> None:
    both = counts(30, 20, missing=players("starter", 5), extra=players("bench", 15))
    unsound = game(box_scores=counts(35, 20), analytics=both)
    assert "30 -5+15" in rows(games_of([unsound], 76))[0]
    assert rows(games_of([unsound], 36))[0].split()[3] == "-5+"


@pytest.mark.parametrize("width", WIDTHS)
def test_players_and_those_lost_do_not_read_as_a_score(width: int) -> None:
    assert not re.search(r"\d-\d", " ".join(rows(games_of([INFLATED], width))))
    assert ("10 -16" in rows(games_of([INFLATED], width))[0]) == (width > 36)


def test_cells_of_trouble_have_their_own_tone() -> None:
    cells = {span.text.strip(): span.tone for span in row_of(games_of([INFLATED], 76), "LAL@DAL").line}
    assert cells["35 +15"] is Tone.WARNING
    assert cells["20"] is Tone.PLAIN
    assert cells["not due"] is Tone.FAINT


def test_a_row_opens_its_game_and_actions_are_about_it() -> None:
    item = items(games_of([INFLATED], 56))[0]
    assert item.target == Target("game", "LAL@DAL", date(2026, 1, 24))
    assert item.subject == Subject(SubjectKind.GAME, "LAL@DAL", date(2026, 1, 24))


def test_rows_are_filtered_by_what_they_show_and_by_their_date() -> None:
    games = [INFLATED, CALLED_OFF, TONIGHT]
    for wanted, left in (("lal", 1), ("NOT PLAYED", 1), ("2026-01-24", 2), ("24 Jan", 2), ("nothing like it", 0)):
        table = games_of(games, 76, filter=wanted)
        assert table.count == left == len(table.keys())
    assert games_of(games, 76, filter="xyz").head == ()


def test_games_are_sorted_by_date_by_name_or_by_trouble() -> None:
    games = [INFLATED, CALLED_OFF, TONIGHT]
    assert games_of(games, 56).columns == SORTS
    first = {sort: rows(games_of(games, 56, sort=sort))[0][7:14] for sort in ("", *SORTS)}
    assert first == {"": "SAC@DET", "date": "SAC@DET", "game": "GSW@MIN", "trouble": "LAL@DAL"}


def test_the_keys_are_those_of_the_rows() -> None:
    table = games_of([INFLATED, CALLED_OFF, TONIGHT], 56, sort="trouble")
    assert [item.key for item in items(table)] == list(table.keys())


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("when", ["2026-01-22T18:00", "2026-01-25T01:30", "2026-01-26T15:20"])
def test_no_line_of_the_week_is_wider_than_the_panel(desk: Desk, width: int, when: str) -> None:
    assert widest(of_the_week(desk, when, width, days=7)) <= width


def test_the_postponed_game_of_the_24th_is_not_played_and_the_two_right_games_are_clean(desk: Desk) -> None:
    table = of_the_week(desk, "2026-01-25T16:00", 76)
    shown = {row[:18]: row[18:].split() for row in rows(table)}
    assert set(" ".join(shown["Sat 24 Jan GSW@MIN"]).replace("not played", "np").split()) == {"np"}
    assert shown["Sat 24 Jan NYK@PHI"][:3] == ["19", "19", "25"]
    assert shown["Sat 24 Jan WAS@CHA"][:3] == ["20", "20", "26"]


def test_the_four_inflated_games_show_their_surplus(desk: Desk) -> None:
    for width, column in ((36, slice(16, 21)), (76, slice(30, 40))):
        surplus = [row[column].split()[-1] for row in rows(of_the_week(desk, "2026-01-25T16:00", width))[-4:]]
        assert surplus == ["+15", "+16", "+15", "+16"]


def test_on_the_morning_of_the_26th_every_cell_is_not_due(desk: Desk) -> None:
    for row in rows(of_the_week(desk, "2026-01-26T15:20", 76, days=1)):
        assert row[18:].split("not due") == [*row[18:].split("not due")[:5], ""]
        assert row.count("not due") == 5


def test_ascii_mode_gives_only_ascii(desk: Desk) -> None:
    for width in WIDTHS:
        table = of_the_week(desk, "2026-01-25T16:00", width, ascii=True)
        assert all_text(table).isascii()
    assert head(of_the_week(desk, "2026-01-25T16:00", 36, ascii=True))[1] == "np not played . not due -lost +extra"


def test_text_from_outside_cannot_reach_the_terminal_nor_widen_a_row() -> None:
    hostile = game(away=HOSTILE, status_text=HOSTILE)
    for width in WIDTHS:
        table = games_of([hostile], width)
        assert widest(table) <= width
        assert all_text(table).replace("\n", "").isprintable()
