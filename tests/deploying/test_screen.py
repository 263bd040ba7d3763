"""The checklist on a screen: as the command shows it, and again when somebody answers elsewhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from checks.model import Scope
from checks.policy import Policy
from console.deploying import deployments as kept
from console.deploying.checklist import checklist
from console.deploying.newest import NewestChecklist
from console.deploying.verdict import Answer, Deployment, Word
from console.journal import FILE_NAME, Journal
from console.settings import Flags, Homes, Settings, resolve
from screens.app import CourtsideApp
from screens.detail.checklist import ChecklistPanel, checklist_spec
from screens.dialogs.prompt import Words
from screens.dialogs.questions import Questions
from screens.lines import text_of
from screens.table import Target
from screens.text.checklist import BEGIN
from screens.unloaded import Unloaded
from screens.views.options import Options
from tests.builders import at
from tests.screens.opened import name_of
from tests.screens.sessions import session_with
from tests.screens.stubs import Source, drive, keybar_text, loaded, screen_text, session_on, until

NOW = at("2026-01-25T12:00")
SCOPE = Scope.at(NOW)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return resolve(Flags(warehouse="demo"), {}, Homes(tmp_path, tmp_path, tmp_path), tmp_path / "c.toml", {})


def checklist_of(settings: Settings) -> NewestChecklist:
    return NewestChecklist(settings, lambda: "carol", lambda: NOW)


def rows(settings: Settings, tmp_path: Path, wanted: str = "") -> list[str]:
    """Return the page: its head, then its rows."""
    session = replace(session_with(tmp_path), checklist=checklist_of(settings))
    spec = checklist_spec(Target("checklist", ""), session)
    table = spec.view(Unloaded.nothing(SCOPE), SCOPE, Policy(), Options(118, filter=wanted))
    return [text_of(spans).rstrip() for spans in (*table.head, *(table.item(n).line for n in range(table.count)))]


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """Return the journal, in which a deployment was begun."""
    journal = Journal(tmp_path / FILE_NAME, now=lambda: NOW)
    kept.begin(journal, Deployment("r1", "demo", NOW, "ann", checklist()))
    return journal


def test_before_one_is_begun_it_says_how_to_begin(settings: Settings, tmp_path: Path) -> None:
    assert rows(settings, tmp_path) == [f"UNKNOWN  {BEGIN}"]
    assert list(tmp_path.iterdir()) == []


def test_what_is_answered_elsewhere_is_seen_at_the_next_look(
    settings: Settings, journal: Journal, tmp_path: Path
) -> None:
    (found,) = kept.deployments(journal, "demo")
    before = rows(settings, tmp_path)
    assert before[0].startswith("WARNING  r1 is not complete, 11 of 11 steps are not done")
    kept.answer(journal, found, Answer("tests", Word.NO, NOW, "bob", "two fail"))
    after = rows(settings, tmp_path)
    assert after[0].startswith("ERROR    r1 is not complete")
    assert "           bob Sun 25 Jan 07:00 EST (2026-01-25T12:00Z): two fail" in after


def test_the_filter_finds_a_step(settings: Settings, journal: Journal, tmp_path: Path) -> None:
    assert rows(settings, tmp_path, "shared/")[-1] == "  open     shared: all copies of shared/ are as the original"


def test_a_journal_that_cannot_be_read_is_unknown_with_the_reason(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("no database, but long enough that it is taken for one" * 50, encoding="utf-8")
    (said, *_) = rows(settings, tmp_path)
    assert said.startswith("UNKNOWN  the journal ")


def answers(journal: Journal) -> list[tuple[str, str, str, str]]:
    (found,) = kept.deployments(journal, "demo")
    return [(item.step, item.word.value, item.note, item.by) for item in found.answers]


def walked(settings: Settings, steps: Callable[[CourtsideApp, Pilot[int]], Awaitable[None]]) -> None:
    """Open the checklist in a console and take steps on it."""

    async def walk(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("C")
        await until(pilot, lambda: name_of(app) == "checklist" and "r1 is not complete" in screen_text(app), "no page")
        await steps(app, pilot)

    drive(CourtsideApp(session_on(Source(Unloaded.nothing(SCOPE)), checklist=checklist_of(settings))), walk)


def refusal(app: CourtsideApp) -> str:
    """Return what stands above the line that asks."""
    return app.screen.query_one("#refusal", Words).render_line(0).text


async def stand_on(app: CourtsideApp, pilot: Pilot[int], step: str) -> None:
    panel = app.screen.query_one(ChecklistPanel)
    panel.cursor = list(panel.table.keys()).index(f"{step} 0")
    await pilot.pause()


def test_enter_asks_for_the_answer_to_the_step_under_the_cursor_and_keeps_it(
    settings: Settings, journal: Journal
) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await stand_on(app, pilot, "tests")
        await pilot.press("enter", *"no", "enter", *"two fail", "enter")
        await until(pilot, lambda: "tests of r1: no" in keybar_text(app), "it does not say that it is kept")
        await until(pilot, lambda: "two fail" in screen_text(app), "it is not shown")
        assert "carol Sun 25 Jan 07:00 EST" in screen_text(app)

    walked(settings, steps)
    assert answers(journal) == [("tests", "no", "two fail", "carol")]


def test_a_check_is_not_answered_yes_and_nothing_is_skipped_without_a_reason(
    settings: Settings, journal: Journal
) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await stand_on(app, pilot, "quota")
        await pilot.press("enter", *"yes", "enter")
        await until(pilot, lambda: "quota is a check" in refusal(app), "yes is taken for a check")
        await pilot.press(*["backspace"] * 3, *"skip", "enter", "enter")
        await until(pilot, lambda: "skipped only for a reason" in refusal(app), "it is skipped for no reason")
        await pilot.press("escape")
        await until(pilot, lambda: not app.screen.query(Questions), "the question stays")
        assert name_of(app) == "checklist"

    walked(settings, steps)
    assert answers(journal) == []


def test_a_stage_has_nothing_to_answer(settings: Settings, journal: Journal) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await pilot.press("home", "enter")
        await until(pilot, lambda: "there is nothing behind this row" in keybar_text(app), "nothing is said")
        assert not app.screen.query(Questions)

    walked(settings, steps)


def test_who_says_that_nothing_may_be_changed_answers_nothing(settings: Settings, journal: Journal) -> None:
    careful = replace(settings, read_only=True)

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await stand_on(app, pilot, "tests")
        await pilot.press("enter", *"yes", "enter", "enter")
        await until(pilot, lambda: "tests was not answered: read-only" in keybar_text(app), "it does not say why")

    walked(careful, steps)
    assert answers(journal) == []


def test_an_answer_goes_to_the_deployment_that_was_shown_also_when_another_is_begun_meanwhile(
    settings: Settings, journal: Journal
) -> None:
    shown_one = checklist_of(settings)
    kept.begin(journal, Deployment("r2", "demo", NOW, "bob", checklist()))
    assert shown_one.answer("r1", "tests", "yes", "") == "tests of r1: yes"
    assert [(item.name, len(item.answers)) for item in kept.deployments(journal, "demo")] == [("r2", 0), ("r1", 1)]
    assert "there is no deployment 'r9'" in shown_one.answer("r9", "tests", "yes", "")
