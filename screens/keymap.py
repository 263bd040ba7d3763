"""What keys do, as data: the bindings, the help, the palette and the check of the settings are all made from here.

Keys are remapped in the settings by action id: `requeue = "ctrl+r"`. Several keys stand with commas between them; a key that is a
punctuation mark may be written as it is, except the comma (`comma`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Action:
    """Something a key does: a stable id, its keys (Textual's names), what it does, and the help's group.

    `label` is the word in the key bar; "" keeps it out. `on` is "list" or "findings" for what those widgets do with keys of
    their own.
    """

    id: str
    keys: str
    says: str
    group: str
    label: str = ""
    on: str = "app"


LOOK, TIME, ACT, MOVE, CONSOLE = "Look closer", "Another time", "Act", "Move", "The console"

_LISTS: tuple[Action, ...] = (
    Action("list.open", "enter", "open what the row is about", LOOK, "open", on="list"),
    Action("list.down", "down,j", "down", MOVE, on="list"),
    Action("list.up", "up,k", "up", MOVE, on="list"),
    Action("list.page_down", "pagedown,ctrl+d", "a page down", MOVE, on="list"),
    Action("list.page_up", "pageup,ctrl+u", "a page up", MOVE, on="list"),
    Action("list.first", "home", "first row", MOVE, on="list"),
    Action("list.last", "end,G", "last row", MOVE, on="list"),
    Action("list.select", "space", "select the row, or let it go", MOVE, on="list"),
)

_FINDINGS: tuple[Action, ...] = (
    Action("findings.fold", "o", "findings, audit: unfold a group, or fold it", LOOK, on="findings"),
    Action("findings.unfold", "right,l", "findings, audit: unfold the group", LOOK, on="findings"),
    Action("findings.fold_here", "left,h", "findings, audit: fold the group", LOOK, on="findings"),
    Action("findings.fold_all", "O", "findings, audit: unfold all groups, or fold them", LOOK, on="findings"),
)

_PANELS = tuple(Action(f"panel.{n}", str(n), f"panel {n}", MOVE) for n in range(1, 7))

ACTIONS: tuple[Action, ...] = (
    Action("help", "question_mark", "this help", CONSOLE, "help"),
    Action("quit", "q", "quit", CONSOLE, "quit"),
    Action("back", "escape", "back; first clears a filter, then restores a maximised panel", MOVE, "back"),
    *_LISTS,
    *_FINDINGS,
    Action("why", "w", "why: the root causes in full", LOOK, "why"),
    Action("filter", "slash", "filter the focused panel", LOOK, "filter"),
    Action("requeue", "r", "requeue: see what it would do", ACT, "requeue"),
    Action("cancel", "X", "cancel a queue row: see what it would do", ACT),
    Action("resolve", "v", "resolve a queue row, with a note: see what it would do", ACT),
    Action("retry", "n", "retry a queue row now: see what it would do", ACT),
    Action("hold", "u", "hold a queue row until a time: see what it would do", ACT),
    Action("rest", "N", "go on with a run that was stopped: see what is left", ACT),
    Action("run_checks", "c", "run the checks, with progress", ACT, "checks"),
    Action("acknowledge", "a", "acknowledge: see what it would do", ACT, "ack"),
    Action("silence", "z", "silence: see what it would do", ACT, "silence"),
    Action("withdraw", "Z", "take back an acknowledgement or a silence: see what it would do", ACT),
    Action("gate_hold", "H", "hold a gate until a time: see what it would do", ACT),
    Action("gate_release", "F", "let a gate pass until a time: see what it would do", ACT),
    Action("summary", "s", "post a summary: see exactly what would be posted", ACT, "summary"),
    Action("gates", "g", "gates: may the next phase start?", LOOK, "gates"),
    Action("timeline", "T", "timeline of the incident", LOOK),
    Action("operations", "L", "operations log: who did what", LOOK),
    Action("checklist", "C", "deployment checklist: who answered what", LOOK),
    Action("audit", "A", "audit of the checkout: findings and their code", LOOK),
    Action("doctor", "D", "doctor: settings, tables, versions", LOOK),
    Action("sort", "x", "sort the focused panel by its next column", LOOK),
    Action("maximise", "m", "maximise the focused panel, or restore it", LOOK, "max"),
    Action("copy", "y", "copy the row or finding to the clipboard", LOOK),
    Action("go_to_time", "t", "go to a time, or back to live", TIME, "time"),
    Action("earlier_date", "left_square_bracket", "the game dates before", TIME),
    Action("later_date", "right_square_bracket", "the game dates after", TIME),
    Action("step_back", "comma", "replay: one step back", TIME),
    Action("step_on", "full_stop", "replay: one step on", TIME),
    Action("play", "P", "replay: play, or stand still", TIME),
    Action("speed", "S", "replay: longer steps, the shortest after the longest", TIME),
    Action("refresh", "R", "refresh everything now", CONSOLE, "refresh"),
    Action("pause", "p", "stop refreshing by itself, or go on", CONSOLE),
    Action("next_panel", "tab", "next panel", MOVE),
    Action("previous_panel", "shift+tab", "previous panel", MOVE),
    *_PANELS,
    Action("theme", "ctrl+t", "next theme", CONSOLE),
    Action("palette", "ctrl+p,colon", "all commands", CONSOLE),
)
"""In the order of the key bar and the help."""

BY_ID: Mapping[str, Action] = {action.id: action for action in ACTIONS}

_MARKS = {
    "question_mark": "?",
    "slash": "/",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "comma": ",",
    "full_stop": ".",
    "colon": ":",
    "minus": "-",
    "plus": "+",
    "underscore": "_",
    "at": "@",
    "backslash": "\\",
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
    "tab": "Tab",
    "shift+tab": "Shift+Tab",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
    "down": "Down",
    "up": "Up",
    "left": "Left",
    "right": "Right",
}
_NAMES = {mark: name for name, mark in _MARKS.items() if len(mark) == 1}


def key_label(key: str) -> str:
    """Return a key as people write it: `?`, `Esc`, `Ctrl+t`."""
    if len(key) > 1 and "+" not in key and key not in _MARKS:
        with suppress(KeyError):
            return unicodedata.lookup(key.replace("_", " "))
    return _MARKS.get(key) or key.replace("ctrl+", "Ctrl+").replace("shift+", "Shift+")


def _name(key: str) -> str:
    """Return Textual's name of a key that may be written as the mark on it."""
    if len(key) != 1 or key.isalnum():
        return key
    return _NAMES.get(key) or unicodedata.name(key, key).lower().replace(" ", "_").replace("-", "_")


def keys_of(action: Action, remapped: Mapping[str, str]) -> tuple[str, ...]:
    """Return the keys of an action by Textual's names, as the settings have them."""
    written = remapped.get(action.id, action.keys).split(",")
    return tuple(_name(key.strip()) for key in written if key.strip())


def labels_of(action: Action, remapped: Mapping[str, str]) -> str:
    """Return an action's keys as people write them."""
    return " ".join(key_label(key) for key in keys_of(action, remapped))


def refusals(remapped: Mapping[str, str]) -> list[str]:
    """Return what is wrong with keys of the settings, one sentence each: unknown actions, no key, one key for two actions."""
    said = [
        f"keys.{name}: there is no such action; `?` in the console lists them" for name in remapped if name not in BY_ID
    ]
    known = {name: keys for name, keys in remapped.items() if name in BY_ID}
    said.extend(f"keys.{name}: no key is given" for name in known if not keys_of(BY_ID[name], known))
    return [*said, *_clashes(ACTIONS, known)]


def _clashes(actions: Iterable[Action], remapped: Mapping[str, str]) -> list[str]:
    taken: dict[str, str] = {}
    said = []
    for action in actions:
        for key in keys_of(action, remapped):
            other = taken.setdefault(key, action.id)
            if other != action.id:
                mover = action.id if action.id in remapped else other
                rival = other if mover == action.id else action.id
                said.append(f"keys.{mover}: {key_label(key)} is the key of {rival} already; give that another one too")
    return said
