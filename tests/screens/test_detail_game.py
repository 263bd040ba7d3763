from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from checks.facts.decisions import DECISIONS
from checks.facts.fact import Fact
from checks.facts.lineage import LINEAGE, GameLineage
from checks.facts.retry_queue import RETRY_QUEUE
from checks.facts.scrape_attempts import SCRAPE_ATTEMPTS
from checks.model import Scope, Subject, SubjectKind
from checks.policy import Policy
from console.desk import Desk
from screens.detail.game import game_spec
from screens.table import Table, Target
from screens.views.options import Options
from tests.builders import at, counts, decision, game, players
from tests.screens.looks import HOSTILE, WIDTHS, all_text, head, items, look_at, widest
from tests.screens.pages import attempt, section
from tests.screens.queued import queued
from tests.screens.sessions import session_with

DAY = date(2026, 1, 24)
TARGET = Target("game", "LAL@DAL", DAY)
NOW = Scope.at(at("2026-01-25T16:00"))
SESSION = session_with(Path("unused"))
INFLATED = game(
    "LAL@DAL",
    game_status=3,
    status_text="Final",
    away_score=116,
    home_score=110,
    box_scores=counts(35, 20, first_write=at("2026-01-25T04:40"), last_write=at("2026-01-25T04:40")),
    analytics=counts(
        35, 20, extra=players("bench", 15), first_write=at("2026-01-25T11:15"), last_write=at("2026-01-25T11:45")
    ),
    features=counts(20),
    predictions=counts(10, missing=players("starter", 10)),
)

WRITTEN = "first written 25 Jan 06:15 EST · last 25 Jan 06:45 EST"


def page(
    games: list[GameLineage],
    *loaded: tuple[Fact[Any], list[Any]],
    width: int = 76,
    target: Target = TARGET,
    failed: dict[str, str] | None = None,
    **options: Any,
) -> Table:
    spec = game_spec(target, SESSION)
    scope = spec.scope_of(NOW)
    given = {fact.name for fact, _ in loaded}
    decided = [] if DECISIONS.name in given else [(DECISIONS, [decision(at("2026-01-25T15:00"))])]
    look = look_at(scope, spec.checks, (LINEAGE, games), *decided, *loaded, failed=failed)
    return spec.view(look, scope, Policy(), Options(width, **options))


def of_the_week(desk: Desk, label: str, day: date, width: int, *, ascii: bool = False) -> Table:
    spec = game_spec(Target("game", label, day), SESSION)
    scope = spec.scope_of(NOW)
    return spec.view(desk.look(scope, spec.checks), scope, Policy(), Options(width, ascii=ascii))


def test_the_head_says_how_the_game_stands_and_what_to_type_next() -> None:
    assert head(page([INFLATED], width=118)) == [
        "ERROR    LAL@DAL 2026-01-24: 2 findings going on",
        "next: courtside diagnose --date 2026-01-24 --issue low_coverage · find the cause",
    ]


def test_a_command_that_would_be_cut_is_left_to_the_page() -> None:
    assert head(page([INFLATED], width=36)) == ["ERROR    LAL@DAL 2026-01-24: 2", "  findings going on"]


def test_the_schedule_gives_both_ids_and_the_tip_off_in_three_zones() -> None:
    assert section(page([INFLATED]), "Schedule") == [
        "LAL@DAL 2026-01-24 · Final · 116:110",
        "ids 0022500648 and 20260124_LAL_DAL",
        "tip-off Sat 24 Jan 20:30 EST (2026-01-25T01:30Z), 19:30 CST at the arena",
        "schedule last seen Sat 24 Jan 07:00 EST 12:00Z",
        "> all games of 2026-01-24",
    ]


def test_other_dates_and_rematches_can_be_opened() -> None:
    moved = game("LAL@DAL", status_text="Postponed", other_dates=("2026-01-25",), rematch_dates=("2026-01-30",))
    table = page([moved])
    targets = {item.target for item in items(table)}
    assert Target("game", "LAL@DAL", date(2026, 1, 25)) in targets
    assert Target("game", "LAL@DAL", date(2026, 1, 30)) in targets
    assert "not played: postponed, moved to 2026-01-25" in section(table, "Schedule")
    assert "> the same NBA id stands on 2026-01-25" in section(table, "Schedule")


def test_each_stage_has_its_state_its_players_and_its_times() -> None:
    assert section(page([INFLATED], width=118), "Stages") == [
        "box scores  complete   20 of 35 players appeared",
        "            due 25 Jan 00:00 EST · late 25 Jan 02:00 EST · written 24 Jan 23:40 EST",
        "analytics   complete   35 players +15 too many",
        f"            due 25 Jan 13:15 EST · late 25 Jan 15:15 EST · {WRITTEN}",
        "features    complete   20 players",
        "            due 24 Jan 18:30 EST · late 24 Jan 18:45 EST · never written",
        "predictions complete   10 players -10 lost",
        "            due 24 Jan 19:30 EST · late 24 Jan 19:45 EST · never written",
        "grading     not due    0 players",
        "            due 25 Jan 15:15 EST · late 25 Jan 17:15 EST · never written",
    ]


