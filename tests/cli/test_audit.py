"""`courtside audit`: outputs, exit status, and what is asked before anything is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console.audits import linting
from tests.audits.modes import bound_by_modes, opened_above
from tests.cli.conftest import Courtside

SILENT = "try:\n    work()\nexcept Exception:\n    pass\n"
LOST = "try:\n    work()\nexcept Forbidden:\n    pass\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "checkout"
    path.mkdir()
    return path


@pytest.mark.parametrize(("text", "status"), [("x = 1\n", 0), (SILENT, 1), (LOST, 2), ("print 1\n", 3)])
def test_the_exit_status_is_that_of_the_other_checks(
    courtside: Courtside, folder: Path, text: str, status: int
) -> None:
    (folder / "a.py").write_text(text)
    assert courtside("audit", str(folder)).status == status
    assert courtside("audit", str(folder), "--json").document["exit_status"] == status


def test_the_document_has_findings_checks_and_what_was_passed_by(courtside: Courtside, folder: Path) -> None:
    (folder / "a.py").write_text(SILENT)
    (folder / "test_a.py").write_text(SILENT)
    document = courtside("audit", "silent_exceptions", str(folder), "--json").document
    (finding,) = document["findings"]
    assert document["command"] == "audit"
    assert document["severity"] == "warning"
    assert finding["subject"] == {"kind": "file", "name": "a.py", "game_date": None}
    assert document["checks"] == [
        {"check": "source.silent_exceptions", "severity": "warning", "reason": "", "findings": [finding["fingerprint"]]}
    ]
    assert document["skipped"] == [{"path": "test_a.py", "reason": "tests"}]
    assert (document["fix"], document["sync"]) == (None, None)


def test_the_text_says_where_what_and_with_explain_why_and_what_to_do(courtside: Courtside, folder: Path) -> None:
    (folder / "a.py").write_text(SILENT)
    short = courtside("audit", str(folder), width=100).out
    long = courtside("audit", str(folder), "--explain", width=100).out
    assert "WARNING  a.py:3 catches Exception, tells nobody and goes on" in short
    assert "A swallowed error looks like a quiet night" not in short
    assert "A swallowed error looks like a quiet night" in long
    assert "logger.exception" in long


def test_hostile_names_and_code_reach_no_terminal(courtside: Courtside, folder: Path) -> None:
    (folder / "a\x1b[31m.py").write_text('c.insert_rows_json("\x1b]0;x\x07", rows)\n')
    result = courtside("audit", str(folder), "--fix")
    assert "\x1b" not in result.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "give the folder to audit"),
        (("source.streaming_inserts",), "give the folder to audit"),
        (("nonsense", "."), "there is no audit 'nonsense'"),
        (("/nowhere/at/all",), "there is no such folder"),
        ((".", "--update-baseline"), "needs --baseline"),
        ((".", "--baseline", "/nowhere/b.txt"), "there is no baseline"),
        (("infra.dead_letter",), "infra.dead_letter looks at no checkout: `courtside infra dead-letter` runs it"),
        (("infra.quota", "."), "infra.quota looks at no checkout: `courtside infra quota` runs it"),
        (("http_pooling", "dead-letter", "."), "`courtside infra dead-letter` runs it"),
        (("deploy.checklist", "."), "`courtside deploy checklist` runs it"),
        ((".", "--changed-since", "nope"), "nope"),
        ((".", "--baseline", "."), "directory"),
    ],
)
def test_wrong_usage_is_refused_in_a_sentence(courtside: Courtside, arguments: tuple[str, ...], says: str) -> None:
    result = courtside("audit", *arguments)
    assert (result.status, result.out) == (3, "")
    assert says in result.err
    assert "Traceback" not in result.err


def test_the_list_names_every_check_and_what_runs_it(courtside: Courtside) -> None:
    result = courtside("audit", "--list", width=120)
    document = courtside("audit", "--list", "--json").document
    assert result.status == document["exit_status"] == 0
    assert [item["check"] for item in document["checks"]] == [
        "source.streaming_inserts",
        "source.silent_exceptions",
        "source.client_pooling",
        "source.http_pooling",
        "source.check_hygiene",
        "source.shared_drift",
        "infra.dead_letter",
        "infra.quota",
        "deploy.checklist",
    ]
    for item in document["checks"]:
        assert any(line.startswith(item["check"]) for line in result.lines)
        assert courtside(*item["command"].split()[1:], "--help").status == 0
    assert "`courtside infra quota`" in result.out


def test_a_baseline_is_made_held_and_shortened_but_never_grows(courtside: Courtside, folder: Path) -> None:
    (folder / "a.py").write_text(SILENT)
    path = folder / "baseline.txt"
    held = ("audit", str(folder), "--baseline", str(path))
    assert courtside(*held, "--update-baseline").status == 0
    (folder / "b.py").write_text(LOST)
    before = path.read_text()
    assert courtside(*held, "--update-baseline").status == 2
    assert path.read_text() == before
    (folder / "a.py").write_text("x = 1\n")
    (folder / "b.py").unlink()
    assert "found no more" in courtside(*held, width=100).out
    courtside(*held, "--update-baseline")
    assert "a.py" not in path.read_text()


def test_the_repository_can_name_its_baseline_and_its_checks(courtside: Courtside, folder: Path) -> None:
    (folder / "a.py").write_text(SILENT)
    courtside("audit", str(folder), "--baseline", str(folder / "known.txt"), "--update-baseline")
    (folder / "pyproject.toml").write_text('[tool.courtside.audit]\nbaseline = "known.txt"\n')
    assert courtside("audit", str(folder)).status == 0
    (folder / "pyproject.toml").write_text('[tool.courtside.audit]\nchecks = ["http_pooling"]\n')
    assert courtside("audit", str(folder), "--json").document["findings"] == []


def test_sarif_is_written_beside_the_report(courtside: Courtside, folder: Path, tmp_path: Path) -> None:
    (folder / "a.py").write_text(SILENT)
    courtside("audit", str(folder), "--sarif", str(tmp_path / "out.sarif"))
    document = json.loads((tmp_path / "out.sarif").read_text())
    assert document["runs"][0]["results"][0]["ruleId"] == "source.silent_exceptions"


def test_sarif_is_written_whole_or_not_at_all(courtside: Courtside, folder: Path, tmp_path: Path) -> None:
    (folder / "a.py").write_text(SILENT)
    (tmp_path / "old.sarif").write_text("old")
    result = courtside("audit", str(folder), "--sarif", str(tmp_path / "nowhere" / "out.sarif"))
    assert result.status == 3
    assert "No such file or directory" in result.err
    courtside("audit", str(folder), "--sarif", str(tmp_path / "old.sarif"))
    assert json.loads((tmp_path / "old.sarif").read_text())["version"] == "2.1.0"
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


def test_names_that_are_no_utf8_are_in_every_form(courtside: Courtside, folder: Path, tmp_path: Path) -> None:
    (folder / "bad\udcff.py").write_text(SILENT)
    (folder / "\udcfe").mkdir()
    (folder / "\udcfe/test_a.py").write_text(SILENT)
    assert "bad\\xff.py:3" in courtside("audit", str(folder)).out
    document = courtside("audit", str(folder), "--json", "--sarif", str(tmp_path / "out.sarif")).document
    assert document["findings"][0]["subject"]["name"] == "bad\\xff.py"
    assert document["skipped"] == [{"path": "\\xfe/test_a.py", "reason": "tests"}]
    (result,) = json.loads((tmp_path / "out.sarif").read_text())["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "bad%FF.py"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--only", "nowhere"), "there is no such folder or file in"),
        (("--only", ".."), "there is no such folder or file in"),
        (("--only", "/etc"), "there is no such folder or file in"),
        (("--accept-new",), "--accept-new says what --update-baseline may add: give both"),
        (("--sarif", "-", "--json"), "--sarif - writes SARIF to the output and nothing else"),
        (("--sarif", "-", "--fix"), "--sarif - writes SARIF to the output and nothing else"),
        (("--sarif", "-", "--explain"), "--sarif - writes SARIF to the output and nothing else"),
    ],
)
def test_options_that_cannot_be_are_refused_in_a_sentence(
    courtside: Courtside, folder: Path, arguments: tuple[str, ...], says: str
) -> None:
    result = courtside("audit", str(folder), *arguments)
    assert result.status == 3
    assert says in (result.document["error"]["message"] if "--json" in arguments else result.err)
    assert "--json" in arguments or result.out == ""


def test_sarif_on_the_output_stands_there_alone(
    courtside: Courtside, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.py").write_text(SILENT)
    monkeypatch.chdir(folder)
    result = courtside("audit", ".", "--sarif", "-")
    assert (result.status, result.document["version"]) == (1, "2.1.0")
    assert [path.name for path in folder.iterdir()] == ["a.py"]


def test_nothing_looked_at_is_unknown_in_every_form(courtside: Courtside, folder: Path) -> None:
    (folder / "README.md").write_text("hello\n")
    result = courtside("audit", str(folder), width=200)
    assert (result.status, result.lines[0][:9]) == (3, "UNKNOWN  ")
    assert "not a single Python file was looked at" in result.lines[0]
    document = courtside("audit", str(folder), "--json").document
    assert (document["exit_status"], document["severity"], document["reason"] != "") == (3, "unknown", True)
    assert {check["severity"] for check in document["checks"]} == {"unknown"}


@pytest.mark.parametrize(("mode", "name"), [(0o000, ""), (0o444, ""), (0o000, "inner"), (0o000, "inner/a.py")])
def test_a_place_that_may_not_be_entered_is_unknown(
    courtside: Courtside, folder: Path, monkeypatch: pytest.MonkeyPatch, mode: int, name: str
) -> None:
    (folder / "inner").mkdir()
    (folder / "inner/a.py").write_text("x = 1\n")
    monkeypatch.setattr(linting, "_output", lambda *_: b"[]")  # another user may not run the tests' ruff
    for warm in (folder, folder / "nowhere"):
        courtside("audit", str(warm))  # nor import what is imported by then
    folder.chmod(mode)
    with opened_above(folder), bound_by_modes():
        result = courtside("audit", str(folder / name), width=200)
    folder.chmod(0o755)
    assert result.status == 3
    assert "Permission denied" in result.out + result.err
    assert "Traceback" not in result.err
