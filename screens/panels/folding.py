"""A panel whose rows stand in groups that fold: the keys that fold are the same wherever something does."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from textual.binding import Binding, BindingType

from screens.panels.panel import Panel


class FoldingPanel(Panel):
    """Folds what stands in groups. What is folded is the panel's, and stays while the data changes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "fold", "Fold", id="findings.fold"),
        Binding("right,l", "unfold(1)", "Unfold", show=False, id="findings.unfold"),
        Binding("left,h", "unfold(0)", "Fold", show=False, id="findings.fold_here"),
        Binding("O", "fold_all", "Fold all", show=False, id="findings.fold_all"),
    ]

    @property
    def foldable(self) -> frozenset[str]:
        """The groups that have something to fold."""
        raise NotImplementedError

    def group_of(self, key: str) -> str:
        """Return the group that a row belongs to, by the row's key."""
        raise NotImplementedError

    def head_of(self, group: str) -> str:
        """Return the key of the row that stays of a group when it is folded."""
        raise NotImplementedError

    def is_folded(self, group: str) -> bool:
        """Return whether only the head of a group is shown."""
        raise NotImplementedError

    def set_folded(self, groups: Collection[str], *, fold: bool) -> None:
        """Fold groups, or unfold them; the panel is drawn again after it."""
        raise NotImplementedError

    def action_fold(self) -> None:
        """Fold the group under the cursor, or unfold it."""
        self._fold_here(fold=not self.is_folded(self._group_here))

    def action_unfold(self, unfold: int) -> None:
        """Unfold the group under the cursor (1), or fold it (0)."""
        self._fold_here(fold=not unfold)

    def action_fold_all(self) -> None:
        """Unfold all groups; fold them when all are."""
        everything = self.foldable
        fold = not any(self.is_folded(group) for group in everything)
        self._go_to_head(fold=fold)
        self.set_folded(everything, fold=fold)
        self.redraw()

    @property
    def _group_here(self) -> str:
        return self.group_of(self.current.key) if self.current else ""

    def _fold_here(self, *, fold: bool) -> None:
        group = self._group_here
        if group not in self.foldable:
            return
        self._go_to_head(fold=fold)
        self.set_folded({group}, fold=fold)
        self.redraw()

    def _go_to_head(self, *, fold: bool) -> None:
        """Leave a row that is about to be hidden for the head of its group."""
        keys = self.table.keys()
        row = self.head_of(self._group_here)
        if fold and row in keys:
            self.cursor = keys.index(row)
