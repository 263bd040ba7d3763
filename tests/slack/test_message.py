"""The message is the summary, in blocks, in the thread of its trouble, and shouts at nobody."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from checks.model import Fault, Report, RootCause, Scope, Severity, Verdict
from console.slack.message import MOST_IN_A_BLOCK, blocks_of, message_of
from console.summary import MOST_CHARACTERS, summary_text
from tests.builders import at, scope_at

if TYPE_CHECKING:
    from console.desk import Desk

OUTAGE = RootCause(
    "controller:1", "controller_silent", Severity.CRITICAL, "nobody decides", Fault.PIPELINE, None, None, (), (), ()
)
DEFECT = replace(OUTAGE, key="predictions:1", name="predictions_missing", severity=Severity.ERROR, fault=Fault.DATA)


def report(*causes: RootCause, as_of: str = "2026-01-23T06:20", severity: Severity = Severity.CRITICAL) -> Report:
    return Report(Scope.at(at(as_of)), Verdict(severity, "nobody decides", at("2026-01-23T04:20")), causes, (), ())


def test_it_is_the_summary_that_the_preview_shows(desk: Desk) -> None:
    found = desk.report(scope_at("2026-01-23T06:20"))
    message = message_of(found, "demo", "Looking at it.")
    assert message.text == summary_text(found, "demo", "Looking at it.")
    assert [block["type"] for block in blocks_of(message.head, message.detail)] == ["section", "section"]


@pytest.mark.parametrize("words", ["<!channel> & <@U1> `rm` @here " * 400, "\x1b]0;x\x07" * 400, "\n\n" * 50])
def test_hostile_words_obey_the_limits_and_mention_nobody(words: str) -> None:
    found = replace(
        report(replace(OUTAGE, sentence=words), replace(DEFECT, sentence=words)),
        verdict=Verdict(Severity.CRITICAL, words, None),
    )
    message = message_of(found, words, words)
    assert len(message.head) <= MOST_CHARACTERS
    assert len(message.detail) <= MOST_IN_A_BLOCK
    for text in (message.head, message.detail, message.change):
        assert "<" not in text
        assert "@here" not in text


def test_a_machine_that_is_broken_has_a_thread_of_its_own_for_as_long_as_it_lasts() -> None:
    threads = {message_of(report(OUTAGE, as_of=f"2026-01-{day}T06:20"), "demo").incident for day in (23, 24, 25)}
    assert threads == {"demo|controller:1"}


def test_when_it_is_mended_its_thread_is_told() -> None:
    over = report(replace(OUTAGE, until=at("2026-01-25T01:20")), severity=Severity.OK)
    assert message_of(over, "demo").incident == "demo|controller:1"


@pytest.mark.parametrize("causes", [(DEFECT,), ()])
def test_what_has_no_incident_of_its_own_belongs_to_the_day(causes: tuple[RootCause, ...]) -> None:
    assert message_of(report(*causes), "demo").incident == "demo|standing:2026-01-23"


def test_time_that_passes_is_no_change_and_a_new_trouble_or_word_is() -> None:
    before = message_of(report(OUTAGE), "demo")
    later = message_of(report(OUTAGE, as_of="2026-01-23T07:20"), "demo")
    assert (later.standing, later.key) == (before.standing, later.key)
    assert later.key != before.key
    assert message_of(report(OUTAGE, DEFECT), "demo").standing != before.standing
    assert message_of(report(OUTAGE), "demo", "On it.").standing != before.standing


def test_the_reply_says_what_is_the_matter_and_the_operators_sentence() -> None:
    assert message_of(report(OUTAGE), "demo", "On it.").change.splitlines() == [
        "*CRITICAL* on demo: nobody decides",
        "*Since* Thu 22 Jan 23:20 EST (2026-01-23T04:20Z), 2 h 00 min, as of Fri 23 Jan 01:20 EST (2026-01-23T06:20Z)",
        "*Note* On it.",
    ]
