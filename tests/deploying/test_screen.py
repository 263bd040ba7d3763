"""The checklist on a screen: as the command shows it, and again when somebody answers elsewhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from console.deploying import deployments as kept
from console.deploying.checklist import checklist
from console.deploying.verdict import Answer, Deployment, Word
from console.deploying.viewing import newest_lines
from console.journal import FILE_NAME, Journal
from console.settings import Flags, Homes, Settings, resolve
from screens.detail.checklist import checklist_spec
from screens.table import Target
from screens.text.checklist import BEGIN
from tests.builders import at
from tests.screens.sessions import session_with
from tests.screens.test_detail_operations import shown

NOW = at("2026-01-25T12:00")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return resolve(Flags(warehouse="demo"), {}, Homes(tmp_path, tmp_path, tmp_path), tmp_path / "c.toml", {})


def rows(settings: Settings, tmp_path: Path, wanted: str = "") -> list[str]:
    session = replace(session_with(tmp_path), checklist=lambda width: newest_lines(settings, lambda: NOW, width))
    return shown(checklist_spec(Target("checklist", ""), session), filter=wanted)


def test_before_one_is_begun_it_says_how_to_begin(settings: Settings, tmp_path: Path) -> None:
    assert rows(settings, tmp_path) == [f"UNKNOWN  {BEGIN}"]
    assert list(tmp_path.iterdir()) == []


def test_what_is_answered_elsewhere_is_seen_at_the_next_look(settings: Settings, tmp_path: Path) -> None:
    journal = Journal(tmp_path / FILE_NAME, now=lambda: NOW)
    found = kept.begin(journal, Deployment("r1", "demo", NOW, "ann", checklist()))
    before = rows(settings, tmp_path)
    assert before[0].startswith("WARNING  r1 is not complete, 11 of 11 steps are not done")
    kept.answer(journal, found, Answer("tests", Word.NO, NOW, "bob", "two fail"))
    after = rows(settings, tmp_path)
    assert after[0].startswith("ERROR    r1 is not complete")
    assert "           bob Sun 25 Jan 07:00 EST (2026-01-25T12:00Z): two fail" in after


def test_the_filter_finds_a_step(settings: Settings, tmp_path: Path) -> None:
    journal = Journal(tmp_path / FILE_NAME, now=lambda: NOW)
    kept.begin(journal, Deployment("r1", "demo", NOW, "ann", checklist()))
    assert rows(settings, tmp_path, "shared/") == ["  open     shared: all copies of shared/ are as the original"]


def test_a_journal_that_cannot_be_read_is_unknown_with_the_reason(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("no database, but long enough that it is taken for one" * 50, encoding="utf-8")
    (said, *_) = rows(settings, tmp_path)
    assert said.startswith("UNKNOWN  the journal ")
