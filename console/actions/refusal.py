"""An action that is not begun."""

from __future__ import annotations


class RefusedError(Exception):
    """Nothing was done; the message says why and what to do, in the operator's words."""
