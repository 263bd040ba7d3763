"""The audit's page: findings by check and folder with counts and the worst, the code around each, its age."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from textual.pilot import Pilot

from checks.model import Scope
from checks.policy import Policy
from checks.severity import Severity
from screens.app import CourtsideApp
from screens.detail.audit import AuditPanel, audit_view, groups_of
from screens.detail.code import code_view
from screens.lines import Tone, text_of
from screens.ports import Audit, AuditSpot
from screens.session import Session
from screens.table import Table, Target
from screens.unloaded import Unloaded
from screens.views.options import Options
from tests.screens.looks import rows
from tests.screens.opened import name_of
from tests.screens.stubs import (
    MOMENT,
    PRESENT,
    STREAMED,
    Source,
    StubAuditor,
    drive,
    loaded,
    screen_text,
    session_on,
    until,
)

SCOPE = Scope.at(MOMENT)
LOOK = Unloaded.nothing(SCOPE)
SWALLOWED, STREAMING = "source.silent_exceptions", "source.streaming_inserts"


def spot(place: str, check: str = STREAMING, severity: Severity = Severity.WARNING) -> AuditSpot:
    path, _, line = place.partition(":")
    return replace(
        STREAMED, id=f"{check} {place}", check=check, path=path, line=int(line), severity=severity, sentence="is wrong"
    )


SPOTS = (
    spot("jobs/b.py:9", severity=Severity.ERROR),
    spot("jobs/a.py:2"),
    spot("jobs/a.py:1"),
    spot("main.py:4", SWALLOWED, Severity.CRITICAL),
    spot("jobs/b.py:1", SWALLOWED, Severity.OK),
)
FOUND = Audit("/srv/pipeline", Severity.CRITICAL, "4 findings in 3 files", SPOTS, ("passed by: 3 tests",), at=PRESENT)


def session(known: Audit | None = FOUND, **changes: Any) -> Session:
    auditor = None if known is None else StubAuditor(known)
    return session_on(Source(LOOK), auditor=auditor, **changes)


def page(known: Audit | None = FOUND, *, wanted: str = "", **changes: Any) -> Table:
    return audit_view(session(known, **changes), LOOK, SCOPE, Policy(), Options(118, filter=wanted))


def code(known: Audit, name: str, options: Options | None = None) -> Table:
    return code_view(session(known), name, LOOK, SCOPE, Policy(), options or Options(118))


def head(table: Table) -> str:
    return "\n".join(text_of(line) for line in table.head)


def test_findings_stand_under_their_check_and_folder_with_count_and_worst_the_worst_group_first() -> None:
    assert rows(page()) == [
        "▾ CRITICAL source.silent_exceptions ./  1 finding in 1 file",
        "    CRITICAL main.py:4  is wrong",
        "▾ ERROR    source.streaming_inserts jobs/  3 findings in 2 files",
        "    WARNING  a.py:1  is wrong",
        "    WARNING  a.py:2  is wrong",
        "    ERROR    b.py:9  is wrong",
        "▾ note     source.silent_exceptions jobs/  1 finding in 1 file",
        "    note     b.py:1  is wrong",
    ]


def test_at_80_columns_a_row_shows_the_table_that_rows_are_streamed_into() -> None:
    said = (
        "insert_rows_json writes through the streaming buffer into nba_raw.games, which DML touches too (jobs/merge.py)"
    )
    known = replace(FOUND, spots=(replace(spot("jobs/write_games.py:1207"), sentence=said, about="nba_raw.games"),))
    table = audit_view(session(known), LOOK, SCOPE, Policy(), Options(78))
    assert rows(table)[1].startswith("    WARNING  write_games.py:1207  nba_raw.games  insert_rows_json writes")
    assert audit_view(session(known), LOOK, SCOPE, Policy(), Options(78, filter="nba_raw.games")).count == 2


def test_the_title_shows_neither_a_count_of_rows_nor_the_consoles_moment() -> None:
    many = replace(FOUND, spots=tuple(spot(f"jobs/a.py:{n}") for n in range(1, 200)))

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("A")
        await until(pilot, lambda: name_of(app) == "audit" and panel(app).table.count == 200, "no findings")
        assert text_of(panel(app).line_at(0)).strip("━─ ") == "Audit of the checkout"
        panel(app).set_options(filter="a.py:1")
        assert text_of(panel(app).line_at(0)).rstrip("━─ ").endswith(" /a.py:1")

    drive(CourtsideApp(session_on(Source(LOOK), auditor=StubAuditor(many))), steps)


def test_the_filter_keeps_findings_that_hold_it_and_their_groups() -> None:
    assert rows(page(wanted="JOBS/B.PY")) == [
        "▾ ERROR    source.streaming_inserts jobs/  1 finding in 1 file",
        "    ERROR    b.py:9  is wrong",
        "▾ note     source.silent_exceptions jobs/  1 finding in 1 file",
        "    note     b.py:1  is wrong",
    ]
    assert page(wanted="nowhere").empty == "no finding contains 'nowhere'"


def test_the_head_says_how_the_checkout_stands_and_how_old_that_is() -> None:
    said = head(page(clock=lambda: PRESENT + timedelta(minutes=5)))
    assert said.startswith("CRITICAL 4 findings in 3 files\n/srv/pipeline, audited 5 min ago, ")
    assert "passed by: 3 tests" in said
    assert "auditing" not in said


def test_while_the_first_audit_runs_nothing_is_green() -> None:
    table = page(Audit("/srv/pipeline", Severity.UNKNOWN, is_running=True))
    assert (head(table).strip(), table.count) == ("UNKNOWN  auditing /srv/pipeline …", 0)


def test_while_it_is_audited_again_what_was_known_stays() -> None:
    table = page(replace(FOUND, is_running=True))
    assert "auditing /srv/pipeline again …" in head(table)
    assert table.count == len(rows(page()))


def test_a_checkout_that_cannot_be_audited_says_why_and_what_to_set() -> None:
    assert (
        head(page(Audit("", Severity.UNKNOWN, reason="no checkout: set it"))).strip() == "UNKNOWN  no checkout: set it"
    )


def test_a_console_that_audits_nothing_says_which_command_does() -> None:
    assert page(None).empty == "this console audits nothing: `courtside audit PATH` does"


def test_a_finding_opens_its_code_and_a_group_opens_nothing() -> None:
    table = page()
    assert table.item(0).target is None
    assert table.item(1).target == Target("code", SPOTS[3].id)


def test_the_rows_keep_their_keys_while_findings_come_and_go() -> None:
    before, after = page().keys(), page(replace(FOUND, spots=SPOTS[1:])).keys()
    assert set(after) == set(before) - {SPOTS[0].id}
    assert len(set(before)) == len(before)


def test_a_folded_group_is_its_own_row_with_its_count_and_the_filter_finds_what_is_in_it() -> None:
    keys = page().keys()
    groups = frozenset(key for key in keys if key.startswith("="))
    folded = audit_view(session(), LOOK, SCOPE, Policy(), Options(118), groups)
    assert rows(folded) == [
        "▸ CRITICAL source.silent_exceptions ./  1 finding in 1 file",
        "▸ ERROR    source.streaming_inserts jobs/  3 findings in 2 files",
        "▸ note     source.silent_exceptions jobs/  1 finding in 1 file",
    ]
    found = audit_view(session(), LOOK, SCOPE, Policy(), Options(118, filter="a.py:2", ascii=True), groups)
    assert rows(found) == [
        "- WARNING  source.streaming_inserts jobs/  1 finding in 1 file",
        "    WARNING  a.py:2  is wrong",
    ]


def test_keys_fold_and_unfold_as_in_the_findings_panel_and_what_is_folded_stays_so() -> None:
    auditor = StubAuditor(FOUND)

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        def folded() -> list[bool]:
            return [text.startswith("▸") for text in rows(panel(app).table) if text[0] != " "]

        async def folds(*keys: str, to: list[bool]) -> None:
            await pilot.press(*keys)
            await until(pilot, lambda: folded() == to, f"{keys} leave {folded()}")

        await loaded(app, pilot)
        await pilot.press("A")
        await until(pilot, lambda: name_of(app) == "audit" and folded() == [False] * 3, "no groups")
        await folds("j", "o", to=[True, False, False])
        assert panel(app).cursor == 0, "the cursor leaves what is hidden for its group"
        await folds("l", to=[False, False, False])
        await folds("h", to=[True, False, False])
        await folds("O", to=[False, False, False])
        await folds("O", to=[True, True, True])
        auditor.audit = replace(FOUND, spots=SPOTS[1:])
        panel(app).redraw()
        assert folded() == [True] * 3, "what is folded stays so when it is audited again"

    drive(CourtsideApp(session_on(Source(LOOK), auditor=auditor)), steps)


def test_a_warehouse_that_fails_makes_no_audit_old() -> None:
    source = Source(LOOK)

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("A")
        await until(pilot, lambda: "rows are streamed" in screen_text(app), "no findings")
        panel(app).fail("the warehouse is gone")
        assert "OLD" not in screen_text(app)
        assert "rows are streamed" in screen_text(app)

    drive(CourtsideApp(session_on(source, auditor=StubAuditor())), steps)


def panel(app: CourtsideApp) -> AuditPanel:
    return app.screen.query_one(AuditPanel)


def test_a_thousand_findings_of_one_folder_are_one_group() -> None:
    (group,) = groups_of([spot(f"jobs/a.py:{n}") for n in range(1, 1_001)])
    assert [one.line for one in group.spots] == list(range(1, 1_001))


def test_the_code_stands_behind_its_numbers_with_the_line_marked_and_the_cursor_on_it() -> None:
    table = code(replace(FOUND, spots=(STREAMED,)), STREAMED.id)
    assert rows(table) == ["  2  def save(client, rows):", "> 3      client.insert_rows_json(TABLE, rows)", "  4"]
    assert table.start == table.item(1).key
    assert table.item(1).line[0].tone is Tone.ERROR
    assert head(table).splitlines()[:2] == [
        "ERROR    rows are streamed into nba_raw.games",
        "orchestration/write.py:3 source.streaming_inserts, fingerprint a1",
    ]
    assert "next: load them in a batch" in head(table)


def test_what_is_about_all_of_a_file_marks_no_line() -> None:
    whole = replace(STREAMED, line=0, code=((1, "import os"),))
    table = code(replace(FOUND, spots=(whole,)), whole.id)
    assert rows(table) == ["  1  import os"]
    assert "orchestration/write.py source" in head(table)


def test_code_that_cannot_be_had_and_a_finding_that_is_gone_are_said() -> None:
    unread = replace(STREAMED, code=())
    assert code(replace(FOUND, spots=(unread,)), unread.id).empty == "no code can be shown: the file cannot be read"
    assert code(replace(FOUND, spots=()), "a1").empty.startswith("the last audit found this no more")


def test_a_line_of_a_megabyte_takes_one_row() -> None:
    long = replace(STREAMED, code=((3, "x" * 1_000_000),))
    (row,) = rows(code(replace(FOUND, spots=(long,)), long.id, Options(78)))
    assert len(row) == 78


def test_keys_lead_from_the_audit_to_the_code_and_back_and_refreshing_audits_again() -> None:
    auditor = StubAuditor()

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("A")
        await until(pilot, lambda: "rows are streamed" in screen_text(app), "no findings")
        await pilot.press("j", "enter")
        await until(pilot, lambda: name_of(app) == "code" and "insert_rows_json" in screen_text(app), "no code")
        await pilot.press("R")
        await until(pilot, lambda: auditor.audits == 1, "it is not audited again")
        await pilot.press("escape")
        await until(pilot, lambda: name_of(app) == "audit", "no way back")
        await pilot.press("R")
        await until(pilot, lambda: auditor.audits == 2, "it is not audited again")
        await pilot.press("escape", "R")
        await until(pilot, lambda: name_of(app) == "overview", "no way back")
        assert auditor.audits == 2

    drive(CourtsideApp(session_on(Source(LOOK), auditor=auditor)), steps)
