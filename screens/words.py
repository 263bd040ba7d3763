"""What operators have said, as a look has it; where it was not loaded, that is not known: it is no sign that nobody spoke."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from checks.causes import BLIND
from checks.facts.acknowledgements import ACKNOWLEDGEMENTS
from checks.facts.gate_overrides import GATE_OVERRIDES, GateOverride
from checks.hushes import Hushes, hushes_in_force
from checks.loading import NOT_ASKED

if TYPE_CHECKING:
    from screens.ports import Look


def hushes_of(look: Look) -> Hushes:
    """Return the words about findings and incidents in force at the look's moment, with the reason where they are not known."""
    if reason := look.reason(ACKNOWLEDGEMENTS):
        return Hushes(unread=reason)
    said = hushes_in_force(look.rows(ACKNOWLEDGEMENTS), look.report.scope.as_of)
    if not any(cause.name == BLIND for cause in look.report.causes):
        return said
    from checks.incidents.signs import names_of_blindness  # noqa: PLC0415  # few reports are blind, and it takes long

    return replace(said, names=names_of_blindness(look.report))


def hushes_trouble(look: Look) -> str:
    """Return why it is not known who has a finding in hand, or ""."""
    reason = look.reason(ACKNOWLEDGEMENTS)
    return "" if reason in ("", NOT_ASKED) else f"who has what in hand is not known: {reason}"


def gate_overrides_of(look: Look) -> tuple[GateOverride, ...]:
    """Return the words about gates."""
    return () if look.reason(GATE_OVERRIDES) else look.rows(GATE_OVERRIDES)


def gates_asked(look: Look) -> bool:
    """Return whether a look was to bring the words about gates: without them a gate may not be shown as open."""
    return look.reason(GATE_OVERRIDES) != NOT_ASKED


def gates_trouble(look: Look) -> str:
    """Return why it is not known whether somebody holds or has released a gate, or ""."""
    reason = look.reason(GATE_OVERRIDES)
    return f"whether somebody holds a gate is not known: {reason}" if reason else ""
