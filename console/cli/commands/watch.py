"""`courtside watch`: runs the checks without a person, once or again and again, and has people told of what is wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.arguments import UsageError, duration_from
from console.cli.command import EXIT_NOT_DELIVERED, EXIT_UNKNOWN, Answer, Job, command, exit_status
from screens.lines import Line, Span

if TYPE_CHECKING:
    from console.watching.watcher import Outcome

EVERY = timedelta(minutes=30)
INTERVAL = duration_from("1m", "24h", step="1m")
"""What makes of text how often: reports have minute resolution, and so have calendars of cron."""


@command
def watch(
    job: Job,
    every: Annotated[
        timedelta | None,
        typer.Option(
            "--every",
            parser=INTERVAL,
            metavar="TIME",
            help="How often, from 1m to 24h; 30m. With --once: how often it is called, which says when it is missed.",
        ),
    ] = None,
    checks: Annotated[
        str | None, typer.Option("--checks", metavar="ID,ID", help="Only these checks; without it all of them.")
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="One run, for cron, a systemd timer or a Cloud Run job.")
    ] = False,
    retire: Annotated[
        bool,
        typer.Option("--retire", help="Run nothing: miss the watcher that ran here, of these --checks, no longer."),
    ] = False,
) -> Answer:
    """Run the checks again and again, move incidents on, have people told, and keep that it was done.

    Ends on SIGINT or SIGTERM, after the step that is under way. Exit status of --once: 0 all is well or another watcher does
    the work, 1 a warning or an error, 2 critical, 3 it cannot be known, 4 somebody was to be told and has not been.
    """
    every = every or EVERY
    if job.settings.is_demo:
        raise UsageError("the demo is a story of January 2026, nobody watches it: name your warehouse with --warehouse")
    if job.as_document and not (once or retire):
        raise UsageError("watching has no end that one document could be written at: leave --json away, or give --once")
    ids = named_checks(checks)
    if retire:
        return _retired(job, ids)
    return _once(job, every, ids) if once else _again_and_again(job, every, ids)


def named_checks(checks: str | None) -> tuple[str, ...]:
    """Return the checks that are asked for, none for all. Raises UsageError and UnknownCheckError."""
    from console.desk import check_named  # --help needs no checks

    named = tuple(dict.fromkeys(filter(None, (name.strip() for name in (checks or "").split(",")))))
    if checks is not None and not named:
        raise UsageError("--checks names no check: `courtside check --list` names them all")
    return tuple(check_named(name).id for name in named)


def _retired(job: Job, ids: tuple[str, ...]) -> Answer:
    """Forget the watcher of these checks on this host. Raises UsageError where none ran here, and JournalError."""
    from checks.facts.watcher_runs import REMEMBERED_DAYS, choice_text
    from console.heartbeat import WATCHER, forget_heartbeat
    from console.memory import open_journal

    chosen, place = choice_text(ids), job.settings.warehouse
    if not forget_heartbeat(open_journal(job.settings.state_dir, now=job.shell.now), WATCHER, place, chosen):
        raise UsageError("no such watcher of this warehouse ran on this host: `courtside doctor` lists those that did")
    said = (
        f"the watcher of {chosen.replace(',', ', ') or 'all checks'} is forgotten here; the runs that it left in the warehouse "
        f"are missed for {REMEMBERED_DAYS} days from its last one"
    )
    return Answer(0, lambda _width: [(Span(said),)], lambda: {"exit_status": 0, "retired": chosen})


def _once(job: Job, every: timedelta, ids: tuple[str, ...]) -> Answer:
    from console.watching.opening import open_watcher

    watcher = open_watcher(job, every, ids, lambda: False, is_once=True)
    outcome = watcher.run()
    watcher.stop()
    status = _status(outcome)

    def lines(width: int) -> list[Line]:
        from console.cli.watch_page import outcome_lines  # only for text

        return outcome_lines(outcome, width)

    def document() -> dict[str, object]:
        from console.cli.watch_page import outcome_fields  # only for a document

        return {"warehouse": job.settings.warehouse, "exit_status": status, **outcome_fields(outcome)}

    return Answer(status, lines, document)


def _status(outcome: Outcome) -> int:
    from console.watching.leadership import Role

    if outcome.role is Role.STANDS_BY:
        return 0
    if outcome.report is None:
        return EXIT_UNKNOWN
    if outcome.is_undelivered:
        return EXIT_NOT_DELIVERED
    return exit_status(outcome.report.verdict.severity)


def _again_and_again(job: Job, every: timedelta, ids: tuple[str, ...]) -> Answer:
    import random
    import time

    from console.stop_signals import StopSignals
    from console.watching.lines import Log
    from console.watching.opening import open_watcher
    from console.watching.schedule import Reading
    from console.watching.supervisor import teller
    from console.watching.watch import watch

    shell = job.shell
    with StopSignals() as signals:
        watcher = open_watcher(job, every, ids, signals.stopping)
        clocks = lambda: Reading(shell.now(), time.monotonic())  # noqa: E731 - one expression with one use
        tell = teller(shell.environment, Log(shell.err, shell.now))
        runs = watch(watcher, every, signals, clocks, random.SystemRandom().random, tell)
    said = f"stopped after {'1 run' if runs == 1 else f'{runs} runs'}"
    return Answer(0, lambda _width: [(Span(said),)], lambda: {"exit_status": 0})
