"""Plans as text and back, so that whoever comes after a crash applies the same plan and no other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from checks.model import Subject, SubjectKind
from checks.times import format_instant
from console.actions.plan import Activate, Plan, PlanItem, Put, SetStatus, Step
from console.journal import instant_of
from console.queue_changes import Entry, QueueKey, SeenRow
from screens.orders import Order, Verb

_STEPS: Mapping[str, type[Step]] = {"activate": Activate, "set_status": SetStatus, "put": Put}


class UnreadablePlanError(ValueError):
    """A text that no plan was ever written as; the message says why."""


def text_of_plan(plan: Plan) -> str:
    """Return a plan as JSON in one line."""
    items = [{**asdict(item), "step": _tagged(item.step)} for item in plan.items]
    values = {**asdict(plan), "items": items}
    return json.dumps(values, default=_plain, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def plan_of_text(text: str) -> Plan:
    """Return the plan that `text_of_plan` wrote. Raises UnreadablePlanError."""
    try:
        values = json.loads(text)
        items = tuple(_item(item) for item in values["items"])
        return Plan(
            id=values["id"],
            order=_order(values["order"]),
            place=values["place"],
            made_at=instant_of(values["made_at"]),
            items=items,
            checks=tuple(values["checks"]),
            cost=values["cost"],
        )
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise UnreadablePlanError(f"it is no plan of this version of courtside ({error})") from error


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return format_instant(value, "microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Verb | SubjectKind):
        return str(value.value)
    raise TypeError(f"{type(value).__name__} has no place in a plan")


def _tagged(step: Step | None) -> dict[str, Any] | None:
    if step is None:
        return None
    return {"kind": next(kind for kind, cls in _STEPS.items() if type(step) is cls), **asdict(step)}


def _item(values: dict[str, Any]) -> PlanItem:
    return PlanItem(**{**values, "step": _step(values["step"])})


def _step(values: dict[str, Any] | None) -> Step | None:
    if values is None:
        return None
    given = {name: value for name, value in values.items() if name != "kind"}
    kind = _STEPS[values["kind"]]
    if kind is Put:
        return Put(**given)
    given["key"] = QueueKey(**{**given["key"], "game_date": date.fromisoformat(given["key"]["game_date"])})
    if given["seen"] is not None:
        given["seen"] = SeenRow(**_with_instants(given["seen"], "updated_at"))
    if kind is Activate:
        return Activate(**{**given, "entry": Entry(**_with_instants(given["entry"], "next_retry_at"))})
    return SetStatus(**_with_instants(given, "next_retry_at"))


def _order(values: dict[str, Any]) -> Order:
    subjects = tuple(
        Subject(SubjectKind(item["kind"]), item["name"], item["game_date"] and date.fromisoformat(item["game_date"]))
        for item in values["subjects"]
    )
    unknown = set(values) - {field.name for field in fields(Order)}
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    return Order(
        verb=Verb(values["verb"]),
        subjects=subjects,
        first=date.fromisoformat(values["first"]),
        last=date.fromisoformat(values["last"]),
        note=values["note"],
        until=values["until"] and instant_of(values["until"]),
        fingerprints=tuple(values["fingerprints"]),
    )


def _with_instants(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return {**values, **{name: values[name] and instant_of(values[name]) for name in names}}
