"""Deployments: who answered what, what the steps come to, and that an answer is never lost or changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from checks.model import CheckResult, Fault, Finding, Severity, Subject, SubjectKind
from console.actions.refusal import RefusedError
from console.deploying import deployments as kept
from console.deploying.checklist import Runner, Stage, Step
from console.deploying.running import Hand, checked
from console.deploying.verdict import Answer, Deployment, Word, verdict
from console.journal import FILE_NAME, Journal
from tests.builders import at

NOW = at("2026-01-25T12:00")
ASKED = Step("tests", Stage.TESTS, "Did the tests pass?")
CHECK = Step("watch", Stage.WATCH, "all is well", Runner.CHECK, ("orchestration.gap",))
BEGUN = Deployment("r1", "prod", NOW, "ann", (ASKED, CHECK))


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / FILE_NAME, now=lambda: NOW)


def said(step: Step, word: Word, note: str = "", severity: Severity | None = None) -> Answer:
    return Answer(step.id, word, NOW, "ann", note, severity)


YES = said(ASKED, Word.YES)
OK = said(CHECK, Word.CHECKED, "", Severity.OK)


def come_to(*answers: Answer) -> Severity:
    return verdict(replace(BEGUN, answers=answers)).severity


def test_it_is_complete_only_when_every_step_is_yes_or_ok() -> None:
    assert verdict(replace(BEGUN, answers=(YES, OK))).sentence == "r1 is complete: all 2 steps are done"
    assert come_to(YES, OK) is Severity.OK
    assert come_to(YES) is Severity.WARNING
    assert come_to() is Severity.WARNING


def test_a_step_skipped_for_a_reason_is_done_and_said_to_be_skipped() -> None:
    found = verdict(replace(BEGUN, answers=(YES, said(CHECK, Word.SKIP, "no data in summer"))))
    assert (found.severity, found.sentence) == (
        Severity.OK,
        "r1 is complete: all 2 steps are done, 1 of them skipped",
    )
    assert come_to(YES, said(CHECK, Word.SKIP)) is Severity.WARNING


@pytest.mark.parametrize("severity", [item for item in Severity if item is not Severity.OK])
def test_a_check_that_is_not_ok_is_never_a_yes(severity: Severity) -> None:
    answers = (YES, said(CHECK, Word.CHECKED, "why", severity))
    found = verdict(replace(BEGUN, answers=answers))
    assert found.severity is severity
    assert found.sentence == f"r1 is not complete, 1 of 2 steps are not done ({severity.name.lower()}: watch)"


def test_a_no_is_an_error_and_the_worst_is_said_first() -> None:
    found = verdict(replace(BEGUN, answers=(said(ASKED, Word.NO),)))
    assert found.severity is Severity.ERROR
    assert found.sentence.endswith("(no: tests; open: watch)")


def test_the_newest_answer_to_a_step_counts() -> None:
    assert come_to(said(ASKED, Word.NO), YES, OK) is Severity.OK
    assert come_to(YES, OK, said(ASKED, Word.NO)) is Severity.ERROR


def test_all_answers_are_kept_with_who_gave_them_and_when(journal: Journal) -> None:
    found = kept.begin(journal, BEGUN)
    later = replace(YES, at=NOW + timedelta(hours=1), by="bob", note="green")
    for answer in (said(ASKED, Word.NO), later, OK):
        found = kept.answer(journal, found, answer)
    (read,) = kept.deployments(journal, "prod")
    assert read == found
    assert [(item.by, item.at, item.note) for item in read.answers[:2]] == [
        ("ann", NOW, ""),
        ("bob", later.at, "green"),
    ]


def test_a_deployment_keeps_the_checklist_that_it_was_begun_with(journal: Journal) -> None:
    kept.begin(journal, BEGUN)
    kept.begin(journal, replace(BEGUN, name="r2", steps=(ASKED,)))
    assert [(item.name, len(item.steps)) for item in kept.deployments(journal, "prod")] == [("r2", 1), ("r1", 2)]


def test_the_newest_is_chosen_unless_one_is_named_and_places_are_apart(journal: Journal) -> None:
    for name in ("r1", "r2"):
        kept.begin(journal, replace(BEGUN, name=name))
    kept.begin(journal, replace(BEGUN, name="r3", place="staging"))
    newest, named = kept.chosen(journal, "prod", None), kept.chosen(journal, "prod", "r1")
    assert (newest and newest.name, named and named.name) == ("r2", "r1")
    assert kept.chosen(None, "prod", None) is None
    with pytest.raises(RefusedError, match="there is no deployment 'r3'"):
        kept.chosen(journal, "prod", "r3")


def test_text_of_people_is_cleaned_before_it_is_kept(journal: Journal) -> None:
    found = kept.begin(journal, replace(BEGUN, name="\x1b[31mr1", by="a\u202enn"))
    found = kept.answer(journal, found, replace(YES, note="fine\x07\nreally"))
    (read,) = kept.deployments(journal, "prod")
    assert not set("\x1b\u202e\x07\n") & set(read.name + read.by + read.answers[0].note)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (said(ASKED, Word.SKIP), "tests can be skipped only for a reason"),
        (said(ASKED, Word.SKIP, " \n "), "tests can be skipped only for a reason"),
        (said(CHECK, Word.YES), "watch is a check and not a question"),
        (replace(YES, step="dance"), "r1 has no step 'dance': its steps are tests, watch"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_and_nothing_is_kept(journal: Journal, answer: Answer, says: str) -> None:
    found = kept.begin(journal, BEGUN)
    with pytest.raises(RefusedError, match=says):
        kept.answer(journal, found, answer)
    assert kept.deployments(journal, "prod")[0].answers == ()


@pytest.mark.parametrize(("name", "says"), [("r1", "there is a deployment r1 already"), ("  ", "needs a name")])
def test_a_name_that_is_taken_or_empty_is_refused(journal: Journal, name: str, says: str) -> None:
    kept.begin(journal, BEGUN)
    with pytest.raises(RefusedError, match=says):
        kept.begin(journal, replace(BEGUN, name=name))


def finding(sentence: str, severity: Severity) -> Finding:
    subject = Subject(SubjectKind.CONTROLLER, "controller")
    return Finding("orchestration.gap", severity, subject, sentence, Fault.PIPELINE)


def hand(results: Sequence[CheckResult]) -> Hand:
    return Hand("ann", lambda: NOW, {Runner.CHECK: lambda _: results})


def test_a_check_that_is_run_is_answered_by_what_it_comes_to() -> None:
    bad = (finding("silent", Severity.CRITICAL), finding("quiet", Severity.WARNING))
    result = CheckResult("orchestration.gap", Severity.CRITICAL, bad)
    assert checked(CHECK, hand([result])) == said(CHECK, Word.CHECKED, "orchestration.gap: silent", Severity.CRITICAL)
    assert checked(CHECK, hand([CheckResult("orchestration.gap", Severity.OK)])) == OK


def test_an_unknown_check_says_why() -> None:
    result = CheckResult("orchestration.gap", Severity.UNKNOWN, (), "the log cannot be read")
    answer = checked(CHECK, hand([result]))
    assert (answer.severity, answer.note) == (Severity.UNKNOWN, "orchestration.gap: the log cannot be read")


def test_a_check_that_cannot_be_run_or_did_not_run_is_unknown_and_never_ok() -> None:
    def broken(ids: Sequence[str]) -> Any:
        raise OSError("no such folder")

    answer = checked(CHECK, Hand("ann", lambda: NOW, {Runner.CHECK: broken}))
    assert (answer.severity, answer.note) == (Severity.UNKNOWN, "no such folder")
    for results in ([], [CheckResult("another.check", Severity.OK)]):
        assert checked(CHECK, hand(results)).severity is Severity.UNKNOWN
