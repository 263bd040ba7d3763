from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from checks.facts.fact import Fact
from checks.facts.feature_quality import FEATURE_QUALITY, FeatureQuality
from checks.facts.lineage import LINEAGE, GameLineage
from checks.facts.prop_coverage import PROP_COVERAGE, PropCoverage
from checks.model import Scope, Subject, SubjectKind
from checks.policy import Policy
from console.desk import Desk
from screens.detail.date import date_spec
from screens.table import Table, Target
from screens.views.options import Options
from tests.builders import at, counts, game, players
from tests.screens.looks import HOSTILE, WIDTHS, all_text, head, items, look_at, widest
from tests.screens.pages import section
from tests.screens.sessions import session_with

DAY = date(2026, 1, 24)
NOW = "2026-01-25T16:00"
SESSION = session_with(Path("unused"))
SOUND = game("NYK@PHI", "2026-01-24T20:00", box_scores=counts(35, 19), analytics=counts(19), features=counts(25))
INFLATED = game("LAL@DAL", box_scores=counts(35, 20), analytics=counts(35, 20, extra=players("bench", 15)))
CALLED_OFF = game("GSW@MIN", "2026-01-24T22:30", status_text="Postponed")


def quality(**changes: Any) -> FeatureQuality:
    values: dict[str, Any] = {
        "game_date": DAY,
        "rows": 181,
        "players": 181,
        "mean_score": 64.43,
        "least_score": 57.0,
        "low_quality": 135,
        "distinct_scores": 90,
        "production_ready": 181,
        "window_expected": 1810,
        "window_actual": 1768,
        "mean_completeness_percent": 97.7,
        "insufficient": 0,
    }
    return FeatureQuality(**{**values, **changes})


def props(**changes: Any) -> PropCoverage:
    values: dict[str, Any] = {
        "game_date": DAY,
        "players_with_line": 4,
        "predicted": 3,
        "unpredicted": ("someone",),
        "first_line_at": None,
        "last_line_at": None,
    }
    return PropCoverage(**{**values, **changes})


def page(
    games: list[GameLineage],
    *loaded: tuple[Fact[Any], list[Any]],
    width: int = 76,
    when: str = NOW,
    failed: dict[str, str] | None = None,
    **options: Any,
) -> Table:
    spec = date_spec(Target("date", "2026-01-24", DAY), SESSION)
    scope = spec.scope_of(Scope.at(at(when)))
    look = look_at(scope, spec.checks, (LINEAGE, games), *loaded, failed=failed)
    return spec.view(look, scope, Policy(), Options(width, **options))


def of_the_week(desk: Desk, day: str, when: str, width: int, *, ascii: bool = False) -> Table:
    spec = date_spec(Target("date", day), SESSION)
    scope = spec.scope_of(Scope.at(at(when)))
    return spec.view(desk.look(scope, spec.checks), scope, Policy(), Options(width, ascii=ascii))


def test_the_head_says_how_the_date_stands_and_what_to_type_next() -> None:
    lines = head(page([SOUND, INFLATED, CALLED_OFF], width=118))
    assert lines[0].startswith("CRITICAL Sat 24 Jan, 3 games, 1 not played: 4 findings going on · ")
    assert lines[-1].startswith("next: courtside ")


def test_each_transition_has_one_line_with_its_verdict() -> None:
    gates = section(page([SOUND, INFLATED, CALLED_OFF]), "May the next phase start?")
    assert [row[:14].rstrip() for row in gates] == ["PROCEED  2→3", "DEGRADED 3→4", "BLOCK    4→5", "BLOCK    5→6"]
    assert gates[0] == "PROCEED  2→3  games with box scores: 2 of 2 games (100.0 %)"
    wide = section(page([SOUND, INFLATED], width=118), "May the next phase start?")
    assert wide[0].startswith("PROCEED  phase2_to_phase3  games with box scores")


def test_a_gate_that_is_too_early_is_not_due_and_no_block() -> None:
    gates = section(page([game()], when="2026-01-24T12:00"), "May the next phase start?")
    assert [row[:7] for row in gates] == ["NOT DUE"] * 4
    assert gates[2].startswith("NOT DUE  4→5  features of 2026-01-24 are not due until 2026-01-24T23:30Z")


def test_the_gates_decide_without_feature_quality_and_say_that_it_is_not_known() -> None:
    table = page([SOUND], failed={"feature_quality": "access denied"})
    assert "mean feature quality: not known" in section(table, "May the next phase start?")[2]
    assert "UNKNOWN  features: not known: access denied" in section(table, "Quality")


def test_the_funnel_and_the_games_of_the_date_are_shown_whole() -> None:
    table = page([SOUND, INFLATED, CALLED_OFF], width=36)
    assert section(table, "Funnel")[:3] == [
        "schedule          100%  1 not played",
        "box scores     39 100%  1 not played",
        "analytics      54 100%  +15 too many",
    ]
    assert section(table, "Games") == [
        "24 NYK@PHI   19   19   25 MISS  due",
        "24 GSW@MIN   np   np   np   np   np",
        "24 LAL@DAL   20  +15 MISS MISS    ·",
    ]


def test_a_game_opens_its_page_and_the_date_does_not_open_itself() -> None:
    targets = {item.target for item in items(page([SOUND, INFLATED])) if item.target}
    assert Target("game", "LAL@DAL", DAY) in targets
    assert not any(target.screen == "date" for target in targets)


def test_who_is_too_many_or_lost_is_named_per_stage_and_game() -> None:
    lossy = game("CLE@ORL", box_scores=counts(35, 20), analytics=counts(19, missing=("starter07",)))
    shown = section(page([INFLATED, lossy], width=118), "Lost and too many")
    assert shown[0] == "CLE@ORL analytics, 1 lost: starter07"
    assert shown[1].startswith("LAL@DAL analytics, 15 too many: bench01, bench02,")


