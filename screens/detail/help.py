"""The help: every action with its keys, made from the keymap, and what the widget in use does with keys of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from textual.screen import Screen

from checks.model import Scope
from checks.policy import Policy
from screens.detail.lines_table import lines_table
from screens.keymap import ACTIONS, BY_ID, key_label, labels_of
from screens.lines import BLANK, Line, Span, Tone, flow, grid
from screens.panels.panel import Spec
from screens.ports import Look
from screens.session import Session
from screens.specs import PANELS
from screens.table import Table
from screens.views.options import Options

OwnKeys = Sequence[tuple[str, str]]
"""Keys, as people write them, and what they do."""


def own_keys(screen: Screen[object]) -> OwnKeys:
    """Return what the widget in use does with keys that the keymap does not know."""
    found: dict[str, list[str]] = {}
    for node, binding, enabled, _tooltip in screen.active_bindings.values():
        if node is screen.focused and enabled and binding.id not in BY_ID and binding.description:
            found.setdefault(binding.description, []).append(key_label(binding.key))
    return [(" ".join(keys), says) for says, keys in found.items()]


def help_spec(session: Session, own: OwnKeys) -> Spec:
    """Return the screen."""
    return Spec("help", "", "Help (Esc goes back)", partial(help_view, session.keys, own, session.provenance), (), 0.0)


def help_view(
    remapped: Mapping[str, str],
    own: OwnKeys,
    provenance: str,
    look: Look,
    scope: Scope,
    policy: Policy,
    options: Options,
) -> Table:
    """Return where the data is from, where that needs saying, then the actions by group."""
    lines: list[Line] = [*flow([provenance], options.width), BLANK] if provenance else []
    for group in dict.fromkeys(action.group for action in ACTIONS):
        rows = [(labels_of(a, remapped), _says(a.id)) for a in ACTIONS if a.group == group]
        lines += [(Span(group, Tone.STRONG),), *_keys(rows, options.width), BLANK]
    if own:
        lines += [(Span("The panel in use", Tone.STRONG),), *_keys(own, options.width), BLANK]
    return lines_table(lines, options)


def _says(name: str) -> str:
    """Return what an action does; for a panel, which one it is."""
    number = name.removeprefix("panel.")
    return next((f"panel: {spec.title}" for spec in PANELS if spec.key == number), BY_ID[name].says)


def _keys(rows: OwnKeys, width: int) -> list[Line]:
    return grid([(Span(keys, Tone.STRONG), says) for keys, says in rows], width, indent=2)