def test_rows_are_counted_where_they_are_more_than_players() -> None:
    repeated = game(box_scores=counts(35, 20, rows=70))
    assert section(page([repeated]), "Stages")[0] == "box scores  complete   20 of 35 players appeared in 70 rows"


def test_a_narrow_screen_breaks_no_time() -> None:
    assert section(page([INFLATED], width=36), "Stages")[:5] == [
        "box scores complete 20 of 35 players",
        "  appeared",
        "  due 25 Jan 00:00 EST",
        "  late 25 Jan 02:00 EST",
        "  written 24 Jan 23:40 EST",
    ]


def test_a_missing_stage_is_said_loudly() -> None:
    assert section(page([game()], width=76), "Stages")[0] == "box scores  MISSING    0 of 0 players appeared"


def test_names_of_the_lost_and_of_those_too_many_are_all_there() -> None:
    shown = " ".join(row.strip() for row in section(page([INFLATED]), "Lost and too many"))
    assert (
        shown
        == f"analytics, too many: {', '.join(players('bench', 15))} predictions, lost: {', '.join(players('starter', 10))}"
    )


def test_findings_about_the_game_and_those_of_its_date_that_name_it_are_shown_and_no_others() -> None:
    other = game("CLE@ORL", box_scores=counts(35, 20), analytics=counts(35, 20, extra=players("orl", 15)))
    shown = section(page([INFLATED, other]), "Findings")
    assert sum(row.startswith(("ERROR", "WARNING")) for row in shown) == 2
    assert any("LAL@DAL: analytics counts 35 players" in row for row in shown)
    assert "of this game: 10" in " ".join(row.strip() for row in shown)


def test_a_game_with_nothing_wrong_says_so() -> None:
    sound = game(box_scores=counts(20), analytics=counts(20), features=counts(20), predictions=counts(20))
    table = page([sound])
    assert section(table, "Findings") == ["nothing that the checks know of"]
    assert head(table) == ["OK       LAL@DAL 2026-01-24: no findings going on"]


def test_scrape_attempts_are_those_of_this_game_newest_first() -> None:
    rows_of = [
        attempt("2026-01-25T04:00"),
        attempt("2026-01-25T04:40", was_available=True, player_count=35, game_status="Final"),
        attempt("2026-01-25T04:20", home="UTA"),
    ]
    assert section(page([INFLATED], (SCRAPE_ATTEMPTS, rows_of)), "Scrape attempts") == [
        "Sat 24 Jan 23:40 EST 04:40Z available 35 players, Final (live_box_scores)",
        "Sat 24 Jan 23:00 EST 04:00Z not there 0 players, 4th Qtr (live_box_scores)",
    ]


@pytest.mark.parametrize("name", ["0022500648", "20260124_LAL_DAL", "LAL@DAL"])
def test_decisions_that_named_the_game_by_any_of_its_names_are_shown(name: str) -> None:
    made = decision(
        at("2026-01-25T06:00"), "post_game_window_2", "RUN", target_games=("20260124_CLE_ORL", name), reason="open"
    )
    silent = decision(at("2026-01-25T07:00"), "betting_lines", target_games=("20260124_CLE_ORL",))
    table = page([INFLATED], (DECISIONS, [made, silent]))
    assert section(table, "Decisions") == ["Sun 25 Jan 01:00 EST 06:00Z RUN post_game_window_2 · open"]
    assert Target("workflow", "post_game_window_2") in {item.target for item in items(table)}


def test_queue_rows_of_the_game_and_of_its_whole_date_are_shown() -> None:
    own = queued("own", game_date=DAY, game_key="LAL@DAL")
    whole = queued("whole", game_date=DAY, game_key=None, processor_name="nbac_player_boxscore")
    others = [queued("other", game_date=DAY, game_key="CLE@ORL"), queued("later", game_date=date(2026, 1, 25))]
    table = page([INFLATED], (RETRY_QUEUE, [whole, *others, own]))
    targets = [item.target.name for item in items(table) if item.target and item.target.screen == "queue"]
    assert list(dict.fromkeys(targets)) == ["own", "whole"]
    assert "of the whole date" in " ".join(section(table, "Retry queue"))


def test_a_source_that_fails_is_said_where_its_rows_would_stand() -> None:
    table = page([INFLATED], failed={"scrape_attempts": "access denied"})
    assert section(table, "Scrape attempts") == ["UNKNOWN: access denied"]
    assert any("availability.missing_game" in row for row in section(table, "Findings"))
    assert section(table, "Retry queue") == ["none"]


def test_what_to_do_names_each_command_once() -> None:
    steps = [row for row in section(page([INFLATED], width=118), "What to do") if row.startswith("courtside")]
    assert steps
    assert len(steps) == len({step.partition(" · ")[0] for step in steps})


