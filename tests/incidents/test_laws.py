"""What holds of incidents whatever the runs bring, in any order and with any clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from checks.hushes import HushKind
from checks.incidents.incident import Happening, State
from checks.model import Finding, Severity
from tests.incidents.reports import CHECKS, RETRIER, SILENCE, STALE, Watch, finding

KNOWN = (
    SILENCE,
    replace(SILENCE, severity=Severity.WARNING),
    STALE,
    RETRIER,
    replace(RETRIER, severity=Severity.CRITICAL),
    finding("reconcile.players", Severity.WARNING),
)
RUNS = st.tuples(
    st.lists(st.sampled_from(KNOWN), unique_by=lambda item: item.check, max_size=4),
    st.lists(st.sampled_from(CHECKS), unique=True, max_size=2),
    st.sampled_from([timedelta(minutes=minutes) for minutes in (15, 1, 0, 59, -60, 480)]),
    st.sampled_from([None, *HushKind]),
)


def sees(watch: Watch, run: tuple[list[Finding], list[str], timedelta, HushKind | None]) -> None:
    findings, unknown, pause, kind = run
    if kind is not None:
        watch.hush(SILENCE, kind, hours=1)
    watch.every = pause
    watch.sees(*(item for item in findings if item.check not in unknown), unknown=unknown)


@settings(max_examples=150)
@given(st.lists(RUNS, max_size=25))
def test_of_one_key_there_are_never_two_incidents(
    runs: list[tuple[list[Finding], list[str], timedelta, HushKind | None]],
) -> None:
    watch = Watch()
    for run in runs:
        sees(watch, run)
        keys = [incident.key for incident in watch.incidents]
        assert len(keys) == len(set(keys))
        assert State.CLOSED not in {incident.state for incident in watch.incidents}


@settings(max_examples=150)
@given(st.lists(RUNS, max_size=25))
def test_what_cannot_be_judged_resolves_nothing(
    runs: list[tuple[list[Finding], list[str], timedelta, HushKind | None]],
) -> None:
    watch = Watch()
    for run in runs:
        before = len(watch.events)
        sees(watch, run)
        resolved = [event.incident for event in watch.events[before:] if event.what is Happening.RESOLVED]
        assert not [incident for incident in resolved if set(incident.checks) & set(run[1])]


@settings(max_examples=150)
@given(st.lists(RUNS, max_size=25))
def test_what_opens_within_an_hour_of_its_resolution_is_the_same_again(
    runs: list[tuple[list[Finding], list[str], timedelta, HushKind | None]],
) -> None:
    watch = Watch()
    for run in runs:
        sees(watch, run)
    latest: dict[str, tuple[Happening, object]] = {}
    for event in watch.events:
        incident = event.incident
        if event.what is Happening.OPENED:
            assert latest.get(incident.key, (Happening.CLOSED, None))[0] is Happening.CLOSED
        if event.what is Happening.REOPENED:
            what, id_before = latest[incident.key]
            assert (what, id_before) == (Happening.RESOLVED, incident.id)
        if event.what in (Happening.OPENED, Happening.REOPENED, Happening.RESOLVED, Happening.CLOSED):
            latest[incident.key] = (event.what, incident.id)
