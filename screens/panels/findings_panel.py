"""The findings panel: causes that unfold, and at their right or below them what is known of the one under the cursor."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from screens.panels.areas import beside
from screens.panels.folding import FoldingPanel
from screens.panels.lines_view import MARK_COLUMNS
from screens.panels.panel import Spec
from screens.table import Table
from screens.views.options import Options

if TYPE_CHECKING:
    from checks.model import Scope
    from checks.policy import Policy
    from screens.ports import Look

BESIDE_FROM = 100
"""From this width on the finding under the cursor is spoken of at the right."""


class FindingsPanel(FoldingPanel):
    """Shows findings whatever the view of its spec is: what is unfolded is the panel's, and stays while the data changes."""

    beside_from = BESIDE_FROM
    beside_top = 1

    def __init__(self, spec: Spec, *, ascii: bool = False) -> None:
        super().__init__(replace(spec, view=self._view), ascii=ascii)
        self.unfolded: frozenset[str] = frozenset()

    def _view(self, look: Look, scope: Scope, policy: Policy, options: Options) -> Table:
        from screens.views.findings import findings_view  # noqa: PLC0415  # not before there is something to show

        return findings_view(look, scope, policy, options, self.unfolded)

    def set_options_width(self) -> None:
        """Take over the width that the list has beside what is said of its row."""
        width, height = self.size if self.size.width else self.app.size
        list_width = beside(width, height, self.beside_top).width if width >= BESIDE_FROM else width
        self.options = replace(self.options, width=max(list_width - MARK_COLUMNS, 10))

    @property
    def foldable(self) -> frozenset[str]:
        """The causes that have something beneath them."""
        from screens.views.findings import foldable  # noqa: PLC0415  # as above

        return foldable(self.look.report.causes) if self.look else frozenset()

    def group_of(self, key: str) -> str:
        """Return the cause of a row."""
        from screens.views.findings import cause_key_of  # noqa: PLC0415  # as above

        return cause_key_of(key)

    def head_of(self, group: str) -> str:
        """Return the key of a cause's row."""
        return f"cause {group}"

    def is_folded(self, group: str) -> bool:
        """Return whether only the cause is shown."""
        return group not in self.unfolded

    def set_folded(self, groups: Collection[str], *, fold: bool) -> None:
        """Fold causes, or unfold them."""
        self.unfolded = self.unfolded.difference(groups) if fold else self.unfolded.union(groups)
