"""The key of an incident: environment, cause and scope, at most 255 characters, one for each of them and always the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from checks.cause_rules import RULES, Rule
from checks.causes import find_causes
from checks.incidents.incident import Incident, Run
from checks.incidents.signs import signs_of
from checks.keys import LONGEST_KEY, cause_key, cause_of, incident_key, place_of
from checks.model import Severity
from tests.incidents.reports import NOON, SILENCE, Watch, finding, report

PLACES = st.text(max_size=300)
LONG = st.integers(0, 400).flatmap(lambda size: st.text(alphabet="ab|:~", min_size=size, max_size=size + 3))
PARTS = st.tuples(PLACES | LONG, st.sampled_from(["controller_silent", "blind", "x" * 300]), LONG)


@given(PARTS, PARTS)
@example(("demo", "blind", "y" * 400 + "1"), ("demo", "blind", "y" * 400 + "2"))
@example(("/" * 300 + "1", "blind", ""), ("/" * 300 + "2", "blind", ""))
@example(("a|b", "blind", ""), ("a", "b|blind", ""))
@example(("a|b", "blind", ""), ("a/b", "blind", ""))
def test_each_environment_cause_and_scope_has_a_key_of_its_own_in_255_characters(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    keys = [incident_key(place, cause_key(cause, scope)) for place, cause, scope in (one, other)]
    assert max(map(len, keys)) <= LONGEST_KEY
    assert (keys[0] == keys[1]) == (one == other)


@given(PLACES | LONG, PLACES | LONG)
def test_what_belongs_to_one_environment_begins_alike_and_to_no_other(place: str, other: str) -> None:
    ours = {place_of(incident_key(place, cause_key(cause, "s" * 300))) for cause in ("blind", "late")}
    assert len(ours) == 1
    assert (place_of(incident_key(other, "blind")) in ours) == (place == other)


@given(st.sampled_from(list(Severity)[1:]), st.text(max_size=20), st.integers(0, 5_000))
def test_it_stays_the_same_while_what_is_said_of_the_trouble_changes(
    severity: Severity, sentence: str, minutes: int
) -> None:
    changed = replace(SILENCE, severity=severity, sentence=sentence)
    later = NOON + timedelta(minutes=minutes)
    (key,) = signs_of(Run("demo", report(later, changed), Watch().hushes, later))
    assert key == "demo|controller_silent"


def test_very_long_scopes_are_incidents_apart_with_ids_and_threads_that_fit() -> None:
    watch = Watch()
    scopes = ["s" * 600 + end for end in ("1", "2", "3")]
    for _ in range(2):
        watch.sees(*(finding("workers.heartbeat", key=scope) for scope in scopes))
    assert len({incident.key for incident in watch.incidents}) == 3
    for names in (_of(watch, "key"), _of(watch, "id"), _of(watch, "thread")):
        assert len(set(names)) == 3
        assert max(map(len, names)) <= LONGEST_KEY
    assert {cause_of(incident.key)[:20] for incident in watch.incidents} == {"batch_lost:sssssssss"}


@given(st.sampled_from(RULES), st.datetimes(), st.datetimes())
def test_no_key_of_what_is_no_game_date_holds_a_moment(rule: Rule, first: datetime, second: datetime) -> None:
    """Else each moment would make another incident of one trouble, as each decision did of a controller that hardly decides."""
    keys = set()
    for moment in (first.replace(tzinfo=UTC), second.replace(tzinfo=UTC)):
        shown = finding(
            rule.checks[0], Severity.CRITICAL, since=moment, key="" if rule.name == "batch_lost" else str(moment)
        )
        keys |= set(signs_of(Run("demo", report(NOON, shown), Watch().hushes, NOON)))
    assert len(keys) == 1


def test_reasons_that_begin_alike_are_blind_spots_apart() -> None:
    watch, reasons = Watch(), ["no row " * 60 + end for end in ("here", "there")]
    results = report(watch.moment, unknown=["schedule.stale", "reconcile.players"]).results
    silent = [
        replace(result, reason=reasons[n], unreadable=False)
        for n, result in enumerate(result for result in results if result.reason)
    ]
    assert len({cause.key for cause in find_causes(silent)}) == 2


def _of(watch: Watch, name: str) -> list[str]:
    def value(incident: Incident) -> str:
        return str(getattr(incident, name))

    return [value(incident) for incident in watch.incidents]
