"""The steps of the deployment checklist, as the file has them and as a deployment keeps them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Any

FILE = "checklist.toml"


class Stage(Enum):
    """The parts of a deployment, in their order."""

    TESTS = "tests"
    SYNC = "sync"
    DEPLOY = "deploy"
    WATCH = "watch"
    VALIDATE = "validate"


class Runner(Enum):
    """What a step's check is one of: checks of the data, of what the pipeline stands on, or of the source."""

    CHECK = "check"
    INFRA = "infra"
    AUDIT = "audit"


class ChecklistError(ValueError):
    """The checklist cannot be; the message names the step."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: a question for somebody, or checks to run; `says` is what must be true of it.

    A check with `before` is about the time before the answer to that question is yes.
    """

    id: str
    stage: Stage
    says: str
    runs: Runner | None = None
    checks: tuple[str, ...] = ()
    before: str = ""

    @property
    def is_question(self) -> bool:
        """True when somebody must answer it."""
        return self.runs is None

    @property
    def command(self) -> str:
        """What is run, `check orchestration.gap`, or "" for a question."""
        return "" if self.runs is None else " ".join((self.runs.value, *self.checks))


@cache
def checklist() -> tuple[Step, ...]:
    """Return the steps of the checklist that new deployments get. Raises ChecklistError."""
    return read_steps(files("console.deploying").joinpath(FILE).read_text(encoding="utf-8"))


def read_steps(text: str) -> tuple[Step, ...]:
    """Return the steps of a checklist in TOML. Raises ChecklistError."""
    try:
        tables = tomllib.loads(text).get("step", [])
    except tomllib.TOMLDecodeError as error:
        raise ChecklistError(f"the checklist is not TOML: {error}") from error
    steps = tuple(_step(table) for table in tables)
    if not steps or len({step.id for step in steps}) < len(steps):
        raise ChecklistError("the checklist has no step, or two of the same id")
    stages = [list(Stage).index(step.stage) for step in steps]
    if stages != sorted(stages):
        raise ChecklistError("the steps of the checklist do not stand in the order of their stages")
    for number, step in enumerate(steps):
        if step.before and step.before not in {later.id for later in steps[number:] if later.is_question}:
            raise ChecklistError(f"{step.id}: {step.before!r} is no question further down")
    return steps


def _step(table: Mapping[str, Any]) -> Step:
    name = str(table.get("id", "")) or "a step without an id"
    if set(table) - {"before"} != {"id", "stage", "says", "runs"} and set(table) != {"id", "stage", "asks"}:
        raise ChecklistError(f"{name}: a step has id, stage, and either asks, or says and runs, and may have before")
    try:
        stage = Stage(table["stage"])
        if "asks" in table:
            return Step(name, stage, str(table["asks"]))
        runner, *checks = str(table["runs"]).split()
        return Step(name, stage, str(table["says"]), Runner(runner), tuple(checks), str(table.get("before", "")))
    except ValueError as error:
        raise ChecklistError(f"{name}: {error}") from error


def text_of_steps(steps: Sequence[Step]) -> str:
    """Return steps as the journal keeps them."""
    plain = [
        {**asdict(step), "stage": step.stage.value, "runs": None if step.runs is None else step.runs.value}
        for step in steps
    ]
    return json.dumps(plain, ensure_ascii=False)


def steps_of_text(text: str) -> tuple[Step, ...]:
    """Return what `text_of_steps` wrote."""
    return tuple(
        Step(
            item["id"],
            Stage(item["stage"]),
            item["says"],
            None if item["runs"] is None else Runner(item["runs"]),
            tuple(item["checks"]),
            item.get("before", ""),
        )
        for item in json.loads(text)
    )
