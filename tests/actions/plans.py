"""Plans for tests, with one item of each kind of step."""

from __future__ import annotations

from datetime import date, timedelta

from checks.model import Subject, SubjectKind
from console.actions.plan import Activate, Plan, PlanItem, Put, SetStatus
from console.queue_changes import Entry, QueueKey, SeenRow
from screens.orders import Order, Verb
from tests.actions.entries import NOW

DAY = date(2026, 1, 22)


def key(number: int = 1) -> QueueKey:
    return QueueKey("phase_2", "bdl_player_box_scores", DAY, f"A{number:02}@DAL")


def subject(number: int = 1) -> Subject:
    return Subject(SubjectKind.GAME, key(number).game_key, DAY)


def order(count: int = 1, verb: Verb = Verb.REQUEUE) -> Order:
    return Order(verb, tuple(subject(number) for number in range(1, count + 1)), DAY, DAY)


def insertion(number: int = 1, plan_id: str = "p1") -> PlanItem:
    """Return an item that inserts a row."""
    entry = Entry(
        f"{plan_id}-{number}", "missing_game", "requeued", NOW, correlation_id=f"courtside-{plan_id}-{number}"
    )
    return PlanItem(str(subject(number)), "insert pending row", step=Activate(key(number), None, entry), read="[]")


def every_kind() -> Plan:
    """Return a plan with every kind of step, and a refusal."""
    seen = SeenRow("r1", "pending", 1, NOW)
    entry = Entry("new", "transient", "again", NOW, metadata={"home_team": "DAL"}, note="late")
    items = (
        insertion(),
        PlanItem(
            "b", "revive", step=Activate(key(2), SeenRow("r2", "failed_permanent", None, None), entry), read="[2]"
        ),
        PlanItem("c", "hold", step=SetStatus(key(3), seen, "pending", NOW + timedelta(hours=2), note="on hold")),
        PlanItem("d", "note", step=Put("nba_orchestration.console_actions", "k", {"action_id": "k", "n": 1})),
        PlanItem("e", "", "not played: postponed", read="[5]"),
    )
    return Plan("p1", order(5), "demo", NOW, items, ("queue.overdue",), "4 statements")