def test_rows_say_what_actions_are_about() -> None:
    subjects = {item.subject for item in items(page([INFLATED])) if item.key.startswith("stage")}
    assert subjects == {Subject(SubjectKind.GAME, "LAL@DAL", DAY)}


def test_the_page_is_about_its_own_date_and_looks_back_to_it_for_decisions() -> None:
    scope = game_spec(Target("game", "LAL@DAL", date(2026, 1, 21)), SESSION).scope_of(NOW)
    assert (scope.first, scope.last) == (date(2026, 1, 21), date(2026, 1, 21))
    assert scope.as_of - scope.lookback == at("2026-01-21T05:00")
    assert game_spec(Target("game", "LAL@DAL", date(2025, 11, 1)), SESSION).scope_of(NOW).lookback == timedelta(days=7)
    assert game_spec(Target("game", "LAL@DAL", DAY), SESSION).scope_of(NOW).lookback == timedelta(hours=48)


def test_without_a_date_the_newest_game_by_that_name_is_shown() -> None:
    earlier = game("LAL@DAL", day=DAY)
    later = game("LAL@DAL", tip="2026-01-26T01:30", day=date(2026, 1, 25))
    table = page([earlier, later], target=Target("game", "LAL@DAL"))
    assert "LAL@DAL 2026-01-25" in head(table)[0]


def test_a_game_that_the_schedule_does_not_know_is_said_to_be_unknown() -> None:
    table = page([], target=Target("game", HOSTILE, DAY))
    assert table.count == 0
    assert table.empty.startswith("no game fine")
    assert table.empty.endswith("from 2026-01-24 to 2026-01-24")
    assert table.empty.isprintable()


def test_a_filter_keeps_the_paragraphs_that_hold_it() -> None:
    table = page([INFLATED], filter="BENCH07")
    assert table.keys()[0] == "= Lost and too many"
    assert page([INFLATED], filter="zzz").empty == "nothing holds 'zzz'"


def test_every_row_has_a_key_of_its_own() -> None:
    keys = page([INFLATED], (SCRAPE_ATTEMPTS, [attempt("2026-01-25T04:00"), attempt("2026-01-25T04:00")])).keys()
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("label", "day"), [("LAL@DAL", DAY), ("GSW@MIN", DAY), ("DEN@MEM", date(2026, 1, 25))])
def test_no_line_of_a_game_of_the_week_is_wider_than_the_screen(desk: Desk, width: int, label: str, day: date) -> None:
    assert widest(of_the_week(desk, label, day, width)) <= width
    assert all_text(of_the_week(desk, label, day, width, ascii=True)).isascii()


def test_the_postponed_game_of_the_24th_is_not_played_at_every_stage_and_where_it_went_is_said(desk: Desk) -> None:
    table = of_the_week(desk, "GSW@MIN", DAY, 118)
    assert all(row[12:22] == "not played" for row in section(table, "Stages")[::2])
    schedule = section(table, "Schedule")
    assert "not played: moved to 2026-01-25 under the same NBA id" in [row.strip() for row in schedule]
    assert "> the teams also meet under another id on 2026-01-26" in schedule


@pytest.mark.parametrize("label", ["NYK@PHI", "WAS@CHA"])
def test_the_two_right_games_of_the_24th_have_nobody_too_many(desk: Desk, label: str) -> None:
    table = of_the_week(desk, label, DAY, 118)
    assert not any("too many" in row for row in section(table, "Stages"))
    assert not any("analytics" in row for row in section(table, "Findings"))


def test_the_inflated_game_says_who_is_too_many_what_the_scrapers_saw_and_who_decided(desk: Desk) -> None:
    table = of_the_week(desk, "LAL@DAL", DAY, 118)
    assert "analytics   complete   36 players +15 too many" in section(table, "Stages")
    assert len(section(table, "Scrape attempts")) == 3
    assert any("post_game_window_2" in row for row in section(table, "Decisions"))
    assert "pending nbac_player_boxscore phase_2: of the whole date" in section(table, "Retry queue")[0]


def test_text_from_outside_cannot_reach_the_terminal() -> None:
    hostile = game(
        status_text=HOSTILE,
        arena_timezone=HOSTILE,
        box_scores=counts(20),
        analytics=counts(20, extra=(HOSTILE,), missing=(HOSTILE,)),
    )
    loaded: tuple[tuple[Fact[Any], list[Any]], ...] = (
        (SCRAPE_ATTEMPTS, [attempt("2026-01-25T04:00", game_status=HOSTILE, workflow=HOSTILE)]),
        (RETRY_QUEUE, [queued("hostile", game_date=DAY, game_key=None, error_message=HOSTILE, status=HOSTILE)]),
        (DECISIONS, [decision(at("2026-01-25T06:00"), HOSTILE, HOSTILE, target_games=("LAL@DAL",), reason=HOSTILE)]),
    )
    for width in WIDTHS:
        table = page([hostile], *loaded, width=width)
        assert widest(table) <= width
        assert all_text(table).replace("\n", "").isprintable()
    spec = game_spec(Target("game", HOSTILE, DAY), SESSION)
    assert spec.title.isprintable()
