"""The checklist as data: every check that it names is there, and a file that cannot be is refused by the step's name."""

from __future__ import annotations

import pytest

from checks.catalogue import BY_ID
from console.audits.catalogue import IDS
from console.audits.infra.running import INFRA_CHECKS
from console.deploying.checklist import (
    ChecklistError,
    Runner,
    Stage,
    checklist,
    read_steps,
    steps_of_text,
    text_of_steps,
)

KNOWN = {Runner.CHECK: set(BY_ID), Runner.INFRA: set(INFRA_CHECKS), Runner.AUDIT: set(IDS)}
QUESTION = '[[step]]\nid = "a"\nstage = "tests"\nasks = "?"\n'


def test_it_goes_through_all_stages_in_order() -> None:
    assert list(dict.fromkeys(step.stage for step in checklist())) == list(Stage)


def test_every_check_that_it_names_is_there() -> None:
    named = [(step.runs, check) for step in checklist() if step.runs is not None for check in step.checks]
    assert named
    assert [(runner, check) for runner, check in named if check not in KNOWN[runner]] == []


def test_what_the_journal_keeps_is_what_it_was() -> None:
    assert steps_of_text(text_of_steps(checklist())) == checklist()


def test_what_the_pipeline_is_before_anything_is_changed_is_seen_before_the_deployment() -> None:
    assert {step.id: step.before for step in checklist() if step.before} == {"quiet": "deployed"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has no step"),
        (QUESTION * 2, "two of the same id"),
        (QUESTION + '[[step]]\nid = "b"\nstage = "dance"\nasks = "?"\n', "b: 'dance'"),
        ('[[step]]\nid = "b"\nstage = "tests"\nsays = "x"\nruns = "rm a"\n', "b: 'rm'"),
        ('[[step]]\nid = "b"\nstage = "tests"\nsays = "x"\nruns = ""\n', "b: "),
        ('[[step]]\nid = "b"\nstage = "tests"\nasks = "?"\nruns = "check a"\n', "b: a step has id, stage"),
        (
            '[[step]]\nid = "b"\nstage = "tests"\nsays = "x"\nruns = "check c"\nbefore = "a"\n',
            "b: 'a' is no question further down",
        ),
        (
            QUESTION + '[[step]]\nid = "b"\nstage = "tests"\nsays = "x"\nruns = "check c"\nbefore = "a"\n',
            "b: 'a' is no question further down",
        ),
        (QUESTION + 'before = "a"\n', "a: a step has id, stage"),
        ('[[step]]\nstage = "tests"\nasks = "?"\n', "a step without an id"),
        ('[[step]]\nid = "b"\nstage = "watch"\nasks = "?"\n' + QUESTION, "in the order of their stages"),
        ("[[step", "not TOML"),
    ],
)
def test_a_checklist_that_cannot_be_is_refused_with_the_reason(text: str, says: str) -> None:
    with pytest.raises(ChecklistError, match=says):
        read_steps(text)
