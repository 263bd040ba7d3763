"""`courtside deploy checklist`, on a journal of its own."""

from __future__ import annotations

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


def test_running_answers_the_checks_and_no_question(deploy: Courtside, tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    (checkout / "orchestration").mkdir(parents=True)
    (checkout / "orchestration" / "late.py").write_text("client.insert_rows_json(table, rows)\n", encoding="utf-8")
    done = deploy("deploy", "checklist", "--run", "--path", str(checkout))
    found = states(deploy)
    assert {step: found[step] for step in QUESTIONS} == dict.fromkeys(QUESTIONS, "open")
    assert found["quiet"] == "critical"  # the demo's moment is in the middle of the outage
    assert found["code"] in ("warning", "error", "critical")
    assert found["dead_letters"] == "unknown"
    assert found["quota"] == "ok"
    assert done.status == 2


def test_a_checkout_that_is_not_there_is_unknown(deploy: Courtside, tmp_path: Path) -> None:
    deploy("deploy", "checklist", "--run", "--path", str(tmp_path / "nowhere"))
    assert {states(deploy)[step] for step in ("code", "shared")} == {"unknown"}


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
