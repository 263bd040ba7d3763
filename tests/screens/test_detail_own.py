"""Help, gates and why: the screens that keys open."""

from __future__ import annotations

import pytest

from checks.model import Scope
from checks.policy import Policy
from console.desk import Desk
from screens.detail.gates import gates_view
from screens.detail.help import help_view
from screens.detail.why import why_view
from screens.keymap import ACTIONS
from screens.lines import display_width, text_of
from screens.ports import Look
from screens.table import Table, Target
from screens.unloaded import Unloaded
from screens.views.options import Options
from tests.screens.stubs import MOMENT

SCOPE = Scope.at(MOMENT)
WIDTHS = [78, 118, 248]


def text(table: Table) -> str:
    return "\n".join(text_of(table.item(n).line) for n in range(table.count))


def widest(table: Table) -> int:
    return max(display_width(text_of(table.item(n).line)) for n in range(table.count))


def test_gates_are_shown_for_each_hand_over_of_each_date_the_latest_first(january: Look) -> None:
    said = text(gates_view(january, SCOPE, Policy(), Options(118)))
    assert said.index("phase2_to_phase3 for 2026-01-24") < said.index("phase2_to_phase3 for 2026-01-23")
    for name in ("phase2_to_phase3", "phase3_to_phase4", "phase4_to_phase5", "phase5_to_phase6"):
        assert f"{name} for 2026-01-24" in said
    assert "DEGRADED phase4_to_phase5 for 2026-01-24" in said
    assert "mean feature quality is 64.43" in said


def test_a_gate_opens_its_date(january: Look) -> None:
    item = gates_view(january, SCOPE, Policy(), Options(118)).item(0)
    assert item.target == Target("date", "2026-01-24", SCOPE.last)


def test_gates_can_be_filtered_as_a_whole(january: Look) -> None:
    said = text(gates_view(january, SCOPE, Policy(), Options(118, filter="DEGRADED")))
    assert "DEGRADED" in said
    assert "BLOCK" not in said
    assert gates_view(january, SCOPE, Policy(), Options(118, filter="nowhere")).empty == "no gate contains 'nowhere'"


def test_no_gate_is_shown_before_it_was_asked_whether_somebody_holds_it(january: Look, desk: Desk) -> None:
    for look in (Unloaded(january.report), desk.look(SCOPE)):
        shown = gates_view(look, SCOPE, Policy(), Options(118))
        assert (shown.count, shown.empty) == (0, "loading what operators have said about gates …")


def test_why_shows_every_cause_with_its_evidence_and_what_to_type(january: Look) -> None:
    said = text(why_view("demo", january, SCOPE, Policy(), Options(118)))
    for cause in january.report.causes:
        assert cause.name.replace("_", " ") in said
    assert "next: courtside gaps --hours 48" in said
    assert "explains" in said


def test_why_is_known_from_an_earlier_run_too(january: Look) -> None:
    assert "nobody is deciding" in text(why_view("demo", Unloaded(january.report), SCOPE, Policy(), Options(118)))


def test_help_names_every_action_with_its_keys() -> None:
    said = text(help_view({}, (), "", Unloaded.nothing(SCOPE), SCOPE, Policy(), Options(118)))
    for action in ACTIONS:
        assert action.says in said or action.id.startswith("panel.")
    assert "panel: Findings" in said


def test_help_shows_remapped_keys_and_those_of_the_widget_in_use() -> None:
    own = (("F", "fold everything"),)
    said = text(
        help_view({"requeue": "ctrl+r"}, own, "made up in part", Unloaded.nothing(SCOPE), SCOPE, Policy(), Options(118))
    )
    assert "Ctrl+r" in said
    assert "F  fold everything" in said
    assert said.startswith("made up in part")


@pytest.mark.parametrize("width", WIDTHS)
def test_these_screens_fit_their_width(january: Look, width: int) -> None:
    options = Options(width)
    assert widest(gates_view(january, SCOPE, Policy(), options)) <= width
    assert widest(why_view("demo", january, SCOPE, Policy(), options)) <= width
    assert widest(help_view({}, (), "", january, SCOPE, Policy(), options)) <= width
