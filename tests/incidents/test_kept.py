"""What the journal keeps of incidents and of what was told: as it was, and also what an earlier version wrote."""

from __future__ import annotations

import json
from dataclasses import replace

from checks.incidents.incident import State
from checks.severity import Severity
from console.incidents.codec import incident_of_text, text_of_incident
from console.notify.codec import ledger_of_text, text_of_ledger
from console.notify.notice import Ledger
from tests.incidents.reports import CHECKS, NOON, SILENCE, Watch


def test_an_incident_is_read_as_it_was_with_the_word_that_was_said_of_it() -> None:
    watch = Watch()
    watch.sees(SILENCE)
    watch.hush(SILENCE)
    watch.sees(SILENCE)
    watch.sees(unknown=CHECKS, times=2)
    assert {incident.state for incident in watch.incidents} == {State.ACKNOWLEDGED, State.OPEN}
    assert any(incident.word_at is Severity.CRITICAL for incident in watch.incidents)
    assert any(incident.blind for incident in watch.incidents)
    broken = tuple(replace(incident, outgrown=incident.word) for incident in watch.incidents)
    for kept in (watch.incidents, broken):
        assert tuple(incident_of_text(text_of_incident(incident)) for incident in kept) == kept


def test_one_that_an_earlier_version_kept_is_read_as_well() -> None:
    watch = Watch()
    watch.sees(SILENCE)
    kept = json.loads(text_of_incident(watch.only()))
    for name in ("word", "word_at", "blind", "outgrown"):
        del kept[name]
    assert incident_of_text(json.dumps(kept)) == watch.only()


def test_a_word_is_read_with_when_and_of_what_it_was_said_and_one_of_an_earlier_version_without() -> None:
    watch = Watch()
    watch.sees(SILENCE)
    watch.hush(SILENCE)
    watch.sees(SILENCE)
    text = text_of_incident(watch.only())
    hush = incident_of_text(text).hush
    assert hush is not None
    assert (hush.said_at, hush.about) == (NOON + watch.every, SILENCE.fingerprint)
    kept = json.loads(text)
    for word in (kept["hush"], kept["word"]):
        del word["said_at"], word["about"]
    earlier = incident_of_text(json.dumps(kept))
    assert earlier == watch.only()
    assert earlier.hush is not None
    assert (earlier.hush.said_at, earlier.hush.about) == (None, "")
    watch.incidents = (earlier,)
    assert watch.sees(SILENCE) == []
    assert [item.about for item in (watch.only().hush, watch.only().word) if item] == [SILENCE.fingerprint] * 2


def test_the_ledger_knows_its_sinks_and_one_of_an_earlier_version_does_not() -> None:
    ledger = Ledger(sinks=("slack:C0123", "webhook"))
    assert ledger_of_text(text_of_ledger(ledger)) == ledger
    kept = json.loads(text_of_ledger(ledger))
    del kept["sinks"]
    assert ledger_of_text(json.dumps(kept)) == replace(ledger, sinks=None)
