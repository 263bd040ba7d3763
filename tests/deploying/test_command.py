"""`courtside deploy checklist`, on a journal of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from console.deploying.checklist import checklist
from tests.cli.conftest import Courtside, Result, data

__all__ = ["data"]  # the demo's folder

QUESTIONS = [step.id for step in checklist() if step.is_question]
CHECKS = [step.id for step in checklist() if not step.is_question]


@pytest.fixture
def courtside(tmp_path: Path, data: Path) -> Courtside:
    return Courtside(tmp_path, data)


@pytest.fixture
def deploy(courtside: Courtside) -> Courtside:
    """Give a command line in whose journal a deployment was begun."""
    assert courtside("deploy", "checklist", "--new", "r1").status == 1
    return courtside


def words(result: Result) -> str:
    return " ".join(result.out.split())


def states(courtside: Courtside) -> dict[str, str]:
    document = courtside("deploy", "checklist", "--json").document
    return {step["id"]: step["state"] for step in document["deployment"]["steps"]}


def test_before_one_is_begun_nothing_is_known_and_it_says_how_to_begin(courtside: Courtside, tmp_path: Path) -> None:
    done = courtside("deploy", "checklist")
    assert done.status == 3
    assert "`courtside deploy checklist --new NAME` begins one" in words(done)
    assert courtside("deploy", "checklist", "--json").document["deployment"] is None
    assert list(tmp_path.iterdir()) == []


def test_a_new_one_has_every_step_open(deploy: Courtside) -> None:
    assert states(deploy) == dict.fromkeys((*QUESTIONS, *CHECKS), "open")
    assert "r1 is not complete, 11 of 11 steps are not done" in words(deploy("deploy", "checklist"))


def test_an_answer_is_shown_with_its_note_and_its_time(deploy: Courtside) -> None:
    done = deploy("deploy", "checklist", "--answer", "tests", "no", "--note", "two fail")
    assert done.status == 1
    assert "Sun 25 Jan 07:00 EST (2026-01-25T12:00Z): two fail" in words(done)
    assert states(deploy)["tests"] == "no"


def test_it_ends_with_0_once_every_step_is_answered_or_skipped(deploy: Courtside) -> None:
    for step in QUESTIONS:
        deploy("deploy", "checklist", "--answer", step, "yes")
    for step in CHECKS:
        done = deploy("deploy", "checklist", "--answer", step, "skip", "--note", "a rehearsal")
    assert done.status == 0
    assert done.lines[0].startswith("OK       r1 is complete")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout in which nothing is wrong."""
    for path in ("main.py", "shared/a.py", "orchestration/cloud_functions/f/shared/a.py"):
        (tmp_path / "checkout" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "checkout" / path).write_text("x = 1\n", encoding="utf-8")
    return tmp_path / "checkout"


def run(deploy: Courtside, *arguments: str) -> dict[str, str]:
    """Run what can be run, and return the states of the steps that are no longer open."""
    deploy("deploy", "checklist", "--run", *arguments)
    return {step: state for step, state in states(deploy).items() if state != "open"}


def answered(deploy: Courtside, step: str, *word: str) -> None:
    deploy("deploy", "checklist", "--answer", step, *(word or ("yes",)))


def test_running_goes_as_far_as_the_stages_are_complete_and_says_what_waits_for_what(
    deploy: Courtside, checkout: Path
) -> None:
    where = ("--path", str(checkout))
    assert run(deploy, *where) == {"code": "ok"}
    page = words(deploy("deploy", "checklist", width=200))
    assert "waits for tests (open); then --run runs audit source.shared_drift" in page
    answered(deploy, "tests")
    # the demo's moment is in the middle of the outage
    assert run(deploy, *where) == {"tests": "yes", "code": "ok", "shared": "ok", "quiet": "critical"}
    assert "waits for quiet (critical), deployed (open)" in words(deploy("deploy", "checklist", width=200))
    answered(deploy, "quiet", "skip", "--note", "that is why we deploy")
    answered(deploy, "deployed")
    found = run(deploy, *where)
    assert (found["quiet"], found["decisions"], found["dead_letters"]) == ("skipped", "critical", "unknown")
    assert "quota" not in found


