"""What stands behind the keys that act: plans, consent and results on a real file with a real journal; and quitting midway."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from checks.facts.retry_queue import RETRY_QUEUE
from checks.model import Scope, Subject, SubjectKind
from checks.policy import Policy
from checks.progress import never
from checks.queue_rows import subject_of
from console.actions.plan import COUNT_TYPED_ABOVE, MOST_ITEMS
from console.actions.run_state import ItemRun, ItemState, Run, RunState
from console.actions.saying import preview_of, result_of
from console.desk import Desk
from console.hands import Hands, Slack
from console.heartbeat import DRAINER, Heartbeat, beat
from console.journal import FILE_NAME, Journal, JournalError
from console.look import Look
from console.slack.destination import Destination, Webhook
from console.slack.message import Message
from console.slack.outbox import State
from console.slack.posting import Posting
from console.warehouse.embedded import EmbeddedWarehouse
from screens.orders import Consent, Order, Verb
from screens.ports import LogEntry, Preview, Result
from screens.unloaded import Unloaded
from tests.actions.plans import every_kind
from tests.bigquery_double.hand_clock import HandClock
from tests.console_process import courtside, needs_terminal
from tests.hands.moment import NOW, WHY
from tests.screens.stations import NO_SLACK, hands_on, station_on
from tests.test_console_walk import see_row, until

DAY = date(2026, 1, 24)
NO_FINDINGS = Unloaded.nothing(Scope.at(NOW))
WEBHOOK = Webhook("https://hooks.slack.com/services/x")


@pytest.fixture(scope="module")
def look(desk: Desk) -> Look:
    return desk.look(Scope.at(NOW))


def status_of_row(file: Path, now: datetime = NOW) -> str:
    with Desk(EmbeddedWarehouse(file), Policy()) as desk:
        scope = Scope.at(now + timedelta(minutes=2), days=2)
        (row,) = desk.facts(scope, RETRY_QUEUE)[RETRY_QUEUE]
    return row.status


def cancelling(file: Path, now: datetime = NOW) -> Order:
    with Desk(EmbeddedWarehouse(file), Policy()) as desk:
        (row,) = desk.facts(Scope.at(now, days=2), RETRY_QUEUE)[RETRY_QUEUE]
    return Order(Verb.CANCEL, (subject_of(row),), row.game_date, row.game_date)


def applied(hands: Hands, preview: Preview, consent: Consent = WHY) -> Result:
    return hands.apply(preview, consent, lambda _done, _all: None, never)


# Planning


def test_a_moment_of_the_past_is_planned_for_and_can_not_be_acted_on(file: Path, state: Path) -> None:
    hands = hands_on(file, state)
    preview = hands.plan(cancelling(file), NO_FINDINGS, NOW)
    assert [item.refused for item in preview.items] == [""]
    assert not preview.available
    assert preview.note.startswith("replaying Sun 25 Jan 11:00 EST (2026-01-25T16:00Z): go back to live")
    assert hands.operations() == ()


def test_what_is_read_only_says_so_first_and_not_to_go_back_to_live(file: Path, state: Path) -> None:
    hands = hands_on(file, state, read_only="the demo is read-only")
    assert hands.plan(cancelling(file), NO_FINDINGS, NOW).note == "the demo is read-only"
    assert hands.rest("p0", NOW).note == "there is no plan p0 in this journal"


def test_plans_that_were_only_looked_at_are_one_line_of_the_operations_log(
    file: Path, state: Path, clock: HandClock
) -> None:
    hands = hands_on(file, state, now=clock)
    for _ in range(3):
        preview = hands.plan(cancelling(file), NO_FINDINGS, None)
    (looked_at,) = hands.operations()
    assert (looked_at.action, looked_at.outcome) == (
        "planned",
        "3 plans looked at and not applied, the newest to cancel",
    )
    assert len(looked_at.details) == 3
    applied(hands, preview)
    said = [entry.outcome for entry in hands.operations()]
    assert f"planned as {preview.id}" in said
    assert "2 plans looked at and not applied, the newest to cancel" in said


def test_an_entry_of_the_operations_log_brings_all_that_is_kept_of_it(
    file: Path, state: Path, clock: HandClock
) -> None:
    hands = hands_on(file, state, now=clock)
    preview = hands.plan(cancelling(file), NO_FINDINGS, None)
    applied(hands, preview)
    begun = next(dict(entry.details) for entry in hands.operations() if entry.outcome.startswith("begun"))
    assert (begun["by"], begun["plan"], begun["reason"]) == ("ann@ops-1", preview.id, "nobody works it")
    assert begun["at"] == "Sun 25 Jan 11:00 EST (2026-01-25T16:00Z)"


def test_a_plan_says_what_it_costs_and_can_be_applied(file: Path, state: Path, clock: HandClock) -> None:
    preview = hands_on(file, state, now=clock).plan(cancelling(file), NO_FINDINGS, None)
    assert (preview.title, preview.available, preview.note) == ("Cancel: 1 of 1", True, "")
    assert preview.text.startswith("cost: 1 statement")
    assert (preview.asks_reason, preview.asks_count) == (False, None)


def test_where_nothing_may_be_changed_the_plan_is_shown_with_the_reason(
    file: Path, state: Path, clock: HandClock
) -> None:
    hands = hands_on(file, state, now=clock, read_only="read-only, as production is")
    preview = hands.plan(cancelling(file), NO_FINDINGS, None)
    assert (preview.available, preview.note) == (False, "read-only, as production is")
    assert [item.refused for item in preview.items] == [""]
    result = applied(hands, preview)
    assert (result.sentence, result.is_complete) == ("nothing was done: read-only, as production is", False)
    assert status_of_row(file) == "pending"


def test_where_the_journal_cannot_be_written_the_plan_is_shown_and_nothing_is_done(
    file: Path, clock: HandClock
) -> None:
    hands = hands_on(file, None, now=clock)
    preview = hands.plan(cancelling(file), NO_FINDINGS, None)
    assert preview.note == "nothing can be done that is not in the journal: the state directory cannot be written"
    assert [item.refused for item in preview.items] == [""]
    assert not applied(hands, preview).is_complete
    (said,) = hands.operations()
    assert said.outcome == "it cannot be read: the state directory cannot be written"
    assert hands.follow_up() == ("what is due cannot be verified: the state directory cannot be written",)
    assert hands.follow_up() == ()  # said once for as long as it lasts


def test_a_warehouse_that_cannot_be_read_is_said(tmp_path: Path, state: Path, file: Path) -> None:
    preview = hands_on(tmp_path / "none.duckdb", state).plan(cancelling(file), NO_FINDINGS, None)
    assert preview.items == ()
    assert preview.note.startswith("it cannot be planned: ")


def test_what_would_do_nothing_cannot_be_applied(file: Path, state: Path, clock: HandClock) -> None:
    nobody = Subject(SubjectKind.GAME, "BOS@NYK", DAY)
    preview = hands_on(file, state, now=clock).plan(Order(Verb.REQUEUE, (nobody,), DAY, DAY), NO_FINDINGS, None)
    assert (preview.available, preview.note) == (False, "nothing would be done")


def test_requeueing_a_finding_plans_what_it_suggests(file: Path, state: Path, clock: HandClock, look: Look) -> None:
    found = next(finding for finding in look.report.findings if finding.check == "queue.overdue")
    order = Order(Verb.REQUEUE, (), DAY, DAY, fingerprints=(found.fingerprint,))
    (item,) = hands_on(file, state, now=clock).plan(order, look, None).items
    assert item.subject.startswith("nbac_player_boxscore")
    assert item.refused.startswith("already queued (")


def test_production_asks_for_a_reason_unless_one_was_given_and_for_the_number_of_many() -> None:
    plan = every_kind()
    few = preview_of(plan, "", is_production=True)
    assert (few.asks_reason, few.asks_count) == (True, None)
    item = plan.items[0]
    many = type(plan)(plan.id, plan.order, plan.place, plan.made_at, (item,) * (COUNT_TYPED_ABOVE + 1))
    assert preview_of(many, "", is_production=True).asks_count == COUNT_TYPED_ABOVE + 1
    assert preview_of(many, "", is_production=False).asks_count is None
    too_many = type(plan)(plan.id, plan.order, plan.place, plan.made_at, (item,) * (MOST_ITEMS + 1))
    assert not preview_of(too_many, "", is_production=False).available
    noted = Order(plan.order.verb, plan.order.subjects, DAY, DAY, note="late box scores")
    known = type(plan)(plan.id, noted, plan.place, plan.made_at, plan.items)
    assert not preview_of(known, "", is_production=True).asks_reason


# Applying


def test_what_was_agreed_to_is_done_once_and_everything_is_in_the_operations_log(
    file: Path, state: Path, clock: HandClock
) -> None:
    hands = hands_on(file, state, now=clock)
    preview = hands.plan(cancelling(file), NO_FINDINGS, None)
    first, second = applied(hands, preview), applied(hands, preview)
    assert first.is_complete
    assert first.sentence.startswith("1 of 1 done; ")
    assert "16:05 UTC" in first.sentence
    assert second == first
    assert status_of_row(file) != "pending"
    assert sum(entry.outcome == "done" for entry in hands.operations()) == 1
    said = [entry.outcome for entry in hands.operations()]
    assert said[:2] == ["verify at 16:30 UTC (11:30 ET)", "verify at 16:05 UTC (11:05 ET)"]
    assert any(words.startswith("planned as ") for words in said)
    assert any(words.startswith("begun (nobody works it): ") for words in said)


def test_a_verification_that_comes_due_is_said_once(file: Path, state: Path, clock: HandClock) -> None:
    hands = hands_on(file, state, now=clock)
    applied(hands, hands.plan(cancelling(file), NO_FINDINGS, None))
    hands.follow_up()
    assert hands.follow_up() == ()
    clock.now += timedelta(minutes=5)
    (said,) = hands.follow_up()
    assert said.startswith("done as ordered: ")
    assert hands.follow_up() == ()


def test_without_the_consent_that_production_needs_nothing_is_done(file: Path, state: Path, clock: HandClock) -> None:
    hands = hands_on(file, state, now=clock, is_production=True)
    result = applied(hands, hands.plan(cancelling(file), NO_FINDINGS, None), Consent())
    assert result.sentence == "nothing was done: in production a reason is required: say why"
    assert status_of_row(file) == "pending"


def test_a_plan_that_has_become_old_is_refused_in_words(file: Path, state: Path, clock: HandClock) -> None:
    hands = hands_on(file, state, now=clock)
    preview = hands.plan(cancelling(file), NO_FINDINGS, None)
    clock.now += timedelta(minutes=11)
    assert "older than 10 min" in applied(hands, preview).sentence


def test_a_result_says_of_each_item_whether_it_is_done_and_why_some_are_left() -> None:
    plan = every_kind()
    states = (ItemState.DONE, ItemState.HELD, ItemState.WAITING)
    items = tuple(
        ItemRun(n, plan.items[n], state, said="held until 18:00" * (n == 1)) for n, state in enumerate(states)
    )
    result = result_of("Requeue", Run(plan, RunState.STOPPED, items, stopped="cancelled"), "applied")
    assert result.sentence == "1 of 3 done; stopped: cancelled; applied"
    assert [(item.would, item.refused) for item in result.items] == [
        ("insert pending row", ""),
        ("", "held until 18:00"),
        ("", "not begun"),
    ]
    assert not result.is_complete


# The summary


def slack(state: State = State.DELIVERED, trouble: str = "") -> tuple[Slack, list[str]]:
    sent: list[str] = []

    def post(message: Message, _: Destination) -> Posting:
        if trouble:
            raise JournalError(trouble)
        sent.append(message.text)
        return Posting(state, "the webhook's channel")

    return Slack(lambda: WEBHOOK, post), sent


def test_without_a_way_to_slack_the_summary_is_shown_and_says_what_to_set(file: Path, look: Look) -> None:
    preview = hands_on(file, slack=NO_SLACK).summary(look, "", None)
    assert preview.text.startswith("*")
    assert (preview.available, "COURTSIDE_SLACK_WEBHOOK" in preview.note) == (False, True)


def test_what_is_posted_is_what_was_shown(file: Path, look: Look) -> None:
    way, sent = slack()
    hands = hands_on(file, slack=way, read_only="read-only")
    hands.summary(look, "", None)
    preview = hands.summary(look, "we are on it", None)
    assert preview.available
    assert applied(hands, preview).sentence == "posted, the webhook's channel"
    assert sent == [preview.text]
    assert "we are on it" in preview.text


def test_a_summary_that_cannot_be_kept_or_is_not_delivered_is_no_success(file: Path, look: Look) -> None:
    for way, _ in (slack(trouble="the disk is full"), slack(State.DOUBTFUL)):
        hands = hands_on(file, slack=way)
        assert not applied(hands, hands.summary(look, "", None)).is_complete


def test_a_summary_of_the_past_is_not_posted(file: Path, look: Look) -> None:
    way, _ = slack()
    assert hands_on(file, slack=way).summary(look, "", NOW).note.startswith("replaying")


# Quitting midway


HANGS = """
import pathlib, threading
from console.warehouse.embedded_writes import EmbeddedWrites
made = EmbeddedWrites.change
def change(self, change, now):
    if not change.table.endswith("queue"):
        return made(self, change, now)
    pathlib.Path({mark!r}).write_text("here")
    threading.Event().wait()
