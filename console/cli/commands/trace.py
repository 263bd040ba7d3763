"""`courtside trace`: one game through all stages."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date as calendar_date
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.arguments import At, Date, UsageError, game_date
from console.cli.command import Answer, Job, command, exit_status
from screens.lines import Line

if TYPE_CHECKING:
    from checks.facts.lineage import GameLineage
    from checks.facts.retry_queue import QueueRow
    from checks.facts.scrape_attempts import ScrapeAttempt
    from checks.model import Finding, Severity
    from checks.policy import Policy
    from screens.text.frame import Frame

_NBA_ID = re.compile(r"[0-9]{10}")
_BDL_ID = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})_([A-Z]{3})_([A-Z]{3})")
_LABEL = re.compile(r"[A-Z]{3}@[A-Z]{3}")

DAYS_BACK = 14
DAYS_AHEAD = 7
"""Without a date, a game is looked for on the dates of the last two weeks and of the next."""


@command
def trace(
    job: Job,
    game: Annotated[str, typer.Argument(metavar="GAME", help="0022500648, 20260124_LAL_DAL, or LAL@DAL with --date.")],
    date: Date = None,
    at: At = None,
) -> Answer:
    """Follow one game through all stages: what each holds of it, when it was due, what the scrapers saw."""
    from checks.about_games import GAME_CHECKS, about_game, worst_of  # --help needs no checks
    from checks.facts.lineage import LINEAGE
    from checks.facts.retry_queue import RETRY_QUEUE
    from checks.facts.scrape_attempts import SCRAPE_ATTEMPTS

    name, date = _name_and_date(game, date)
    frame = _frame(job, at, date)
    with job.desk() as desk:
        facts = desk.facts(frame.scope, LINEAGE, SCRAPE_ATTEMPTS, RETRY_QUEUE)
        games = tuple(g for g in facts[LINEAGE] if name in (g.nba_game_id, g.bdl_game_id, g.label))
        if not games:
            raise UsageError(_not_there(game, frame, facts[LINEAGE]))
        first, last = min(g.game_date for g in games), max(g.game_date for g in games)
        frame = replace(frame, scope=replace(frame.scope, first=first, last=last))
        report = desk.report(frame.scope, GAME_CHECKS)
    findings = tuple(f for f in report.findings if any(about_game(f, g) for g in games))
    found = _Trace(
        frame=frame,
        policy=job.settings.policy,
        games=games,
        attempts=tuple(row for row in facts[SCRAPE_ATTEMPTS] if _is_of(games, row.game_date, f"{row.away}@{row.home}")),
        queued=tuple(row for row in facts[RETRY_QUEUE] if _is_of(games, row.game_date, row.game_key)),
        findings=findings,
        worst=worst_of(findings, report),
        blind=tuple(result.check for result in report.results if result.reason),
    )
    return Answer(exit_status(found.worst), found.lines, found.document)


@dataclass(frozen=True, slots=True)
class _Trace:
    """All that is known of a game; more than one where its name stands under several dates."""

    frame: Frame
    policy: Policy
    games: tuple[GameLineage, ...]
    attempts: tuple[ScrapeAttempt, ...]
    queued: tuple[QueueRow, ...]
    findings: tuple[Finding, ...]
    worst: Severity
    blind: tuple[str, ...]

    def lines(self, width: int) -> list[Line]:
        from screens.text.game import GameView, game_lines  # --help needs no layout

        view = GameView(self.games, self.attempts, self.queued, self.findings, self.worst, self.policy, self.blind)
        return game_lines(view, self.frame, width)

    def document(self) -> dict[str, object]:
        from checks.queue_rows import explain  # text needs no JSON
        from console import document

        as_of = self.frame.scope.as_of
        return {
            "scope": document.scope(self.frame.scope, self.frame.warehouse, self.frame.assumed),
            "severity": document.severity(self.worst),
            "exit_status": exit_status(self.worst),
            "games": [document.game(item, self.policy, as_of) for item in self.games],
            "scrape_attempts": [document.record(row) for row in self.attempts],
            "queue": [document.queue_row(row, explain(row, self.policy, as_of)) for row in self.queued],
            "findings": [document.finding(finding) for finding in self.findings],
            "blind_checks": list(self.blind),
        }


def _name_and_date(game: str, date: calendar_date | None) -> tuple[str, calendar_date | None]:
    """Return the name to look for and its date, where the name or the user gives one. Raises UsageError."""
    name = game.strip().upper()
    if joined := _BDL_ID.fullmatch(name):
        own = game_date(f"{joined[1]}-{joined[2]}-{joined[3]}")
        if date is not None and date != own:
            raise UsageError(f"{game} is a game of {own}, and --date says {date}: leave one of them out")
        return name, own
    if _NBA_ID.fullmatch(name) or _LABEL.fullmatch(name):
        return name, date
    raise UsageError(
        f"{game!r} names no game: write an NBA id (0022500648), a box-score id (20260124_LAL_DAL), "
        "or AWAY@HOME (LAL@DAL) with --date"
    )


def _frame(job: Job, at: At, date: calendar_date | None) -> Frame:
    if date is not None:
        return job.frame(at, last=date)
    today = job.frame(at).scope.last
    return job.frame(at, last=today + timedelta(days=DAYS_AHEAD), days=DAYS_BACK + DAYS_AHEAD + 1)


def _not_there(game: str, frame: Frame, scheduled: tuple[GameLineage, ...]) -> str:
    scope = frame.scope
    if scope.first != scope.last:
        return f"no game {game} from {scope.first} to {scope.last}: name its date with --date"
    labels = ", ".join(sorted(item.label for item in scheduled)) or "none"
    return f"no game {game} on {scope.last}; scheduled that day: {labels}"


def _is_of(games: tuple[GameLineage, ...], day: calendar_date | None, label: str | None) -> bool:
    return any(game.game_date == day and game.label == label for game in games)
