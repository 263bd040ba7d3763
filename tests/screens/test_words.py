"""Who has what in hand, on the screens: marked and listed after the others, never hidden, and gates under an operator's word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from checks.catalogue import BY_ID
from checks.cause_rules import incident_name
from checks.facts.acknowledgements import ACKNOWLEDGEMENTS, Acknowledgement
from checks.facts.catalogue import ALL_FACTS, WORDS
from checks.facts.fact import Fact, Facts
from checks.facts.gate_overrides import GATE_OVERRIDES, GateOverride
from checks.hushes import incident_fingerprint
from checks.loading import Loaded
from checks.model import FactOutcome, Scope
from checks.policy import Policy
from console.desk import Desk
from console.look import Look
from console.watching.blind import blind_report
from screens.detail.date import DATE_CHECKS, date_view
from screens.detail.finding import finding_view
from screens.detail.gates import gates_view
from screens.lines import text_of
from screens.unloaded import Unloaded
from screens.views.findings import findings_view
from screens.views.options import Options
from screens.words import hushes_of
from tests.builders import at, scope_at
from tests.screens.looks import rows

MOMENT = "2026-01-25T18:00"
SCOPE = scope_at(MOMENT)
DAY = date(2026, 1, 24)


def with_rows(look: Look, fact: Fact[Any], added: Sequence[object]) -> Look:
    """Return a look in which a fact of words has these rows."""
    others = [known for known in (*ALL_FACTS, *WORDS) if known != fact and not look.reason(known)]
    facts = Facts.of(look.report.scope, *((known, look.rows(known)) for known in others), (fact, added))
    outcomes = tuple(outcome for outcome in look.loaded.outcomes if outcome.fact != fact.name)
    return Look(look.report, Loaded(facts, (*outcomes, FactOutcome(fact.name, len(added), 0.0))), look.sql)


def said(fingerprint: str, event: str = "acknowledged", by: str = "ann", reason: str = "on it") -> Acknowledgement:
    return Acknowledgement("a", fingerprint, event, reason, by, at("2026-01-25T17:30"), at("2026-01-25T18:30"))


@pytest.fixture
def week(desk: Desk) -> Look:
    return desk.look(SCOPE)


def shown(look: Look, width: int = 118, unfolded: Sequence[str] = ()) -> list[str]:
    return rows(findings_view(look, SCOPE, Policy(), Options(width), unfolded))


def test_the_worst_cause_that_somebody_has_in_hand_is_marked_and_listed_after_the_others(week: Look) -> None:
    before = shown(week)
    worst = week.report.causes[0]
    after = shown(with_rows(week, ACKNOWLEDGEMENTS, [said(worst.evidence[0].fingerprint)]))
    assert len(after) == len(before)
    going_on = sum(cause.until is None for cause in week.report.causes)
    assert f"ack ann: {worst.sentence[:30]}" in after[going_on - 1]
    assert after[: going_on - 1] == before[1:going_on]
    assert "CRITICAL" in after[going_on - 1]


def test_the_verdict_is_the_same_whatever_anybody_has_in_hand(week: Look) -> None:
    quiet = with_rows(week, ACKNOWLEDGEMENTS, [said(finding.fingerprint) for finding in week.report.findings])
    assert quiet.report.verdict == week.report.verdict


def test_what_cannot_be_seen_is_never_marked_as_in_hand(week: Look) -> None:
    quiet = with_rows(week, ACKNOWLEDGEMENTS, [said(finding.fingerprint) for finding in week.report.findings])
    assert [line for line in shown(quiet) if "UNKNOWN" in line and "ack" in line] == []


def test_a_finding_beneath_a_cause_is_marked_by_itself(week: Look) -> None:
    cause = next(cause for cause in week.report.causes if len(cause.evidence) > 1)
    second = cause.evidence[1].fingerprint
    look = with_rows(week, ACKNOWLEDGEMENTS, [said(second, "silenced")])
    (line,) = [line for line in shown(look, unfolded=[cause.key]) if "silent ann: " in line]
    assert line.lstrip().startswith("└")


def test_beside_the_list_and_on_its_page_a_finding_says_who_until_when_and_why(week: Look) -> None:
    finding = week.report.causes[0].evidence[0]
    look = with_rows(week, ACKNOWLEDGEMENTS, [said(finding.fingerprint, "silenced")])
    wanted = "silenced by ann until Sun 25 Jan 13:30 EST (2026-01-25T18:30Z): on it"
    table = findings_view(look, SCOPE, Policy(), Options(118))
    going_on = sum(cause.until is None for cause in look.report.causes)
    assert table.about is not None
    assert wanted in " ".join(text_of(line).strip() for line in table.about(going_on - 1, 118))
    page = finding_view(finding.fingerprint, (), look, SCOPE, Policy(), Options(118))
    assert wanted in " ".join(line.strip() for line in rows(page))


def test_the_page_of_each_sign_of_an_incident_says_who_has_the_whole_in_hand(week: Look) -> None:
    cause = next(cause for cause in week.report.causes if len(cause.evidence) > 1 and cause.until is None)
    look = with_rows(week, ACKNOWLEDGEMENTS, [said(incident_fingerprint(incident_name(cause)))])
    for finding in cause.evidence:
        page = finding_view(finding.fingerprint, (), look, SCOPE, Policy(), Options(118))
        assert ("acknowledged by ann until" in " ".join(rows(page))) == finding.is_active


def test_what_cannot_be_seen_is_marked_once_somebody_has_taken_its_incident_in_hand(week: Look) -> None:
    blind = blind_report(SCOPE, [result.check for result in week.report.results], "no answer")
    look = with_rows(Look(blind, week.loaded, week.sql), ACKNOWLEDGEMENTS, [said(incident_fingerprint("blind"))])
    assert "ack ann: " in shown(look)[0]
    page = finding_view("blind:no answer", (), look, SCOPE, Policy(), Options(118))
    assert "acknowledged by ann until" in " ".join(rows(page))


@pytest.mark.parametrize("width", [36, 56, 76, 118])
def test_a_hostile_name_neither_breaks_a_line_nor_reaches_the_terminal(week: Look, width: int) -> None:
    hostile = said(week.report.causes[0].evidence[0].fingerprint, by="\x1b[2J\u202eann" + "A" * 500)
    found = shown(with_rows(week, ACKNOWLEDGEMENTS, [hostile]), width)
    assert max(map(len, found)) <= width
    assert not any("\x1b" in line or "\u202e" in line for line in found)


def test_a_look_without_the_words_shows_all_as_if_nobody_had_said_anything(desk: Desk, week: Look) -> None:
    ids = [result.check for result in week.report.results]
    alone = desk.look(SCOPE, ids)
    assert hushes_of(alone).unread
    assert not hushes_of(week).unread
    assert shown(alone) == shown(week)
    assert set(ids) <= set(BY_ID)


def unread(look: Look, fact: Fact[Any]) -> Look:
    """Return a look whose words of one kind did not come."""
    outcomes = (outcome for outcome in look.loaded.outcomes if outcome.fact != fact.name)
    missing = FactOutcome(fact.name, 0, 0.0, "no answer within 15 s")
    return Look(look.report, Loaded(look.loaded.facts, (*outcomes, missing)), look.sql)


@pytest.mark.parametrize("width", [36, 118])
def test_where_words_about_findings_cannot_be_read_the_panel_says_so_in_a_line_of_its_own(
    week: Look, width: int
) -> None:
    silent = unread(week, ACKNOWLEDGEMENTS)
    table = findings_view(silent, SCOPE, Policy(), Options(width))
    (line,) = [text_of(line) for line in table.head]
    assert line.startswith("who has what in hand is not known")
    assert len(line) <= width
    assert shown(silent, width) == shown(week, width)
    assert findings_view(week, SCOPE, Policy(), Options(width)).head == ()


def test_before_anything_was_loaded_the_panel_does_not_complain_that_it_knows_nobody(week: Look) -> None:
    assert findings_view(Unloaded(week.report), SCOPE, Policy(), Options(118)).head == ()


def test_where_words_about_findings_cannot_be_read_a_findings_page_says_so_and_why(week: Look) -> None:
    name = week.report.causes[0].evidence[0].fingerprint
    says = "who has what in hand is not known: no answer within 15 s"
    page = finding_view(name, (), unread(week, ACKNOWLEDGEMENTS), SCOPE, Policy(), Options(118))
    assert rows(page)[0] == says
    assert says not in rows(finding_view(name, (), week, SCOPE, Policy(), Options(118)))


def test_the_gates_of_a_date_stand_under_the_operators_word(desk: Desk) -> None:
    scope = Scope.at(at(MOMENT), last=DAY, days=1)
    hold = GateOverride("o", DAY, "phase2_to_phase3", "hold", "wait", "ann", at(MOMENT), at("2026-01-25T19:00"))
    wanted = "held by ann until Sun 25 Jan 14:00 EST (2026-01-25T19:00Z): wait"
    for view, ids in ((gates_view, ("reconcile.games", "quality.features")), (date_view, DATE_CHECKS)):
        look = desk.look(scope, ids)
        assert not look.reason(GATE_OVERRIDES)
        assert wanted not in "\n".join(rows(view(look, scope, Policy(), Options(150))))
        held = with_rows(look, GATE_OVERRIDES, [hold])
        assert wanted in "\n".join(rows(view(held, scope, Policy(), Options(150))))


def test_where_words_about_gates_cannot_be_read_gates_and_dates_say_so_and_why(week: Look) -> None:
    look = unread(week, GATE_OVERRIDES)
    says = "whether somebody holds a gate is not known: no answer within 15 s"
    assert says in " ".join(rows(gates_view(look, SCOPE, Policy(), Options(118))))
    assert says in " ".join(rows(date_view(look, SCOPE, Policy(), Options(118))))
    assert "is not known" not in " ".join(
        rows(gates_view(with_rows(week, GATE_OVERRIDES, []), SCOPE, Policy(), Options(118)))
    )
