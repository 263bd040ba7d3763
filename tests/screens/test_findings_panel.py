"""The findings panel: folding by key, and what is said of the finding under the cursor."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from checks.model import Severity
from checks.policy import Policy
from screens.panels.findings_panel import FindingsPanel
from screens.panels.panel import Spec
from screens.ports import Look
from screens.views.findings import findings_view
from tests.screens.troubles import OLD, SCOPE, SILENCE, cause, finding, told


class Host(App[None]):
    CSS = "FindingsPanel { height: 1fr; }"

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look

    def compose(self) -> ComposeResult:
        yield FindingsPanel(Spec("findings", "1", "Findings", findings_view, (), 60.0))

    def on_mount(self) -> None:
        self.panel.focus()
        self.panel.update_look(self.look, SCOPE, Policy())

    @property
    def panel(self) -> FindingsPanel:
        return self.query_one(FindingsPanel)


Steps = Callable[[FindingsPanel, Pilot[None]], Awaitable[None]]


def drive(look: Look, steps: Steps, size: tuple[int, int]) -> None:
    async def run() -> None:
        app = Host(look)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await steps(app.panel, pilot)

    asyncio.run(run())


def painted(panel: FindingsPanel) -> list[str]:
    return ["".join(part.text for part in panel.render_line(y)).rstrip() for y in range(panel.size.height)]


def keys_of(panel: FindingsPanel) -> Iterator[str]:
    return (panel.table.item(number).key for number in range(panel.table.count))


OTHER = cause("other", finding("x", Severity.ERROR, OLD), explains=(finding("y"),))


def test_o_and_the_arrows_fold_and_unfold_the_cause_under_the_cursor() -> None:
    async def steps(panel: FindingsPanel, pilot: Pilot[None]) -> None:
        assert panel.table.count == 2
        for key, count in (("o", 6), ("o", 2), ("right", 6), ("right", 6), ("left", 2), ("l", 6), ("h", 2)):
            await pilot.press(key)
            assert panel.table.count == count, key

    drive(told(SILENCE, OTHER), steps, (80, 24))


def test_folding_from_a_row_beneath_leaves_the_cursor_on_the_cause() -> None:
    async def steps(panel: FindingsPanel, pilot: Pilot[None]) -> None:
        await pilot.press("j", "o", "k", "o", "j", "j", "j", "left")
        assert panel.current is not None
        assert panel.current.key == f"cause {SILENCE.key}"
        assert panel.table.count == 3

    drive(told(SILENCE, OTHER), steps, (80, 24))


def test_capital_o_unfolds_everything_and_folds_it_again() -> None:
    async def steps(panel: FindingsPanel, pilot: Pilot[None]) -> None:
        await pilot.press("O")
        assert panel.table.count == 7
        await pilot.press("G", "O")
        assert panel.table.count == 2
        assert panel.current is not None
        assert panel.current.key == f"cause {OTHER.key}"

    drive(told(SILENCE, OTHER), steps, (80, 24))


def test_what_is_unfolded_stays_so_when_the_data_is_refreshed() -> None:
    async def steps(panel: FindingsPanel, pilot: Pilot[None]) -> None:
        await pilot.press("o", "j", "j")
        panel.update_look(told(replace(SILENCE, sentence="silence goes on"), OTHER), SCOPE, Policy())
        assert panel.table.count == 6
        assert panel.cursor == 2

    drive(told(SILENCE, OTHER), steps, (80, 24))


def test_in_a_wide_panel_the_evidence_stands_at_the_right_and_follows_the_cursor() -> None:
    async def steps(panel: FindingsPanel, pilot: Pilot[None]) -> None:
        assert "CRITICAL silence is the cause" in painted(panel)[1][60:]
        assert "courtside fix silence" in "\n".join(painted(panel))
        await pilot.press("j")
        assert "ERROR other is the cause" in painted(panel)[1][60:]
        assert "courtside fix other" in "\n".join(painted(panel))

    drive(told(SILENCE, OTHER), steps, (120, 12))


def test_in_a_narrow_panel_the_evidence_stands_below_in_the_lines_that_are_left() -> None:
    async def steps(panel: FindingsPanel, pilot: Pilot[None]) -> None:
        lines = painted(panel)
        assert lines[1].startswith("▶ ▸ CRITICAL")
        assert lines[3] == ""
        assert lines[4] == "CRITICAL silence is the cause"
        await pilot.resize_terminal(80, 4)
        await pilot.pause()
        assert not any("courtside fix" in line for line in painted(panel))

    drive(told(SILENCE, OTHER), steps, (80, 16))


def test_without_findings_the_panel_says_so() -> None:
    async def steps(panel: FindingsPanel, pilot: Pilot[None]) -> None:
        await pilot.press("o", "O", "left", "enter")
        assert "no findings" in painted(panel)[1]
        assert list(keys_of(panel)) == []

    drive(told(), steps, (120, 12))
