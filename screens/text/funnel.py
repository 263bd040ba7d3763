"""The funnel as text: stages of each date, then games, then names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from checks.facts.lineage import GameLineage
from checks.funnel import DateFunnel, StagePart, StageTotal, coverage_severity, format_percent, stage_part
from checks.games import GameState
from checks.model import Report, Severity
from checks.pipeline import Stage
from checks.policy import Policy
from screens.lines import BLANK, Line, Part, Span, Tone, flow, grid
from screens.text.frame import Frame
from screens.text.report import INDENT, check_lines, finding_lines, header_lines, listed, verdict_lines


@dataclass(frozen=True, slots=True)
class FunnelView:
    """What is shown of a funnel; `exported` is the file that was written, or ""."""

    dates: Sequence[DateFunnel]
    games: Sequence[GameLineage]
    report: Report
    policy: Policy
    detailed: bool
    exported: str


def funnel_lines(view: FunnelView, frame: Frame, width: int) -> list[Line]:
    """Return the verdict on the chain, then a funnel for each date; with details each game and what is wrong with it."""
    lines = [*verdict_lines(view.report, width), *header_lines(frame, width)]
    if view.exported:
        lines.extend(flow([view.exported], width, first=Span("exported ", Tone.FAINT)))
    if not view.dates:
        lines.extend((BLANK, *flow(["no game is scheduled on these dates, or the schedule was not loaded"], width)))
    for date in view.dates:
        lines.extend((BLANK, (Span(date.game_date.strftime("%a %-d %b %Y"), Tone.STRONG),)))
        lines.extend(grid([_HEAD, *(_stage(total, view.policy) for total in date.totals)], width, right={1, 2, 3}))
        if view.detailed:
            lines.extend((BLANK, *_games([g for g in view.games if g.game_date == date.game_date], view, frame, width)))
    if view.detailed:
        for finding in view.report.findings:
            lines.extend((BLANK, *finding_lines(finding, frame.scope.as_of, width)))
    return [*lines, BLANK, *check_lines(view.report, width)]


_HEAD = tuple(Span(word, Tone.FAINT) for word in ("stage", "games", "players", "of due", "the rest"))


def _stage(total: StageTotal, policy: Policy) -> tuple[Part, ...]:
    games = f"{total.games}/{total.expected_games}"
    players = "" if total.stage is Stage.SCHEDULE else str(total.players)
    share = total.percentage
    severity = Severity.OK
    if total.expected_players:
        there = max(total.expected_players - len(total.lost), 0)
        severity = coverage_severity(there, total.expected_players, policy, settled=True)
    elif share is not None:
        severity = coverage_severity(total.games, total.expected_games, policy, settled=True)
    tone = Tone.of(severity) if share is not None else Tone.FAINT
    rest = [f"{reason}: {count}" for reason, count in total.explained]
    if total.surplus:
        rest.append(f"players too many: {len(total.surplus)}")
    return (total.stage.label, games, players, Span(format_percent(share), tone), ", ".join(rest))


def _games(games: Sequence[GameLineage], view: FunnelView, frame: Frame, width: int) -> list[Line]:
    """Return one line per game: who is there at each stage, as `players` or `players-lost+surplus`."""
    stages = tuple(Stage)[1:]
    head = tuple(Span(word, Tone.FAINT) for word in ("game", *(stage.label for stage in stages)))
    rows: list[tuple[Part, ...]] = [head]
    names: list[Line] = []
    for game in games:
        parts = [stage_part(game, stage, view.policy, frame.scope.as_of) for stage in stages]
        rows.append((Span(game.label, Tone.STRONG), *(_cell(part) for part in parts)))
        for part in parts:
            names.extend(_names(part, width))
    return [*grid(rows, width, right={1, 2, 3, 4, 5}), *names]


def _cell(part: StagePart) -> Part:
    if not part.is_present:
        tone = {GameState.MISSING: Tone.ERROR, GameState.LATE: Tone.WARNING}.get(part.state, Tone.FAINT)
        return Span(part.state.value, tone)
    lost = f" -{len(part.lost)}" if part.lost else ""
    surplus = f" +{len(part.surplus)}" if part.surplus else ""
    return Span(f"{part.players}{lost}{surplus}", Tone.WARNING if lost or surplus else Tone.PLAIN)


def _names(part: StagePart, width: int) -> list[Line]:
    """Return who is lost and who is too many at one stage of one game."""
    lines: list[Line] = []
    if part.stage is Stage.BOX_SCORES:
        return lines
    for word, found in (("lost", part.lost), ("too many", part.surplus)):
        if found:
            said = [f"{part.stage.label}, {word}:", *listed(found)]
            lines.extend(flow(said, width, first=f"{part.game.label:<9}", hang=len(INDENT)))
    return lines
