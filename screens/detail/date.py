"""A date's page: may the phases start, the funnel, every game at every stage, quality, findings, and who was lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from checks.about_games import RECONCILE_CHECKS
from checks.facts.fact import Facts
from checks.facts.feature_quality import FEATURE_QUALITY, FeatureQuality
from checks.facts.gate_overrides import GATE_OVERRIDES
from checks.facts.lineage import LINEAGE, GameLineage
from checks.facts.prop_coverage import PROP_COVERAGE, PropCoverage
from checks.funnel import format_percent, in_order, percent, stage_part
from checks.games import GameState, not_played_reason, stage_state
from checks.model import Finding, Report, Scope, Severity, Subject, SubjectKind
from checks.pipeline import Stage, Transition
from checks.policy import Policy
from screens.detail.page_findings import (
    blind_paragraphs,
    finding_paragraph,
    head_lines,
    nothing_paragraph,
    worst_first,
)
from screens.lines import Line, Span, Tone, severity_word
from screens.panels.panel import Spec
from screens.ports import Look
from screens.session import Session
from screens.table import Item, Table, Target
from screens.views.fitting import failure, fit, fit_item, shows
from screens.views.funnel import date_items, funnel_of, stage_head
from screens.views.games import REASONS_FROM, games_table
from screens.views.options import Options
from screens.views.paragraphs import Paragraph, Section, section_items
from screens.words import gate_overrides_of, gates_asked, gates_trouble

DATE_CHECKS = (
    "transitions.delay",
    "transitions.duration",
    "transitions.blocked",
    "transitions.stuck_run",
    "schedule.not_played",
    "availability.missing_game",
    "availability.late_source",
    *RECONCILE_CHECKS,
    "quality.features",
    "quality.rolling_window",
    "coverage.props",
    "queue.overdue",
    "queue.exhausted",
    "streaming.conflicts",
)
"""The checks that speak of a date or of what belongs to one."""

CADENCE_SECONDS = 60.0


def date_spec(target: Target, session: Session) -> Spec:
    """Return the page of the date that `target` names. Raises ValueError when it names none."""
    day = target.game_date or date.fromisoformat(target.name)
    title = f"Games of {day:%a %-d %b %Y}"
    return Spec("date", "", title, date_view, DATE_CHECKS, CADENCE_SECONDS, partial(_scope_of, day))


def _scope_of(day: date, scope: Scope) -> Scope:
    return replace(scope, first=day, last=day)


def date_view(look: Look, scope: Scope, policy: Policy, options: Options) -> Table:
    """Return the page of the scope's last date: how it stands at the head, then everything that can be filtered."""
    day = scope.last
    games = in_order(game for game in look.rows(LINEAGE) if game.game_date == day)
    findings = worst_first([finding for finding in look.report.findings if finding.subject.game_date == day])
    items = _headed("May the next phase start?", (), list(_gates(look, scope, policy, options)), options)
    if games:
        funnel = date_items(funnel_of(games, day, policy, scope.as_of), policy, options, titled=False)
        items.extend(
            _headed("Funnel", (stage_head(options),), [replace(item, target=None) for item in funnel], options)
        )
        table = games_table(games, scope, policy, options)
        items.extend(_headed("Games", table.head, [table.item(n) for n in range(table.count)], options))
    sections = (
        Section("Quality", tuple(_quality(look, games, scope, policy))),
        Section("Findings", (*_found(findings, look.report), *blind_paragraphs(look.report))),
        Section("Lost and too many", tuple(_names(games, scope, policy))),
    )
    items.extend(section_items(sections, options))
    head = head_lines(_title(day, games, scope, policy), findings, look.report, options)
    return Table.of(items, head=head, empty=f"nothing holds {options.filter!r}")


def _title(day: date, games: Sequence[GameLineage], scope: Scope, policy: Policy) -> str:
    unplayed = sum(not_played_reason(game, policy, scope.as_of) is not None for game in games)
    count = "1 game" if len(games) == 1 else f"{len(games)} games" if games else "no game is scheduled"
    return f"{day:%a %-d %b}, {count}{f', {unplayed} not played' if unplayed else ''}"


def _headed(title: str, head: Sequence[Line], items: list[Item], options: Options) -> list[Item]:
    """Return rows under a heading and the names of their columns; nothing when there are none."""
    if not items:
        return []
    lines = ((Span(title, Tone.STRONG),), *head)
    return [*(Item(f"= {title} {n}", fit(spans, options)) for n, spans in enumerate(lines)), *items]


def _gates(look: Look, scope: Scope, policy: Policy, options: Options) -> Iterator[Item]:
    """Yield one line per hand-over: what an orchestrator would be told, and why."""
    from checks.gates import evaluate_gate  # noqa: PLC0415  # imported already by the desk's thread

    # Without feature quality the gates still decide: not loaded counts there as not known.
    known = [fact for fact in (LINEAGE, FEATURE_QUALITY) if not failure(look.report, fact.name)]
    facts = Facts.of(scope, *((fact, look.rows(fact)) for fact in known), (GATE_OVERRIDES, gate_overrides_of(look)))
    trouble = gates_trouble(look)
    if trouble:
        yield fit_item(Item("gate trouble", (Span(trouble, Tone.UNKNOWN),)), options)
    if not gates_asked(look):
        return
    for transition in Transition:
        decision = evaluate_gate(transition, facts, policy, scope.as_of)
        word, tone = ("NOT DUE", Tone.FAINT) if decision.not_due else _GATE_WORDS[decision.outcome.value]
        name = transition.value if options.width >= REASONS_FROM else f"{transition.source}→{transition.target}"
        lead = Span(f"{word:<9}", Tone.UNKNOWN if trouble else tone)
        line = (lead, Span(f"{name}  ", Tone.STRONG), Span("; ".join(decision.reasons)))
        if shows(line, options.filter):
            subject = Subject(SubjectKind.TRANSITION, transition.value, scope.last)
            yield fit_item(Item(f"gate {transition.value}", line, None, subject), options)


