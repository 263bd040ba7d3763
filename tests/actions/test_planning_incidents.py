"""Incidents taken in hand as a whole, and plans that say which incidents a word about less takes in hand and which not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from checks.facts.acknowledgements import Acknowledgement
from checks.hushes import Hushes, hushes_in_force, incident_fingerprint
from checks.incidents.incident import Incident, Run, State
from checks.model import Finding, Report, Severity
from checks.policy import Policy
from console.actions.entry import Actor
from console.actions.plan import PlanItem, Put
from console.actions.planning.draft import Asked
from console.actions.planning.hushing import hushing_items
from console.actions.planning.planner import Planner
from console.desk import Desk
from console.journal import JournalError
from console.warehouse.embedded import EmbeddedWarehouse
from screens.orders import Order, Verb
from tests.builders import at
from tests.incidents.reports import NOON, SILENCE, STALE, Watch, finding, report

DAY = date(2026, 1, 23)
UNTIL = NOON + timedelta(hours=2)
GAMES = tuple(finding("reconcile.inflated", day=DAY, name=f"game {number}") for number in range(3))
MILD = finding("reconcile.inflated", Severity.WARNING, day=DAY, name="a mild one")
SEEN = report(NOON, SILENCE, STALE, *GAMES, MILD, unknown=["queue.retrier_dead", "workers.heartbeat"])


def quota() -> tuple[Incident, ...]:
    """Return the incident of a check that no report of the warehouse has, as the journal keeps it."""
    watch = Watch()
    watch.takes(Run("demo", report(NOON, finding("infra.quota", Severity.CRITICAL)), watch.hushes, NOON))
    return watch.incidents


def planned(
    verb: Verb, *names: str, seen: Report = SEEN, rows: Sequence[Acknowledgement] = (), kept: Any = quota
) -> tuple[PlanItem, ...]:
    order = Order(verb, (), DAY, DAY, "on it", UNTIL if verb is Verb.SILENCE else None, names)
    asked = Asked(order, NOON, Actor("ann", "ops"), "p1", lambda: "n", kept)
    return hushing_items(asked, seen, rows)


def said(*fingerprints: str, event: str = "acknowledged") -> list[Acknowledgement]:
    return [Acknowledgement(f"a-{name}", name, event, "known", "bob", NOON, UNTIL) for name in fingerprints]


def words_of(items: Sequence[PlanItem]) -> list[str]:
    """Return the fingerprints that a plan would put a word about."""
    return [str(item.step.values["fingerprint"]) for item in items if isinstance(item.step, Put)]


@pytest.mark.parametrize(
    ("name", "incident"),
    [
        ("controller_silent", "controller_silent"),
        ("here|controller_silent", "controller_silent"),
        ("analytics_inflated", "analytics_inflated"),
        ("blind", "blind"),
        ("infra.quota", "infra.quota"),
        ("demo|infra.quota", "infra.quota"),
    ],
)
def test_an_incident_is_taken_by_its_name_its_key_or_its_cause(name: str, incident: str) -> None:
    (item,) = planned(Verb.ACKNOWLEDGE, name)
    assert (item.subject, item.refused) == (f"incident {incident}", "")
    assert item.would.startswith(
        "acknowledged until Fri 23 Jan 08:00 EST (2026-01-23T13:00Z): the incident as a whole: "
    )
    assert words_of([item]) == [incident_fingerprint(incident)]


def test_the_key_of_a_cause_names_its_incident_as_the_screens_order_it() -> None:
    for cause in SEEN.causes:
        (item,) = planned(Verb.SILENCE, cause.key)
        assert item.subject == f"incident {'blind' if cause.name == 'blind' else cause.name}"


def test_a_cause_without_its_scope_means_all_incidents_of_it() -> None:
    missing = [finding("availability.missing_game", Severity.CRITICAL, day=date(2026, 1, day)) for day in (22, 23)]
    items = planned(Verb.ACKNOWLEDGE, "box_scores_missing", seen=report(NOON, *missing))
    assert {item.subject for item in items} == {
        "incident box_scores_missing:2026-01-22",
        "incident box_scores_missing:2026-01-23",
    }


def test_a_name_that_neither_the_report_nor_the_incidents_have_is_refused() -> None:
    (item,) = planned(Verb.ACKNOWLEDGE, "retrier_daed")
    assert item.refused.startswith("the report has no such finding, and no incident that lasts is called so")


def test_an_incident_that_is_over_is_refused() -> None:
    over = report(NOON, finding("queue.retrier_dead", until=NOON))
    (item,) = planned(Verb.ACKNOWLEDGE, "retrier_dead", seen=over)
    assert item.refused == "it is not going on: over since Fri 23 Jan 07:00 EST (2026-01-23T12:00Z)"


def test_the_journal_is_asked_only_for_what_the_report_does_not_show() -> None:
    def broken() -> tuple[Incident, ...]:
        raise JournalError("it is damaged")

    assert planned(Verb.ACKNOWLEDGE, "controller_silent", "blind", SILENCE.fingerprint, "0123456789ab", kept=broken)
    with pytest.raises(JournalError):
        planned(Verb.ACKNOWLEDGE, "infra.quota", kept=broken)


@pytest.mark.parametrize("game", GAMES)
def test_acknowledging_one_of_the_worst_says_that_the_incident_is_in_hand(game: Finding) -> None:
    (item,) = planned(Verb.ACKNOWLEDGE, game.fingerprint)
    assert item.would.endswith("; with that the incident analytics_inflated is in hand")


def test_acknowledging_less_says_that_people_go_on_being_told_and_what_would_take_it_in_hand() -> None:
    for less, incident in ((MILD, "analytics_inflated"), (STALE, "controller_silent")):
        (item,) = planned(Verb.ACKNOWLEDGE, less.fingerprint)
        assert item.would.endswith(
            f"; people go on being told of the incident {incident}, which stands on more or worse than this: "
            f"`courtside ack {incident}` has all of it in hand"
        )


def test_silencing_one_game_says_that_the_incident_is_not_silent_and_silencing_all_that_it_is() -> None:
    (one,) = planned(Verb.SILENCE, GAMES[0].fingerprint)
    assert "people go on being told of the incident analytics_inflated" in one.would
    assert one.would.endswith("`courtside silence analytics_inflated` has all of it silent")
    for item in planned(Verb.SILENCE, *(game.fingerprint for game in GAMES)):
        assert item.would.endswith("; with that the incident analytics_inflated is silent")


def test_withdrawing_from_an_incident_takes_back_every_word_about_it() -> None:
    whole = incident_fingerprint("analytics_inflated")
    rows = said(whole, GAMES[1].fingerprint)
    assert set(words_of(planned(Verb.WITHDRAW, "analytics_inflated", rows=rows))) == {whole, GAMES[1].fingerprint}
    (item,) = planned(Verb.WITHDRAW, "analytics_inflated", rows=said(GAMES[1].fingerprint))
    assert item.would.endswith("; people are told of the incident analytics_inflated again")
    (none,) = planned(Verb.WITHDRAW, "analytics_inflated")
    assert none.refused == "nobody has acknowledged or silenced it, or that has ended"


def test_withdrawing_one_word_of_two_says_that_the_other_still_holds() -> None:
    rows = said(incident_fingerprint("analytics_inflated"), GAMES[1].fingerprint)
    (item,) = planned(Verb.WITHDRAW, GAMES[1].fingerprint, rows=rows)
    assert "; the incident analytics_inflated is still acknowledged by bob until " in item.would


def test_a_word_about_what_is_no_longer_known_can_be_withdrawn() -> None:
    (item,) = planned(Verb.WITHDRAW, "retrier_dead", rows=said(incident_fingerprint("retrier_dead")))
    assert words_of([item]) == [incident_fingerprint("retrier_dead")]


def test_the_same_said_twice_of_an_incident_is_refused_and_a_silence_replaces_an_acknowledgement() -> None:
    rows = said(incident_fingerprint("blind"))
    (again,) = planned(Verb.ACKNOWLEDGE, "blind", rows=rows)
    assert again.refused.startswith("already acknowledged by bob until ")
    (silence,) = planned(Verb.SILENCE, "blind", rows=rows)
    assert "; it replaces: acknowledged by bob until " in silence.would


def kept_of_games() -> Watch:
    """Return what runs have left of the missing games, of which the first was acknowledged as `said` has it and is mended."""
    watch = Watch(moment=NOON - timedelta(hours=1))
    watch.sees(*GAMES, times=2)
    watch.hushes = hushes_in_force(said(GAMES[0].fingerprint), NOON)
    watch.sees(*GAMES)
    watch.sees(*GAMES[1:])
    return watch


def test_withdrawing_from_an_incident_takes_back_also_the_word_about_what_is_mended_by_now() -> None:
    watch = kept_of_games()
    assert watch.only().state is State.ACKNOWLEDGED
    rows, seen = said(GAMES[0].fingerprint), report(NOON, *GAMES[1:])
    items = planned(Verb.WITHDRAW, "analytics_inflated", seen=seen, rows=rows, kept=lambda: watch.incidents)
    assert words_of(items) == [GAMES[0].fingerprint]
    watch.hushes = Hushes()
    assert watch.sees(*GAMES[1:]) == ["no longer acknowledged or silenced: analytics_inflated"]


@pytest.mark.parametrize(("hours", "is_refused"), [(3, True), (1, False)])
def test_what_was_said_of_an_earlier_incident_hinders_nobody_from_speaking_of_the_present_one(
    hours: int, *, is_refused: bool
) -> None:
    watch = Watch(moment=NOON - timedelta(hours=hours))
    watch.sees(SILENCE)
    whole = incident_fingerprint("controller_silent")
    early = [replace(word, acknowledged_at=NOON - timedelta(hours=2, minutes=30)) for word in said(whole)]
    (item,) = planned(Verb.ACKNOWLEDGE, "controller_silent", rows=early, kept=lambda: watch.incidents)
    assert item.refused.startswith("already acknowledged by bob until ") is is_refused
    assert words_of([item]) == ([] if is_refused else [whole])


def test_a_planner_hands_the_incidents_that_runs_have_opened_to_who_plans(demo_file: Path) -> None:
    now: datetime = at("2026-01-25T18:00")
    planner = Planner(
        lambda: Desk(EmbeddedWarehouse(demo_file), Policy()), "demo", lambda: "n" * 32, Actor("ann", "ops"), quota
    )
    plan = planner(Order(Verb.ACKNOWLEDGE, (), date(2026, 1, 24), date(2026, 1, 25), "", None, ("infra.quota",)), now)
    assert [item.subject for item in plan.items] == ["incident infra.quota"]
