"""`courtside ack` and `courtside silence`: planned, done, shared through the warehouse, and never more than a mark."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from tests.builders import at
from tests.cli.conftest import Courtside
from tests.cli.words import NOW, Operator

CHECK = "reconcile.inflated"
SHOWN = "orchestration.masked_outage"
"""The check whose sentence names a silence of the controller, beside `orchestration.gap`, which is as bad."""
TABLE = "nba_orchestration.console_acknowledgements"
IN_AN_HOUR = "until Sun 25 Jan 14:00 EST (2026-01-25T19:00Z)"


@pytest.fixture
def ann(courtside: Courtside, demo_file: Path, tmp_path: Path) -> Operator:
    return Operator(courtside, Path(shutil.copy(demo_file, tmp_path / "week.duckdb")))


@pytest.fixture
def finding(ann: Operator) -> str:
    """The fingerprint of the first finding of the check that is going on."""
    found = ann.document("check", CHECK)["findings"]
    return str(next(item["fingerprint"] for item in found if item["severity"] != "ok" and item["until"] is None))


def by(ann: Operator) -> str:
    """Return the name that this process acts under."""
    ((name,),) = ann.said(f"SELECT DISTINCT acknowledged_by FROM {TABLE}")
    return str(name)


def hush_of(ann: Operator, finding: str, *words: str) -> object:
    found = ann.document("check", CHECK, *words)["findings"]
    return next(item["hush"] for item in found if item["fingerprint"] == finding)


def test_by_default_it_is_planned_for_60_minutes_and_nothing_is_said(ann: Operator, finding: str) -> None:
    planned = ann("ack", finding)
    assert planned.status == 0
    assert f"acknowledged {IN_AN_HOUR}" in planned.out
    assert ann.said(f"SELECT * FROM {TABLE}") == []
    assert hush_of(ann, finding) is None


def test_applied_it_is_in_the_warehouse_and_stands_beneath_the_finding_until_it_ends(
    ann: Operator, finding: str
) -> None:
    before = ann("check", CHECK)
    assert ann("ack", finding, "--reason", "on it", "--apply").status == 0
    said = f"acknowledged by {by(ann)} {IN_AN_HOUR}: on it"
    after = ann("check", CHECK)
    assert said in after.out
    assert [line for line in after.lines if said not in line] == before.lines
    assert after.status == before.status != 0
    assert hush_of(ann, finding) == {
        "kind": "acknowledged",
        "by": by(ann),
        "until": "2026-01-25T19:00:20Z",
        "reason": "on it",
    }
    ann.now = NOW + timedelta(minutes=61)
    assert hush_of(ann, finding) is None


def test_at_shows_what_was_said_then(ann: Operator, finding: str) -> None:
    ann("ack", finding, "--apply")
    assert hush_of(ann, finding, "--at", "2026-01-25T17:59Z") is None
    assert hush_of(ann, finding, "--at", "2026-01-25T18:00Z") is not None
    assert hush_of(ann, finding, "--at", "2026-01-25T19:01Z") is None


def test_a_check_id_means_all_its_findings_that_are_going_on(ann: Operator) -> None:
    lasting = [
        item["fingerprint"]
        for item in ann.document("check", CHECK)["findings"]
        if item["severity"] != "ok" and item["until"] is None
    ]
    ann("ack", CHECK, "--apply")
    assert sorted(ann.said(f"SELECT fingerprint FROM {TABLE}")) == sorted((item,) for item in lasting)


def test_what_is_acknowledged_already_is_refused_with_by_whom_and_until_when(ann: Operator, finding: str) -> None:
    ann("ack", finding, "--apply")
    again = ann("ack", finding, "--apply")
    assert again.status == 1
    assert f"already acknowledged by {by(ann)} {IN_AN_HOUR}" in again.out
    assert len(ann.said(f"SELECT * FROM {TABLE}")) == 1


def test_a_silence_may_follow_an_acknowledgement_and_replaces_it(ann: Operator, finding: str) -> None:
    ann("ack", finding, "--apply")
    ann.now += timedelta(minutes=1)
    assert ann("silence", finding, "--reason", "known", "--for", "2h", "--apply").status == 0
    assert f"silenced by {by(ann)} until Sun 25 Jan 15:01 EST (2026-01-25T20:01Z): known" in ann("check", CHECK).out


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("silence", "--for", "2h"), "a reason is required to silence"),
        (("silence", "--reason", "x"), "when it ends is missing: say for how long, at most 24 h"),
        (("silence", "--reason", "x", "--for", "24h1m"), "more than 24 h away"),
        (("ack", "--for", "2d"), "more than 24 h away"),
        (("silence", "--reason", "x", "--until", "2026-01-25T17:00Z"), "it would have ended already"),
        (("ack", "--withdraw"), "nobody has acknowledged or silenced it"),
    ],
)
def test_what_may_not_be_said_is_refused_with_the_reason(
    ann: Operator, finding: str, words: tuple[str, ...], why: str
) -> None:
    command, *options = words
    refused = ann(command, finding, *options, "--apply")
    assert refused.status == 1
    assert why in refused.out
    assert ann.said(f"SELECT * FROM {TABLE}") == []


def test_a_silence_of_24_hours_is_the_longest(ann: Operator, finding: str) -> None:
    assert ann("silence", finding, "--reason", "known", "--for", "24h", "--apply").status == 0


def test_withdrawn_it_is_as_if_nobody_had_said_anything(ann: Operator, finding: str) -> None:
    ann("ack", finding, "--apply")
    ann.now += timedelta(minutes=1)
    assert ann("ack", finding, "--withdraw", "--apply").status == 0
    assert hush_of(ann, finding) is None
    assert [event for (event,) in ann.said(f"SELECT event FROM {TABLE} ORDER BY acknowledged_at")] == [
        "acknowledged",
        "withdrawn",
    ]


def test_a_finding_that_there_is_none_of_is_refused(ann: Operator) -> None:
    refused = ann("ack", "0123456789ab")
    assert (refused.status, "the report has no such finding" in refused.out) == (1, True)
    assert "say which findings" in ann("ack").err
    assert "--for and --until say the same" in ann("ack", "x", "--for", "1h", "--until", "2026-01-25T20:00Z").err
    assert "is not a length of time" in ann("ack", "x", "--for", "soon").err


def test_a_finding_that_is_over_is_refused(ann: Operator) -> None:
    over = [
        item for item in ann.document("check")["findings"] if item["until"] is not None and item["severity"] != "ok"
    ]
    refused = ann("ack", over[0]["fingerprint"])
    assert (refused.status, "it is not going on: over since" in refused.out) == (1, True)


def test_the_whole_report_and_the_diagnosis_show_who_has_a_cause_in_hand_and_say_the_same_as_before(
    ann: Operator,
) -> None:
    report = ann.document("check")
    cause = next(item for item in report["causes"] if item["until"] is None and item["evidence"])
    before = ann("check"), ann("diagnose")
    ann("ack", cause["evidence"][0], "--apply")
    after = ann("check"), ann("diagnose")
    for earlier, later in zip(before, after, strict=True):
        marks = [line for line in later.lines if "acknowledged by" in line]
        assert len(marks) >= 1
        assert (later.status, later.lines[0]) == (earlier.status, earlier.lines[0])
    assert [line for line in after[0].lines if "acknowledged by" not in line] == before[0].lines


def test_a_warehouse_without_the_table_has_the_same_report_with_a_note_and_nothing_can_be_said(
    ann: Operator, finding: str
) -> None:
    before = ann.document("check")
    ann.drop("console_acknowledgements")
    after = ann.document("check")
    assert after["hushes_unread"].endswith("`courtside schema apply` creates it")
    assert before["hushes_unread"] == ""
    assert {key: after[key] for key in ("verdict", "exit_status", "causes", "findings", "checks")} == {
        key: before[key] for key in ("verdict", "exit_status", "causes", "findings", "checks")
    }
    assert [item["fact"] for item in after["facts"]] == [item["fact"] for item in before["facts"]]
    assert "note     acknowledgements: " in ann("check").out
    refused = ann("ack", finding, "--apply")
    assert (refused.status, "console_acknowledgements does not exist" in refused.err) == (3, True)


def test_whoever_acknowledges_what_the_incident_shows_has_it_in_hand(ann: Operator) -> None:
    ann.now = at("2026-01-23T06:20")
    ann("watch", "--once")
    ann.now += timedelta(minutes=6)
    assert "with that the incident controller_silent is in hand" in ann("ack", SHOWN, "--apply").out
    ann.now += timedelta(minutes=9)
    (cause,) = [item for item in ann.document("check")["causes"] if item["name"] == "controller_silent"]
    assert cause["hush"]["kind"] == "acknowledged"
    ann("watch", "--once")
    (incident,) = [item for item in ann.document("incidents")["incidents"] if "controller_silent" in item["key"]]
    assert incident["state"] == "acknowledged"


def test_an_incident_is_acknowledged_and_silenced_by_the_name_that_its_page_shows(ann: Operator) -> None:
    ann.drop("workflow_decisions")
    for _ in range(2):
        ann("watch", "--once")
        ann.now += timedelta(minutes=15)
    assert "blind · open" in ann("incidents").out
    assert ann("ack", "blind", "--reason", "on it", "--apply").status == 0
    ann("watch", "--once")
    assert "blind · acknowledged · acknowledged by " in ann("incidents").out
    assert "acknowledged by" in ann("check").out
    ann.now += timedelta(minutes=1)
    assert ann("silence", "blind", "--reason", "known", "--for", "2h", "--apply").status == 0
    assert [row for (row,) in ann.said(f"SELECT DISTINCT fingerprint FROM {TABLE}")] == ["incident:blind"]


def test_an_incident_that_no_report_shows_any_more_is_known_from_the_journal_for_as_long_as_it_lasts(
    ann: Operator,
) -> None:
    rename = "ALTER TABLE nba_orchestration.{} RENAME TO {}"
    with duckdb.connect(str(ann.file)) as connection:
        connection.execute(rename.format("workflow_decisions", "away"))
    for _ in range(2):
        ann("watch", "--once")
        ann.now += timedelta(minutes=15)
    with duckdb.connect(str(ann.file)) as connection:
        connection.execute(rename.format("away", "workflow_decisions"))
    planned = ann("ack", "blind")
    assert planned.status == 0
    assert "the incident as a whole: we cannot see: " in planned.out
    assert "no incident that lasts is called so" in ann("ack", "blind:workers").out


def test_a_check_that_cannot_be_evaluated_says_where_the_incident_of_that_stands(ann: Operator) -> None:
    with duckdb.connect(str(ann.file)) as connection:
        connection.execute("DELETE FROM nba_orchestration.workflow_decisions")
    refused = ann("ack", "orchestration.gap")
    assert refused.status == 3
    assert "orchestration.gap could not be evaluated, so it has no finding" in refused.err
    assert "an incident, which `courtside incidents` names" in refused.err


def test_what_a_colleague_wrote_cannot_move_the_terminal(ann: Operator, finding: str) -> None:
    ann("ack", finding, "--reason", "\x1b[2Jgone\u202e", "--apply")
    shown = ann("check", CHECK).out
    assert "gone" in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_on_the_demo_it_can_be_planned_and_not_done(courtside: Courtside) -> None:
    found = courtside("check", "--json").document["findings"]
    lasting = next(item["fingerprint"] for item in found if item["until"] is None and item["severity"] != "ok")
    assert courtside("ack", lasting).status == 0
    assert courtside("ack", lasting, "--apply").status == 3
