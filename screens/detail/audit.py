"""The audit of the checkout: findings by check and folder, which fold, the worst group first; Enter opens the code around one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from checks.model import Scope
from checks.policy import Policy
from checks.severity import Severity
from checks.times import both_zones, format_minutes, minutes_between
from screens.clean import for_terminal
from screens.lines import Line, Span, Tone, flow, severity_word
from screens.panels.folding import FoldingPanel
from screens.panels.panel import Spec
from screens.ports import Audit, AuditSpot, Look
from screens.session import Session
from screens.table import Item, Table, Target
from screens.text.amount import counted
from screens.text.report import severity_lead
from screens.views.fitting import fit, fit_all, fold_marker
from screens.views.options import Options

REDRAW_SECONDS = 1.0
FILTER_LIMIT = 20
"""Characters of the filter in the title."""


@dataclass(frozen=True, slots=True)
class Group:
    """What one check found in one folder of the checkout; `spots` are in the order of the files."""

    check: str
    folder: str
    spots: tuple[AuditSpot, ...]

    @property
    def severity(self) -> Severity:
        """The worst of them."""
        return max(spot.severity for spot in self.spots)


def audit_spec(target: Target, session: Session) -> Spec:
    """Return the screen; it is made again every second, because the auditor answers at once with what is known so far."""
    again = session.auditor.again if session.auditor is not None else None
    view = partial(audit_view, session)
    panel = partial(AuditPanel, session)
    return Spec("audit", "", "Audit of the checkout", view, (), 0.0, redraw=REDRAW_SECONDS, again=again, panel=panel)


class AuditPanel(FoldingPanel):
    """Shows the findings in groups of one check in one folder, which fold; all are unfolded at first."""

    def __init__(self, session: Session, spec: Spec, ascii: bool) -> None:  # noqa: FBT001  # as `Spec.panel` has it
        super().__init__(replace(spec, view=self._view), ascii=ascii)
        self.folded: frozenset[str] = frozenset()
        self._session = session

    def _view(self, look: Look, scope: Scope, policy: Policy, options: Options) -> Table:
        return audit_view(self._session, look, scope, policy, options, self.folded)

    @property
    def foldable(self) -> frozenset[str]:
        """The keys of all groups; none while a filter shows what it finds wherever that stands."""
        return frozenset() if self.options.filter else frozenset(map(_key, self._groups()))

    def group_of(self, key: str) -> str:
        """Return the key of the group of a row."""
        return next((_key(group) for group in self._groups() if key in (_key(group), *map(_key, group.spots))), "")

    def head_of(self, group: str) -> str:
        """Return the key of a group's own row."""
        return group

    def is_folded(self, group: str) -> bool:
        """Return whether the findings of a group are hidden."""
        return group in self.folded

    def set_folded(self, groups: Collection[str], *, fold: bool) -> None:
        """Fold groups, or unfold them."""
        self.folded = self.folded.union(groups) if fold else self.folded.difference(groups)

    def _status(self) -> str:
        """Return what narrows the list: the audit is of no moment of the console, and its head has its age and its numbers."""
        return f"/{for_terminal(self.options.filter, FILTER_LIMIT)}" if self.options.filter else ""

    def _groups(self) -> list[Group]:
        return groups_of(self._session.auditor.known().spots) if self._session.auditor is not None else []


def audit_view(
    session: Session, look: Look, scope: Scope, policy: Policy, options: Options, folded: Collection[str] = ()
) -> Table:
    """Return the groups, each above its findings unless its key is in `folded`; with a filter, only what holds its text."""
    if session.auditor is None:
        return Table.of((), empty="this console audits nothing: `courtside audit PATH` does")
    known = session.auditor.known()
    hidden = () if options.filter else folded
    rows = list(_rows(groups_of(known.spots, options.filter.casefold()), hidden))
    head = fit_all(_head(known, session.clock(), options.width), options)
    keys = [_key(row) for row in rows]
    empty = f"no finding contains {options.filter!r}" if options.filter else ""
    return Table(head, len(rows), lambda number: _item(rows[number], hidden, options), lambda: keys, empty)


def groups_of(spots: Sequence[AuditSpot], wanted: str = "") -> list[Group]:
    """Return the findings that contain `wanted` (in lower case) by check and folder, the worst groups first."""
    found: dict[tuple[str, str], list[AuditSpot]] = {}
    for spot in spots:
        if wanted in f"{_word(spot.severity).text} {spot.check} {_place(spot)} {spot.about} {spot.sentence}".casefold():
            found.setdefault((spot.check, spot.path.rpartition("/")[0]), []).append(spot)
    groups = [Group(*key, tuple(sorted(of, key=lambda spot: (spot.path, spot.line)))) for key, of in found.items()]
    return sorted(groups, key=lambda group: (-group.severity, group.check, group.folder))


def _rows(groups: Sequence[Group], folded: Collection[str]) -> Iterator[Group | AuditSpot]:
    for group in groups:
        yield group
        if _key(group) not in folded:
            yield from group.spots


def _key(row: Group | AuditSpot) -> str:
    return f"= {row.check} {row.folder}" if isinstance(row, Group) else row.id


def _item(row: Group | AuditSpot, folded: Collection[str], options: Options) -> Item:
    if isinstance(row, AuditSpot):
        name = _place(row).rpartition("/")[2]
        about = Span(f"{row.about}  " if row.about else "")
        spans = (Span("    "), _word(row.severity), Span(f" {name}  ", Tone.STRONG), about, Span(row.sentence))
        return Item(row.id, fit(spans, options), Target("code", row.id))
    files = len({spot.path for spot in row.spots})
    count = f"  {counted(len(row.spots), 'finding')} in {counted(files, 'file')}"
    where = f" {row.folder or '.'}/"
    marker = Span(fold_marker(_key(row) in folded, ascii=options.ascii), Tone.STRONG)
    line = (marker, _word(row.severity), Span(f" {row.check}", Tone.STRONG), Span(where), Span(count, Tone.FAINT))
    return Item(_key(row), fit(line, options))


def _word(severity: Severity) -> Span:
    return Span(f"{'note':<8}", Tone.FAINT) if severity is Severity.OK else severity_word(severity)


def _place(spot: AuditSpot) -> str:
    return f"{spot.path}:{spot.line}" if spot.line else spot.path


def _head(known: Audit, now: datetime, width: int) -> Iterator[Line]:
    """Give how the checkout stands, how old that is, and what is not among the findings."""
    if known.reason:
        yield from flow([known.reason], width, first=severity_lead(Severity.UNKNOWN), hang=2)
    elif known.at is not None:
        yield from flow([Span(known.sentence, Tone.STRONG)], width, first=severity_lead(known.severity), hang=2)
    if known.is_running:
        again = " again" if known.at is not None else ""
        yield from flow([f"auditing {known.checkout}{again} …"], width, first=severity_lead(Severity.UNKNOWN), hang=2)
    if known.at is not None:
        age = format_minutes(max(minutes_between(known.at, now), 0))
        said = f"{known.checkout}, audited {age} ago, {both_zones(known.at)}; refreshing audits again"
        yield from flow([Span(said, Tone.FAINT)], width, hang=2)
    for aside in known.asides:
        yield from flow([Span(aside, Tone.FAINT)], width, hang=2)
    yield ()
