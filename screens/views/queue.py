"""The retry queue as a table: its rows are made when they are drawn, so that 100,000 of them cost what is on screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from checks.facts.retry_queue import RETRY_QUEUE, QueueRow
from checks.model import Report, Scope, Severity
from checks.policy import Policy
from checks.queue_rows import Standing, standing, subject_of
from screens.lines import Line, Span, Tone
from screens.ports import Look
from screens.table import Item, Table, Target
from screens.views.fitting import fit, fit_all
from screens.views.options import Options
from screens.views.queue_columns import TONES, Column, Moment, columns_for
from screens.views.queue_order import SORTS, in_order, matching

TITLES_FROM = 56
"""From this width on the columns have titles; below it, every line is needed for rows."""
ONE_HEAD_LINE_FROM = 110
"""From this width on the counts and the state of the retrier share a line."""


def queue_view(look: Look, scope: Scope, policy: Policy, options: Options) -> Table:
    """Return the rows that somebody must still work on, the most overdue first, then those that have ended, newest first.

    `options.sort` is one of `SORTS`; `options.filter` is looked for in all fields. Raises what `Look.rows` raises.
    """
    return listing(look, scope, policy, options).table()


def listing(look: Look, scope: Scope, policy: Policy, options: Options) -> Listing:
    """Return what `queue_view` shows before it becomes a table. Raises what `Look.rows` raises."""
    rows = look.rows(RETRY_QUEUE)
    standings = [standing(row, scope.as_of) for row in rows]
    found = matching(rows, standings, options.filter, scope.as_of) if options.filter else range(len(rows))
    order = in_order(rows, standings, found, options.sort)
    columns = columns_for(options.width)
    head = _summary(standings, len(order), look.report, policy, options)
    if order and options.width >= TITLES_FROM:
        head.append(tuple(column.titled() for column in columns))
    return Listing(rows, order, tuple(head), columns, Moment(scope.as_of, policy), options)


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows of a fact in an order, with what is needed to draw one of them."""

    rows: Sequence[QueueRow]
    order: Sequence[int]
    head: tuple[Line, ...]
    columns: Sequence[Column]
    moment: Moment
    options: Options

    def table(self) -> Table:
        """Return the table; no row of it is made."""
        empty = "no row matches" if self.rows else "nothing was queued in the last two weeks"
        return Table(fit_all(self.head, self.options), len(self.order), self._item, self._keys, empty, SORTS)

    def row(self, number: int) -> QueueRow:
        """Return the row that stands at a place of the table."""
        return self.rows[self.order[number]]

    def _item(self, number: int) -> Item:
        row = self.row(number)
        return Item(row.id, self._line(row), Target("queue", row.id, row.game_date), subject_of(row))

    def _keys(self) -> list[str]:
        return [self.rows[number].id for number in self.order]

    def _line(self, row: QueueRow) -> Line:
        stands = standing(row, self.moment.as_of)
        return fit(tuple(column.cell(row, stands, self.moment) for column in self.columns), self.options)


_COUNTED = (Standing.DUE, Standing.WAITING, Standing.RETRYING, Standing.EXHAUSTED, Standing.DEAD)
_SAID_IF_ANY = (Standing.DONE, Standing.STRANGE)


def _summary(
    standings: Sequence[Standing], matched: int, report: Report, policy: Policy, options: Options
) -> list[Line]:
    """Return how many rows stand where, and whether anybody works the queue: first of all when nobody does."""
    dot = Span(" - " if options.ascii else " · ", Tone.FAINT)
    parts = _counts(Counter(standings), options)
    if options.filter:
        parts.append(Span(f"{matched:,} of {len(standings):,} match", Tone.STRONG))
    counts = tuple(span for part in parts for span in (dot, part))[1:]
    retrier, nobody = retrier_line(report, policy)
    if not retrier:
        return [counts]
    if options.width >= ONE_HEAD_LINE_FROM:
        return [(*counts, dot, *retrier)]
    return [retrier, counts] if nobody else [counts, retrier]


def _counts(counts: Counter[Standing], options: Options) -> list[Span]:
    """Return the counts in the words of the field; narrow panels leave out what there is none of."""
    always = _COUNTED if options.width >= TITLES_FROM else ()
    shown = [stands for stands in (*_COUNTED, *_SAID_IF_ANY) if stands in always or counts[stands]]
    return [
        Span(f"{counts[stands]:,} {stands.value}", TONES[stands] if counts[stands] else Tone.FAINT)
        for stands in shown or (Standing.DUE,)
    ]


def retrier_line(report: Report, policy: Policy) -> tuple[Line, bool]:
    """Return whether anybody works the queue, as the check `queue.retrier_dead` judges it; and True when nobody does."""
    result = next((result for result in report.results if result.check == "queue.retrier_dead"), None)
    if result is None:
        return (), False
    if result.findings:
        finding = result.findings[0]
        word = Span(finding.severity.name, Tone.of(finding.severity))
        return (word, Span(f" {finding.sentence}", Tone.STRONG)), True
    if result.severity is Severity.UNKNOWN:
        said = f" whether anybody works the queue: {result.reason}"
        return (Span("UNKNOWN", Tone.UNKNOWN), Span(said)), True
    said = f" no row lies due and untouched for {policy.retrier_dead_minutes} min or more"
    return (Span("OK", Tone.OK), Span(said, Tone.FAINT)), False
