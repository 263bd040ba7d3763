"""`courtside queue drain`: post what is due in the retry queue to the phases' processors, once or again and again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.arguments import UsageError, duration_from
from console.cli.command import EXIT_UNKNOWN, Answer, Job, command
from screens.lines import Line, Span, Tone

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.draining.drain import Drainer, Round


@command
def queue_drain(
    job: Job,
    apply: Annotated[bool, typer.Option("--apply", help="Do it; without it nothing is written or posted.")] = False,
    follow: Annotated[
        bool, typer.Option("--follow", help="With --apply: again and again, until SIGINT or SIGTERM.")
    ] = False,
    every: Annotated[
        timedelta | None,
        typer.Option(
            "--every",
            parser=duration_from("10s", "24h"),
            metavar="TIME",
            help="With --follow: the time between two rounds, from 10s to 24h; 5m.",
        ),
    ] = None,
) -> Answer:
    """Post what is due in the retry queue to the processors; without --apply say row by row what would be done.

    Exit status: 0 all that was to be done was done, 1 some of it failed or was given up, 3 the round could not be finished.
    """
    _refuse_contradictions(job, apply=apply, follow=follow, every=every)
    if not apply:
        return _planned(job)
    if follow:
        return _followed(job, every or timedelta(minutes=5))
    outcome = _round(job, lambda: False)
    status = _status(outcome)

    def lines(width: int) -> list[Line]:
        from console.cli.drain_page import round_lines  # only for text

        return round_lines(outcome, width)

    def document() -> dict[str, object]:
        from console.cli.drain_page import life_fields, life_of_drainer, round_fields  # only for a document

        return {
            "exit_status": status,
            **round_fields(outcome),
            "drainer": life_fields(life_of_drainer(job)[0]),
        }

    return Answer(status, lines, document)


def _refuse_contradictions(job: Job, *, apply: bool, follow: bool, every: timedelta | None) -> None:
    if follow and not apply:
        raise UsageError("--follow repeats what --apply does: give both, or neither to see what a round would do")
    if every is not None and not follow:
        raise UsageError("--every is the time between two rounds: give it with --follow")
    if follow and job.as_document:
        raise UsageError("--follow has no end that one document could be written at: leave --json away")
    if apply and job.settings.is_demo:
        raise UsageError(
            "the demo is a story of January 2026, nobody works its queue: name your warehouse with --warehouse"
        )
    if apply:
        _refuse_read_only(job)


def _refuse_read_only(job: Job) -> None:
    from console.actions.refusal import RefusedError
    from console.arming import why_read_only
    from console.environment import environment_of
    from screens.session import Environment

    is_production = environment_of(job.settings) is Environment.PRODUCTION
    if reason := why_read_only(job.settings, is_production=is_production):
        raise RefusedError(f"nothing was done: {reason}")


def _planned(job: Job) -> Answer:
    """Return what a round would do now."""
    from console.cli.drain_page import life_of_drainer
    from console.draining.drain import plan
    from console.memory import known_journal

    settings, frame = job.settings, job.frame(None)
    if settings.is_demo:
        frame = replace(frame, assumed="the demo's own moment")  # another has no meaning here: a round is always now
    journal = known_journal(settings.state_dir, now=job.shell.now)
    now = frame.scope.as_of if settings.is_demo else job.shell.now()
    with job.desk() as desk:
        ruled = plan(desk, journal, settings.warehouse, frozenset(settings.processors), settings.policy, now)
    heartbeat, life = life_of_drainer(job)

    def lines(width: int) -> list[Line]:
        from console.cli.drain_page import plan_lines  # only for text

        return plan_lines(ruled, life, frame, width)

    def document() -> dict[str, object]:
        from console.cli.drain_page import life_fields, plan_fields  # only for a document

        return {"exit_status": 0, **plan_fields(ruled), "drainer": life_fields(heartbeat)}

    return Answer(0, lines, document)


def _followed(job: Job, every: timedelta) -> Answer:
    """Do rounds until the process is asked to stop, saying what each came to; a round that fails is said too, and is no end."""
    from console.cli.drain_page import round_lines
    from console.cli.page import Palette, write
    from console.draining.following import follow
    from console.journal import JournalError
    from console.stop_signals import StopSignals
    from console.warehouse.protocol import WarehouseError

    shell = job.shell
    palette = Palette(shell.wants_color(job.settings.color))

    def once() -> None:
        del job.desks[:-1]  # of rounds before: a process that lives for weeks keeps no record of them
        try:
            outcome = _round(job, signals.stopping)
        except (WarehouseError, JournalError, OSError) as error:
            write([(Span(f"courtside: {error}", Tone.ERROR),)], shell.err, palette)
            shell.err.flush()
            return
        write(round_lines(outcome, shell.width, tersely=True), shell.out, palette)
        shell.out.flush()

    with StopSignals() as signals:
        rounds = follow(once, every, signals)
    said = f"stopped after {'1 round' if rounds == 1 else f'{rounds} rounds'}"
    return Answer(0, lambda _width: [(Span(said),)], lambda: {"exit_status": 0})


def _round(job: Job, stopping: Callable[[], bool]) -> Round:
    """Do one round. Raises WarehouseError, JournalError and OSError."""
    drainer = _drainer(job, stopping)
    with job.desk() as desk:
        return drainer.round(desk)


def _drainer(job: Job, stopping: Callable[[], bool]) -> Drainer:
    """Return a drainer for one round: identity tokens last for an hour, and it holds them as long as it lives."""
    import random

    from console.actions.whoami import current_actor
    from console.draining.drain import Drainer
    from console.draining.endpoints import Endpoints, google_identity_token
    from console.draining.work import Means
    from console.memory import open_journal

    settings, shell = job.settings, job.shell
    means = Means(
        processors=Endpoints(settings.processors, google_identity_token),
        policy=settings.policy,
        actor=current_actor(shell.environment),
        now=shell.now,
        chance=random.SystemRandom().random,
    )
    journal = open_journal(settings.state_dir, now=shell.now)
    return Drainer(settings.warehouse, journal, frozenset(settings.processors), means, stopping)


def _status(outcome: Round) -> int:
    from console.draining.work import Fate

    if outcome.trouble:
        return EXIT_UNKNOWN
    return 1 if any(done.fate not in (Fate.DISPATCHED, Fate.LEFT) for done in outcome.done) else 0
