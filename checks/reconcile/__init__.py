"""Reconciliation: what one stage lost on the way to the next, what it invented, and what cannot be."""

from __future__ import annotations

from checks.reconcile.excess import impossible, inflated
from checks.reconcile.losses import features, games, grading, players, predictions

__all__ = ["features", "games", "grading", "impossible", "inflated", "players", "predictions"]
