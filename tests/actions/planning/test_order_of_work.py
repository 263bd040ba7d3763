"""What is done first, and how much of it in one run."""

from __future__ import annotations

from datetime import date, timedelta

from checks.model import Subject, SubjectKind
from console.actions.plan import MOST_ITEMS, Activate
from screens.orders import Verb
from tests.actions.planning.states import DAY, LAKERS, SUMMARY, pending, plan_items, run, state
from tests.builders import at, counts, game

TONIGHT = date(2026, 1, 26)
FEATURES = Subject(SubjectKind.PROCESSOR, "ml_feature_store", TONIGHT)
TOMORROW = Subject(SubjectKind.PROCESSOR, "ml_feature_store", date(2026, 1, 27))


def test_what_games_before_tip_off_wait_for_comes_first_and_the_soonest_of_them() -> None:
    games = (
        game(),
        game("BOS@CHI", tip="2026-01-27T00:30", day=TONIGHT, nba_game_id="2"),
        game("MIA@UTA", tip="2026-01-28T00:30", day=date(2026, 1, 27), nba_game_id="3"),
    )
    items = plan_items(state(*games), LAKERS, TOMORROW, FEATURES)
    assert [item.subject for item in items] == [
        "ml_feature_store 2026-01-26",
        "ml_feature_store 2026-01-27",
        "LAL@DAL 2026-01-24",
    ]


def test_a_game_that_was_called_off_hurries_nobody() -> None:
    off = game("BOS@CHI", tip="2026-01-27T00:30", day=TONIGHT, nba_game_id="2", status_text="Postponed")
    items = plan_items(state(game(), off), FEATURES, LAKERS)
    assert [item.subject for item in items] == ["LAL@DAL 2026-01-24", "ml_feature_store 2026-01-26"]


def test_after_that_comes_what_most_others_wait_for() -> None:
    little = game(
        "BOS@CHI",
        nba_game_id="2",
        analytics=counts(20),
        features=counts(20),
        predictions=counts(20),
        grading=counts(20),
    )
    items = plan_items(state(game(), little), Subject(SubjectKind.GAME, "BOS@CHI", DAY), LAKERS, SUMMARY)
    assert [item.subject for item in items] == [
        "LAL@DAL 2026-01-24",
        "player_game_summary 2026-01-24",
        "BOS@CHI 2026-01-24",
    ]


def test_what_is_worth_the_same_stays_in_the_order_in_which_it_was_asked_for() -> None:
    games = [game(label, nba_game_id=label) for label in ("LAL@DAL", "BOS@CHI", "MIA@UTA")]
    subjects = [Subject(SubjectKind.GAME, one.label, DAY) for one in reversed(games)]
    items = plan_items(state(*games), *subjects)
    assert [item.subject[:7] for item in items] == ["MIA@UTA", "BOS@CHI", "LAL@DAL"]


def test_what_is_refused_comes_last_and_takes_no_number() -> None:
    items = plan_items(state(game(), runs=[run()]), Subject(SubjectKind.GAME, "NO@GAME", DAY), LAKERS, SUMMARY)
    assert [bool(item.refused) for item in items] == [False, False, True]
    steps = [item.step for item in items if isinstance(item.step, Activate)]
    assert [step.entry.correlation_id for step in steps] == ["courtside-p1-0", "courtside-p1-1"]
    assert len({step.entry.id for step in steps}) == 2


def test_what_is_over_the_limit_of_a_run_is_refused() -> None:
    rows = [
        pending(id=f"q-{n:03}", game_key=f"A{n:03}@DAL", first_failure_at=at("2026-01-25T06:00") + timedelta(minutes=n))
        for n in range(MOST_ITEMS + 2)
    ]
    subjects = [Subject(SubjectKind.QUEUE, row.id) for row in rows]
    items = plan_items(state(queue=rows), *subjects, verb=Verb.CANCEL)
    assert sum(item.step is not None for item in items) == MOST_ITEMS
    assert [item.refused for item in items[-2:]] == [
        "over the limit of 200 a run: apply this plan first, then plan the rest"
    ] * 2
    assert [item.subject for item in items[-2:]] == ["A200@DAL 2026-01-24", "A201@DAL 2026-01-24"]
