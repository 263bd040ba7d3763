"""What findings suggest to run again."""

from __future__ import annotations

from typing import Any

import pytest

from checks.model import Fault, Finding, Severity, Subject, SubjectKind
from console.actions.planning.suggested import suggested
from tests.actions.planning.states import DAY, LAKERS, SUMMARY

DATE = Subject(SubjectKind.DATE, DAY.isoformat(), DAY)
FEATURES = Subject(SubjectKind.PROCESSOR, "ml_feature_store", DAY)
BOSTON = Subject(SubjectKind.GAME, "BOS@CHI", DAY)


def finding(check: str, subject: Subject, **changes: Any) -> Finding:
    values = {"sentence": "it is wrong", "fault": Fault.PIPELINE, **changes}
    return Finding(check, Severity.ERROR, subject, **values)


@pytest.mark.parametrize(
    ("found", "subjects"),
    [
        (finding("availability.missing_game", LAKERS), (LAKERS,)),
        (finding("reconcile.games", DATE, names=("BOS@CHI", "LAL@DAL")), (BOSTON, LAKERS)),
        (finding("reconcile.players", LAKERS, names=("lalplayer01",)), (SUMMARY,)),
        (finding("reconcile.inflated", LAKERS, names=("lalplayer01",)), (SUMMARY,)),
        (finding("reconcile.impossible", LAKERS, sentence="analytics counts 37"), (SUMMARY,)),
        (finding("reconcile.impossible", LAKERS, sentence="features has 40 rows"), (LAKERS,)),
        (finding("reconcile.features", DATE, names=("lalplayer01 (LAL@DAL)",)), (FEATURES,)),
        (finding("availability.late_source", DATE, key="features", names=("LAL@DAL",)), (FEATURES,)),
        (finding("availability.late_source", LAKERS, key="box_scores"), (LAKERS,)),
        (finding("transitions.stuck_run", SUMMARY), (SUMMARY,)),
        (
            finding("queue.overdue", Subject(SubjectKind.QUEUE, "LAL@DAL", DAY), key="q-1"),
            (Subject(SubjectKind.QUEUE, "q-1", DAY),),
        ),
        (
            finding("queue.retrier_dead", Subject(SubjectKind.QUEUE, "retrier"), names=("LAL@DAL 2026-01-24", "x")),
            (Subject(SubjectKind.QUEUE, "LAL@DAL", DAY),),
        ),
        (finding("reconcile.predictions", DATE, names=("lalplayer01 (LAL@DAL)",)), (DATE,)),
        (
            finding("orchestration.gap", Subject(SubjectKind.CONTROLLER, "master controller")),
            (Subject(SubjectKind.CONTROLLER, "master controller"),),
        ),
    ],
    ids=lambda value: value.check if isinstance(value, Finding) else "",
)
def test_a_finding_suggests_what_makes_what_it_lacks(found: Finding, subjects: tuple[Subject, ...]) -> None:
    assert suggested(found) == subjects
