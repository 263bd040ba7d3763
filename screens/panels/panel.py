"""A panel of the overview: a titled list with a view behind it, its own age, and its own reason when its source fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from checks.times import format_utc
from screens.clean import for_terminal
from screens.lines import BLANK, Line, Span, Tone, display_width, flow
from screens.panels.lines_view import LinesView
from screens.plain import ascii_line
from screens.table import Table
from screens.views.options import Options, View

if TYPE_CHECKING:
    from checks.model import Scope
    from checks.policy import Policy
    from screens.ports import Look

REASON_LIMIT = 160


@dataclass(frozen=True, slots=True)
class Spec:
    """What makes one panel: its id and key, its title, its view, the checks whose facts it shows, and how often (seconds).

    `scope` turns the console's scope into the panel's own, where the panel is about another date. `redraw` is after how many
    seconds the view of a detail screen is made again without being asked, for one that shows more than the look; `again` asks
    for what it shows besides, when everything is refreshed by hand. `panel` makes a detail screen's panel where a plain one will
    not do: of the spec, and whether only characters below 128 are wanted.
    """

    id: str
    key: str
    title: str
    view: View
    checks: tuple[str, ...]
    cadence: float
    scope: Callable[[Scope], Scope] | None = None
    redraw: float = 0.0
    again: Callable[[], None] | None = None
    panel: Callable[[Spec, bool], Panel] | None = None

    def scope_of(self, scope: Scope) -> Scope:
        """Return what this panel is about when the console looks at `scope`."""
        return self.scope(scope) if self.scope else scope


class Panel(LinesView):
    """Draws the view of its spec; keeps showing what it knew when its source fails, and says so."""

    def __init__(self, spec: Spec, *, ascii: bool = False) -> None:
        super().__init__(id=spec.id, classes="panel")
        self.spec = spec
        self.options = Options(width=0, ascii=ascii)
        self.look: Look | None = None
        self._scope: Scope | None = None
        self._policy: Policy | None = None
        self._failure = ""

    def update_look(self, look: Look, scope: Scope, policy: Policy) -> None:
        """Show what was just loaded."""
        self.look, self._scope, self._policy, self._failure = look, scope, policy, ""
        self.redraw()

    def fail(self, reason: str) -> None:
        """Say that the source failed; what was known stays, with its age. What is not of the source has not grown old by it."""
        if self.look is None or self.spec.redraw == 0:
            self._failure = for_terminal(reason, REASON_LIMIT)
        self.redraw()

    def set_options(self, **changes: object) -> None:
        """Change how the view is made, and make it again."""
        self.options = replace(self.options, **changes)  # type: ignore[arg-type]  # callers name fields of Options
        self.redraw()

    def on_resize(self) -> None:
        """Make the view again for the new width."""
        super().on_resize()
        self.redraw()

    def redraw(self) -> None:
        """Make the table from what is known, at the present width, and show it."""
        self.set_options_width()
        table = self._table()
        self.show(replace(table, head=(BLANK, *table.head)))

    def line_at(self, y: int) -> Line:
        """Return the line at height `y`; the first is the title, which also says where the focus is."""
        spans = self._title_line() if y == 0 else super().line_at(y)
        return ascii_line(spans) if self.options.ascii else spans

    def _title_line(self) -> Line:
        """Return the title between rules, heavy ones where the focus is, and the age of what is shown at its end."""
        light, heavy = ("-", "=") if self.options.ascii else ("─", "━")
        rule, tone = (heavy, Tone.STRONG) if self.has_focus else (light, Tone.FAINT)
        title = " ".join(filter(None, (self.spec.key, self.spec.title)))
        status = self._status()
        tail = f" {status} {rule}" if status else ""
        room = self.size.width - display_width(title) - 4 - display_width(tail)
        if room < 1:
            tail, room = "", max(self.size.width - display_width(title) - 4, 0)
        age = Tone.UNKNOWN if self._failure else Tone.FAINT
        return (Span(f"{rule * 2} ", tone), Span(title, Tone.STRONG), Span(f" {rule * room}", tone), Span(tail, age))

    def set_options_width(self) -> None:
        """Take over the present width; before the first layout the screen's, so that the first frame is no narrow one."""
        self.options = replace(self.options, width=max((self.size.width or self.app.size.width) - 2, 10))

    def _table(self) -> Table:
        if self.look is None or self._scope is None or self._policy is None:
            return Table.of((), empty=self._failure or "loading …")
        try:
            table = self.spec.view(self.look, self._scope, self._policy, self.options)
        # courtside: ignore[silent_exceptions] a fact that could not be had is said where its numbers would stand
        except Exception as error:  # noqa: BLE001  # see above
            self._failure = for_terminal(str(error), REASON_LIMIT)
            return Table.of((), head=tuple(flow([Span(self._failure, Tone.UNKNOWN)], self.options.width)), empty="")
        if not self._failure:
            return table
        said = flow([Span(f"OLD, the source fails: {self._failure}", Tone.UNKNOWN)], self.options.width)
        return replace(table, head=(*said[:2], BLANK, *table.head))

    def _status(self) -> str:
        """Return the age of what is shown, and what narrows it."""
        parts = []
        if self.options.filter:
            parts.append(f"/{for_terminal(self.options.filter, 20)}")
        if self.options.sort:
            parts.append(f"by {self.options.sort}")
        if self.table.count > self.size.height:
            parts.append(f"{self.table.count:,}")
        if self._failure:
            parts.append("NOT REFRESHED")
        if self._scope is not None:
            parts.append(_clock(self._scope.as_of))
        return " · ".join(parts)


def _clock(moment: datetime) -> str:
    return format_utc(moment)[11:]
