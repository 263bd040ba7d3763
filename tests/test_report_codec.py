from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.model import (
    CheckResult,
    Evidence,
    FactOutcome,
    Fault,
    Finding,
    Report,
    RootCause,
    Scope,
    Severity,
    Subject,
    SubjectKind,
    Suggestion,
    Verdict,
)
from console.report_codec import CodecError, decode, decode_report, encode, encode_report
from tests.builders import at, scope_at

if TYPE_CHECKING:
    from console.desk import Desk

MOMENTS = st.datetimes(datetime(1946, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # bounds are naive there
DAYS = st.dates(date(1946, 1, 1), date(2099, 1, 1))
TEXTS = st.text(max_size=20)
SEVERITIES = st.sampled_from(Severity)
EVIDENCE = st.builds(
    Evidence, TEXTS, st.one_of(TEXTS, st.integers(), st.floats(allow_nan=False, allow_infinity=False)), TEXTS, TEXTS
)
FINDINGS = st.builds(
    Finding,
    check=TEXTS,
    severity=SEVERITIES,
    subject=st.builds(Subject, st.sampled_from(SubjectKind), TEXTS, st.none() | DAYS),
    sentence=TEXTS,
    fault=st.sampled_from(Fault),
    since=st.none() | MOMENTS,
    until=st.none() | MOMENTS,
    evidence=st.lists(EVIDENCE, max_size=2).map(tuple),
    names=st.lists(TEXTS, max_size=2).map(tuple),
    suggestions=st.lists(st.builds(Suggestion, TEXTS, TEXTS), max_size=2).map(tuple),
    key=TEXTS,
)
SOME_FINDINGS = st.lists(FINDINGS, max_size=2).map(tuple)
REPORTS = st.builds(
    Report,
    scope=st.builds(Scope, MOMENTS, DAYS, DAYS, st.integers(0, 10_000).map(lambda n: timedelta(minutes=n))),
    verdict=st.builds(Verdict, SEVERITIES, TEXTS, st.none() | MOMENTS),
    causes=st.lists(
        st.builds(
            RootCause,
            key=TEXTS,
            name=TEXTS,
            severity=SEVERITIES,
            sentence=TEXTS,
            fault=st.sampled_from(Fault),
            since=st.none() | MOMENTS,
            until=st.none() | MOMENTS,
            evidence=SOME_FINDINGS,
            symptoms=SOME_FINDINGS,
            suggestions=st.just(()),
        ),
        max_size=2,
    ).map(tuple),
    results=st.lists(st.builds(CheckResult, TEXTS, SEVERITIES, SOME_FINDINGS, TEXTS, st.booleans()), max_size=2).map(
        tuple
    ),
    facts=st.lists(st.builds(FactOutcome, TEXTS, st.integers(0), st.floats(0, 60), TEXTS), max_size=2).map(tuple),
)


@settings(max_examples=40)
@given(REPORTS)
def test_a_report_comes_back_from_json_as_it_was(report: Report) -> None:
    assert decode_report(json.loads(json.dumps(encode_report(report)))) == report


def test_the_report_of_the_january_week_comes_back_as_it_was(desk: Desk) -> None:
    report = desk.report(scope_at("2026-01-25T01:30", days=6))
    again = decode_report(json.loads(json.dumps(encode_report(report))))
    assert again == report
    assert [finding.fingerprint for finding in again.findings] == [finding.fingerprint for finding in report.findings]


def test_a_number_keeps_its_type_so_that_it_reads_the_same() -> None:
    numbers = [Evidence("n", value, "", "") for value in (1, 1.0, "1")]
    again = [decode(Evidence, json.loads(json.dumps(encode(item)))).value for item in numbers]
    assert [(type(value), value) for value in again] == [(int, 1), (float, 1.0), (str, "1")]


def test_what_is_kept_reads_like_what_it_is() -> None:
    scope = Scope(at("2026-01-23T06:20"), date(2026, 1, 22), date(2026, 1, 23))
    assert encode(scope) == {
        "as_of": "2026-01-23T06:20:00Z",
        "first": "2026-01-22",
        "last": "2026-01-23",
        "lookback": 2880,
    }
    assert encode(Verdict(Severity.CRITICAL, "no decision", None)) == {
        "severity": "CRITICAL",
        "sentence": "no decision",
        "since": None,
    }


def test_a_time_of_another_zone_is_kept_in_utc() -> None:
    eastern = datetime(2026, 1, 23, 1, 20, tzinfo=timezone(timedelta(hours=-5)))
    assert encode(eastern) == "2026-01-23T06:20:00Z"


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), datetime(2026, 1, 23, 6, 20), object()],  # noqa: DTZ001  # what is refused
)
def test_what_cannot_come_back_is_not_kept(value: object) -> None:
    with pytest.raises(CodecError, match="cannot be kept"):
        encode(value)


def _verdict(**changes: Any) -> dict[str, Any]:
    return {"severity": "OK", "sentence": "all is well", "since": None, **changes}


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ([], "the value must be an object of Verdict"),
        ({"severity": "OK", "sentence": ""}, "since is missing"),
        (_verdict(colour="red"), "colour is no field of Verdict"),
        (_verdict(severity="BAD"), "severity must be one of OK, WARNING"),
        (_verdict(severity=1), "severity must be one of OK"),
        (_verdict(sentence=None), "sentence must be a text, not None"),
        (_verdict(since="2026-01-23T06:20:00"), "since must be a time in UTC that ends in Z"),
        (_verdict(since="yesterdayZ"), "since must be a time in UTC"),
    ],
)
def test_what_was_not_written_so_is_refused_by_the_fields_name(raw: object, message: str) -> None:
    with pytest.raises(CodecError, match=message):
        decode(Verdict, raw)


@pytest.mark.parametrize(
    ("kind", "raw", "message"),
    [
        (int, True, "must be a whole number, not True"),
        (int, 1.5, "must be a whole number"),
        (float, "1", "must be a finite number"),
        (bool, 1, "must be true or false"),
        (date, "2026-02-30", "must be a date"),
        (timedelta, "2 days", "must be a finite number"),
        (timedelta, 10**15, "must be a number of minutes"),
        (tuple[str, ...], "ab", "must be a list"),
        (dict, {}, "is of no type of a report"),
    ],
)
def test_a_value_of_another_type_is_refused(kind: Any, raw: object, message: str) -> None:
    with pytest.raises(CodecError, match=message):
        decode(kind, raw)


def test_the_refusal_says_which_finding_of_which_check_is_broken(desk: Desk) -> None:
    raw: Any = json.loads(json.dumps(encode_report(desk.report(scope_at("2026-01-23T06:20"), ["orchestration.gap"]))))
    raw["results"][0]["findings"][0]["subject"]["game_date"] = "soon"
    with pytest.raises(
        CodecError, match=r"^results\[0\]\.findings\[0\]\.subject\.game_date must be a date, not 'soon'"
    ):
        decode_report(raw)


def test_nothing_heavy_is_loaded_to_read_a_report() -> None:
    code = "import sys, console.report_codec; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    command = [sys.executable, "-c", code]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)  # noqa: S603  # our own
    assert set(shown.stdout.split()).isdisjoint({"duckdb", "textual", "typer", "pandas", "rich"})
