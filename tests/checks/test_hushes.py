"""Words about findings and incidents: in force until their end, and what of an incident each of them covers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from checks.causes import find_causes
from checks.facts.acknowledgements import Acknowledgement
from checks.hushes import Hushes, HushKind, hushes_in_force, incident_fingerprint
from checks.model import CheckResult, Fault, Finding, RootCause, Severity, Subject, SubjectKind
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


EIGHT = tuple(replace(FINDING, key=f"game {number}") for number in range(8))


def words(*about: str, event: str = "acknowledged") -> Hushes:
    """Return the words about these fingerprints, said one after the other, each a minute later and lasting a minute longer."""
    return hushes_in_force(
        [
            said(
                event,
                END + number * timedelta(minutes=1),
                acknowledgement_id=f"a{number}",
                fingerprint=name,
                acknowledged_at=at("2026-01-25T11:30") + number * timedelta(minutes=1),
            )
            for number, name in enumerate(about)
        ],
        NOW,
    )


@pytest.mark.parametrize("number", range(8))
def test_an_acknowledgement_of_any_of_the_worst_takes_the_whole_incident_in_hand(number: int) -> None:
    hush = words(EIGHT[number].fingerprint).of_cause(cause_of(*EIGHT))
    assert hush is not None
    assert hush.kind is HushKind.ACKNOWLEDGED


def test_one_of_what_is_less_bad_or_over_does_not() -> None:
    mild, over = replace(FINDING, severity=Severity.WARNING, key="mild"), replace(FINDING, until=NOW, key="over")
    hushes = words(mild.fingerprint, over.fingerprint)
    assert hushes.of_cause(cause_of(FINDING, mild, over)) is None
    assert hushes.of_cause(cause_of(mild, over)) is not None


def test_a_silence_of_one_game_silences_none_of_the_others() -> None:
    for number in range(8):
        assert words(EIGHT[number].fingerprint, event="silenced").of_cause(cause_of(*EIGHT)) is None


def test_silences_of_all_of_them_silence_the_incident_until_the_first_of_them_ends() -> None:
    hush = words(*(game.fingerprint for game in EIGHT), event="silenced").of_cause(cause_of(*EIGHT))
    assert hush is not None
    assert (hush.kind, hush.until) == (HushKind.SILENCED, END)


@pytest.mark.parametrize("event", ["acknowledged", "silenced"])
@pytest.mark.parametrize("check", ["orchestration.gap", "orchestration.masked_outage"])
@pytest.mark.parametrize("worst", [Severity.ERROR, Severity.CRITICAL])
def test_either_sign_of_one_silence_speaks_for_it_and_the_one_that_is_shown_though_it_be_milder(
    check: str, event: str, worst: Severity
) -> None:
    gap = replace(FINDING, check="orchestration.gap", severity=worst)
    masked = replace(FINDING, check="orchestration.masked_outage")
    (cause,) = find_causes([CheckResult(sign.check, sign.severity, (sign,)) for sign in (gap, masked)])
    about = next(sign for sign in cause.evidence if sign.check == check)
    assert words(about.fingerprint, event=event).of_cause(cause) is not None


def test_an_incident_as_a_whole_is_named_as_its_page_names_it_whatever_its_evidence() -> None:
    cause = replace(cause_of(*EIGHT), key="box_scores_missing:2026-01-22", name="box_scores_missing")
    for event, kind in (("acknowledged", HushKind.ACKNOWLEDGED), ("silenced", HushKind.SILENCED)):
        hush = words(incident_fingerprint("box_scores_missing:2026-01-22"), event=event).of_cause(cause)
        assert hush is not None
        assert hush.kind is kind
    assert words(incident_fingerprint("box_scores_missing:2026-01-23")).of_cause(cause) is None


def test_what_was_said_last_of_an_incident_counts_before_what_was_said_earlier() -> None:
    cause = cause_of(*EIGHT)
    whole, one = incident_fingerprint(cause.key), EIGHT[3].fingerprint
    for first, last in ((whole, one), (one, whole)):
        hush = words(first, last).of_cause(cause)
        assert hush is not None
        assert hush.until == END + timedelta(minutes=1)


def test_no_words_about_findings_make_what_cannot_be_seen_quiet_only_one_about_the_incident_does() -> None:
    blind = replace(cause_of(), key="blind:no answer", name="blind")
    assert words(FINDING.fingerprint, incident_fingerprint("blind:workers")).of_cause(blind) is None
    hushes = replace(words(incident_fingerprint("blind")), names={blind.key: "blind"})
    assert hushes.of_cause(blind) is not None


def test_a_word_about_a_silent_controller_is_not_shown_of_a_silence_that_began_after_it_was_said() -> None:
    minute = timedelta(minutes=1)
    hushes = words(incident_fingerprint("controller_silent"), event="silenced")
    for since, is_shown in ((at("2026-01-25T11:30"), True), (at("2026-01-25T11:30") + minute, False)):
        gap = replace(FINDING, check="orchestration.gap", since=since)
        (cause,) = find_causes([CheckResult(gap.check, gap.severity, (gap,))])
        assert (hushes.of_cause(cause) is not None) is is_shown
        # Whoever knows the incident knows better: it may be the same one that opens again.
        assert hushes.of_present({incident_fingerprint(cause.name): since}, since, minute).of_cause(cause) is not None


def test_a_finding_shows_the_word_about_itself_before_that_about_its_incident() -> None:
    cause, (first, second, *_) = cause_of(*EIGHT), EIGHT
    hushes = words(first.fingerprint, incident_fingerprint(cause.key))
    own, whole = hushes.of_finding(first), hushes.of_cause(cause)
    assert (hushes.about(first, cause), hushes.about(second, cause), hushes.about(OTHER, cause)) == (own, whole, None)


def test_the_fingerprint_of_an_incident_is_never_longer_than_any_system_keeps() -> None:
    assert len(incident_fingerprint("x" * 400)) <= 255
    assert incident_fingerprint("x" * 400) != incident_fingerprint("x" * 401)
