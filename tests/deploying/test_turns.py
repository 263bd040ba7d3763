"""Whose turn it is: a check waits for the stages before its own, and what was seen at its time is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checks.model import Severity
from console.actions.refusal import RefusedError
from console.deploying.checklist import Runner, Stage, Step
from console.deploying.turns import asked_for, next_to_run, why_left
from console.deploying.verdict import Answer, Deployment, Word
from console.deploying.viewing import view
from tests.builders import at

NOW = at("2026-01-25T12:00")


def check(name: str, stage: Stage, before: str = "") -> Step:
    return Step(name, stage, "all is well", Runner.CHECK, ("orchestration.gap",), before)


TESTS = Step("tests", Stage.TESTS, "Did the tests pass?")
CODE = check("code", Stage.TESTS)
QUIET = check("quiet", Stage.DEPLOY, before="deployed")
DEPLOYED = Step("deployed", Stage.DEPLOY, "Does it run?")
WATCH = check("watch", Stage.WATCH)
BEGUN = Deployment("r1", "prod", NOW, "ann", (TESTS, CODE, QUIET, DEPLOYED, WATCH))

WELL, ILL = Severity.OK, Severity.CRITICAL


def came(**said: Word | Severity) -> Deployment:
    """Return the deployment after answers, and results of checks."""
    answers = [
        Answer(step, Word.CHECKED, NOW, "ann", "", word)
        if isinstance(word, Severity)
        else Answer(step, word, NOW, "ann", "why")
        for step, word in said.items()
    ]
    return replace(BEGUN, answers=tuple(answers))


def turn_of(deployment: Deployment) -> str:
    turn = next_to_run(deployment, ())
    return turn.id if turn else ""


def hints(deployment: Deployment) -> dict[str, str]:
    return {step.id: step.hint for step in view(deployment).steps}


def test_a_check_waits_until_every_step_of_the_stages_before_its_own_is_done() -> None:
    assert turn_of(came()) == "code"
    assert turn_of(came(code=WELL)) == "code"
    assert turn_of(came(code=WELL, tests=Word.NO)) == "code"
    assert turn_of(came(code=WELL, tests=Word.YES)) == "quiet"
    assert turn_of(came(code=Word.SKIP, tests=Word.YES)) == "quiet"
    assert turn_of(came(code=WELL, tests=Word.YES, quiet=WELL)) == "quiet"
    assert turn_of(came(code=WELL, tests=Word.YES, quiet=WELL, deployed=Word.YES)) == "watch"


def test_which_wait_and_for_what_is_said() -> None:
    found = hints(came(code=ILL))
    assert found["tests"] == found["code"] == found["deployed"] == ""
    assert found["quiet"] == "waits for tests (open), code (critical); then --run runs check orchestration.gap"
    assert found["watch"].startswith("waits for tests (open), code (critical) and 2 steps after; then --run runs check")
    assert hints(came())["code"] == "--run runs check orchestration.gap"


def test_a_check_that_ran_is_not_run_again_in_the_same_run() -> None:
    assert next_to_run(came(), ["code"]) is None


@pytest.mark.parametrize("quiet", [WELL, ILL])
def test_what_was_seen_before_the_deployment_is_not_overwritten_after_it(quiet: Severity) -> None:
    after = came(code=WELL, tests=Word.YES, quiet=quiet, deployed=Word.YES)
    assert turn_of(after) == ("watch" if quiet is WELL else "")
    assert why_left(after, QUIET) == "is about the time before deployed, which was answered yes"
    assert "--run quiet runs check orchestration.gap all the same" in hints(came(deployed=Word.YES, **READY))["quiet"]


READY: dict[str, Word | Severity] = {"code": WELL, "tests": Word.YES, "quiet": ILL}


def test_a_deployment_that_did_not_happen_leaves_the_time_before_it_open() -> None:
    assert turn_of(came(**READY, deployed=Word.NO)) == "quiet"


def test_a_complete_stage_and_a_skipped_check_are_left_as_they_are() -> None:
    complete = came(code=WELL, tests=Word.YES)
    assert why_left(complete, CODE) == "is of the stage tests, which is complete"
    assert why_left(came(code=Word.SKIP), CODE) == "was skipped"


def test_a_check_asked_for_by_name_is_run_once_more_but_not_before_its_time() -> None:
    after = came(code=WELL, tests=Word.YES, quiet=ILL, deployed=Word.YES)
    assert asked_for(after, ["quiet", "code", "quiet"]) == (QUIET, CODE)
    with pytest.raises(RefusedError, match=r"watch waits for quiet \(critical\)"):
        asked_for(after, ["quiet", "watch"])
    with pytest.raises(RefusedError, match="tests is a question and no check: --answer tests yes, no or skip"):
        asked_for(after, ["tests"])
    with pytest.raises(RefusedError, match="r1 has no step 'dance'"):
        asked_for(after, ["dance"])
