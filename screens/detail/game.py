"""A game's page: what the schedule and each stage have of it, what is wrong with it, what to do, and who touched it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

from checks.about_games import GAME_CHECKS, about_game
from checks.facts.decisions import DECISIONS, Decision
from checks.facts.lineage import LINEAGE, GameLineage
from checks.facts.retry_queue import RETRY_QUEUE, QueueRow
from checks.facts.scrape_attempts import SCRAPE_ATTEMPTS, ScrapeAttempt
from checks.funnel import stage_part
from checks.games import GameState, late_and_missing_at, stage_state
from checks.model import Finding, Report, Scope, Subject, SubjectKind
from checks.pipeline import Stage
from checks.policy import Policy
from checks.times import day_bounds, to_minute
from screens.clean import for_terminal
from screens.detail.page_findings import blind_paragraphs, finding_paragraph, head_lines, nothing_paragraph, to_do
from screens.lines import Part, Span, Tone
from screens.panels.panel import Spec
from screens.ports import Look
from screens.session import Session
from screens.table import Table, Target
from screens.views.brief import MEDIUM, stamp
from screens.views.fitting import failure
from screens.views.options import Options
from screens.views.paragraphs import LONGEST_WORDS, Paragraph, Section, section_items

CADENCE_SECONDS = 60.0
LONGEST_LOOKBACK = timedelta(days=7)
"""Decisions are looked at from the day of the game on, but no further back than this."""
_TITLE_LIMIT = 60


def game_spec(target: Target, session: Session) -> Spec:
    """Return the page of the game that `target` names; of the newest by that name when it has no date."""
    day = target.game_date
    title = f"Game {for_terminal(target.name, _TITLE_LIMIT)}{f' {day}' if day else ''}"
    view = partial(game_view, target.name)
    return Spec("game", "", title, view, GAME_CHECKS, CADENCE_SECONDS, partial(_scope_of, day) if day else None)


def _scope_of(day: date, scope: Scope) -> Scope:
    since = min(scope.as_of - day_bounds(day)[0], LONGEST_LOOKBACK)
    return replace(scope, first=day, last=day, lookback=max(scope.lookback, since))


@dataclass(frozen=True, slots=True)
class _Known:
    """One game, what it is judged by, and what the checks say of it."""

    game: GameLineage
    policy: Policy
    as_of: datetime
    report: Report
    options: Options

    @property
    def findings(self) -> list[Finding]:
        """The findings about the game, and those of its date that name it."""
        return [finding for finding in self.report.findings if about_game(finding, self.game)]

    @property
    def subject(self) -> Subject:
        """What actions are about."""
        return Subject(SubjectKind.GAME, self.game.label, self.game.game_date)

    def unless_failed(self, look: Look, fact: str, rows: Iterator[Paragraph]) -> tuple[Paragraph, ...]:
        """Return the rows of a fact, or why it could not be had, or that there are none."""
        if reason := failure(look.report, fact):
            return (Paragraph(f"failed {fact}", (Span(f"UNKNOWN: {reason}", Tone.UNKNOWN),)),)
        return tuple(rows) or (Paragraph(f"no {fact}", (Span("none", Tone.FAINT),)),)


def game_view(name: str, look: Look, scope: Scope, policy: Policy, options: Options) -> Table:
    """Return the page: how it stands and the next command at the head, then everything that can be filtered."""
    games = [g for g in look.rows(LINEAGE) if g.label == name and scope.first <= g.game_date <= scope.last]
    if not games:
        return Table.of((), empty=f"no game {for_terminal(name, _TITLE_LIMIT)} from {scope.first} to {scope.last}")
    known = _Known(max(games, key=lambda game: game.game_date), policy, scope.as_of, look.report, options)
    hours = int(scope.lookback.total_seconds() // 3600)
    sections = (
        Section("Schedule", tuple(_schedule(known))),
        Section("Stages", tuple(_stages(known))),
        Section("Findings", (*(_found(known)), *blind_paragraphs(look.report))),
        Section("What to do", tuple(to_do(known.findings))),
        Section("Lost and too many", tuple(_names(known))),
        Section("Retry queue", known.unless_failed(look, RETRY_QUEUE.name, _queued(known, look))),
        Section(
            f"Decisions that named it, last {hours} h, newest first",
            known.unless_failed(look, DECISIONS.name, _decided(known, look)),
        ),
        Section(
            "Scrape attempts, newest first", known.unless_failed(look, SCRAPE_ATTEMPTS.name, _scraped(known, look))
        ),
    )
    said = f"{known.game.label} {known.game.game_date}"
    head = head_lines(said, known.findings, look.report, options)
    return Table.of(section_items(sections, options), head=head, empty=f"nothing holds {options.filter!r}")


def _schedule(known: _Known) -> Iterator[Paragraph]:
    from screens.text.game import about  # noqa: PLC0415  # the overview is drawn without it

    game = known.game
    iso = game.game_date.isoformat()
    for n, parts in enumerate(about(game, known.policy, known.as_of)):
        yield Paragraph(f"about {n}", parts, hang=2, subject=known.subject)
    yield Paragraph(
        "seen", (Span(f"schedule last seen {stamp(game.schedule_seen_at, known.options.width)}", Tone.FAINT),), hang=2
    )
    yield Paragraph("date", (f"all games of {iso}",), "> ", target=Target("date", iso, game.game_date))
    for other, how in (
        *((day, "the same NBA id stands on") for day in game.other_dates),
        *((day, "the teams also meet under another id on") for day in game.rematch_dates),
    ):
        target = Target("game", game.label, date.fromisoformat(other))
        yield Paragraph(f"other {other}", (f"{how} {other}",), "> ", target=target)


def _stages(known: _Known) -> Iterator[Paragraph]:
    """Yield each stage's state and players, then its times: as many of them in a line as fit."""
    is_narrow = known.options.width < MEDIUM
    hang = 2 if is_narrow else 12
    for stage in tuple(Stage)[1:]:
        state, tone = _state(known, stage)
        first = Span(f"{stage.label} {state} " if is_narrow else f"{stage.label:<12}{state:<11}", tone)
        yield Paragraph(f"stage {stage.value}", tuple(_counts(known, stage)), first, hang, subject=known.subject)
        for n, times in enumerate(_packed(_times(known, stage), known.options.width - hang)):
            key = f"times {stage.value} {n}"
            yield Paragraph(key, (Span(times, Tone.FAINT),), " " * hang, hang, subject=known.subject)


