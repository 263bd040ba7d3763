"""Findings as a table: what stands where, what is folded, and what is said of the row under the cursor."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checks.model import Evidence, Scope, Severity, Suggestion
from checks.policy import Policy
from console.desk import Desk
from screens.lines import text_of
from screens.ports import Look
from screens.table import Table
from screens.views.findings import findings_view, foldable
from screens.views.options import Options
from tests.builders import at
from tests.screens.looks import HOSTILE, all_text, items, rows, widest
from tests.screens.troubles import ENDED, NEW, NOTE, OLD, SCOPE, SILENCE, SMALL, cause, finding, told

WIDTHS = (36, 56, 76, 118, 200)


def shown(look: Look, width: int = 76, *unfolded: str, wanted: str = "", ascii: bool = False) -> Table:
    return findings_view(look, SCOPE, Policy(), Options(width, wanted, ascii=ascii), unfolded)


def test_causes_stand_in_the_order_of_the_report_and_notes_at_the_end() -> None:
    newer = cause("newer", finding("two", Severity.WARNING, at("2026-01-25T15:45")))
    ageless = cause("ageless", finding("three", Severity.WARNING))
    table = shown(told(SILENCE, newer, SMALL, ageless, ENDED, notes=(NOTE,)), 56)
    assert rows(table) == [
        "▸ CRITICAL 52 h 00 min silence is t… 2 signs, explains 3",
        "  WARNING       15 min newer is the cause",
        "  WARNING       30 min small is the cause",
        "  WARNING              ageless is the cause",
        "  over     14 h 25 min ended is the cause",
        "  note                 all is said",
    ]


def test_what_a_cause_explains_is_folded_beneath_it_until_it_is_unfolded() -> None:
    look = told(SILENCE, SMALL)
    assert shown(look).count == 2
    assert rows(shown(look, 76, SILENCE.key)) == [
        "▾ CRITICAL 52 h 00 min silence is the cause              2 signs, explains 3",
        "  └ CRITICAL 52 h 00 min data is wrong",
        "  └ ERROR         30 min BOS@CHI is wrong",
        "  └ ERROR    52 h 00 min MIA@UTA is wrong",
        "  └ WARNING       30 min LAL@DAL is wrong",
        "  WARNING       30 min small is the cause",
    ]


def test_a_narrow_panel_has_short_ages_and_counts() -> None:
    assert rows(shown(told(SILENCE, SMALL), 36)) == [
        "▸ CRITICAL  52h silence is the c… +4",
        "  WARNING   30m small is the cause",
    ]


def test_a_cause_without_anything_beneath_it_has_no_fold() -> None:
    assert foldable((SILENCE, SMALL)) == {SILENCE.key}


def test_the_filter_unfolds_to_what_it_finds() -> None:
    look = told(SILENCE, SMALL, notes=(NOTE,))
    assert [row.strip("▾└ ") for row in rows(shown(look, 76, wanted="mia@"))] == [
        "CRITICAL 52 h 00 min silence is the cause              2 signs, explains 3",
        "ERROR    52 h 00 min MIA@UTA is wrong",
    ]
    assert rows(shown(look, wanted="SAID")) == ["  note                 all is said"]
    assert shown(look, wanted="nothing has this").empty == "no finding matches"


def test_rows_open_their_finding_and_keys_stay_while_ages_change() -> None:
    table = shown(told(SILENCE, notes=(NOTE,)), 76, SILENCE.key)
    opened = [item.target.name for item in items(table) if item.target]
    assert opened == [
        SILENCE.evidence[0].fingerprint,
        SILENCE.evidence[1].fingerprint,
        SILENCE.symptoms[2].fingerprint,
        SILENCE.symptoms[1].fingerprint,
        SILENCE.symptoms[0].fingerprint,
        NOTE.fingerprint,
    ]
    later = replace(SILENCE, sentence="silence is still the cause")
    assert shown(told(later, notes=(NOTE,)), 76, SILENCE.key).keys() == table.keys()


def test_a_cause_without_evidence_is_opened_by_its_key() -> None:
    blind = cause("blind", finding("x"), evidence=(), severity=Severity.UNKNOWN)
    (item,) = items(shown(told(blind)))
    assert item.target is not None
    assert item.target.name == blind.key


def test_of_the_row_under_the_cursor_numbers_fault_names_and_the_next_command_are_said() -> None:
    full = finding(
        "LAL@DAL",
        since=NEW,
        evidence=(Evidence("players lost", 15, "players", "lineage"),),
        names=("doncicluka", "jamesle"),
        suggestions=(Suggestion("courtside trace LAL@DAL", "see each stage"),),
    )
    table = shown(told(cause("silence", finding("controller", since=OLD), explains=(full,))), 118, "key of silence")
    assert table.about is not None
    said = "\n".join(text_of(line) for line in table.about(1, 60))
    assert "ERROR LAL@DAL is wrong" in said
    assert "fault: the data is wrong" in said
    assert "explained by: silence is the cause" in said
    assert "next: courtside trace LAL@DAL (see each stage)" in said
    assert "- players lost: 15 players (lineage)" in said
    assert "names: doncicluka, jamesle" in said
    assert "30 min ago" in said


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("ascii", [False, True])
def test_no_line_is_wider_than_the_panel_and_ascii_mode_has_ascii_only(width: int, ascii: bool) -> None:
    hostile = finding(
        HOSTILE, sentence=HOSTILE, names=(HOSTILE, "Jokić"), evidence=(Evidence(HOSTILE, HOSTILE, "", "f"),)
    )
    look = told(cause("silence", hostile, hostile, sentence=HOSTILE, explains=(hostile,)), SILENCE, notes=(NOTE,))
    table = shown(look, width, "key of silence", ascii=ascii)
    about = [line for number in range(table.count) for line in table.about(number, width)] if table.about else []
    assert widest(table) <= width
    assert max(len(text_of(line)) for line in about) <= width
    said = all_text(table) + "".join(text_of(line) for line in about)
    assert not any(ord(c) < 32 and c != "\n" for c in said)
    assert not {"\x1b", "\u202e"} & set(said)
    if ascii:
        assert said.isascii()


@pytest.mark.parametrize(
    ("moment", "first"),
    [
        ("2026-01-22T18:00", "  ERROR    19 h 00 min 2026-01-21: active catboost_v8 predictions lack 97 o…"),
        ("2026-01-23T06:20", "▸ CRITICAL  2 h 00 min data is arriving but nobody is deciding: no … 2 signs"),
        ("2026-01-25T01:30", "▸ CRITICAL 45 h 10 min data is arriving but nobody is … 2 signs, explains 18"),
        ("2026-01-25T16:00", "▸ ERROR     3 h 08 min the retrier is not running: 1 row is due … explains 1"),
        ("2026-01-26T15:20", "▸ CRITICAL 26 h 28 min the retrier is not running: 1 row is due … explains 1"),
    ],
)
def test_the_week_of_the_outage_has_the_trouble_of_the_hour_on_top(desk: Desk, moment: str, first: str) -> None:
    scope = Scope.at(at(moment))
    table = findings_view(desk.look(scope), scope, Policy(), Options(76))
    assert rows(table)[0] == first


def test_after_the_outage_the_silence_is_history(desk: Desk) -> None:
    scope = Scope.at(at("2026-01-26T15:20"))
    said = rows(findings_view(desk.look(scope), scope, Policy(), Options(118)))
    (over,) = [row for row in said if row.startswith("  over")]
    assert "nobody decided for 45 h 15 min" in over
    assert said.index(over) > max(n for n, row in enumerate(said) if "WARNING" in row)
