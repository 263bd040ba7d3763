"""What operators said, in the console's own tables: the newest word of each thing, as of a moment."""

from __future__ import annotations

from datetime import date
from typing import Any

from checks.facts.acknowledgements import ACKNOWLEDGEMENTS
from checks.facts.gate_overrides import GATE_OVERRIDES
from tests.builders import at
from tests.facts.tables import DAY, NEXT_DAY, Tables


def say(tables: Tables, moment: str, fingerprint: str = "f" * 12, event: str = "acknowledged", **changes: Any) -> None:
    values = {
        "acknowledgement_id": f"{fingerprint}-{moment}-{event}",
        "fingerprint": fingerprint,
        "event": event,
        "acknowledged_by": "ann",
        "acknowledged_at": at(moment),
        "expires_at": at("2026-01-24T13:00"),
    }
    tables.add("nba_orchestration.console_acknowledgements", **{**values, **changes})


def hold(tables: Tables, moment: str, word: str = "hold", day: date = DAY, **changes: Any) -> None:
    values = {
        "override_id": f"{day}-{moment}-{word}",
        "game_date": day,
        "phase_name": "phase2_to_phase3",
        "decision": word,
        "reason": "wait",
        "overridden_by": "ann",
        "overridden_at": at(moment),
        "expires_at": at("2026-01-26T12:00"),
    }
    tables.add("nba_orchestration.console_gate_overrides", **{**values, **changes})


def test_of_each_finding_the_newest_word_is_read() -> None:
    tables = Tables()
    say(tables, "2026-01-24T12:00")
    say(tables, "2026-01-24T12:10", event="withdrawn", expires_at=None, note="too early")
    say(tables, "2026-01-24T12:05", fingerprint="e" * 12)
    found = tables.ask(ACKNOWLEDGEMENTS, "2026-01-24T12:30")
    assert [(row.fingerprint[0], row.event, row.reason, row.expires_at) for row in found] == [
        ("e", "acknowledged", None, at("2026-01-24T13:00")),
        ("f", "withdrawn", "too early", None),
    ]


def test_as_of_an_earlier_moment_the_earlier_word_is_the_newest() -> None:
    tables = Tables()
    say(tables, "2026-01-24T12:00:40")
    say(tables, "2026-01-24T12:10", event="withdrawn")
    (then,) = tables.ask(ACKNOWLEDGEMENTS, "2026-01-24T12:09")
    assert then.event == "acknowledged"
    assert [row.event for row in tables.ask(ACKNOWLEDGEMENTS, "2026-01-24T12:00")] == ["acknowledged"]
    assert tables.ask(ACKNOWLEDGEMENTS, "2026-01-24T11:59") == ()


def test_of_each_hand_over_of_each_date_the_newest_word_is_read() -> None:
    tables = Tables()
    hold(tables, "2026-01-24T12:00")
    hold(tables, "2026-01-24T12:10:59", "release")
    hold(tables, "2026-01-24T12:20", phase_name="phase3_to_phase4")
    hold(tables, "2026-01-24T12:05", day=NEXT_DAY)
    hold(tables, "2026-01-24T12:05", day=date(2026, 1, 20))
    found = tables.ask(GATE_OVERRIDES, "2026-01-24T12:10", last=NEXT_DAY)
    assert [(row.game_date, row.phase_name, row.word) for row in found] == [
        (DAY, "phase2_to_phase3", "release"),
        (NEXT_DAY, "phase2_to_phase3", "hold"),
    ]
    (then,) = tables.ask(GATE_OVERRIDES, "2026-01-24T12:09")
    assert then.word == "hold"