def test_a_later_run_keeps_what_a_complete_stage_came_to_unless_it_is_asked_for_by_name(
    deploy: Courtside, checkout: Path
) -> None:
    answered(deploy, "tests")
    assert run(deploy, "--path", str(checkout))["code"] == "ok"
    (checkout / "late.py").write_text("client.insert_rows_json(table, rows)\n", encoding="utf-8")
    assert run(deploy, "--path", str(checkout))["code"] == "ok"
    assert run(deploy, "code", "--path", str(checkout))["code"] != "ok"


def test_a_step_that_waits_is_not_run_by_name_either_and_nothing_is_kept(deploy: Courtside) -> None:
    done = deploy("deploy", "checklist", "--run", "quota")
    assert done.status == 3
    assert "quota waits for tests (open), code (open)" in done.err
    assert set(states(deploy).values()) == {"open"}


def test_a_checkout_that_is_not_there_is_unknown(deploy: Courtside, tmp_path: Path) -> None:
    answered(deploy, "tests")
    assert run(deploy, "--path", str(tmp_path / "nowhere"))["code"] == "unknown"


def test_a_folder_without_a_file_to_look_at_is_unknown_and_never_ok(deploy: Courtside, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run(deploy, "--path", str(tmp_path / "empty")) == {"code": "unknown"}
    for step, word in (("tests", ["yes"]), ("code", ["skip", "--note", "why"])):
        answered(deploy, step, *word)
    assert run(deploy, "--path", str(tmp_path / "empty"))["shared"] == "unknown"


def test_copies_of_which_there_are_none_are_unknown_and_never_ok(deploy: Courtside, checkout: Path) -> None:
    shutil.rmtree(checkout / "orchestration")
    answered(deploy, "tests")
    found = run(deploy, "--path", str(checkout))
    assert (found["code"], found["shared"]) == ("ok", "unknown")
    assert "there was nothing to compare: no shared/ with copies in" in words(deploy("deploy", "checklist", width=200))


def test_the_list_has_all_of_them_newest_first(deploy: Courtside) -> None:
    deploy("deploy", "checklist", "--new", "r2")
    found = deploy("deploy", "checklist", "--list", "--json").document["deployments"]
    assert [item["name"] for item in found] == ["r2", "r1"]
    assert deploy("deploy", "checklist", "--deployment", "r1").lines[0].startswith("WARNING  r1 is not complete")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--answer", "tests"),
        ("yes",),
        ("--note", "why"),
        ("--new", "r2", "--run"),
        ("--answer", "tests", "maybe"),
        ("--answer", "tests", "yes", "no"),
        ("--run", "tests"),
        ("--run", "dance"),
        ("--answer", "quota", "yes"),
        ("--answer", "tests", "skip"),
        ("--deployment", "r9"),
        ("--new", "r1"),
    ],
)
def test_what_cannot_be_is_refused_with_3_and_changes_nothing(deploy: Courtside, arguments: tuple[str, ...]) -> None:
    before = states(deploy)
    done = deploy("deploy", "checklist", *arguments)
    assert (done.status, done.out) == (3, "")
    assert done.err.startswith("courtside: ")
    assert states(deploy) == before


def test_nothing_can_be_answered_before_one_is_begun(courtside: Courtside) -> None:
    done = courtside("deploy", "checklist", "--answer", "tests", "yes")
    assert done.status == 3
    assert "no deployment was begun yet" in done.err


@pytest.mark.parametrize(
    "arguments", [("--new", "r2"), ("--answer", "tests", "yes"), ("--run",)], ids=["begun", "answered", "run"]
)
def test_who_asks_for_read_only_changes_nothing_and_is_shown_it_all_the_same(
    deploy: Courtside, arguments: tuple[str, ...]
) -> None:
    before = states(deploy)
    done = deploy("deploy", "checklist", "--read-only", *arguments)
    assert (done.status, done.out) == (3, "")
    assert "nothing is kept: read-only" in done.err
    assert states(deploy) == before
    assert deploy("deploy", "checklist", "--read-only").status == 1
