"""`courtside replay`: a stretch of the past run through the watcher, and what other thresholds would have made of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.arguments import UsageError, duration, duration_from, instant
from console.cli.command import EXIT_UNKNOWN, Answer, Job, command
from screens.lines import Line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from checks.policy import Policy
    from console.replaying.course import Course, Period
    from console.replaying.replay import Replay
    from console.replaying.steady import SteadySource
    from console.replaying.timeline import Timeline
    from console.warehouse.protocol import Warehouse

MOST_MOMENTS = 20_000
"""Of one replay: half a year at every quarter of an hour."""

From = Annotated[
    datetime | None,
    typer.Option(
        "--from",
        parser=instant,
        metavar="TIME",
        help="The first moment, for example 2026-01-19T05:05Z; on the demo its week's own.",
    ),
]
To = Annotated[
    datetime | None, typer.Option("--to", parser=instant, metavar="TIME", help="The last moment, or the one before it.")
]
Every = Annotated[
    timedelta | None,
    typer.Option(
        "--every",
        parser=duration_from("1m", step="1m"),  # reports have minute resolution
        metavar="TIME",
        help="Time between two runs, 1m or more; 15m.",
    ),
]
PolicyFile = Annotated[
    Path | None,
    typer.Option(
        "--policy", metavar="FILE", help="Other thresholds to compare with: a TOML file with a [policy] table."
    ),
]
Supposed = Annotated[
    timedelta | None,
    typer.Option(
        "--acknowledged-after",
        parser=duration,
        metavar="TIME",
        help="Suppose that somebody acknowledges each critical incident so long after people were told of it, and keeps at it.",
    ),
]


@command
def replay(
    job: Job,
    from_: From = None,
    to: To = None,
    every: Every = None,
    policy: PolicyFile = None,
    acknowledged_after: Supposed = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write the timeline as one HTML file.")
    ] = None,
    markdown: Annotated[
        Path | None, typer.Option("--markdown", metavar="FILE", help="Write the timeline as Markdown.")
    ] = None,
) -> Answer:
    """Run a stretch of the past through checks, incidents and notification: what would have been opened and told, and when.

    Nothing is sent. Exit status: 0 all was replayed, 3 it was stopped by Ctrl-C and only what came before is shown.
    """
    from console.replaying.timeline import timeline_of  # --help needs no replay

    _refuse_unless_writable({"--html": html, "--markdown": markdown})
    asked = _asked(job, _period(job, from_, to, every), policy, acknowledged_after)
    courses, stopped = _replayed(job, asked)
    if not courses:
        raise UsageError("the replay was stopped before its first moment: there is nothing to show")
    timeline = timeline_of(asked.place, asked.period, courses, _remarks(job, asked, stopped=stopped))
    _write(timeline, html, markdown)
    status = EXIT_UNKNOWN if stopped else 0

    def lines(width: int) -> list[Line]:
        from console.cli.replay_page import replay_lines  # only for text

        return replay_lines(timeline, width)

    def document() -> Mapping[str, object]:
        from console.cli.replay_page import replay_fields  # only for a document

        return {"warehouse": asked.place, "exit_status": status, "stopped": stopped, **replay_fields(courses)}

    return Answer(status, lines, document)


def _refuse_unless_writable(files: Mapping[str, Path | None]) -> None:
    """Raise UsageError, before anything is replayed, for a file that cannot be, or that two would be written to."""
    paths = {option: path.expanduser() for option, path in files.items() if path is not None}
    for option, path in paths.items():
        if not path.parent.is_dir():
            raise UsageError(f"{option} {path}: there is no folder {path.parent}; make it first")
        if path.is_dir():
            raise UsageError(f"{option} {path}: that is a folder; name a file in it")
    if len({path.resolve() for path in paths.values()}) < len(paths):
        raise UsageError(f"{' and '.join(paths)} name the same file: give each its own")


def _period(job: Job, first: datetime | None, last: datetime | None, every: timedelta | None) -> Period:
    """Return what is replayed. Raises UsageError for a period that there is none of."""
    from console.replaying.course import Period  # --help needs no replay

    if job.settings.is_demo:
        from console.warehouse.demo import DEMO_WEEK  # only the demo needs it

        first, last = first or DEMO_WEEK[0], last or DEMO_WEEK[1]
    if first is None or last is None:
        raise UsageError("say which stretch to replay: --from 2026-01-19T05:05Z --to 2026-01-27T05:05Z")
    every = every if every is not None else timedelta(minutes=15)
    if last < first:
        raise UsageError("--to lies before --from")
    if (last - first) // every >= MOST_MOMENTS:
        raise UsageError(f"that is more than {MOST_MOMENTS:,} runs: replay a shorter stretch, or make --every longer")
    return Period(first, last, every)


def _asked(job: Job, period: Period, policy: Path | None, acknowledged_after: timedelta | None) -> Replay:
    from checks.incidents.incident import Rules  # --help needs no replay
    from console.replaying.replay import Replay

    settings = job.settings
    policies = {"present": settings.policy}
    if policy is not None:
        policies["other"] = _other(policy, settings.thresholds)
    return Replay(
        settings.warehouse,
        period,
        policies,
        Rules(),
        settings.notify.manner,
        settings.deadline_seconds,
        acknowledged_after,
    )


def _other(path: Path, present: Mapping[str, object]) -> Policy:
    """Return the thresholds of a file, and for those that it does not name the `present` ones. Raises SettingsError."""
    from checks.policy import Policy  # --help needs no thresholds
    from console import setting_values as values
    from console.settings import SettingsError, read_file

    table = read_file(path)
    if not values.table(table, "policy", path):
        raise SettingsError(f"{path} has no [policy] table with thresholds: `courtside doctor` lists those there are")
    return Policy.from_table(values.thresholds({**present, **values.table(table, "policy", path)}, path))


def _replayed(job: Job, asked: Replay) -> tuple[Sequence[Course], bool]:
    """Return the courses, and whether somebody stopped the replay. Raises WarehouseError."""
    from console.cli.progress import ProgressBar  # --help replays nothing
    from console.replaying.replay import replay as run
    from console.stop_signals import StopSignals
    from console.warehouse.embedded import EmbeddedWarehouse

    moments = asked.period.moments
    bar = ProgressBar(job.shell.err, len(moments), job.shell.width)
    with job.desk() as desk, bar, StopSignals() as signals:
        if not isinstance(desk.warehouse, EmbeddedWarehouse):
            raise UsageError(_snapshot_first(desk.warehouse, len(moments)))
        source = _steady(desk.warehouse, asked.period)

        def show(moment: datetime) -> None:
            bar.show(f"{moment:%Y-%m-%d %H:%MZ}")
            bar.step()

        return run(asked, source, show, signals.stopping), signals.stopping()


def _snapshot_first(warehouse: Warehouse, moments: int) -> str:
    return (
        f"{warehouse.name} would be asked for {moments:,} reports, which costs: copy it with "
        "`courtside snapshot --days N -o FILE` and replay that with --warehouse FILE"
    )


def _steady(warehouse: object, period: Period) -> SteadySource:
    """Return a source that asks an embedded warehouse again only where an answer can have changed."""
    from checks.facts.acknowledgements import ACKNOWLEDGEMENTS  # --help replays nothing
    from checks.facts.catalogue import ALL_FACTS
    from console.replaying.steady import SteadySource
    from console.warehouse.duckdb_instants import instants_of
    from console.warehouse.embedded import EmbeddedWarehouse

    if not isinstance(warehouse, EmbeddedWarehouse):
        raise TypeError("only an embedded warehouse has its instants in a file")
    tables = {table for fact in (*ALL_FACTS, ACKNOWLEDGEMENTS) for table in fact.tables}
    after = timedelta(minutes=1)
    return SteadySource(warehouse, instants_of(warehouse.path, tables, period.first, period.last + after))


def _remarks(job: Job, asked: Replay, *, stopped: bool) -> list[str]:
    """Return what must be known to read the timeline rightly."""
    said: list[str] = []
    if job.settings.is_demo:
        from console.warehouse.demo import PROVENANCE  # only the demo needs it

        said.append(PROVENANCE)
    if len(asked.policies) > 1:
        from console.replaying.difference import threshold_changes  # few replays compare

        said.append(threshold_changes(*asked.policies.values()))
    if asked.acknowledged_after is not None:
        from checks.times import format_minutes  # --help needs no times

        after = format_minutes(asked.acknowledged_after.total_seconds() / 60)
        said.append(
            f"Supposed: somebody acknowledges each critical incident {after} after people were first told of it, "
            "and again at the end of each hour that an acknowledgement lasts."
        )
    if stopped:
        said.append("The replay was stopped: what comes later is not shown.")
    return said


def _write(timeline: Timeline, html: Path | None, markdown: Path | None) -> None:
    """Write the files that were asked for. Raises OSError."""
    from console.replaying.pages import html_of, markdown_of  # --help writes nothing

    for path, text_of in ((html, html_of), (markdown, markdown_of)):
        if path is not None:
            path.expanduser().write_text(text_of(timeline), encoding="utf-8")
