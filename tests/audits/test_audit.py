"""An audit looks at every Python file that people wrote, at nothing else, and says what it could not look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.model import Severity, SubjectKind
from console.audits.audit import audit
from console.audits.choosing import Only
from console.audits.options import Options
from console.audits.saying import verdict_sentence
from console.audits.values import AuditError
from console.report_codec import decode, encode
from tests.audits.conftest import Checkout, said

SILENT = "try:\n    work()\nexcept Exception:\n    pass\n"


def test_a_finding_is_like_those_of_the_other_checks(checkout: Checkout) -> None:
    checkout.write("orchestration/main.py", SILENT)
    (spot,) = checkout.audit().spots
    finding = spot.finding
    assert finding.check == "source.silent_exceptions"
    assert finding.severity is Severity.ERROR
    assert finding.subject.kind is SubjectKind.FILE
    assert str(finding.subject) == "orchestration/main.py"
    assert [(item.label, item.value) for item in finding.evidence] == [("line", 3)]
    assert decode(type(finding), encode(finding)) == finding


def test_what_orchestration_and_predictions_do_weighs_more_and_comes_first(checkout: Checkout) -> None:
    for path in ("a.py", "tools/b.py", "predictions/worker/z.py", "orchestration/m.py"):
        checkout.write(path, SILENT)
    assert said(checkout.audit()) == [
        "ERROR orchestration/m.py:3 silent",
        "ERROR predictions/worker/z.py:3 silent",
        "WARNING a.py:3 silent",
        "WARNING tools/b.py:3 silent",
    ]


def test_a_fingerprint_outlives_lines_that_move(checkout: Checkout) -> None:
    checkout.write("a.py", SILENT)
    before = checkout.audit().spots[0].finding.fingerprint
    checkout.write("a.py", f"import os\n\n\n{SILENT}")
    after = checkout.audit().spots[0]
    assert after.hit.line == 6
    assert after.finding.fingerprint == before


def test_two_alike_in_one_file_have_two_fingerprints(checkout: Checkout) -> None:
    checkout.write("a.py", SILENT + SILENT)
    first, second = checkout.audit().spots
    assert first.finding.fingerprint != second.finding.fingerprint
    assert first.hit.count == 2


def test_a_table_that_dml_touches_makes_a_streaming_insert_critical(checkout: Checkout) -> None:
    checkout.write(
        "a.py", 'client.insert_rows_json("p.nba_raw.games", rows)\nclient.insert_rows_json("nba_raw.logs", rows)\n'
    )
    checkout.write("b.py", 'SQL = """\nMERGE INTO `p.nba_raw.games` AS t USING x"""\n')
    outcome = checkout.audit("streaming_inserts")
    assert said(outcome) == ["CRITICAL a.py:1 insert_rows_json", "WARNING a.py:2 insert_rows_json"]
    assert outcome.spots[0].hit.sentence.endswith("nba_raw.games, which DML touches too (b.py)")


def test_dml_is_found_in_sql_files_and_through_names_of_tables(checkout: Checkout) -> None:
    checkout.write("a.py", 'TABLE = f"{PROJECT}.nba_raw.games"\nclient.insert_rows_json(TABLE, rows)\n')
    checkout.write("sql/clean.sql", "DELETE FROM `nba_raw.games` WHERE TRUE\n")
    assert said(checkout.audit()) == ["CRITICAL a.py:2 insert_rows_json"]


def test_a_table_that_cannot_be_told_may_be_any(checkout: Checkout) -> None:
    checkout.write("a.py", "def save(client, table, rows):\n    client.insert_rows_json(table, rows)\n")
    assert said(checkout.audit()) == ["ERROR a.py:2 insert_rows_json"]


def test_dml_on_the_same_placeholder_counts(checkout: Checkout) -> None:
    query = 'self.c.query(f"UPDATE `{self.table}` SET a = 1 WHERE TRUE")'
    checkout.write("a.py", f"def f(self):\n    self.c.insert_rows_json(self.table, rows)\n    {query}\n")
    assert said(checkout.audit("streaming_inserts")) == ["CRITICAL a.py:2 insert_rows_json"]


def test_a_file_that_does_not_parse_is_unknown_and_the_others_are_audited(checkout: Checkout) -> None:
    checkout.write("old.py", '\nprint "hello"\n' + SILENT)
    checkout.write("nul.py", b"x = 1\0\n")
    checkout.write("new.py", SILENT)
    outcome = checkout.audit()
    assert said(outcome) == ["UNKNOWN nul.py:1 unreadable", "UNKNOWN old.py:2 unreadable", "WARNING new.py:3 silent"]
    assert "does not parse, line 2" in outcome.spots[1].hit.sentence


def test_other_encodings_are_read_as_they_declare_themselves(checkout: Checkout) -> None:
    text = f"# -*- coding: latin-1 -*-\nname = 'Jokić'\n{SILENT}".replace("ć", "\u00e9")
    checkout.write("latin.py", text.encode("latin-1"))
    checkout.write("bom.py", b"\xef\xbb\xbf" + SILENT.encode())
    checkout.write("wrong.py", b"name = '\xe9'\n")
    checkout.write("odd.py", b"# coding: klingon\nx = 1\n")
    assert said(checkout.audit()) == [
        "UNKNOWN odd.py unreadable",
        "UNKNOWN wrong.py unreadable",
        "WARNING bom.py:3 silent",
        "WARNING latin.py:5 silent",
    ]


def test_vendored_generated_and_test_files_are_passed_by_with_a_count(checkout: Checkout) -> None:
    for path in (
        "venv/a.py",
        "node_modules/b.py",
        "x/build/c.py",
        "env/lib/d.py",
        "tests/e.py",
        "test_f.py",
        "g_pb2.py",
    ):
        checkout.write(path, SILENT)
    checkout.write("env/pyvenv.cfg", "home = /usr\n")
    checkout.write("h.py", f"# Generated by the protocol compiler. DO NOT EDIT!\n{SILENT}")
    outcome = checkout.audit()
    assert said(outcome) == []
    assert dict(outcome.passed_by) == {"vendored or generated folder": 4, "tests": 2, "generated file": 2}


def test_tests_are_looked_at_when_they_are_asked_for(checkout: Checkout) -> None:
    checkout.write("tests/test_a.py", SILENT)
    checkout.write("pyproject.toml", "[tool.courtside.audit]\ninclude_tests = true\n")
    assert said(checkout.audit()) == ["WARNING tests/test_a.py:3 silent"]


def test_links_are_not_followed_be_it_in_a_circle_or_out_of_the_folder(checkout: Checkout, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.py").write_text(SILENT)
    checkout.write("a/b.py", SILENT)
    (checkout.root / "a" / "round").symlink_to("..")
    (checkout.root / "out").symlink_to(outside)
    (checkout.root / "one.py").symlink_to(outside / "secret.py")
    (checkout.root / "none.py").symlink_to("nowhere")
    outcome = checkout.audit()
    assert said(outcome) == ["WARNING a/b.py:3 silent"]
    assert outcome.passed_by["symbolic link"] == 4


def test_a_file_of_ten_thousand_lines_is_read_to_its_end(checkout: Checkout) -> None:
    checkout.write("long.py", "x = [1, 2, 3]\n" * 10_000 + SILENT)
    outcome = checkout.audit()
    assert said(outcome) == ["WARNING long.py:10003 silent"]
    assert outcome.lines == 10_005


def test_a_tree_that_takes_several_processes_gives_the_same_as_one_file(checkout: Checkout) -> None:
    for number in range(200):
        checkout.write(f"p{number % 7}/m{number:03}.py", SILENT)
    outcome = checkout.audit()
    assert outcome.files == len(outcome.spots) == 200
    assert len({spot.finding.fingerprint for spot in outcome.spots}) == 200


def test_a_single_file_can_be_audited(checkout: Checkout) -> None:
    assert said(audit(checkout.write("a.py", SILENT), (), Options())) == ["WARNING a.py:3 silent"]


def test_where_not_a_single_file_was_looked_at_nothing_is_known(checkout: Checkout) -> None:
    checkout.write("tests/a.py", SILENT)
    checkout.write("venv/b.py", SILENT)
    checkout.write("gen_pb2.py", SILENT)
    outcome = checkout.audit()
    assert (outcome.files, outcome.severity) == (0, Severity.UNKNOWN)
    assert {(result.severity, result.reason) for result in outcome.results} == {(Severity.UNKNOWN, outcome.reason)}
    assert verdict_sentence(outcome) == outcome.reason
    assert "not a single Python file was looked at, so nothing is known" in outcome.reason
    assert checkout.audit(only=frozenset()).severity is Severity.UNKNOWN, "there is nothing that could have changed"


def test_where_nothing_changed_nothing_has_to_be_looked_at(checkout: Checkout) -> None:
    checkout.write("jobs/a.py", SILENT)
    outcome = checkout.audit(only=frozenset({"README.md"}))
    assert (outcome.files, outcome.severity, outcome.reason) == (0, Severity.OK, "")


def test_a_choice_of_folders_and_files_leaves_out_the_rest_but_knows_what_it_does_to_tables(checkout: Checkout) -> None:
    checkout.write("jobs/a.py", 'client.insert_rows_json("nba_raw.games", rows)\n')
    checkout.write("jobs_2/a.py", SILENT)
    checkout.write("b.py", SILENT + 'SQL = "DELETE FROM nba_raw.games WHERE TRUE"\n')
    options = Options()

    def chosen(*folders: str) -> list[str]:
        return [*said(audit(checkout.root, (), options, Only(folders)))]

    assert chosen("jobs") == ["CRITICAL jobs/a.py:1 insert_rows_json"]
    assert chosen("b.py", "jobs_2") == ["WARNING b.py:3 silent", "WARNING jobs_2/a.py:3 silent"]
    nothing = audit(checkout.root, (), options, Only(("docs",)))
    assert (nothing.severity, "file in docs was looked at" in nothing.reason) == (Severity.UNKNOWN, True)


def test_what_is_important_is_so_from_a_folder_below_too(checkout: Checkout) -> None:
    checkout.write("predictions/worker/a.py", SILENT)
    checkout.commit()
    below = Checkout(checkout.root / "predictions/worker")
    assert said(below.audit()) == ["ERROR a.py:3 silent"]


@pytest.mark.parametrize("name", ["jobs/", "./jobs", "deep/jobs", "jobs"])
def test_an_important_folder_can_be_written_in_any_way(checkout: Checkout, name: str) -> None:
    checkout.write("deep/jobs/a.py", SILENT)
    checkout.write("jobs_2/a.py", SILENT)
    checkout.write("pyproject.toml", f'[tool.courtside.audit]\nimportant = ["{name}"]\n')
    assert said(checkout.audit()) == ["ERROR deep/jobs/a.py:3 silent", "WARNING jobs_2/a.py:3 silent"]


def test_an_audit_writes_nothing(checkout: Checkout) -> None:
    checkout.write("a.py", SILENT)
    checkout.write("b.py", "print 1\n")
    checkout.commit()
    before = checkout.content()
    checkout.audit()
    assert checkout.content() == before


def test_odd_names_of_files_are_no_trouble(checkout: Checkout) -> None:
    for name in ("with space.py", "-dash.py", "new\nline.py", "ünï.py"):
        checkout.write(name, SILENT)
    assert len(checkout.audit().spots) == 4


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[tool.courtside.audit]\nexlude = []\n", "has no 'exlude'"),
        ("[tool.courtside.audit]\nexclude = 'a'\n", "exclude must be a list of strings"),
        ("[tool.courtside.audit]\ninclude_tests = 1\n", "include_tests must be true or false"),
        ("[tool.courtside.audit]\nshared = '../x'\n", "nothing outside the audited folder"),
        ("[tool.courtside.audit]\nloader = 'x'\n", "module:function"),
        ("[tool.courtside]\naudit = 3\n", "must be a table"),
        ("[tool]\ncourtside = 3\n", "must be a table"),
        (
            "[tool.courtside.audits]\n",
            r"\[tool.courtside.audits\] .* is read by nothing; write \[tool.courtside.audit\]",
        ),
        ("[tool.courtside.audit]\ninside = 'x'\n", "has no 'inside'"),
        ("[tool", "is not TOML"),
    ],
)
def test_a_configuration_that_cannot_be_is_refused_in_a_sentence(checkout: Checkout, text: str, says: str) -> None:
    checkout.write("pyproject.toml", text)
    with pytest.raises(AuditError, match=says):
        checkout.audit()


def test_a_repository_says_what_it_excludes_and_where_its_pools_are(checkout: Checkout) -> None:
    checkout.write("legacy/a.py", SILENT)
    checkout.write("infra/clients.py", "from google.cloud import bigquery\nclient = bigquery.Client()\n")
    checkout.write(
        "pyproject.toml", '[tool.courtside.audit]\nexclude = ["legacy"]\npool-modules = ["infra/clients.py"]\n'
    )
    assert said(checkout.audit()) == []


def test_two_stars_stand_for_any_folder_or_none(checkout: Checkout) -> None:
    for path in ("old.py", "deep/er/old.py", "deep/new.py"):
        checkout.write(path, SILENT)
    checkout.write("pyproject.toml", '[tool.courtside.audit]\nexclude = ["**/old.py"]\n')
    assert said(checkout.audit()) == ["WARNING deep/new.py:3 silent"]


def test_our_own_repository_passes_all_audits() -> None:
    root = Path(__file__).parents[2]
    failing = [line for line in said(Checkout(root).audit()) if not line.startswith("OK ")]
    assert failing == []
