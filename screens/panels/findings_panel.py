"""The findings panel: causes that unfold, and at their right or below them what is known of the one under the cursor."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from screens.panels.areas import beside
from screens.panels.lines_view import MARK_COLUMNS
from screens.panels.panel import Panel, Spec
from screens.table import Table
from screens.views.options import Options

if TYPE_CHECKING:
    from checks.model import Scope
    from checks.policy import Policy
    from screens.ports import Look

BESIDE_FROM = 100
"""From this width on the finding under the cursor is spoken of at the right."""


class FindingsPanel(Panel):
    """Shows findings whatever the view of its spec is: what is unfolded is the panel's, and stays while the data changes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "fold", "Fold", id="findings.fold"),
        Binding("right,l", "unfold(1)", "Unfold", show=False, id="findings.unfold"),
        Binding("left,h", "unfold(0)", "Fold", show=False, id="findings.fold_here"),
        Binding("O", "fold_all", "Fold all", show=False, id="findings.fold_all"),
    ]

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

    def action_fold(self) -> None:
        """Fold the cause under the cursor, or unfold it."""
        self._set_unfolded(self._cause_here not in self.unfolded)

    def action_unfold(self, unfold: int) -> None:
        """Unfold the cause under the cursor (1), or fold it (0)."""
        self._set_unfolded(bool(unfold))

    def action_fold_all(self) -> None:
        """Unfold all causes; fold them when all are."""
        everything = self._foldable
        unfold = not everything <= self.unfolded
        self._go_to_cause(unfold=unfold)
        self.unfolded = everything if unfold else frozenset()
        self.redraw()

    @property
    def _foldable(self) -> frozenset[str]:
        from screens.views.findings import foldable  # noqa: PLC0415  # as above

        return foldable(self.look.report.causes) if self.look else frozenset()

    @property
    def _cause_here(self) -> str:
        from screens.views.findings import cause_key_of  # noqa: PLC0415  # as above

        return cause_key_of(self.current.key) if self.current else ""

    def _set_unfolded(self, unfold: bool) -> None:  # noqa: FBT001  # the one thing that it sets
        cause = self._cause_here
        if cause not in self._foldable:
            return
        self._go_to_cause(unfold=unfold)
        self.unfolded = self.unfolded | {cause} if unfold else self.unfolded - {cause}
        self.redraw()

    def _go_to_cause(self, *, unfold: bool) -> None:
        """Leave a row that is about to be hidden for its cause."""
        keys = self.table.keys()
        row = f"cause {self._cause_here}"
        if not unfold and row in keys:
            self.cursor = keys.index(row)
