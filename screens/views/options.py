"""How a panel wants its view: what every view function is given beside the facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from checks.model import Scope
    from checks.policy import Policy
    from screens.ports import Look
    from screens.table import Table


@dataclass(frozen=True, slots=True)
class Options:
    """`width` is in columns; `filter` is a text that rows must contain, upper or lower case; `sort` a column's name or "".

    `ascii` asks for characters below 128 only.
    """

    width: int
    filter: str = ""
    sort: str = ""
    ascii: bool = False


View: TypeAlias = "Callable[[Look, Scope, Policy, Options], Table]"
"""Makes a panel's table. Raises what `Look.rows` raises when a fact could not be had."""
