"""What a verification came to: the values, and their form in the journal. Pure."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import Enum

from checks.severity import Severity


class Outcome(Enum):
    """What a verification says, of one item or of all."""

    FIXED = "fixed"
    """The checks were asked again, and none finds it any more."""
    DONE = "done"
    """It is as it was ordered; no check was asked, because the order mends nothing."""
    NOT_FIXED = "not_fixed"
    UNKNOWN = "unknown"
    """It cannot be said: something could not be read. Never taken for fixed."""

    @property
    def weight(self) -> int:
        """How much it counts beside others, from 0: one trouble that is certain outweighs what cannot be said."""
        return (Outcome.FIXED, Outcome.DONE, Outcome.UNKNOWN, Outcome.NOT_FIXED).index(self)


@dataclass(frozen=True, slots=True)
class ItemJudgement:
    """What became of one item; `number` is its place in the plan, from 0."""

    number: int
    subject: str
    outcome: Outcome
    sentence: str


@dataclass(frozen=True, slots=True)
class DoubleRow:
    """Active rows of one key, of which there may be one: a finding of the verification, always critical."""

    subject: str
    ids: tuple[str, ...]

    @property
    def severity(self) -> Severity:
        """CRITICAL: the work runs twice."""
        return Severity.CRITICAL

    @property
    def sentence(self) -> str:
        """Which rows, and what to do."""
        return f"{self.subject} has {len(self.ids)} active rows in the retry queue, {' and '.join(self.ids)}: cancel all but one"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a verification of a plan came to, in one sentence and item by item; `left` is how many items were not applied."""

    outcome: Outcome
    sentence: str
    items: tuple[ItemJudgement, ...] = ()
    doubles: tuple[DoubleRow, ...] = ()
    left: int = 0

    @property
    def severity(self) -> Severity:
        """CRITICAL where rows are double, ERROR what is not fixed, UNKNOWN what cannot be said, else OK."""
        if self.doubles:
            return Severity.CRITICAL
        return {Outcome.NOT_FIXED: Severity.ERROR, Outcome.UNKNOWN: Severity.UNKNOWN}.get(self.outcome, Severity.OK)


def text_of_judgement(judgement: Judgement) -> str:
    """Return a judgement as JSON in one line."""
    return json.dumps(asdict(judgement), default=lambda outcome: outcome.value, ensure_ascii=True, sort_keys=True)


def judgement_of_text(text: str) -> Judgement:
    """Return the judgement that `text_of_judgement` wrote; one of another version of the program says that it cannot be read."""
    try:
        values = json.loads(text)
        return Judgement(
            Outcome(values["outcome"]),
            values["sentence"],
            tuple(ItemJudgement(**{**item, "outcome": Outcome(item["outcome"])}) for item in values["items"]),
            tuple(DoubleRow(double["subject"], tuple(double["ids"])) for double in values["doubles"]),
            values.get("left", 0),
        )
    except (KeyError, TypeError, ValueError):
        return Judgement(Outcome.UNKNOWN, "cannot be said: another version of courtside has verified it")
