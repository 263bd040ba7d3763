"""One game through all stages, as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from checks.facts.lineage import GameLineage
from checks.facts.retry_queue import QueueRow
from checks.facts.scrape_attempts import ScrapeAttempt
from checks.funnel import stage_part
from checks.games import GameState, not_played_reason, stage_state, tip_off
from checks.model import Finding, Severity
from checks.pipeline import Stage
from checks.policy import Policy
from checks.queue_rows import explain
from checks.times import both_zones, format_eastern, format_utc
from screens.lines import BLANK, Line, Part, Span, Tone, flow, grid
from screens.text.frame import Frame
from screens.text.report import INDENT, finding_lines, header_lines, listed, severity_lead

MOST_ATTEMPTS = 8

STATE_TONES = {
    GameState.NOT_PLAYED: Tone.FAINT,
    GameState.NOT_DUE: Tone.FAINT,
    GameState.DUE: Tone.STRONG,
    GameState.LATE: Tone.WARNING,
    GameState.MISSING: Tone.ERROR,
    GameState.COMPLETE: Tone.OK,
}


@dataclass(frozen=True, slots=True)
class GameView:
    """What is shown of a game; more than one where its name stands under several dates."""

    games: Sequence[GameLineage]
    attempts: Sequence[ScrapeAttempt]
    queued: Sequence[QueueRow]
    findings: Sequence[Finding]
    worst: Severity
    policy: Policy
    blind: Sequence[str] = ()


def game_lines(view: GameView, frame: Frame, width: int) -> list[Line]:
    """Return each game with its stages, then what the scrapers saw, what is queued, and what the checks say of it."""
    as_of = frame.scope.as_of
    active = sum(finding.is_active and finding.severity is not Severity.OK for finding in view.findings)
    said = f"{view.games[0].label}: {active or 'no'} {'finding' if active == 1 else 'findings'} going on"
    lines = flow([Span(said, Tone.STRONG)], width, first=severity_lead(view.worst))
    lines.extend(header_lines(frame, width))
    for game in view.games:
        lines.extend((BLANK, *_game(game, view.policy, as_of, width)))
    if view.attempts:
        lines.extend((BLANK, *_attempts(view.attempts, width)))
    for row in view.queued:
        said = f"{row.status}: {explain(row, view.policy, as_of)}"
        lines.extend((BLANK, *flow([said], width, first=Span("queue    ", Tone.FAINT))))
    for finding in view.findings:
        lines.extend((BLANK, *finding_lines(finding, as_of, width, names=True)))
    if view.blind:
        said = f"{', '.join(view.blind)} cannot be judged; `courtside check` says why"
        lines.extend((BLANK, *flow([said], width, first=severity_lead(Severity.UNKNOWN))))
    return lines


def _game(game: GameLineage, policy: Policy, as_of: datetime, width: int) -> list[Line]:
    """Return a game's head, then a line for each stage with its state, players and times, and the names behind them."""
    lines: list[Line] = []
    for parts in about(game, policy, as_of):
        lines.extend(flow(parts, width, first="  " if lines else ""))
    if game.other_dates or game.rematch_dates:
        lines.extend(flow([_elsewhere(game)], width, first="  "))
    rows = [_stage(game, stage, policy, as_of) for stage in tuple(Stage)[1:]]
    lines.extend(grid([_HEAD, *rows], width, right={2}, indent=2))
    for parts in names_of(game, policy, as_of):
        lines.extend(flow(parts, width, first="  ", hang=4))
    return lines


def about(game: GameLineage, policy: Policy, as_of: datetime) -> Iterator[tuple[Part, ...]]:
    """Yield what the schedule says of a game: status and score, both ids, tip-off in every zone, why it was not played."""
    score = f"{game.away_score}:{game.home_score}" if game.away_score is not None else "no score"
    yield Span(f"{game.label} {game.game_date}", Tone.STRONG), f"· {game.status_text or 'no status'} · {score}"
    yield (f"ids {game.nba_game_id} and {game.bdl_game_id}",)
    undecided = "" if tip_off(game) == game.tip_off else " (not decided yet; the latest usual time)"
    yield (f"tip-off {both_zones(tip_off(game))}{_arena(game)}{undecided}",)
    if reason := not_played_reason(game, policy, as_of):
        yield (Span(f"not played: {reason}", Tone.STRONG),)


def names_of(game: GameLineage, policy: Policy, as_of: datetime) -> Iterator[tuple[str, ...]]:
    """Yield who is lost and who is too many at each stage of a game."""
    for stage in tuple(Stage)[1:]:
        part = stage_part(game, stage, policy, as_of)
        for word, names in (("lost", part.lost if stage is not Stage.BOX_SCORES else ()), ("too many", part.surplus)):
            if names:
                yield (f"{stage.label}, {word}:", *listed(names))


_HEAD = tuple(Span(word, Tone.FAINT) for word in ("stage", "state", "players", "due ET", "last write ET", "says"))


def _stage(game: GameLineage, stage: Stage, policy: Policy, as_of: datetime) -> tuple[Part, ...]:
    state = stage_state(game, stage, policy, as_of)
    counts = game.stage(stage)
    players = f"{counts.appeared} of {counts.listed}" if stage is Stage.BOX_SCORES else str(counts.listed)
    written = format_eastern(counts.last_write)[4:] if counts.last_write else "-"
    due = format_eastern(state.due_at)[4:]
    told = (GameState.NOT_PLAYED, GameState.COMPLETE)  # the head and the players say so already
    says = "" if state.state in told else state.reason
    return (stage.label, Span(state.state.value, STATE_TONES[state.state]), players, due, written, says)


def _arena(game: GameLineage) -> str:
    """Return the tip-off on the arena's own clock, where that is another than New York's."""
    try:
        zone = ZoneInfo(game.arena_timezone or "America/New_York")
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones, or a name too long for a file
        return f", arena zone {game.arena_timezone} is not known"
    local = tip_off(game).astimezone(zone).strftime("%H:%M %Z")
    return "" if zone.key == "America/New_York" else f", {local} at the arena"


def _elsewhere(game: GameLineage) -> str:
    parts = []
    if game.other_dates:
        parts.append(f"the same NBA id stands on {', '.join(game.other_dates)}")
    if game.rematch_dates:
        parts.append(f"the teams also meet on {', '.join(game.rematch_dates)} under another id")
    return "; ".join(parts)


def _attempts(attempts: Sequence[ScrapeAttempt], width: int) -> list[Line]:
    """Return what the newest attempts to scrape the box score saw."""
    ordered = sorted(attempts, key=lambda row: row.scrape_timestamp)
    hidden = len(ordered) - MOST_ATTEMPTS
    lines = flow([f"{len(ordered)} attempts to scrape the box score"], width, first=Span("scrapes  ", Tone.FAINT))
    if hidden > 0:
        lines.extend(flow([Span(f"the last {MOST_ATTEMPTS}:", Tone.FAINT)], width, first=INDENT))
    rows: list[tuple[Part, ...]] = [
        (
            format_utc(row.scrape_timestamp),
            Span("available", Tone.OK) if row.was_available else Span("not there", Tone.WARNING),
            f"{row.player_count or 0} players",
            f"{row.game_status or 'no status'} ({row.workflow or 'by hand'})",
        )
        for row in ordered[-MOST_ATTEMPTS:]
    ]
    return [*lines, *grid(rows, width, right={2}, indent=len(INDENT))]
