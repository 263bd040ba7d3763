"""One round: what is posted, what becomes of each row, and what stands in the journal afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from console.actions.entry import EntryKind
from console.actions.ledger import Ledger
from console.draining.endpoints import NoTokenError
from console.draining.tries import Outcome
from console.draining.work import Fate
from console.heartbeat import DRAINER, last_heartbeat
from console.lease import Leases
from console.warehouse.protocol import WarehouseError
from tests.draining.queues import DAY, NOW, PLACE, QUEUE, SECRET, Depot, pending
from tests.draining.services import Fault, ProcessorDouble, Says


def fates(depot: Depot, **changes: Any) -> list[tuple[str, Fate]]:
    return [(done.row.id, done.fate) for done in depot.round(**changes).done]


def test_a_due_row_is_posted_as_the_pipeline_expects_it_and_stays_retrying(
    depot: Depot, service: ProcessorDouble
) -> None:
    depot.add(QUEUE, [pending(processor_name="bdl_player_box_scores", game_key="LAL@DAL", retry_count=1)])
    assert fates(depot) == [("q1", Fate.DISPATCHED)]
    (received,) = service.received
    assert (received.path, received.authorization) == ("/process", f"Bearer {SECRET}")
    assert received.message["attributes"] == {"retry_attempt": "2", "trigger_source": "courtside"}
    assert received.data == {
        "game_date": "2026-01-24",
        "output_table": "bdl_player_box_scores",
        "status": "success",
        "triggered_by": "courtside",
        "retry_count": 2,
    }
    in_45_minutes = (NOW + timedelta(minutes=30 * 1.5)).timestamp()
    assert depot.queued("status, retry_count, epoch(last_retry_at), epoch(next_retry_at)") == [
        ("retrying", 2, NOW.timestamp(), in_45_minutes)
    ]


def test_predictions_are_asked_for_by_their_own_path_and_words(depot: Depot, service: ProcessorDouble) -> None:
    depot.add(QUEUE, [pending(phase="phase_5")])
    depot.round()
    (received,) = service.received
    assert received.path == "/predict"
    assert received.data == {"game_date": "2026-01-24", "action": "predict"}


@pytest.mark.parametrize("status", [200, 202, 204])
def test_an_answer_that_takes_the_work_over_leaves_the_row_to_the_pipeline(
    depot: Depot, service: ProcessorDouble, status: int
) -> None:
    service.always = Says(status)
    depot.add(QUEUE, [pending()])
    assert fates(depot) == [("q1", Fate.DISPATCHED)]
    assert depot.queued() == [("q1", "retrying")]


@pytest.mark.parametrize("status", [400, 401, 404])
def test_an_answer_of_4xx_is_final_and_is_kept(depot: Depot, service: ProcessorDouble, status: int) -> None:
    service.always = Says(status, "no such\x1b[2J table")
    depot.add(QUEUE, [pending()])
    assert fates(depot) == [("q1", Fate.GIVEN_UP)]
    assert depot.queued("status, error_type, resolution_notes") == [
        ("failed_permanent", "permanent", f"refused for good (HTTP {status}: no such table)")
    ]
    depot.pass_by(24 * 60)
    depot.round()
    assert len(service.received) == 1


@pytest.mark.parametrize("says", [Says(408), Says(500), Says(503), Fault.HANG, Fault.RESET, Fault.TRICKLE])
def test_trouble_that_may_pass_lets_the_row_wait_for_its_next_step(
    depot: Depot, service: ProcessorDouble, says: Says | Fault
) -> None:
    service.always = says
    depot.add(QUEUE, [pending()])
    assert fates(depot) == [("q1", Fate.WAITING_AGAIN)]
    assert depot.queued("status, retry_count, error_type, epoch(next_retry_at)") == [
        ("pending", 1, "transient", (NOW + timedelta(minutes=15 * 1.5)).timestamp())
    ]


def test_a_service_that_wants_quiet_gets_it_also_in_the_next_round(depot: Depot, service: ProcessorDouble) -> None:
    service.next.append(Says(429, headers={"Retry-After": "3600"}))
    depot.add(QUEUE, [pending("q1"), pending("q2"), pending("q3", phase="phase_3")])
    assert fates(depot) == [("q1", Fate.WAITING_AGAIN), ("q2", Fate.LEFT), ("q3", Fate.DISPATCHED)]
    assert depot.queued("epoch(next_retry_at)")[0] == ((NOW + timedelta(hours=1)).timestamp(),)
    depot.pass_by(59)
    (left,) = [done for done in depot.round().done if done.row.id == "q2"]
    assert left.says == "the processor of phase_2 wants to be left alone until 2026-01-25T13:00Z"
    assert len(service.received) == 2


def test_a_row_whose_last_try_fails_is_given_up_with_what_it_failed_of(depot: Depot, service: ProcessorDouble) -> None:
    service.always = Says(500, "no memory")
    depot.add(QUEUE, [pending(retry_count=2)])
    assert fates(depot) == [("q1", Fate.GIVEN_UP)]
    assert depot.queued("status, retry_count, error_type, resolution_notes") == [
        (
            "failed_permanent",
            3,
            "transient",
            "its last of 3 tries: trouble that may pass (HTTP 500: no memory)",
        )
    ]


def test_a_row_at_its_maximum_is_given_up_without_a_post(depot: Depot, service: ProcessorDouble) -> None:
    depot.add(QUEUE, [pending(retry_count=3)])
    assert fates(depot) == [("q1", Fate.GIVEN_UP)]
    assert (depot.queued(), service.received) == ([("q1", "failed_permanent")], [])


def test_a_try_that_never_came_back_goes_back_to_pending_after_two_hours(
    depot: Depot, service: ProcessorDouble
) -> None:
    stale = {"status": "retrying", "retry_count": 1}
    depot.add(QUEUE, [pending("q1", **stale, last_retry_at=NOW - timedelta(minutes=121))])
    depot.add(QUEUE, [pending("q2", **stale, last_retry_at=NOW - timedelta(minutes=119))])
    assert fates(depot) == [("q1", Fate.WAITING_AGAIN), ("q2", Fate.LEFT)]
    assert depot.queued() == [("q1", "pending"), ("q2", "retrying")]
    assert service.received == []


def test_in_a_table_of_an_older_deployment_the_answer_becomes_the_error(depot: Depot, service: ProcessorDouble) -> None:
    for column in ("resolution_notes", "metadata"):
        depot.run(f"ALTER TABLE {QUEUE} DROP COLUMN {column}")
    service.always = Says(404, "nothing here")
    depot.add(QUEUE, [pending()])
    assert fates(depot) == [("q1", Fate.GIVEN_UP)]
    assert depot.queued("error_message") == [("refused for good (HTTP 404: nothing here)",)]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_token_follows_a_redirect(
    depot: Depot, service: ProcessorDouble, elsewhere: ProcessorDouble, status: int
) -> None:
    service.always = Says(status, headers={"Location": f"{elsewhere.address}/process?a=1"})
    depot.add(QUEUE, [pending(), pending("q2")])
    redirected, left = depot.round().done
    assert redirected.fate is Fate.WAITING_AGAIN
    assert redirected.says == f"redirected to {elsewhere.address}/process?a=1 (HTTP {status}), which was not followed"
    assert "a token must not follow it" in left.says
    assert (len(service.received), elsewhere.received) == (1, [])


def test_without_a_token_nothing_is_posted_and_no_try_is_spent(depot: Depot, service: ProcessorDouble) -> None:
    def none(service: str) -> str:
        raise NoTokenError(f"there is no identity token for {service}")

    depot.add(QUEUE, [pending()])
    (done,) = depot.round(tokens=none).done
    assert done.fate is Fate.LEFT
    assert done.says == f"phase_2 gets no more posts in this round: there is no identity token for {service.address}"
    assert (service.received, depot.queued("retry_count, status")) == ([], [(0, "pending")])


def test_the_token_is_for_the_services_url_and_is_asked_for_once_a_round(
    depot: Depot, service: ProcessorDouble
) -> None:
    depot.add(QUEUE, [pending("q1"), pending("q2")])
    depot.round()
    assert depot.asked_for == [service.address]


def test_a_token_that_is_sent_back_stands_nowhere(depot: Depot, service: ProcessorDouble) -> None:
    service.always = Says(400, f"you sent Authorization={SECRET}")
    depot.add(QUEUE, [pending()])
    (done,) = depot.round().done
    kept = [link.text for link in Ledger(depot.journal).newest(10)]
    assert "(hidden)" in done.says
    assert not any(SECRET in text for text in (done.says, *kept, str(depot.queued("*"))))


def test_a_phase_in_which_half_of_five_posts_fail_gets_no_more_in_this_round(
    depot: Depot, service: ProcessorDouble
) -> None:
    service.next.extend([Says(202), Says(202), Says(500), Says(500), Says(500)])
    depot.add(QUEUE, [pending(f"q{number}") for number in range(8)])
    depot.add(QUEUE, [pending("q9", phase="phase_3")])
    done = depot.round().done
    assert [item.fate for item in done] == [
        *[Fate.DISPATCHED] * 2,
        *[Fate.WAITING_AGAIN] * 3,
        *[Fate.LEFT] * 3,
        Fate.DISPATCHED,
    ]
    assert done[5].says == "phase_2 gets no more posts in this round: 3 of 5 posts failed in this round"


def test_a_service_that_lets_nobody_in_costs_one_row_and_not_all(depot: Depot, service: ProcessorDouble) -> None:
    service.always = Says(401)
    depot.add(QUEUE, [pending("q1"), pending("q2")])
    assert fates(depot) == [("q1", Fate.GIVEN_UP), ("q2", Fate.LEFT)]


def test_of_two_drainers_that_saw_the_same_row_one_posts_it(depot: Depot, service: ProcessorDouble) -> None:
    depot.add(QUEUE, [pending()])
    drainer = depot.drainer()

    original = drainer.means.processors.log_in

    def meanwhile(phase: str) -> str:
        depot.run(f"UPDATE {QUEUE} SET status = 'retrying', retry_count = 1")
        return original(phase)

    drainer.means.processors.log_in = meanwhile  # type: ignore[method-assign]  # the moment between reading and taking
    (done,) = drainer.round(depot.desk).done
    assert (done.fate, done.says) == (Fate.LEFT, "somebody else has changed the row meanwhile")
    assert (service.received, depot.tries()) == ([], ())


def test_one_round_at_a_time_works_a_queue_on_a_host(depot: Depot, service: ProcessorDouble) -> None:
    depot.add(QUEUE, [pending()])
    leases = Leases(depot.journal)
    assert leases.acquire(f"drain {PLACE}", "another", NOW + timedelta(minutes=5), NOW)
    busy = depot.round()
    assert (busy.done, busy.trouble) == (
        (),
        "another drainer works on this queue from this host until 2026-01-25T12:05Z",
    )
    depot.pass_by(6)
    assert fates(depot) == [("q1", Fate.DISPATCHED)]
    assert leases.current(f"drain {PLACE}") is None


def test_who_is_asked_to_stop_ends_between_two_rows(depot: Depot, service: ProcessorDouble) -> None:
    depot.add(QUEUE, [pending("q1"), pending("q2")])
    outcome = depot.round(stopping=lambda: bool(service.received))
    assert [done.fate for done in outcome.done] == [Fate.DISPATCHED, Fate.LEFT]
    assert outcome.trouble == "it was asked to stop"


def test_each_try_stands_in_the_journal_before_and_after_with_its_actor(depot: Depot, service: ProcessorDouble) -> None:
    service.always = Says(500, "no memory")
    depot.add(QUEUE, [pending()])
    depot.round()
    after, before = (link.entry for link in Ledger(depot.journal).newest(10))
    assert before is not None
    assert after is not None
    assert [before.kind, after.kind] == [EntryKind.ATTEMPT, EntryKind.OUTCOME]
    assert before.subject == after.subject == "post processor_q1 2026-01-24 phase_2 q1"
    assert (before.actor.user, before.actor.host, before.action) == ("ann", "ops-1", "drain")
    assert before.before == "pending, 0 of 3 tries, next 2026-01-25T11:50Z"
    assert (after.after, after.outcome) == ("pending again", "trouble that may pass (HTTP 500: no memory)")
    assert before.plan_id == after.plan_id != ""
    assert [done.outcome for done in depot.tries()] == [Outcome.TRANSIENT]
    assert Ledger(depot.journal).verify().broken is None


def test_each_round_leaves_a_sign_of_life_also_one_that_could_not_begin(depot: Depot) -> None:
    depot.add(QUEUE, [pending()])
    depot.round()
    found = last_heartbeat(depot.journal, DRAINER, PLACE)
    assert found is not None
    assert (found.at, found.host, found.says) == (NOW, "ops-1", "1 dispatched")
    depot.run(f"DROP TABLE {QUEUE}")
    with pytest.raises(WarehouseError):
        depot.round()
    found = last_heartbeat(depot.journal, DRAINER, PLACE)
    assert found is not None
    assert found.says.startswith("it could not begin: ")


def test_an_item_is_tried_three_times_in_24_hours_and_then_again(depot: Depot, service: ProcessorDouble) -> None:
    service.always = Says(500)
    depot.add(QUEUE, [pending(max_retries=20)])
    for _ in range(48):
        depot.round()
        depot.pass_by(29)
    assert len(service.received) == 3
    depot.pass_by(65)
    depot.round()
    assert len(service.received) == 4


def test_after_a_clock_that_was_put_back_an_hour_nothing_is_tried_early(depot: Depot, service: ProcessorDouble) -> None:
    service.always = Says(500)
    depot.add(QUEUE, [pending()])
    depot.round()
    depot.pass_by(-60)
    for _ in range(5):
        depot.round()
        depot.pass_by(15)
    assert len(service.received) == 1
    depot.pass_by(10)
    depot.round()
    assert len(service.received) == 2


def test_rows_of_long_ago_and_other_days_are_found(depot: Depot, service: ProcessorDouble) -> None:
    depot.add(QUEUE, [pending(game_date=DAY - timedelta(days=12))])
    assert fates(depot) == [("q1", Fate.DISPATCHED)]


def test_no_token_is_written_to_the_state_directory(depot: Depot) -> None:
    depot.add(QUEUE, [pending()])
    depot.round()
    assert not any(SECRET.encode() in path.read_bytes() for path in depot.folder.iterdir())