def test_feature_quality_has_the_severity_that_its_checks_give_it() -> None:
    shown = " ".join(row.strip() for row in section(page([SOUND], (FEATURE_QUALITY, [quality()])), "Quality"))
    assert shown.startswith("ERROR    features: mean score 64.43 of 100, least 57; low quality 135 of 181;")
    assert "rolling window 1768 of 1810 (97.6 %)" in shown


def test_quality_that_is_not_there_yet_is_never_ok() -> None:
    shown = section(page([game()], when="2026-01-24T12:00"), "Quality")
    assert [row.strip() for row in shown] == [
        "features: no features yet · features are not due yet",
        "props: no props yet · predictions are not due yet",
    ]


def test_prop_coverage_has_its_share_and_a_share_that_cannot_be_is_none() -> None:
    shown = " ".join(section(page([SOUND], (PROP_COVERAGE, [props()]), width=118), "Quality"))
    assert "players with a points line and a prediction 3 of 4 (75.0 %); without one 1" in shown
    odd = " ".join(section(page([SOUND], (PROP_COVERAGE, [props(predicted=9)]), width=118), "Quality"))
    assert "9 of 4, which does not add up" in odd
    assert "%" not in odd


def test_a_rolling_window_beyond_its_whole_is_no_share() -> None:
    shown = " ".join(section(page([SOUND], (FEATURE_QUALITY, [quality(window_actual=1811)]), width=118), "Quality"))
    assert "rolling window 1811 of 1810, which cannot be" in shown


def test_findings_of_the_date_come_worst_first_and_open_themselves() -> None:
    table = page([SOUND, INFLATED, CALLED_OFF], width=118)
    words = [row[:8].strip() for row in section(table, "Findings") if not row.startswith("  ")]
    assert words[: words.index("note") + 1] == ["CRITICAL", "ERROR", "ERROR", "ERROR", "note"]
    assert set(words[words.index("note") + 1 :]) == {"UNKNOWN"}
    assert any(item.target and item.target.screen == "finding" for item in items(table))


def test_gates_are_about_their_transition() -> None:
    gates = [item for item in items(page([SOUND])) if item.key.startswith("gate")]
    assert gates[0].subject == Subject(SubjectKind.TRANSITION, "phase2_to_phase3", DAY)


def test_a_date_without_games_says_so_and_is_not_well() -> None:
    table = page([])
    assert "no game is scheduled" in " ".join(head(table))
    assert section(table, "May the next phase start?")[0].startswith("DEGRADED 2→3  no game is scheduled")


def test_a_filter_runs_through_all_sections() -> None:
    table = page([SOUND, INFLATED], filter="lal@dal")
    assert [row[11:18] for row in section(table, "Games")] == ["LAL@DAL"]
    assert all("NYK@PHI" not in row for row in section(table, "Lost and too many"))
    assert page([SOUND], filter="zzz").empty == "nothing holds 'zzz'"


def test_every_row_has_a_key_of_its_own() -> None:
    keys = page([SOUND, INFLATED, CALLED_OFF]).keys()
    assert len(keys) == len(set(keys))


def test_a_target_names_its_date_by_name_too_and_nonsense_is_refused() -> None:
    scope = Scope.at(at(NOW))
    assert date_spec(Target("date", "2026-01-24"), SESSION).scope_of(scope).dates == (DAY,)
    with pytest.raises(ValueError, match="yesterday"):
        date_spec(Target("date", "yesterday"), SESSION)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("day", "when"), [("2026-01-24", NOW), ("2026-01-26", "2026-01-26T15:20")])
def test_no_line_of_a_date_of_the_week_is_too_wide_and_no_share_above_100(
    desk: Desk, width: int, day: str, when: str
) -> None:
    table = of_the_week(desk, day, when, width)
    assert widest(table) <= width
    assert all(float(share) <= 100 for share in re.findall(r"([0-9.]+) ?%", all_text(table)))
    assert all_text(of_the_week(desk, day, when, width, ascii=True)).isascii()


def test_the_24th_says_everything_that_was_true_of_it(desk: Desk) -> None:
    table = of_the_week(desk, "2026-01-24", NOW, 118)
    games = {row[11:18]: row for row in section(table, "Games")}
    assert games["GSW@MIN"].count("not played") == 5
    assert "35 +15" in games["CLE@ORL"]
    assert "36 +16" in games["BOS@CHI"]
    assert "36 +15" in games["LAL@DAL"]
    assert "37 +16" in games["MIA@UTA"]
    assert "+" not in games["NYK@PHI"] + games["WAS@CHA"]
    assert section(table, "Quality")[0].startswith("ERROR    features: mean score 64.43")


def test_on_the_morning_of_the_26th_nothing_is_wrong_with_the_date(desk: Desk) -> None:
    table = of_the_week(desk, "2026-01-26", "2026-01-26T15:20", 118)
    assert "no findings going on" in head(table)[0]
    assert all(row.startswith("NOT DUE") for row in section(table, "May the next phase start?"))
    assert all(row.count("not due") == 5 for row in section(table, "Games"))


def test_text_from_outside_cannot_reach_the_terminal() -> None:
    hostile = game(home=HOSTILE, status_text=HOSTILE, box_scores=counts(20), analytics=counts(20, extra=(HOSTILE,)))
    for width in WIDTHS:
        table = page([hostile], (PROP_COVERAGE, [props(unpredicted=(HOSTILE,))]), width=width)
        assert widest(table) <= width
        assert all_text(table).replace("\n", "").isprintable()
