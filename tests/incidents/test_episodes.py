"""A controller that hardly decides: its silences, one after the other, are one incident that seemed over and was not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.incidents.reports import NOON, SILENCE, Watch


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_a_silence_that_one_decision_interrupted_is_the_same_incident_again_and_counted_as_flapping(
    watch: Watch,
) -> None:
    watch.sees(SILENCE)
    before = watch.only().id
    over = replace(SILENCE, until=watch.moment)
    assert watch.sees(over, times=4) == ["resolved: controller_silent"]
    another = replace(SILENCE, key="another", since=over.until)
    assert watch.sees(over, another) == ["opened again: controller_silent"]
    assert (watch.only().id, watch.only().flaps, watch.only().since) == (before, 1, over.until)


def test_of_several_silences_the_one_that_lasts_stands_for_the_incident(watch: Watch) -> None:
    earlier = [
        replace(SILENCE, key=str(n), since=NOON - timedelta(hours=n), until=NOON - timedelta(minutes=n)) for n in (9, 5)
    ]
    for order in ((*earlier, SILENCE), (SILENCE, *earlier)):
        assert watch.sees(*order) in (["opened: controller_silent"], [])
        assert (watch.only().since, watch.only().signs) == (NOON, (SILENCE.fingerprint,))
    over = replace(SILENCE, until=watch.moment)
    assert watch.sees(over, *earlier, times=2) == ["resolved: controller_silent"]
    assert watch.only().ended_at == over.until
