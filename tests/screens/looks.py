"""Looks for tests of views: a real report on the rows that a test names, and what a view made of it as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from checks.catalogue import BY_ID
from checks.facts.fact import Fact, Facts
from checks.facts.gate_overrides import GATE_OVERRIDES
from checks.loading import Loaded
from checks.model import FactOutcome, Scope
from checks.policy import Policy
from checks.runner import report_on
from console.desk import Desk, facts_of_look
from console.look import Look
from screens.lines import display_width, text_of
from screens.table import Item, Table

WIDTHS = (36, 56, 76, 118)
"""Half and whole of 80 columns, half and whole of 120, without borders and marks."""

HOSTILE = "\x1b]52;c;cm0gLXJm\x07\x1b[2Jfine\u202egnp.exe\x00 [bold red]not bold[/] \u202e" + "A" * 5_000
"""What a service could write into a reason."""


def look_at(
    scope: Scope,
    check_ids: Sequence[str],
    *loaded: tuple[Fact[Any], Iterable[object]],
    failed: Mapping[str, str] | None = None,
) -> Look:
    """Return the look that the checks make of these rows; facts that are not given are empty, `failed` gives reasons."""
    checks = [BY_ID[name] for name in check_ids]
    reasons = failed or {}
    rows: dict[str, tuple[object, ...]] = {fact.name: () for fact in facts_of_look(check_ids)}
    rows.update({fact.name: tuple(given) for fact, given in loaded})
    outcomes = tuple(FactOutcome(name, len(found), 0.0, reasons.get(name, "")) for name, found in rows.items())
    facts = Facts(scope, {name: found for name, found in rows.items() if name not in reasons})
    result = Loaded(facts, outcomes)
    return Look(report_on(checks, result, Policy()), result, _no_sql)


def with_gate_words(desk: Desk, look: Look) -> Look:
    """Return a look with the words about gates, which pages of gates load beside what the full report has."""
    words = desk.load(look.report.scope, GATE_OVERRIDES)
    facts = look.loaded.facts.also(GATE_OVERRIDES, words.facts[GATE_OVERRIDES])
    return replace(look, loaded=Loaded(facts, (*look.loaded.outcomes, *words.outcomes)))


def _no_sql(fact: Fact[Any]) -> str:
    return f"-- the rows of {fact.name} were made by a test"


def items(table: Table) -> list[Item]:
    return [table.item(number) for number in range(table.count)]


def head(table: Table) -> list[str]:
    return [text_of(line).rstrip() for line in table.head]


def rows(table: Table) -> list[str]:
    return [text_of(item.line).rstrip() for item in items(table)]


def widest(table: Table) -> int:
    return max(display_width(text_of(line)) for line in (*table.head, *(item.line for item in items(table))))


def all_text(table: Table) -> str:
    return "\n".join(text_of(line) for line in (*table.head, *(item.line for item in items(table))))
