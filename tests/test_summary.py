from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import Fault, Report, RootCause, Scope, Severity, Suggestion, Verdict
from console.summary import MOST_CHARACTERS, for_slack, summary_text
from tests.builders import at, scope_at

if TYPE_CHECKING:
    from console.desk import Desk

CAUSE = RootCause(
    "controller", "controller_silent", Severity.CRITICAL, "nobody decides", Fault.PIPELINE, None, None, (), (), ()
)


def report(*causes: RootCause, sentence: str = "nobody decides", severity: Severity = Severity.CRITICAL) -> Report:
    verdict = Verdict(severity, sentence, at("2026-01-23T04:20"))
    return Report(Scope.at(at("2026-01-23T06:20")), verdict, causes, (), ())


def test_the_outage_in_six_lines(desk: Desk) -> None:
    text = summary_text(desk.report(scope_at("2026-01-23T06:20")), "demo", "Looking at the service account.")
    head = text.partition("\n\n")[0].splitlines()
    assert head[0].startswith(
        "*CRITICAL* on demo: data is arriving but nobody is deciding: no workflow decision for 2 h"
    )
    assert head[1] == (
        "*Since* Thu 22 Jan 23:20 EST (2026-01-23T04:20Z), 2 h 00 min, as of Fri 23 Jan 01:20 EST (2026-01-23T06:20Z)"
    )
    assert head[2] == "*Impact* no other check is affected; 3 further troubles below"
    assert head[3:] == [
        "*Cause* controller silent, the pipeline is at fault",
        "*Next* `courtside gaps --hours 48`",
        "*Note* Looking at the service account.",
    ]


def test_the_impact_is_what_follows_from_the_cause(desk: Desk) -> None:
    text = summary_text(desk.report(scope_at("2026-01-25T01:30")), "demo")
    (impact,) = [line for line in text.splitlines() if line.startswith("*Impact*")]
    assert "findings follow from it: " in impact
    assert "schedule.stale 1" in impact


def test_further_troubles_are_detail_below_and_no_more_than_five_are_named() -> None:
    text = summary_text(report(*[replace(CAUSE, sentence=f"trouble {n}") for n in range(9)]), "demo")
    head, detail = text.split("\n\n")
    assert "*Impact* no other check is affected; 8 further troubles below" in head
    assert detail.splitlines() == [
        *(f"• *CRITICAL* trouble {n}" for n in range(1, 6)),
        "• and 3 more: `courtside check`",
    ]


def test_what_is_over_is_not_in_the_summary() -> None:
    over = replace(CAUSE, until=at("2026-01-23T05:00"))
    assert "*Cause*" not in summary_text(report(over), "demo")


def test_when_all_is_well_it_says_so() -> None:
    well = replace(report(), verdict=Verdict(Severity.OK, "all is well", None))
    assert summary_text(well, "demo").splitlines() == [
        "*OK* on demo: all is well",
        "*As of* Fri 23 Jan 01:20 EST (2026-01-23T06:20Z)",
        "*Impact* none: nothing is wrong that the checks can see",
        "*Next* `courtside check`",
    ]


@given(st.text(alphabet=st.sampled_from("<&>`@ here_x\n…"), max_size=4000))
def test_whatever_the_warehouse_says_the_part_before_the_detail_is_short(hostile: str) -> None:
    cause = replace(CAUSE, name=hostile, sentence=hostile, suggestions=(Suggestion(hostile, ""),))
    text = summary_text(report(cause, cause, sentence=hostile), hostile, hostile)
    assert len(text.partition("\n\n")[0]) <= MOST_CHARACTERS


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("<!channel> look", "&lt;!channel&gt; look"),
        ("<@U0123ABC>", "&lt;@U0123ABC&gt;"),
        ("<https://evil.example|our runbook>", "&lt;https://evil.example|our runbook&gt;"),
        ("@here and @Channel, @everyone", "@ here and @ Channel, @ everyone"),
        ("a & b", "a &amp; b"),
        ("`rm`", "'rm'"),
        ("\x1b[31mred\x1b[0m\u202etxt", "redtxt"),
        ("LAL@DAL", "LAL@DAL"),
        ("*all is well* _trust me_ ~not~", "\u2217all is well\u2217 \uff3ftrust me\uff3f \u223cnot\u223c"),
        ("end of our bold* here", "end of our bold\u2217 here"),
        ("failed_processor_queue 2*3", "failed_processor_queue 2*3"),
        ("one\ntwo", "one two"),
    ],
)
def test_nothing_in_a_text_from_outside_is_obeyed_by_slack(hostile: str, harmless: str) -> None:
    assert for_slack(hostile, 200) == harmless


@given(st.text(), st.integers(1, 60))
def test_a_text_for_slack_is_no_longer_than_asked_and_holds_no_bare_mark(text: str, limit: int) -> None:
    found = for_slack(text, limit)
    assert len(found) <= limit
    assert "<" not in found
    assert ">" not in found
    assert found.count("&") == sum(found.count(escape) for escape in ("&amp;", "&lt;", "&gt;"))
