"""Games: a row for each, newest date first, with a cell per stage that says where it stands and what it holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from checks.facts.lineage import LINEAGE, GameLineage
from checks.funnel import StagePart, in_order, stage_part
from checks.games import GameState, not_played_reason, tip_off
from checks.model import Scope, Subject, SubjectKind
from checks.pipeline import Stage
from checks.policy import Policy
from checks.times import EASTERN
from screens.lines import Line, Span, Tone
from screens.ports import Look
from screens.table import Item, Table, Target
from screens.views.fitting import cell, fit, shows
from screens.views.funnel import SHORT_NAMES
from screens.views.options import Options

SORTS = ("date", "game", "trouble")
"""Newest date first; by label; what is missing, lost or too many first."""

STAGES = tuple(Stage)[1:]

WORDS_FROM = 74
"""From this width on states are words; below they are short, and the head has a legend."""

REASONS_FROM = 100
"""From this width on a row has the tip-off and the schedule's word on the game."""

_WORDS = {
    GameState.NOT_PLAYED: ("np", "not played", Tone.FAINT),
    GameState.NOT_DUE: ("·", "not due", Tone.FAINT),
    GameState.DUE: ("due", "due", Tone.STRONG),
    GameState.LATE: ("late", "late", Tone.WARNING),
    GameState.MISSING: ("MISS", "MISSING", Tone.ERROR),
}
"""For each state that holds nothing: its short form, its word, its tone."""


def games_view(look: Look, scope: Scope, policy: Policy, options: Options) -> Table:
    """Return a row per game; rows are made when they are drawn, and all of them only for a filter or for trouble first."""
    games = [game for game in look.rows(LINEAGE) if scope.first <= game.game_date <= scope.last]
    table = games_table(_sorted(games, scope, policy, options), scope, policy, options)
    return replace(table, empty=f"no game is scheduled {scope.first} to {scope.last}, or the schedule was not loaded")


def games_table(games: Sequence[GameLineage], scope: Scope, policy: Policy, options: Options) -> Table:
    """Return the rows of `games`, in the order given."""
    layout = Layout.of(options)

    @cache
    def row(number: int) -> Item:
        return game_item(games[number], layout, scope, policy, options)

    numbers: Sequence[int] = range(len(games))
    if options.filter:
        numbers = [n for n in numbers if shows(row(n).line, options.filter, games[n].game_date.isoformat())]
    head = head_lines(layout, options) if numbers else ()
    keys = [_key(games[n]) for n in numbers]
    return Table(head, len(numbers), lambda n: row(numbers[n]), lambda: keys, columns=SORTS)


def _sorted(games: Sequence[GameLineage], scope: Scope, policy: Policy, options: Options) -> list[GameLineage]:
    newest_first = sorted(in_order(games), key=lambda game: game.game_date, reverse=True)
    if options.sort == "game":
        return sorted(newest_first, key=lambda game: game.label)
    if options.sort == "trouble":
        return sorted(newest_first, key=_trouble(scope, policy), reverse=True)
    return newest_first


def _trouble(scope: Scope, policy: Policy) -> Callable[[GameLineage], tuple[int, int]]:
    """Return what orders games by trouble: stages that are late or missing, then players lost or too many."""

    def weight(game: GameLineage) -> tuple[int, int]:
        parts = [stage_part(game, stage, policy, scope.as_of) for stage in STAGES]
        absent = sum(part.state in (GameState.LATE, GameState.MISSING) for part in parts)
        return absent, sum(len(part.lost) + len(part.surplus) for part in parts if part.is_present)

    return weight


