"""The command palette: every action of the keymap, found by any of its letters in order."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from screens.keymap import ACTIONS, Action, labels_of

_OFFERED = tuple(action for action in ACTIONS if action.on == "app" and action.id != "palette")


class Commands(Provider):
    """Offers all actions by what they do."""

    async def discover(self) -> Hits:
        """Offer everything while nothing is typed."""
        for action in _OFFERED:
            yield DiscoveryHit(action.says, self._run(action), help=_help(action))

    async def search(self, query: str) -> Hits:
        """Offer what matches."""
        matcher = self.matcher(query)
        for action in _OFFERED:
            if (score := matcher.match(f"{action.says} {action.id}")) > 0:
                yield Hit(
                    score, matcher.highlight(action.says), self._run(action), text=action.says, help=_help(action)
                )

    def _run(self, action: Action) -> Callable[[], Awaitable[bool]]:
        return partial(self.app.run_action, f"do('{action.id}')")


def _help(action: Action) -> str:
    return f"{action.group}, key {labels_of(action, {})}"
