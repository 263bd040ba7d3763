"""The funnel: schedule → box scores → analytics → features → predictions → grading, and what explains each loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from checks.facts.lineage import LINEAGE, GameLineage
from checks.funnel import (
    AWAITED,
    DID_NOT_PLAY,
    LOST_GAMES,
    LOST_PLAYERS,
    NOT_DUE,
    NOT_PLAYED,
    NOTHING_BEFORE,
    PLAYERS_NOT_DUE,
    DateFunnel,
    StageTotal,
    coverage_severity,
    format_percent,
    funnel,
    funnel_by_date,
)
from checks.model import Scope, Severity, Subject, SubjectKind
from checks.pipeline import Stage
from checks.policy import Policy
from screens.lines import Line, Span, Tone
from screens.ports import Look
from screens.table import Item, Table, Target
from screens.views.fitting import cell, fit, fit_item, shows
from screens.views.options import Options

FEW_DATES = 7
"""Up to a week of dates is shown date by date; of more there is one funnel over all, then a line per date."""

_REASONS = {
    LOST_GAMES: ("lost", "game lost", "games lost"),
    LOST_PLAYERS: ("lost", "player lost", "players lost"),
    AWAITED: ("awaited", "game still awaited", "games still awaited"),
    NOT_DUE: ("not due", "game not due", "games not due"),
    PLAYERS_NOT_DUE: ("not due yet", "player not due", "players not due"),
    NOT_PLAYED: ("not played", "game not played", "games not played"),
    NOTHING_BEFORE: ("no input", "game with nothing before", "games with nothing before"),
    DID_NOT_PLAY: ("DNP", "did not play", "did not play"),
}
"""What explains a loss, the gravest first: in few words, then for one and for more. DNP is the box score's own word."""

SHORT_NAMES = {
    Stage.SCHEDULE: "sched",
    Stage.BOX_SCORES: "box",
    Stage.ANALYTICS: "anly",
    Stage.FEATURES: "feat",
    Stage.PREDICTIONS: "pred",
    Stage.GRADING: "grad",
}
"""What a stage is called where there is little room."""


def funnel_view(look: Look, scope: Scope, policy: Policy, options: Options) -> Table:
    """Return a funnel per date, newest first; of more than a week one over all dates, then the weakest stage of each."""
    games = [game for game in look.rows(LINEAGE) if scope.first <= game.game_date <= scope.last]
    dates = funnel_by_date(games, policy, scope.as_of)[::-1]
    if len(dates) > FEW_DATES:
        items = [*_over_all(games, scope, policy, options), *_date_rows(dates, policy, options)]
    else:
        items = [item for day in dates for item in date_items(day, policy, options)]
    empty = f"no game is scheduled {scope.first} to {scope.last}, or the schedule was not loaded"
    return Table.of(items, head=(stage_head(options),) if items else (), empty=empty)


def _over_all(games: Sequence[GameLineage], scope: Scope, policy: Policy, options: Options) -> list[Item]:
    """Return the stages over all dates; they open the newest one."""
    totals = funnel(games, policy, scope.as_of)
    target = _target(scope.last)
    rows = [Item("all", _title(f"{scope.first:%-d %b} to {scope.last:%-d %b}", totals[0], options), target)]
    rows.extend(Item(f"all {total.stage.value}", stage_line(total, policy, options), target) for total in totals)
    return [fit_item(row, options) for row in rows if shows(row.line, options.filter)]


def _date_rows(dates: Sequence[DateFunnel], policy: Policy, options: Options) -> list[Item]:
    """Return a line per date: the stage that holds least of what it should."""
    rows: list[Item] = []
    for day in dates:
        weakest = min(day.totals[1:], key=lambda total: 101.0 if total.percentage is None else total.percentage)
        name = f"{day.game_date:%d %b} {SHORT_NAMES[weakest.stage]}"
        line = stage_line(weakest, policy, options, name)
        rows.append(Item(day.game_date.isoformat(), line, _target(day.game_date), _subject(day.game_date)))
    return [fit_item(row, options) for row in rows if shows(row.line, options.filter, row.key)]


def date_items(day: DateFunnel, policy: Policy, options: Options, *, titled: bool = True) -> list[Item]:
    """Return a date's title and its stages; a filter that the title or the ISO date meets keeps them all."""
    iso = day.game_date.isoformat()
    target, subject = _target(day.game_date), _subject(day.game_date)
    title = _title(f"{day.game_date:%a %-d %b}", day.totals[0], options)
    rows = [
        Item(f"{iso} {total.stage.value}", stage_line(total, policy, options), target, subject) for total in day.totals
    ]
    if not shows(title, options.filter, iso):
        rows = [row for row in rows if shows(row.line, options.filter)]
    if rows and titled:
        rows.insert(0, Item(iso, title, target, subject))
    return [fit_item(row, options) for row in rows]


def _title(dates: str, scheduled: StageTotal, options: Options) -> Line:
    """Return `Sat 24 Jan · 7 games, 1 not played`, the last only where it fits: the stages say it too."""
    count = "1 game" if scheduled.games == 1 else f"{scheduled.games} games"
    unplayed = dict(scheduled.explained).get(NOT_PLAYED, 0)
    brief = Span(f" · {count}", Tone.FAINT)
    long = Span(f" · {count}, {unplayed} not played", Tone.FAINT)
    fits = unplayed and len(dates) + long.width <= options.width
    return (Span(dates, Tone.STRONG), long if fits else brief)