def _packed(pieces: Iterator[str], width: int) -> list[str]:
    """Return pieces joined into lines, none of them broken."""
    lines: list[str] = []
    for piece in pieces:
        if lines and len(lines[-1]) + len(piece) + 3 <= width:
            lines[-1] += f" · {piece}"
        else:
            lines.append(piece)
    return lines


def _state(known: _Known, stage: Stage) -> tuple[str, Tone]:
    from screens.text.game import STATE_TONES  # noqa: PLC0415  # the overview is drawn without it

    state = stage_state(known.game, stage, known.policy, known.as_of).state
    return state.value.upper() if state is GameState.MISSING else state.value, STATE_TONES[state]


def _counts(known: _Known, stage: Stage) -> Iterator[Part]:
    """Yield the players of a stage, who of them is lost or too many, and the rows where they are others."""
    counts = known.game.stage(stage)
    part = stage_part(known.game, stage, known.policy, known.as_of)
    if stage is Stage.BOX_SCORES:
        yield f"{counts.appeared} of {counts.listed} players appeared"
    else:
        yield f"{counts.listed} players"
    if stage is not Stage.BOX_SCORES and part.lost:
        yield Span(f"-{len(part.lost)} lost", Tone.WARNING)
    if part.surplus:
        yield Span(f"+{len(part.surplus)} too many", Tone.WARNING)
    if counts.rows != counts.listed:
        yield f"in {counts.rows} rows"


def _times(known: _Known, stage: Stage) -> Iterator[str]:
    """Yield when a stage is due and late, and when it was first and last written, in Eastern time."""
    counts = known.game.stage(stage)
    due = stage_state(known.game, stage, known.policy, known.as_of).due_at
    late, _ = late_and_missing_at(known.game, stage, known.policy)
    yield f"due {stamp(due, 0)}"
    yield f"late {stamp(late, 0)}"
    if counts.first_write is None or counts.last_write is None:
        yield "never written"
    elif to_minute(counts.first_write) == to_minute(counts.last_write):
        yield f"written {stamp(counts.last_write, 0)}"
    else:
        yield f"first written {stamp(counts.first_write, 0)}"
        yield f"last {stamp(counts.last_write, 0)}"