@dataclass(frozen=True, slots=True)
class Layout:
    """How a row is made at one width: how its date is written, and how wide its columns are (0 is as wide as the words)."""

    day: str
    label: int
    stage: int
    words: bool
    tip: bool

    def room(self, stage: Stage) -> int:
        """Return the columns of a stage's cell, without the space before it."""
        return self.stage - 1 if self.stage else max(len(stage.label), len(GameState.NOT_PLAYED.value))

    @classmethod
    def of(cls, options: Options) -> Layout:
        """Return the layout: short states from 36 columns, words from 74, tip-off and reasons from 100."""
        width = options.width
        if width >= REASONS_FROM:
            return cls("%a %d %b", 18, 0, words=True, tip=True)
        if width >= WORDS_FROM:
            return cls("%a %d %b", 18, 0, words=True, tip=False)
        if width >= 48:
            return cls("%d %b", 14, max((width - 14) // 5, 6), words=False, tip=False)
        return cls("%d", 10, 5, words=False, tip=False)


def head_lines(layout: Layout, options: Options) -> tuple[Line, ...]:
    """Return the names of the columns, and under short states what they mean."""
    spans = [cell("game", layout.label, Tone.FAINT)]
    if layout.tip:
        spans.append(cell("tip-off", 11, Tone.FAINT, right=True))
    for stage in STAGES:
        name = stage.label if layout.words else SHORT_NAMES[stage]
        spans.append(_column(Span(name, Tone.FAINT), layout.room(stage)))
    columns = fit(tuple(spans), options)
    if layout.words:
        return (columns,)
    legend = (Span("np not played · not due -lost +extra", Tone.FAINT),)
    if options.ascii:
        legend = (Span("np not played . not due -lost +extra", Tone.FAINT),)
    return (columns, fit(legend, options))


def game_item(game: GameLineage, layout: Layout, scope: Scope, policy: Policy, options: Options) -> Item:
    """Return one game's row."""
    spans = [cell(f"{game.game_date.strftime(layout.day)} {game.label}", layout.label, Tone.STRONG)]
    if layout.tip:
        spans.append(cell(tip_off(game).astimezone(EASTERN).strftime("%H:%M %Z"), 11, right=True))
    for stage in STAGES:
        part = stage_part(game, stage, policy, scope.as_of)
        spans.append(_column(stage_span(part, layout, ascii=options.ascii), layout.room(stage)))
    if layout.tip:
        reason = not_played_reason(game, policy, scope.as_of)
        spans.append(Span(f"  {reason or _word_of(game)}", Tone.FAINT))
    subject = Subject(SubjectKind.GAME, game.label, game.game_date)
    return Item(_key(game), fit(tuple(spans), options), Target("game", game.label, game.game_date), subject)


def stage_span(part: StagePart, layout: Layout, *, ascii: bool = False) -> Span:
    """Return one stage of a game: its players, with those lost and those too many; or in a word why it holds none.

    `35?` are players that cannot be judged, because the stage before holds nothing.
    """
    if part.state is not GameState.COMPLETE:
        brief, word, tone = _WORDS[part.state]
        return Span(word if layout.words else "." if ascii and brief == "·" else brief, tone)
    if not part.held:
        return Span(f"{part.game.stage(part.stage).listed}?", Tone.FAINT)
    lost = f"-{len(part.lost)}" if part.lost else ""
    extra = f"+{len(part.surplus)}" if part.surplus else ""
    if not lost and not extra:
        return Span(f"{part.players}")
    # The players stand apart from those lost, or not at all: `13-12` would read as a score.
    forms = (f"{part.players} {lost}{extra}", f"{lost}{extra}")
    fitting = (form for form in forms if len(form) <= layout.room(part.stage))
    return Span(next(fitting, f"{lost}+"), Tone.WARNING)


def _word_of(game: GameLineage) -> str:
    """Return the schedule's word on a game and its score."""
    score = f" {game.away_score}:{game.home_score}" if game.away_score and game.home_score else ""
    return f"{game.status_text or 'no status'}{score}"


def _column(span: Span, width: int) -> Span:
    """Return a cell of that width with a space before it."""
    return Span(f" {cell(span.text, width, right=True).text}", span.tone)


def _key(game: GameLineage) -> str:
    return f"{game.game_date} {game.label} {game.nba_game_id}"
