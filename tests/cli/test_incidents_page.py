"""What `courtside incidents` shows whoever is on call: the worst first, what to do about it, and whether anybody still looks."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from checks.catalogue import ALL_CHECKS
from checks.hushes import HushKind
from checks.incidents.incident import State
from checks.model import Finding, Severity
from console.heartbeat import WATCHER, Heartbeat, beat
from console.incidents.shelf import keep_incidents, newest_incidents
from console.journal import FILE_NAME, Journal
from tests.cli.conftest import Courtside, Result
from tests.incidents.reports import CHECKS, NOON, RETRIER, SILENCE, STALE, Watch, finding

PLACE = "bigquery://nba-props-prod"
EVERY = timedelta(minutes=30)
UNDATED = finding("availability.missing_game", Severity.CRITICAL, since=None, day=NOON.date())


@dataclass
class Host:
    """A host on which runs were, and somebody who asks for its incidents."""

    courtside: Courtside
    watch: Watch = field(default_factory=Watch)

    @property
    def journal(self) -> Journal:
        return Journal(self.courtside.home / FILE_NAME, now=lambda: self.watch.moment)

    def sees(self, *findings: Finding, times: int = 1, unknown: tuple[str, ...] = ()) -> None:
        """Let so many runs see these findings, as a watcher of all checks does."""
        for _ in range(times):
            ran_at = self.watch.moment
            self.watch.sees(*findings, unknown=unknown)
            with self.journal.writing() as connection:
                closed = [event.incident for event in self.watch.events if event.incident.state is State.CLOSED]
                keep_incidents(connection, PLACE, (*closed, *self.watch.incidents), ran_at)
            beat(self.journal, WATCHER, PLACE, Heartbeat(ran_at, "ops-1", "OK all is well", EVERY))

    def asks(self, *words: str, now: datetime | None = None) -> Result:
        moment = now or self.watch.moment
        return self.courtside("incidents", *words, env={"COURTSIDE_WAREHOUSE": PLACE}, now=moment, width=200)

    def shows(self, **when: datetime) -> list[str]:
        return [line.strip() for line in self.asks(**when).lines]


@pytest.fixture
def host(courtside: Courtside) -> Host:
    return Host(courtside)


class TestTheOrder:
    def test_is_of_severity_and_age_of_what_lasts_then_what_is_over_and_then_what_is_closed(self, host: Host) -> None:
        older = finding(
            "availability.missing_game", since=NOON - timedelta(hours=9), day=NOON.date() - timedelta(days=1)
        )
        lasting = (finding("reconcile.players"), STALE, older, UNDATED)
        host.sees(SILENCE)
        host.sees(*lasting, RETRIER, times=3)
        host.watch.moment += timedelta(minutes=45)
        host.sees(*lasting, times=2)
        leads = [line.split(" · ") for line in host.asks().lines if " · " in line]
        assert [(name.split()[0], state) for name, state in leads] == [
            ("CRITICAL", "open"),
            ("ERROR", "open"),
            ("ERROR", "open"),
            ("WARNING", "open"),
            ("resolved", "resolved"),
            ("closed", "closed"),
        ]
        assert "2026-01-22" in leads[1][0]

    def test_never_hides_what_lasts_behind_what_is_closed(self, host: Host) -> None:
        host.sees(SILENCE, times=2)
        with host.journal.writing() as connection:
            closed = [
                replace(host.watch.only(), key=f"{PLACE}|closed:{n}", state=State.CLOSED, changed_at=NOON + n * EVERY)
                for n in range(9)
            ]
            keep_incidents(connection, PLACE, (*closed, *host.watch.incidents), NOON)
            found = newest_incidents(connection, PLACE, 3)
        assert [incident.state for incident in found] == [State.OPEN, *[State.CLOSED] * 3]
        assert [incident.name for incident in found[1:]] == ["closed:8", "closed:7", "closed:6"]

    def test_is_that_of_a_document_too(self, host: Host) -> None:
        host.sees(STALE, UNDATED, RETRIER, times=2)
        found = host.asks("--json").document["incidents"]
        assert [item["severity"] for item in found] == ["critical", "error", "warning"]


class TestAnIncident:
    def test_says_since_when_it_was_opened_last_seen_and_what_to_do(self, host: Host) -> None:
        host.sees(SILENCE, times=3)
        name = host.watch.only().name
        assert host.shows()[2:] == [
            f"CRITICAL {name} · open",
            SILENCE.sentence,
            "since Fri 23 Jan 07:00 EST (2026-01-23T12:00Z), 30 min",
            "opened Fri 23 Jan 07:00 EST (2026-01-23T12:00Z), last seen Fri 23 Jan 07:30 EST (2026-01-23T12:30Z), worst CRITICAL",
            "next: courtside check",
            f"ack: courtside ack {name} --reason 'on it' --apply",
        ]

    def test_that_nobody_can_date_is_first_seen_and_not_since(self, host: Host) -> None:
        host.sees(UNDATED, times=2)
        shown = host.shows()
        assert "first seen Fri 23 Jan 07:00 EST (2026-01-23T12:00Z), 30 min ago" in shown
        assert not any(line.startswith("since ") for line in shown)

    def test_that_is_over_has_its_end_in_both_zones_and_nothing_to_do(self, host: Host) -> None:
        host.sees(SILENCE)
        host.sees(times=2)
        shown = host.shows()
        assert (
            "from Fri 23 Jan 07:00 EST (2026-01-23T12:00Z) to Fri 23 Jan 07:15 EST (2026-01-23T12:15Z), 15 min" in shown
        )
        assert not any(line.startswith(("next: ", "ack: ")) for line in shown)

    def test_that_somebody_has_in_hand_offers_nobody_else_to_take_it(self, host: Host) -> None:
        host.sees(SILENCE)
        host.watch.hush(SILENCE, HushKind.ACKNOWLEDGED)
        host.sees(SILENCE)
        shown = host.shows()
        assert any(line.startswith("next: ") for line in shown)
        assert not any(line.startswith("ack: ") for line in shown)
        assert any("acknowledged by ann until" in line for line in shown)

    def test_that_nothing_can_be_seen_offers_no_word_for_none_could_be_kept(self, host: Host) -> None:
        everything = tuple(check.id for check in ALL_CHECKS)
        host.sees(unknown=everything, times=2)
        said = [line for line in host.shows() if line.startswith("ack: ")]
        assert said == [
            "ack: it cannot be acknowledged while the warehouse cannot be read, for what is said is kept there"
        ]

    def test_that_something_cannot_be_seen_can_be_taken_in_hand(self, host: Host) -> None:
        host.sees(unknown=CHECKS[:2], times=2)
        assert "ack: courtside ack blind --reason 'on it' --apply" in host.shows()

    def test_of_a_warehouse_that_is_not_the_configured_one_has_commands_that_name_it(
        self, courtside: Courtside
    ) -> None:
        host = Host(courtside)
        host.sees(SILENCE)
        shown = courtside("incidents", "--warehouse", PLACE, now=host.watch.moment, width=200).lines
        (ack,) = [line.strip() for line in shown if "ack: " in line]
        assert shlex.split(ack)[-2:] == ["--warehouse", PLACE]


class TestTheWatcher:
    def test_that_runs_is_told_with_its_age(self, host: Host) -> None:
        host.sees(times=2)
        shown = host.asks()
        assert (
            shown.lines[0]
            == "watcher  last ran 15 min ago, Fri 23 Jan 07:15 EST (2026-01-23T12:15Z) on ops-1, every 30 min"
        )
        assert shown.status == 0

    @pytest.mark.parametrize(("hours", "said", "status"), [(1.2, "WARNING", 1), (24 * 7, "CRITICAL", 2)])
    def test_that_is_silent_is_no_good_news(self, host: Host, hours: float, said: str, status: int) -> None:
        host.sees()
        later = NOON + timedelta(hours=hours)
        shown = host.asks(now=later)
        assert shown.status == status
        assert f"{said}: nobody has looked since, and what does not stand here may be wrong all the same" in shown.out
        assert "next: courtside watch --once" in shown.out
        document = host.asks("--json", now=later).document
        assert (document["watcher_silent"], document["exit_status"]) == (said.lower(), status)
        assert document["heartbeat"]["host"] == "ops-1"

    def test_that_there_never_was_is_unknown(self, host: Host) -> None:
        shown = host.asks()
        assert shown.status == 3
        assert shown.lines[0].startswith("watcher  none is known on this host: nobody has looked")
        document = host.asks("--json").document
        assert (document["heartbeat"], document["watcher_silent"]) == (None, "unknown")

    def test_whose_interval_nobody_knows_is_unknown(self, host: Host) -> None:
        beat(host.journal, WATCHER, PLACE, Heartbeat(NOON, "ops-1", "OK all is well"))
        shown = host.asks()
        assert shown.status == 3
        assert "nobody knows how often it is to" in shown.lines[0]

    def test_of_some_checks_that_is_silent_is_run_again_with_the_same(self, host: Host) -> None:
        host.sees()
        beat(host.journal, WATCHER, PLACE, Heartbeat(NOON - 9 * EVERY, "ops-2", "OK", EVERY / 30, CHECKS[1]))
        shown = host.asks()
        assert shown.status == 2
        assert f"next: courtside watch --once --checks {CHECKS[1]}" in shown.out

    def test_does_not_make_what_lasts_milder(self, host: Host) -> None:
        host.sees(SILENCE)
        assert host.asks().status == 2
        assert host.asks(now=NOON + timedelta(hours=1.2)).status == 2