@dataclass(frozen=True, slots=True)
class _Columns:
    """How wide the columns of a width are; 0 leaves one out."""

    games: int
    players: int
    share: int
    bar: int
    rest: int

    @classmethod
    def of(cls, width: int) -> _Columns:
        """Return the columns: stage, players, share and the rest always; games, then a bar, where there is room."""
        games, bar = (8 if width >= 52 else 0), (0 if width < 70 else 10 if width < 100 else 20)
        players, share = (6, 9) if games else (6, 5)
        used = 11 + games + players + share + (bar + 2 if bar else 0) + 2
        return cls(games, players, share, bar, max(width - used, 1))


def stage_head(options: Options) -> Line:
    """Return the names of the columns."""
    columns = _Columns.of(options.width)
    games = cell("games", columns.games, Tone.FAINT, right=True)
    words = "what explains the rest" if columns.bar else "the rest"
    spans = (
        cell("stage", 11, Tone.FAINT),
        games,
        cell("players" if columns.players > 6 else "plrs", columns.players, Tone.FAINT, right=True),
        cell("of due" if columns.games else "%", columns.share, Tone.FAINT, right=True),
        Span(" " * (columns.bar + 2 if columns.bar else 0)),
        Span(f"  {words}", Tone.FAINT),
    )
    return fit(spans, options)


def stage_line(total: StageTotal, policy: Policy, options: Options, name: str = "") -> Line:
    """Return one stage under its own or another name: games, players, share of what is due, and what explains the rest."""
    columns = _Columns.of(options.width)
    tone = stage_tone(total, policy)
    share = format_percent(total.percentage)
    if not columns.games:
        share = share.replace(" ", "").partition(".")[0] + ("%" if total.percentage is not None else "")
    is_schedule = total.stage is Stage.SCHEDULE
    games = f"{total.games}/{total.expected_games}"
    players = "" if is_schedule else f"{total.players}"
    spans = [
        cell(name or total.stage.label, 11),
        cell(games, columns.games, right=True),
        cell(players, columns.players, right=True),
        cell(share, columns.share, tone, right=True),
    ]
    if columns.bar:
        spans.extend((Span("  "), Span(_bar(total, columns.bar), tone)))
    spans.extend((Span("  "), *_rest(total, columns)))
    return tuple(spans)


def stage_tone(total: StageTotal, policy: Policy) -> Tone:
    """Return how a stage's share is shown: by its coverage, and never as health while it holds players too many."""
    if total.percentage is None:
        return Tone.FAINT
    if total.expected_players:
        there = max(total.expected_players - len(total.lost), 0)
        severity = coverage_severity(there, total.expected_players, policy, settled=True)
    else:
        severity = coverage_severity(total.games, total.expected_games, policy, settled=True)
    return Tone.of(max(severity, Severity.WARNING) if total.surplus else severity)


def _bar(total: StageTotal, width: int) -> str:
    """Return a bar that is full only at 100 %, and ends in `+` where the stage holds too many; blank without a share."""
    if total.percentage is None:
        return " " * width
    full = int(total.percentage * width / 100 + 1e-9)
    drawn = "█" * full + "░" * (width - full)
    return f"{drawn[:-1]}+" if total.surplus else drawn


def _rest(total: StageTotal, columns: _Columns) -> list[Span]:
    """Return what explains the rest, the gravest first, as much as fits and at least one; in more words with more room."""
    counts = dict(total.explained)
    spans: list[Span] = []
    for reason, (brief, one, more) in _REASONS.items():
        if reason == AWAITED and total.surplus:
            _add(spans, columns.rest, Tone.WARNING, *(f"+{len(total.surplus)}{word}" for word in _SURPLUS))
        if count := counts.get(reason):
            tone = Tone.ERROR if reason in (LOST_GAMES, LOST_PLAYERS) else Tone.FAINT
            _add(spans, columns.rest, tone, f"{count} {(one if count == 1 else more) if columns.bar else brief}")
    return spans


_SURPLUS = (" too many", " extra", "")
"""How a surplus is called, the first that fits."""


def _add(spans: list[Span], room: int, tone: Tone, *forms: str) -> None:
    """Add the first of the forms that fits what is left of the room; when nothing was said yet, the shortest in any case."""
    left = room - sum(span.width for span in spans)
    joined = [f", {form}" if spans else form for form in forms]
    chosen = next((form for form in joined if len(form) <= left), None if spans else joined[-1])
    if chosen is not None:
        spans.append(Span(chosen, tone))


def _target(day: date) -> Target:
    return Target("date", day.isoformat(), day)


def _subject(day: date) -> Subject:
    return Subject(SubjectKind.DATE, day.isoformat(), day)


def funnel_of(games: Sequence[GameLineage], day: date, policy: Policy, as_of: datetime) -> DateFunnel:
    """Return the funnel of one date's games."""
    return DateFunnel(day, funnel(games, policy, as_of))
