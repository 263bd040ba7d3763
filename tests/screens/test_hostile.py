"""Hostile text in every column of the warehouse can neither break a screen nor fake one, and none of it reaches the terminal."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual import events
from textual.pilot import Pilot

from checks.facts.gate_overrides import GATE_OVERRIDES
from checks.model import Scope, Severity, Verdict
from checks.policy import Policy
from console.desk import Desk
from console.journal import FleetingJournal
from console.look import Look
from console.warehouse.embedded import EmbeddedWarehouse
from screens import navigation
from screens.app import CourtsideApp
from screens.deeds import DEEDS
from screens.dialogs.preview import PreviewDialog
from screens.dialogs.questions import Questions
from screens.handlers import HANDLERS
from screens.lines import Line, flow
from screens.overview import Overview
from screens.panels.findings_panel import FindingsPanel
from screens.ports import Audit, AuditSpot, LogEntry, Preview, PreviewItem, Result
from screens.table import Target
from screens.text.checklist import ChecklistView, StepView
from tests.console_process import needs_terminal
from tests.screens.effects import MOMENT
from tests.screens.hostile import CORPUS, DAY, SEQUENCES, forbidden_in, plant
from tests.screens.opened import GAME_DATE, list_of, name_of, reached
from tests.screens.stations import hands_on
from tests.screens.stubs import PRESENT, Source, StubAuditor, StubHands, drive, loaded, session_on
from tests.screens.test_words import with_rows
from tests.test_console_walk import PATIENCE, courtside, leave, see_row

MOST_PAGES = 40
"""A list is paged through so far; what lies behind it is drawn in the same way."""
WIDE, SMALL = SIZES = ((120, 40), (40, 10))
EVIL = list(CORPUS.values())
POINTER_SHAPE = b"\x1b]22;default\x07"
"""Textual writes this one itself, whatever is shown."""


@pytest.fixture(scope="module")
def hostile_file(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hostile") / "week.duckdb"
    shutil.copy(demo_file, path)
    plant(path)
    return path


@pytest.fixture(scope="module")
def hostile(hostile_file: Path) -> Iterator[Look]:
    with Desk(EmbeddedWarehouse(hostile_file), Policy()) as desk:
        look = desk.look(Scope.at(MOMENT))
        words = desk.load(look.report.scope, GATE_OVERRIDES).facts[GATE_OVERRIDES]
        yield with_rows(look, GATE_OVERRIDES, words)


def lines_of(app: CourtsideApp) -> list[str]:
    """Return what is on the screen, after having looked at it as a terminal would."""
    lines = []
    for strip in app.screen._compositor.render_strips():
        text = strip.text
        assert not forbidden_in(text), f"{forbidden_in(text)!r} on {name_of(app)}: {text!r}"
        assert cell_len(text) == app.size.width, f"{cell_len(text)} columns on {name_of(app)}: {text!r}"
        styles = [segment.style for segment in strip if segment.style is not None]
        assert not [style for style in styles if style.link or "@click" in style.meta], text
        lines.append(text)
    assert len(lines) == app.size.height
    return lines


def paged(app: CourtsideApp) -> str:
    """Return all that the list in use shows, page by page, and what is around it."""
    view, seen = list_of(app), []
    for _ in range(MOST_PAGES):
        seen += lines_of(app)
        before = view.cursor
        view.action_page(1)
        if view.cursor == before:
            break
    return "\n".join(seen)


async def opened(app: CourtsideApp, pilot: Pilot[int], name: str) -> None:
    """Wait until a screen is drawn."""
    await reached(lambda: name_of(app) == name and list_of(app).size.width > 0, f"{name} does not open")
    await pilot.pause()


def told_badly() -> ChecklistView:
    """Return a checklist all of whose words are hostile."""
    steps = tuple(
        StepView(f"step{n}", "watch", evil, "", "no", Severity.ERROR, PRESENT, f"person{n}", f"note{n}")
        for n, evil in ((f"{n:02d}{evil}", evil) for n, evil in enumerate(EVIL))
    )
    return ChecklistView(EVIL[0], PRESENT, EVIL[0], Verdict(Severity.ERROR, EVIL[0], None), steps)


class ToldBadly:
    """A checklist that says nothing that is not hostile."""

    def known(self) -> ChecklistView:
        return told_badly()

    def answer(self, deployment: str, step: str, word: str, note: str) -> str:
        return EVIL[0]


def audited_badly() -> Audit:
    """Return an audit of a checkout in which every name and every line of code is hostile."""
    code = tuple((n + 1, f"code{n:02d}{evil}") for n, evil in enumerate(EVIL))
    spots = tuple(
        AuditSpot(
            f"id{n:02d}",
            f"check{n:02d}{evil}",
            f"folder{n:02d}{evil}/file{n:02d}{evil}.py",
            1,
            Severity.ERROR,
            f"sentence{n:02d}{evil}",
            f"remedy{n:02d}{evil}",
            code,
        )
        for n, evil in enumerate(EVIL)
    )
    said = (f"verdict{EVIL[0]}", spots, tuple(f"aside{n:02d}{evil}" for n, evil in enumerate(EVIL[:3])))
    return Audit(f"checkout{EVIL[1]}", Severity.ERROR, *said, at=PRESENT, reason=f"reason{EVIL[2]}", is_running=True)


def console(source: Source, **changes: object) -> CourtsideApp:
    """Return a console whose journal and doctor have been told hostile things too."""
    journal = FleetingJournal(now=lambda: PRESENT)
    for number, evil in enumerate(EVIL):
        actor, act, subject, came = (f"{word}{number:02d}{evil}" for word in ("actor", "act", "subject", "came"))
        journal.note(LogEntry(PRESENT, actor, act, subject, came))

    def doctor(width: int) -> list[Line]:
        return [line for evil in EVIL for line in flow([f"setting {evil}"], width)]

    known = {
        "memory": journal,
        "hands": StubHands(),
        "doctor": doctor,
        "checklist": ToldBadly(),
        "auditor": StubAuditor(audited_badly()),
    }
    return CourtsideApp(session_on(source, at=MOMENT, **{**known, **changes}))


def tour(source: Source, size: tuple[int, int], steps: Callable[[CourtsideApp], str]) -> str:
    """Return what `steps` saw on a console of that size."""
    seen = []

    async def run(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await reached(lambda: app.standing.latest is not None or app.standing.failure != "", "nothing comes back")
        await pilot.pause()
        seen.append(steps(app))

    drive(console(source), run, size=size)
    return seen[0]


def panels_seen(app: CourtsideApp) -> str:
    """Return what is seen of the overview, and of each of its panels with all the room."""
    overview = app.screen
    assert isinstance(overview, Overview)
    seen = lines_of(app)
    for panel in overview.panels:
        overview.use(panel)
        overview.maximise(maximised=True)
        app.screen._refresh_layout()
        if isinstance(panel, FindingsPanel):
            panel.action_fold_all()
        seen.append(paged(app))
    return "\n".join(seen)


WORDS_OF_THE_OVERVIEW = {"key", "kind", "message", "workflow", "runner", "A"}
"""How texts begin that must be seen there: game keys, error types and messages, workflows, processors, teams."""


@pytest.mark.parametrize("size", SIZES)
def test_the_overview_shows_them_as_harmless_text(hostile: Look, size: tuple[int, int]) -> None:
    seen = words_in(tour(Source(hostile), size, panels_seen))
    assert size != WIDE or seen >= WORDS_OF_THE_OVERVIEW


def words_in(seen: str) -> set[str]:
    return set(re.findall(r"([A-Za-z]+)\d\d(?!\d)", seen))


PAGES: dict[str, tuple[Target, set[str]]] = {
    "date": (Target("date", DAY, GAME_DATE), {"A", "blocker"}),
    "game": (Target("game", "LAL@DAL", GAME_DATE), {"player", "scrape", "seen", "why", "scraper", "workflow"}),
    "finding": (Target("finding", ""), {"runner", "run"}),
    "queue": (Target("queue", ""), {"key", "kind", "message", "phase", "processor", "notes", "id"}),
    "timeline": (Target("timeline", ""), {"worker", "error", "blocker", "workflow"}),
    "why": (Target("why", ""), {"key", "runner", "workflow"}),
    "gates": (Target("gates", ""), set()),
    "operations": (Target("operations", ""), {"actor", "act", "subject", "came"}),
    "doctor": (Target("doctor", ""), set()),
    "checklist": (Target("checklist", ""), {"step", "person", "note"}),
    "audit": (Target("audit", ""), {"check", "folder", "sentence", "aside"}),
    "code": (Target("code", "id05"), {"code", "remedy", "check", "sentence"}),
    "workflow": (Target("workflow", f"workflow00{EVIL[0]}end"), {"workflow", "why", "outcome", "failure"}),
}
"""Each page, and how texts begin that must be seen on it."""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_them_as_harmless_text(hostile: Look, name: str, size: tuple[int, int]) -> None:
    target, words = PAGES[name]
    if name == "finding":
        found = next(f for f in hostile.report.findings if f.check == "transitions.stuck_run")
        target = replace(target, name=found.fingerprint)
    seen = []

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        navigation.open_target(app, target)
        await opened(app, pilot, name)
        seen.append(paged(app))

    drive(console(Source(hostile)), steps, size=size)
    assert size != WIDE or words_in(seen[0]) >= words


def test_markup_is_shown_as_it_is_written(hostile: Look) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        navigation.open_target(app, Target("queue", f"id22{CORPUS['markup']}end"))
        await opened(app, pilot, "queue")
        shown = re.sub(r"\s+", " ", " ".join(lines_of(app)))
        assert "message22[bold red]OWNED[/] [/] [@click=app.bell]press[/] [link=x]y[/link] [end" in shown

    drive(console(Source(hostile)), steps)


def test_each_row_of_the_queue_takes_one_line(hostile: Look) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        navigation.open_target(app, Target("queue", ""))
        await opened(app, pilot, "queue")
        rows = [line for line in lines_of(app) if re.match(r"[ ▶]{2}(key\d\d|nbac_).* (due|strange) ", line)]
        assert len(rows) == list_of(app).table.count == len(CORPUS) + 1
        assert len({row[2:7] for row in rows}) == len(rows)

    drive(console(Source(hostile)), steps, size=(120, 70))


@pytest.mark.parametrize("name", [*DEEDS, "summary"])
@pytest.mark.parametrize("size", SIZES)
def test_a_preview_shows_them_as_harmless_text(
    hostile: Look, hostile_file: Path, name: str, size: tuple[int, int]
) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        if name.startswith("gate"):
            navigation.open_gates(app)
            await opened(app, pilot, "gates")
            await reached(lambda: bool(list_of(app).table.keys()), "no gate is shown")
        else:
            navigation.focus_panel(app, 6)
        rows = list_of(app)
        rows.selected = frozenset(rows.table.keys())
        HANDLERS[name](app)
        give_up = time.monotonic() + PATIENCE
        while not isinstance(app.screen, PreviewDialog):
            assert time.monotonic() < give_up, "no preview opens"
            for line in app.screen.query(Questions):
                line.field.insert_text_at_cursor(f"2h{EVIL[0]}")
                lines_of(app)
                line.field.value = "2h"
                await line.field.action_submit()
            await pilot.pause(0.01)
        await pilot.pause()
        assert "replaying Sun 25 Jan 11:00 EST" in " ".join(paged(app).split())

    drive(
        console(
            Source(hostile), hands=hands_on(hostile_file, FleetingJournal(now=lambda: PRESENT), place=f"demo {EVIL[3]}")
        ),
        steps,
        size=size,
    )


@pytest.mark.parametrize("size", SIZES)
def test_progress_and_result_show_them_as_harmless_text(hostile: Look, size: tuple[int, int]) -> None:
    items = tuple(
        PreviewItem(f"subject{n:02d}{evil}", f"would{evil}", f"left{evil}" * (n % 2)) for n, evil in enumerate(EVIL)
    )
    hands = StubHands(
        answer=Preview("", (), available=True, asks_reason=True),
        result=Result(f"Requeue{EVIL[3]}", items, f"came{EVIL[1]}", is_complete=False),
    )

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        navigation.focus_panel(app, 6)
        await pilot.press("r")
        await reached(lambda: isinstance(app.screen, PreviewDialog), "no preview")
        await pilot.pause()
        await pilot.press("enter")
        (line,) = app.screen.query(Questions)
        line.field.insert_text_at_cursor(f"reason{EVIL[5]}")
        lines_of(app)
        await line.field.action_submit()
        dialog = app.screen
        assert isinstance(dialog, PreviewDialog)
        await reached(lambda: dialog.result is not None, "no result")
        await pilot.pause()
        assert "subject01" in paged(app)
        assert not forbidden_in(hands.applied[0][1].reason)

    drive(console(Source(hostile), hands=hands), steps, size=size)


def test_a_check_run_shows_them_as_harmless_text(hostile: Look) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        navigation.open_check_run(app)
        await opened(app, pilot, "run_checks")
        assert "transitions.stuck_run" in paged(app)

    drive(console(Source(hostile)), steps)


# Errors


@pytest.mark.parametrize("name", CORPUS)
def test_a_reason_why_the_warehouse_fails_is_harmless_wherever_it_is_said(hostile: Look, name: str) -> None:
    source = Source(hostile)
    source.failure = f"refused {CORPUS[name]}"

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await reached(lambda: app.standing.failure != "", "it does not fail")
        await pilot.pause()
        assert len([line for line in lines_of(app) if "refused" in line]) >= len(("header", "findings", "queue"))

    drive(console(source), steps)


def test_a_value_that_is_none_and_a_file_whose_name_is_hostile_are_said_harmlessly(
    hostile_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / f"week{CORPUS['window title']}.duckdb"
    shutil.copy(hostile_file, path)
    with EmbeddedWarehouse(path).write() as connection:
        connection.execute("ALTER TABLE nba_orchestration.failed_processor_queue ALTER retry_count TYPE VARCHAR")
        connection.execute(
            "UPDATE nba_orchestration.failed_processor_queue SET retry_count = ?", [f"many{CORPUS['clipboard']}"]
        )
    with Desk(EmbeddedWarehouse(path), Policy()) as desk:
        look = desk.look(Scope.at(MOMENT))
    with Desk(EmbeddedWarehouse(tmp_path / f"none{CORPUS['window title']}"), Policy()) as desk:
        nowhere = desk.look(Scope.at(MOMENT))
    assert [outcome.fact for outcome in look.report.facts if outcome.reason] == ["retry_queue"]
    assert {result.severity for result in nowhere.report.results} == {Severity.UNKNOWN}
    assert "retry_queue" in tour(Source(look), WIDE, panels_seen)
    assert "there is no warehouse" in tour(Source(nowhere), WIDE, panels_seen)


# What somebody else put on the clipboard


@pytest.mark.parametrize("key", ["slash", "t", "colon"])
def test_what_is_pasted_is_harmless(hostile: Look, key: str) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press(key)
        for evil in EVIL:
            app.post_message(events.Paste(f"in{evil}"))
            await pilot.pause()
            lines_of(app)

    drive(console(Source(hostile)), steps)


# What is written


@needs_terminal
def test_no_sequence_of_theirs_is_written_to_the_terminal(hostile_file: Path, tmp_path: Path) -> None:
    moment = "2026-01-25T16:00Z"
    with courtside(tmp_path, "--warehouse", hostile_file, "--at", moment) as terminal:
        see_row(terminal, "ERROR", "the retrier is not running")
        for keys in ("O", "6", "jj", "m", "\r", "T", "G", "w", "G", "1\r", "G"):
            terminal.send(keys)
            terminal.wait_quiet(0.3)
        assert "OWNED" not in terminal.screen.title()
        leave(terminal)
    written = terminal.raw.replace(POINTER_SHAPE, b"")
    assert [sequence for sequence in SEQUENCES if sequence in written] == []
    assert b"OWNED" in written
