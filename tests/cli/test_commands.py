"""Every command, on the real demo warehouse."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from checks.model import Severity
from console.cli.command import exit_status
from console.warehouse.demo import PROVENANCE
from tests.builders import at
from tests.cli.conftest import Courtside

COMMANDS = (
    (),
    ("demo",),
    ("check",),
    ("check", "--list"),
    ("check", "orchestration.gap", "reconcile.inflated"),
    ("check", "--only", "critical"),
    ("gaps",),
    ("transitions", "--days", "7"),
    ("reconcile", "--date", "2026-01-24", "--detailed"),
    ("diagnose", "--issue", "controller"),
    ("queue", "list"),
    ("gate", "phase2_to_phase3", "--date", "2026-01-23"),
    ("schema", "show"),
    ("doctor",),
    ("trace", "GSW@MIN"),
)


def instants(value: Any) -> list[str]:
    """Return every text in a document that looks like an instant."""
    if isinstance(value, dict):
        return [found for item in value.values() for found in instants(item)]
    if isinstance(value, list):
        return [found for item in value for found in instants(item)]
    return [value] if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT[0-9:.]*.*", value) else []


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_json_is_one_valid_document_with_the_same_exit_status_as_the_text(
    courtside: Courtside, arguments: tuple[str, ...]
) -> None:
    text, found = courtside(*arguments), courtside(*arguments, "--json")
    assert found.status == text.status
    assert found.err == text.err == ""
    document = found.document
    assert list(document)[:2] == ["schema", "command"]
    assert document["schema"] == "courtside/1"
    assert document.get("exit_status", 0) == found.status
    if "scope" in document:
        assert document["scope"]["as_of"].endswith("Z")
    for instant in instants({key: item for key, item in document.items() if key != "findings"}):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", instant), instant


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_text_without_a_terminal_has_no_escape_sequence_and_fits_80_columns(
    courtside: Courtside, arguments: tuple[str, ...]
) -> None:
    result = courtside(*arguments)
    assert "\x1b" not in result.out
    if arguments[:1] != ("schema",):
        assert max(map(len, result.lines)) <= 80


def test_the_exit_statuses_are_those_of_the_nagios_convention() -> None:
    assert [exit_status(severity) for severity in (Severity.OK, Severity.WARNING, Severity.ERROR)] == [0, 1, 1]
    assert [exit_status(severity) for severity in (Severity.CRITICAL, Severity.UNKNOWN)] == [2, 3]


@pytest.mark.parametrize(
    ("moment", "status"), [("2026-01-23T05:34Z", 0), ("2026-01-23T05:35Z", 1), ("2026-01-23T06:20Z", 2)]
)
def test_the_silence_of_january_moves_the_exit_status_at_its_minute(
    courtside: Courtside, moment: str, status: int
) -> None:
    assert courtside("check", "orchestration.gap", "--at", moment).status == status


def test_check_counts_only_what_is_going_on_and_gaps_counts_its_whole_window(courtside: Courtside) -> None:
    afterwards = ("--at", "2026-01-25T15:30Z")
    assert courtside("check", "orchestration.gap", *afterwards).status == 0
    gaps = courtside("gaps", *afterwards, "--json")
    assert gaps.status == 2
    assert gaps.document["gaps"] == [
        {"start": "2026-01-23T04:20:00Z", "end": "2026-01-25T01:35:00Z", "minutes": 2715, "severity": "critical"}
    ]
    assert courtside("gaps", "--hours", "6", "--at", "2026-01-25T15:30Z", "--json").document["gaps"] == []


def test_the_threshold_of_gaps_decides_what_a_gap_is(courtside: Courtside) -> None:
    quiet = ("--at", "2026-01-22T20:30Z", "--json")
    assert courtside("gaps", *quiet).document["gaps"] == []
    assert len(courtside("gaps", "--threshold-minutes", "20", *quiet).document["gaps"]) > 10


def test_gaps_names_the_three_workflows_that_never_decide(courtside: Courtside) -> None:
    text = courtside("gaps").out
    assert all(f"bdl_catchup_{when}" in text for when in ("midday", "afternoon", "evening"))


def test_without_a_moment_the_demo_opens_at_its_own_and_says_so(courtside: Courtside) -> None:
    result = courtside("check")
    said = " ".join(" ".join(result.lines[:8]).split())
    assert "as of Sat 24 Jan 20:30 EST (2026-01-25T01:30Z)" in said
    assert "no warehouse is configured, so this is the demo" in said
    assert "--at shows another" in said


def test_a_demo_that_was_asked_for_is_not_excused(courtside: Courtside) -> None:
    assert "no warehouse is configured" not in courtside("check", "--warehouse", "demo").out
    assert "no warehouse is configured" not in courtside("demo").out


def test_on_another_warehouse_the_moment_is_the_clocks(courtside: Courtside, demo_file: Path) -> None:
    arguments = ("check", "--warehouse", str(demo_file), "--json")
    scope = courtside(*arguments, now=at("2026-01-24T12:34")).document["scope"]
    assert (scope["as_of"], scope["assumed"]) == ("2026-01-24T12:34:00Z", "")
    assert (scope["first"], scope["last"]) == ("2026-01-23", "2026-01-24")


def test_the_demo_shows_its_week_up_to_the_moment_and_says_what_is_reconstructed(courtside: Courtside) -> None:
    document = courtside("demo", "--json").document
    assert (document["scope"]["first"], document["scope"]["last"]) == ("2026-01-19", "2026-01-24")
    assert document["provenance"] == PROVENANCE
    assert PROVENANCE in " ".join(courtside("demo").out.split())
    early = courtside("demo", "--at", "2026-01-20T12:00Z", "--json").document["scope"]
    assert (early["first"], early["last"]) == ("2026-01-19", "2026-01-20")


def test_a_date_narrows_the_check_to_that_date(courtside: Courtside) -> None:
    scope = courtside("check", "--date", "2026-01-22", "--json").document["scope"]
    assert (scope["first"], scope["last"]) == ("2026-01-22", "2026-01-22")
    scope = courtside("check", "--date", "2026-01-22", "--days", "3", "--json").document["scope"]
    assert (scope["first"], scope["last"]) == ("2026-01-20", "2026-01-22")


def test_only_hides_what_is_milder_and_leaves_verdict_and_exit_status(courtside: Courtside) -> None:
    whole, only = courtside("check", "--json"), courtside("check", "--only", "critical", "--json")
    assert only.status == whole.status
    assert only.document["verdict"] == whole.document["verdict"]
    assert {finding["severity"] for finding in only.document["findings"]} == {"critical"}
    assert len(only.document["findings"]) < len(whole.document["findings"])


def test_every_fingerprint_that_a_cause_names_is_a_finding_of_the_document(courtside: Courtside) -> None:
    document = courtside("check", "--json").document
    known = {finding["fingerprint"] for finding in document["findings"]}
    assert {f for cause in document["causes"] for f in (*cause["evidence"], *cause["symptoms"])} <= known


def test_common_options_may_stand_before_the_command(courtside: Courtside, demo_file: Path) -> None:
    result = courtside("--json", "--warehouse", str(demo_file), "queue", "list", "--at", "2026-01-25T13:22Z")
    assert result.document["scope"]["warehouse"] == str(demo_file)


def test_colours_need_a_terminal_and_the_users_leave(courtside: Courtside) -> None:
    assert "\x1b[" in courtside("check", is_terminal=True).out
    assert "\x1b[" not in courtside("check", "--no-color", is_terminal=True).out
    assert "\x1b[" not in courtside("check", is_terminal=True, env={"NO_COLOR": "1"}).out
    assert "\x1b[" not in courtside("check", is_terminal=True, env={"TERM": "dumb"}).out
    assert "\x1b[" in courtside("check", env={"COURTSIDE_COLOR": "always"}).out


def test_diagnose_names_one_cause_with_its_evidence_and_what_it_explains(courtside: Courtside) -> None:
    result = courtside("diagnose", "--issue", "controller", "--json")
    causes = [cause for cause in result.document["causes"] if cause["name"] == "controller_silent"]
    assert len(causes) == 1
    assert causes[0]["symptoms"]
    assert result.status == 2


def test_a_diagnosis_of_what_nobody_can_see_is_never_ok(courtside: Courtside, tmp_path: Path, demo_file: Path) -> None:
    import duckdb  # only this test breaks a table

    path = tmp_path / "blind.duckdb"
    path.write_bytes(demo_file.read_bytes())
    with duckdb.connect(str(path)) as connection:
        connection.execute("DROP TABLE nba_orchestration.failed_processor_queue")
    result = courtside("diagnose", "--issue", "retrier", "--warehouse", str(path), "--at", "2026-01-25T13:22Z")
    assert result.status == 3
    assert "failed_processor_queue" in result.out


def test_the_overdue_row_means_that_the_retrier_is_not_running(courtside: Courtside) -> None:
    at_minute = courtside("queue", "list", "--at", "2026-01-25T13:22Z")
    assert at_minute.status == 1
    assert at_minute.lines[0].startswith("ERROR    the retrier is not running")
    assert "due since 2026-01-25T12:52Z, 30 min overdue: nobody has tried" in at_minute.out
    row = courtside("queue", "list", "--at", "2026-01-25T13:22Z", "--json").document["queue"][0]
    assert {"id", "status", "why", "next_retry_at", "retry_count", "max_retries"} <= set(row)


def test_the_gate_is_an_exit_status(courtside: Courtside) -> None:
    proceed = courtside("gate", "phase2_to_phase3", "--date", "2026-01-23")
    early = courtside("gate", "phase2_to_phase3", "--date", "2026-01-26", "--at", "2026-01-26T15:20Z")
    degraded = courtside("gate", "phase3_to_phase4", "--date", "2026-01-22")
    assert (proceed.status, degraded.status, early.status) == (0, 1, 2)
    assert proceed.lines[0].startswith("PROCEED  phase2_to_phase3 for 2026-01-23")
    assert early.lines[0].startswith("BLOCK    phase2_to_phase3 for 2026-01-26: too early")


def test_reconcile_takes_the_postponed_game_out_and_names_the_inflated_ones(courtside: Courtside) -> None:
    arguments = ("reconcile", "--date", "2026-01-24", "--at", "2026-01-26T15:20Z")
    document = courtside(*arguments, "--json").document
    boxes = document["funnel"][0]["stages"][1]
    assert (boxes["stage"], boxes["games"], boxes["expected_games"], boxes["percentage"]) == ("box_scores", 6, 6, 100.0)
    inflated = {f["subject"]["name"] for f in document["findings"] if f["check"] == "reconcile.inflated"}
    assert inflated == {"CLE@ORL", "BOS@CHI", "LAL@DAL", "MIA@UTA"}
    text = courtside(*arguments, "--detailed").out
    assert re.search(r"GSW@MIN\s+not played", text)
    assert "analytics, too many:" in text


def test_trace_follows_the_moved_game_to_its_new_date(courtside: Courtside) -> None:
    document = courtside("trace", "0022500644", "--at", "2026-01-26T15:20Z", "--json").document
    assert [game["game_date"] for game in document["games"]] == ["2026-01-24", "2026-01-25"]
    assert "moved to 2026-01-25" in document["games"][0]["not_played"]
    assert document["games"][1]["not_played"] is None


@pytest.mark.parametrize("name", ["0022500648", "20260124_LAL_DAL", "LAL@DAL", "lal@dal"])
def test_a_game_is_found_by_either_id_and_by_its_teams(courtside: Courtside, name: str) -> None:
    document = courtside("trace", name, "--at", "2026-01-25T18:00Z", "--json").document
    assert [(game["label"], game["game_date"]) for game in document["games"]] == [("LAL@DAL", "2026-01-24")]
    assert document["scrape_attempts"]


def test_transitions_show_a_line_for_each_hand_over_of_each_date(courtside: Courtside) -> None:
    document = courtside("transitions", "--days", "3", "--json").document
    assert len(document["transitions"]) == 3 * 4
    assert courtside("transitions").status == 3


def test_doctor_shows_which_source_of_a_setting_won(courtside: Courtside, data: Path) -> None:
    (courtside.home / "courtside.toml").write_text("[policy]\ngap_critical_minutes = 90\n", encoding="utf-8")
    document = courtside("doctor", "--json", env={"COURTSIDE_DATA_DIR": str(data)}).document
    sources = {setting["name"]: setting["source"] for setting in document["settings"]}
    assert sources["data_dir"] == "environment"
    assert sources["warehouse"] == "default"
    assert sources["policy.gap_critical_minutes"].endswith("courtside.toml")
    assert document["warehouse"] == {"name": "demo", "reachable": True, "reason": ""}
    assert all(table["severity"] == "ok" for table in document["tables"])


def test_doctor_still_speaks_when_the_warehouse_does_not(courtside: Courtside, tmp_path: Path) -> None:
    result = courtside("doctor", "--warehouse", str(tmp_path / "none.duckdb"))
    assert result.status == 3
    assert result.lines[0].startswith("UNKNOWN  the warehouse")
    assert "versions" in result.out


def test_schema_apply_makes_a_warehouse_that_doctor_finds_whole_and_a_second_time_changes_nothing(
    courtside: Courtside, tmp_path: Path
) -> None:
    path = str(tmp_path / "new.duckdb")
    first = courtside("schema", "apply", "--warehouse", path)
    assert first.status == 0
    assert "nba_raw.v_game_id_mappings" in first.out
    assert "nothing was changed" in courtside("schema", "apply", "--warehouse", path).out
    assert courtside("doctor", "--warehouse", path).status == 0


def test_an_empty_warehouse_is_never_ok(courtside: Courtside, tmp_path: Path) -> None:
    path = str(tmp_path / "new.duckdb")
    courtside("schema", "apply", "--warehouse", path)
    result = courtside("check", "--warehouse", path)
    assert result.status != 0
    assert "cannot be judged" in result.out


def test_schema_show_prints_statements_that_can_be_copied(courtside: Courtside) -> None:
    text = courtside("schema", "show", "nba_raw.nbac_schedule").out
    assert text.startswith("CREATE TABLE IF NOT EXISTS nba_raw.nbac_schedule (\n")
    assert text.rstrip().endswith(";")


def test_the_list_of_checks_says_what_each_says(courtside: Courtside) -> None:
    document = courtside("check", "--list", "--json").document
    listed = {item["check"]: item["says"] for item in document["checks"]}
    assert "orchestration.gap" in listed
    assert all(listed.values())
