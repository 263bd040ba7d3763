"""A finding's page: evidence, the question behind each number, what explains it, and its history."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.model import Finding, Scope, Severity
from checks.policy import Policy
from console.desk import Desk
from screens.detail.finding import finding_spec, finding_view
from screens.lines import text_of
from screens.ports import Look, Sighting
from screens.table import Table, Target
from screens.text.sql import sql_lines
from screens.views.options import Options
from tests.builders import at
from tests.screens.looks import HOSTILE, all_text, items, rows, widest
from tests.screens.sessions import Recollection, session_with
from tests.screens.troubles import SILENCE, cause, finding, told

WIDTHS = (36, 56, 76, 118, 200)


def page(name: str, look: Look, width: int = 76, *seen: Sighting, wanted: str = "", ascii: bool = False) -> Table:
    return finding_view(name, seen, look, look.report.scope, Policy(), Options(width, wanted, ascii=ascii))


@pytest.fixture(scope="module")
def silent(desk: Desk) -> Look:
    return desk.look(Scope.at(at("2026-01-25T01:30")))


def lead(look: Look) -> Finding:
    return look.report.causes[0].evidence[0]


def test_it_begins_with_the_sentence_since_when_and_whose_fault_it_is(silent: Look) -> None:
    said = rows(page(lead(silent).fingerprint, silent))
    assert said[0] == "CRITICAL nobody has decided for 45 h 10 min: the last workflow decision was"
    start = said.index("  since Thu 22 Jan 23:20 EST (2026-01-23T04:20Z), 45 h 10 min ago")
    assert said[start + 1 : start + 5] == [
        f"  orchestration.gap, about master controller, fingerprint {lead(silent).fingerprint}",
        "  fault: the pipeline did not do its work",
        "  a sign of: data is arriving but nobody is deciding: no workflow decision",
        "    for 45 h 10 min, while 7 tables were written",
    ]


def test_every_number_names_its_fact_and_every_fact_shows_its_query_and_parameters(silent: Look) -> None:
    said = rows(page(lead(silent).fingerprint, silent))
    assert "evidence" in said
    for fact in dict.fromkeys(item.fact for item in lead(silent).evidence):
        assert any(row.endswith(f"({fact})") for row in said)
        assert any(row.startswith(f"query of {fact}  ") and " rows in " in row for row in said)
    assert any(row.startswith("  as_of = 2026-01-25T01:30Z, first = 2026-01-2") for row in said)
    assert "  WHERE" in said


def test_names_and_commands_are_complete(silent: Look) -> None:
    said = " ".join(rows(page(lead(silent).fingerprint, silent)))
    assert all(name in said for name in lead(silent).names)
    assert all(suggestion.command in said for suggestion in lead(silent).suggestions)


def test_the_lead_of_a_cause_lists_what_it_explains_and_each_row_opens_it(silent: Look) -> None:
    table = page(lead(silent).fingerprint, silent, 118)
    symptoms = silent.report.causes[0].symptoms
    assert f"explains: {len(symptoms)}" in rows(table)
    opened = [item.target.name for item in items(table) if item.target]
    assert set(opened) >= {symptom.fingerprint for symptom in symptoms}


def test_a_symptom_says_which_cause_explains_it_and_opens_that() -> None:
    symptom = SILENCE.symptoms[0]
    look = told(SILENCE, notes=(symptom,))
    table = page(symptom.fingerprint, look)
    (explained,) = [item for item in items(table) if "explained by" in text_of(item.line)]
    assert "explained by: silence is the cause" in text_of(explained.line)
    assert explained.target is not None
    assert explained.target.name == SILENCE.evidence[0].fingerprint


def test_a_cause_without_evidence_is_shown_by_its_key() -> None:
    blind = cause("blind", finding("x"), evidence=(), severity=Severity.UNKNOWN, sentence="nothing can be seen")
    assert rows(page(blind.key, told(blind)))[0] == "UNKNOWN nothing can be seen"


def test_a_finding_that_is_gone_says_so_and_keeps_its_history() -> None:
    seen = Sighting("abc", "x.y", "it was", "ERROR", at("2026-01-23T04:20"), at("2026-01-24T10:00"), None)
    said = rows(page("abc", told(), 118, seen))
    assert said[0].startswith("the finding abc is not in the report of Sun 25 Jan 11:00 EST (2026-01-25T16:00Z)")
    assert said[-2:] == [
        "  ERROR at worst, from Thu 22 Jan 23:20 EST (2026-01-23T04:20Z) to Sat 24 Jan 05:00 EST (2026-01-24T10:00Z), not seen",
        "    to end",
    ]


def test_a_finding_seen_for_the_first_time_says_so() -> None:
    assert rows(page("abc", told()))[-2:] == ["seen by this console", "  never before"]


def test_before_anything_is_loaded_the_queries_are_not_known() -> None:
    from checks.model import Evidence

    one = finding("LAL@DAL", evidence=(Evidence("lost", 3, "players", "lineage"),))
    said = rows(page(one.fingerprint, told(cause("one", one), notes=(one,))))
    assert said[-5:-3] == ["query of lineage", "  not known: nothing was asked yet"]


def test_the_history_is_asked_for_once_when_the_page_is_opened(tmp_path: Path) -> None:
    memory = Recollection()
    spec = finding_spec(Target("finding", "abc"), session_with(tmp_path, memory))
    for width in WIDTHS:
        spec.view(told(), SILENCE_SCOPE, Policy(), Options(width))
    assert memory.asked == 1
    assert (spec.checks, spec.cadence) == ((), 0.0)


SILENCE_SCOPE = Scope.at(at("2026-01-25T16:00"))


def test_the_filter_keeps_the_lines_that_hold_it(silent: Look) -> None:
    said = rows(page(lead(silent).fingerprint, silent, wanted="COURTSIDE"))
    assert said
    assert all("courtside" in row for row in said)


def test_sql_keeps_its_lines_and_a_long_one_goes_on_in_the_next() -> None:
    lines = [text_of(line) for line in sql_lines("SELECT a,\n\tb\n\nFROM t -- the end of a long line", 14)]
    assert lines == ["  SELECT a,", "      b", "  ", "  FROM t -- th", "  e end of a l", "  ong line"]


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_wider_than_the_screen(silent: Look, width: int) -> None:
    for found in silent.report.findings[:12]:
        assert widest(page(found.fingerprint, silent, width)) <= width


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("ascii", [False, True])
def test_hostile_text_is_cleaned(width: int, ascii: bool) -> None:
    one = finding("x", sentence=HOSTILE + "\nbadć" * 100_000, names=(HOSTILE,))
    seen = Sighting("abc", "x.y", HOSTILE, HOSTILE, at("2026-01-23T04:20"), at("2026-01-24T10:00"), None)
    table = page(one.fingerprint, told(cause("c", one), notes=(one,)), width, seen, ascii=ascii)
    said = all_text(table)
    assert widest(table) <= width
    assert not any(ord(c) < 32 and c != "\n" for c in said)
    assert not {"\x1b", "\u202e"} & set(said)
    assert said.isascii() or not ascii