_GATE_WORDS = {
    "proceed": ("PROCEED", Tone.OK),
    "proceed_degraded": ("DEGRADED", Tone.WARNING),
    "block": ("BLOCK", Tone.CRITICAL),
}


def _quality(look: Look, games: Sequence[GameLineage], scope: Scope, policy: Policy) -> Iterator[Paragraph]:
    """Yield how good the date's features are, and how many players with a points line have a prediction."""
    day = scope.last
    for label, fact, checks, stage, rows in (
        ("features", FEATURE_QUALITY.name, "quality.", Stage.FEATURES, _features(look, day)),
        ("props", PROP_COVERAGE.name, "coverage.", Stage.PREDICTIONS, _props(look, day)),
    ):
        reason = failure(look.report, fact)
        said = f"not known: {reason}" if reason else next(rows, f"no {label} yet")
        states = {stage_state(game, stage, policy, scope.as_of).state for game in games}
        is_early = bool(states) and states <= {GameState.NOT_DUE, GameState.NOT_PLAYED}
        early = f"· {stage.label} are not due yet" if is_early and not reason else ""
        worst = Severity.UNKNOWN if reason else _worst(look.report, checks, day)
        subject = Subject(SubjectKind.DATE, day.isoformat(), day)
        lead = severity_word(worst) if worst is not Severity.OK else Span(" " * 8)
        yield Paragraph(label, (said, early), Span(f"{lead.text} {label}: ", lead.tone), hang=2, subject=subject)


def _worst(report: Report, checks: str, day: date) -> Severity:
    """Return the worst that a family of checks says of a date; UNKNOWN when one of them could not see."""
    results = [result for result in report.results if result.check.startswith(checks)]
    said = [f.severity for r in results for f in r.findings if f.subject.game_date == day and f.is_active]
    unseen = Severity.UNKNOWN if any(result.reason for result in results) else Severity.OK
    return max([unseen, *said])


def _features(look: Look, day: date) -> Iterator[str]:
    for row in look.rows(FEATURE_QUALITY):
        if row.game_date == day:
            yield _feature_row(row)


def _feature_row(row: FeatureQuality) -> str:
    mean = "-" if row.mean_score is None else f"{row.mean_score:.2f}"
    least = "-" if row.least_score is None else f"{row.least_score:g}"
    return (
        f"mean score {mean} of 100, least {least}; low quality {row.low_quality} of {row.rows}; "
        f"{row.players} players, {row.production_ready} production-ready; "
        f"rolling window {_share(row.window_actual, row.window_expected)}"
    )


def _props(look: Look, day: date) -> Iterator[str]:
    for row in look.rows(PROP_COVERAGE):
        if row.game_date == day:
            yield _prop_row(row)


def _prop_row(row: PropCoverage) -> str:
    share = _share(row.predicted, row.players_with_line)
    if row.predicted + len(row.unpredicted) != row.players_with_line:
        share = f"{row.predicted} of {row.players_with_line}, which does not add up"
    return f"players with a points line and a prediction {share}; without one {len(row.unpredicted)}"


def _share(part: int, whole: int) -> str:
    """Return `12 of 40 (30.0 %)`; a part beyond its whole is no share."""
    if part > whole:
        return f"{part} of {whole}, which cannot be"
    return f"{part} of {whole} ({format_percent(percent(part, whole))})"


def _found(findings: Sequence[Finding], report: Report) -> Iterator[Paragraph]:
    if not findings:
        yield nothing_paragraph(report)
    for finding in findings:
        yield finding_paragraph(finding)


def _names(games: Sequence[GameLineage], scope: Scope, policy: Policy) -> Iterator[Paragraph]:
    """Yield who was lost and who is too many, stage by stage and game by game."""
    for stage in tuple(Stage)[1:]:
        for game in games:
            part = stage_part(game, stage, policy, scope.as_of)
            for word, names in (("lost", part.lost), ("too many", part.surplus)):
                if names:
                    yield _named(game, stage, f"{len(names)} {word}", names)


def _named(game: GameLineage, stage: Stage, count: str, names: Sequence[str]) -> Paragraph:
    target = Target("game", game.label, game.game_date)
    subject = Subject(SubjectKind.GAME, game.label, game.game_date)
    key = f"names {stage.value} {game.label} {game.nba_game_id} {count.partition(' ')[2]}"
    parts = (f"{stage.label}, {count}:", Span(", ".join(names)))
    return Paragraph(key, parts, Span(f"{game.label} ", Tone.STRONG), 2, target, subject)