def _found(known: _Known) -> Iterator[Paragraph]:
    if not known.findings:
        yield nothing_paragraph(known.report)
    mine = f" ({known.game.label})"
    for finding in known.findings:
        count = sum(name.endswith(mine) for name in finding.names)
        yield finding_paragraph(finding, f"· of this game: {count}" if count else "")


def _names(known: _Known) -> Iterator[Paragraph]:
    from screens.text.game import names_of  # noqa: PLC0415  # the overview is drawn without it

    for parts in names_of(known.game, known.policy, known.as_of):
        yield Paragraph(f"names {parts[0]}", parts, hang=2, subject=known.subject)


def _queued(known: _Known, look: Look) -> Iterator[Paragraph]:
    """Yield the queue's rows of the game, then those of its date that name no game."""
    game = known.game
    rows = [row for row in look.rows(RETRY_QUEUE) if row.game_date == game.game_date]
    for row in (*(r for r in rows if r.game_key == game.label), *(r for r in rows if r.game_key is None)):
        yield _queue_row(row, known)


def _queue_row(row: QueueRow, known: _Known) -> Paragraph:
    from checks.queue_rows import explain, name_of  # noqa: PLC0415  # imported already by the desk's thread

    whose = "" if row.game_key else "of the whole date, "
    error = for_terminal(row.error_message or row.error_type or "", LONGEST_WORDS)
    parts = (
        f"{row.processor_name} {row.phase}: {whose}{explain(row, known.policy, known.as_of)}",
        Span(f"· {error}" if error else "", Tone.FAINT),
    )
    first = Span(f"{row.status} ", Tone.WARNING if row.is_active else Tone.FAINT)
    subject = Subject(SubjectKind.QUEUE, name_of(row), row.game_date)
    return Paragraph(f"queue {row.id}", parts, first, 2, Target("queue", row.id, row.game_date), subject)


def _decided(known: _Known, look: Look) -> Iterator[Paragraph]:
    names = {known.game.nba_game_id, known.game.bdl_game_id, known.game.label}
    named = [decision for decision in look.rows(DECISIONS) if names & set(decision.target_games)]
    for decision in sorted(named, key=lambda row: row.decision_time, reverse=True):
        yield _decision(decision, known.options)


def _decision(decision: Decision, options: Options) -> Paragraph:
    scrapers = f"· {', '.join(decision.scrapers_triggered)}" if decision.scrapers_triggered else ""
    parts = (
        Span(decision.action, Tone.STRONG),
        decision.workflow_name,
        Span(for_terminal(f"· {decision.reason}" if decision.reason else "", LONGEST_WORDS)),
        Span(for_terminal(scrapers, LONGEST_WORDS), Tone.FAINT),
    )
    first = f"{stamp(decision.decision_time, options.width)} "
    target = Target("workflow", decision.workflow_name)
    subject = Subject(SubjectKind.WORKFLOW, decision.workflow_name)
    return Paragraph(f"decision {decision.decision_id}", parts, first, 2, target, subject)


def _scraped(known: _Known, look: Look) -> Iterator[Paragraph]:
    mine = [row for row in look.rows(SCRAPE_ATTEMPTS) if _is_of(row, known.game)]
    for n, row in enumerate(sorted(mine, key=lambda row: row.scrape_timestamp, reverse=True)):
        seen = Span("available", Tone.OK) if row.was_available else Span("not there", Tone.WARNING)
        said = f"{row.player_count or 0} players, {row.game_status or 'no status'} ({row.workflow or 'by hand'})"
        first = f"{stamp(row.scrape_timestamp, known.options.width)} "
        yield Paragraph(f"attempt {len(mine) - n}", (seen, said), first, hang=2, subject=known.subject)


def _is_of(row: ScrapeAttempt, game: GameLineage) -> bool:
    return (row.game_date, row.away, row.home) == (game.game_date, game.away, game.home)