EmbeddedWrites.change = change
"""


@needs_terminal
def test_quitting_while_a_row_is_changed_leaves_at_once_and_loses_nothing(tmp_path: Path) -> None:
    file, mark, now = tmp_path / "own.duckdb", tmp_path / "changing", datetime.now(UTC)
    EmbeddedWarehouse(file).apply_schema()
    with EmbeddedWarehouse(file).write() as connection:
        connection.execute(
            "INSERT INTO nba_orchestration.failed_processor_queue (id, game_date, phase, processor_name, error_message, "
            "error_type, retry_count, max_retries, first_failure_at, next_retry_at, status, created_at, updated_at) VALUES "
            "('mine', ?, 'phase_2', 'bdl_box_scores', 'late', 'transient', 0, 3, ?, ?, 'pending', ?, ?)",
            [now.date() - timedelta(days=1), *[now - timedelta(hours=1)] * 4],
        )
    with courtside(tmp_path, patch=HANGS.format(mark=str(mark)), COURTSIDE_WAREHOUSE=str(file)) as terminal:
        see_row(terminal, "bdl_box_scores")
        terminal.send("6")
        terminal.send("X")
        see_row(terminal, "Cancel: 1 of 1", "Enter applies")
        terminal.wait_quiet(0.3)
        terminal.send("\r")
        until(mark.exists, "it does not come to the change")
        terminal.send("q")
        see_row(terminal, "being applied: Esc stops between two items, q does not")
        terminal.press("escape")
        see_row(terminal, "stopping after this item")
        terminal.press("escape")
        terminal.wait_for(lambda rows: not any("stopping" in row for row in rows))
        terminal.send("q")
        assert terminal.wait_exit() == 0
    journal = Journal(tmp_path / "state" / FILE_NAME, now=lambda: datetime.now(UTC))
    station = station_on(file, tmp_path / "state", now=lambda: datetime.now(UTC), place=str(file))
    with station.hand() as hand:
        (run,) = hand.runs(1)
        assert [item.state for item in run.items] == [ItemState.ATTEMPTED]
        with journal.writing() as connection:
            connection.execute("DELETE FROM lease")  # which ends by itself two minutes after its holder
        again = hand.apply(run.plan.id, Consent(), lambda _done, _all: None, never)
    assert again.is_complete
    assert status_of_row(file, datetime.now(UTC)) != "pending"


def test_the_operations_log_says_when_the_drainer_last_ran_here(file: Path, state: Path, clock: HandClock) -> None:
    hands = hands_on(file, state, now=clock)
    beat(Journal(state / FILE_NAME, now=clock), DRAINER, "week.duckdb", Heartbeat(NOW, "ops-1", "2 dispatched"))
    assert hands.operations() == (LogEntry(NOW, "drainer", "last ran", "ops-1", "2 dispatched"),)
