"""Words about findings: in force until their end, the cause's weightiest sign speaks for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from checks.facts.acknowledgements import Acknowledgement
from checks.hushes import HushKind, hushes_in_force
from checks.model import Fault, Finding, RootCause, Severity, Subject, SubjectKind
from tests.builders import at

NOW = at("2026-01-25T12:00")
FINDING = Finding("test.check", Severity.ERROR, Subject(SubjectKind.TABLE, "t"), "bad", Fault.DATA)
OTHER = replace(FINDING, key="other")


END = at("2026-01-25T12:30")


def said(event: str = "acknowledged", end: datetime | None = END, **changes: Any) -> Acknowledgement:
    values: dict[str, Any] = {
        "acknowledgement_id": "a1",
        "fingerprint": FINDING.fingerprint,
        "event": event,
        "reason": "on it",
        "acknowledged_by": "ann",
        "acknowledged_at": at("2026-01-25T11:30"),
        "expires_at": end,
    }
    return Acknowledgement(**{**values, **changes})


def cause_of(*evidence: Finding) -> RootCause:
    return RootCause("k", "n", Severity.ERROR, "s", Fault.DATA, None, None, evidence, (), ())


def test_a_word_in_force_says_who_until_when_and_why() -> None:
    hush = hushes_in_force([said()], NOW).of_finding(FINDING)
    assert hush is not None
    assert hush.said == "acknowledged by ann until Sun 25 Jan 07:30 EST (2026-01-25T12:30Z): on it"
    assert (hush.kind, hush.reason) == (HushKind.ACKNOWLEDGED, "on it")


def test_a_word_without_a_name_or_a_reason_is_still_a_word() -> None:
    hush = hushes_in_force([said("silenced", reason=None, acknowledged_by=None)], NOW).of_finding(FINDING)
    assert hush is not None
    assert hush.said == "silenced by somebody who left no name until Sun 25 Jan 07:30 EST (2026-01-25T12:30Z)"


@pytest.mark.parametrize(
    "word", [said(end=NOW), said(end=None), said("withdrawn", None), said("withdrawn"), said("shouted")]
)
def test_what_has_ended_was_withdrawn_or_is_not_known_counts_for_nothing(word: Acknowledgement) -> None:
    assert hushes_in_force([word], NOW).of_finding(FINDING) is None


def test_what_is_over_needs_no_word() -> None:
    assert hushes_in_force([said()], NOW).of_finding(replace(FINDING, until=NOW)) is None


def test_the_word_about_a_cause_is_that_about_its_weightiest_sign() -> None:
    hushes = hushes_in_force([said()], NOW)
    assert hushes.of_cause(cause_of(FINDING, OTHER)) is not None
    assert hushes.of_cause(cause_of(OTHER, FINDING)) is None


def test_a_cause_without_evidence_cannot_be_hushed_for_unknown_is_never_quiet() -> None:
    assert hushes_in_force([said()], NOW).of_cause(cause_of()) is None
