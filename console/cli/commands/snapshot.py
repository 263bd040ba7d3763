"""`courtside snapshot`: what the checks need, in one file that opens anywhere."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.arguments import UsageError, instant
from console.cli.command import EXIT_UNKNOWN, Answer, Job, command
from console.cli.consent import agreed
from console.cli.page import Palette, write
from console.cli.progress import ProgressBar
from console.first_view import moment_shown
from screens.lines import Line, Span, Tone, flow, line

if TYPE_CHECKING:
    from console.warehouse.snapshot.file import CopiedTable
    from console.warehouse.snapshot.plan import Request, TableCopy
    from console.warehouse.snapshot.source import SnapshotSource
    from console.warehouse.snapshot.taking import Undertaking

INTERRUPTED = 130
"""The exit status that shells give a program which Ctrl-C ended."""

_DIFFERENT = 1
_MOST_DAYS = 400


@command
def snapshot(
    job: Job,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="The file to write; opened with --warehouse FILE."),
    ] = None,
    days: Annotated[
        int,
        typer.Option("--days", min=1, max=_MOST_DAYS, metavar="N", help="How many game dates, the last at the end."),
    ] = 14,
    at: Annotated[
        datetime | None,
        typer.Option(
            "--at",
            parser=instant,
            metavar="TIME",
            help="The end: the last moment to be seen. Without it: now, or on the demo its own last moment.",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask whether the cost is all right.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE when it is there.")] = False,
    verify: Annotated[
        str | None, typer.Option("--verify", metavar="FILE", help="Say whether a snapshot holds what was copied.")
    ] = None,
) -> Answer:
    """Copy what the checks need into one file, for offline work or for handing an incident over.

    Says first what BigQuery will bill for it, and asks. An interrupted copy is gone on with by the same command. Exit status: 0
    done, 1 a verified file differs, 3 it could not be done, 130 interrupted.
    """
    if verify is not None:
        if output is not None:
            raise UsageError("--verify reads a file and -o writes one: give one of them")
        return _verified(Path(verify).expanduser())
    path = _path(output, force=force)
    if at is not None and at > job.shell.now():
        raise UsageError("--at lies in the future: the end of a snapshot is a moment that has been")
    if "://" in job.settings.warehouse and not yes and not job.shell.has_keyboard:
        raise UsageError("the copy costs money and nobody can be asked here: give --yes to agree to it")
    return _taken(job, path, days, moment_shown(job.settings, at), yes=yes)


def _path(output: str | None, *, force: bool) -> Path:
    """Return where to write. Raises UsageError for a place that cannot be; nothing is written yet."""
    if not output or "\0" in output:
        raise UsageError("say where to write with -o FILE, for example -o incident.duckdb")
    path = Path(output).expanduser()
    if path.is_dir():
        raise UsageError(f"{output} is a folder: name a file in it")
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent}: make it first")
    if path.exists() and not force:
        raise UsageError(f"{output} is there already: name another file, or give --force to replace it")
    return path


def _taken(job: Job, path: Path, days: int, at: datetime | None, *, yes: bool) -> Answer:
    from console.warehouse.protocol import WarehouseError
    from console.warehouse.snapshot.taking import Wish, complete_tables, take, undertake

    version = _version()
    with job.desk() as desk:
        source = _source(desk.warehouse)
        work = undertake(path, Wish(source.name, days, at), job.shell.now(), version)
        if work.note:
            _say(job, work.note)
        price = sum(source.prices(work.remaining))
        if not _agreed(job, work, price, yes=yes):
            return _answer(EXIT_UNKNOWN, ["nothing was copied"], work.request, path, complete=False)
        try:
            with ProgressBar(job.shell.err, len(work.remaining), job.shell.width) as bar:
                tables = take(work, source, job.shell.now(), version, _Progress(bar))
        except KeyboardInterrupt:
            return _answer(INTERRUPTED, ["stopped: ", _kept(path, work, complete_tables(path))], work.request, path)
        except WarehouseError as error:
            raise WarehouseError(f"{error}; {_kept(path, work, complete_tables(path))}") from error
    return _done(work.request, path, tables, price)


def _source(warehouse: object) -> SnapshotSource:
    """Return what tables of a warehouse can be copied with."""
    from console.warehouse.embedded import EmbeddedWarehouse
    from console.warehouse.snapshot.embedded import EmbeddedExtraction

    if isinstance(warehouse, EmbeddedWarehouse):
        return EmbeddedExtraction(warehouse.path, Path(warehouse.name).name)
    from console.warehouse.bigquery.warehouse import BigQueryWarehouse

    if not isinstance(warehouse, BigQueryWarehouse):
        raise TypeError(f"no snapshot can be taken of a {type(warehouse).__name__}")
    return warehouse.extraction()


def _agreed(job: Job, work: Undertaking, price: int, *, yes: bool) -> bool:
    """Say what is copied and what it costs, and return whether to go on."""
    from screens.text.amount import gigabytes

    what = f"copies {len(work.remaining)} tables, {work.request}"
    if not price:
        _say(job, what)
        return True
    _say(job, f"{what}: BigQuery bills about {gigabytes(price)} GB for it")
    return yes or agreed(job.shell.err, "Go on?")


def _kept(path: Path, work: Undertaking, complete: int | None) -> str:
    from console.warehouse.snapshot.file import partial_of

    total = len(work.remaining) + len(work.complete)
    return f"{complete or 0} of {total} tables are complete in {partial_of(path)}, the same command goes on from there"


def _say(job: Job, sentence: str) -> None:
    write([line(sentence)], job.shell.err, Palette(enabled=False))


class _Progress:
    """Shows on standard error how far the copy is."""

    def __init__(self, bar: ProgressBar) -> None:
        self._bar = bar
        self._name = ""
        self._rows = 0

    def begin(self, copy: TableCopy) -> None:
        """Show which table it is at."""
        self._rows, self._name = 0, copy.name
        self._bar.show(self._name)

    def rows(self, count: int) -> None:
        """Show how many of its rows are written."""
        self._rows += count
        self._bar.show(f"{self._name} {self._rows:,} rows")

    def end(self) -> None:
        """Show that one more is complete."""
        self._bar.step()
        self._bar.show(self._name)


def _done(request: Request, path: Path, tables: tuple[CopiedTable, ...], price: int) -> Answer:
    from checks.times import format_utc
    from screens.text.amount import gigabytes, megabytes

    size = path.stat().st_size
    rows = sum(table.rows for table in tables)
    end = format_utc(request.end)
    sentences = [
        f"{path} holds {request}: {len(tables)} tables, {rows:,} rows, {megabytes(size)} MB",
        f"billed about {gigabytes(price)} GB" if price else "nothing was billed",
        *_emptiness(tables),
        f"it shows every moment from {format_utc(request.begin)} to {end}, for example the last:",
    ]
    opening = f"courtside --warehouse {path} --at {end}"
    found = _answer(0, sentences, request, path, tables=tables)
    return Answer(0, lambda width: [*found.lines(width), line("  ", Span(opening, Tone.STRONG))], found.document)


def _emptiness(tables: tuple[CopiedTable, ...]) -> list[str]:
    """Return that hardly anything was found, where most tables came out empty: then the days are more likely wrong than quiet."""
    empty = sum(not table.rows for table in tables)
    if empty * 2 <= len(tables):
        return []
    return [f"hardly any rows: {empty} of {len(tables)} tables have none in these days; --at and --days choose others"]


def _verified(path: Path) -> Answer:
    from console.warehouse.snapshot.taking import verify

    manifest, tables, differences = verify(path)
    if differences:
        said = [f"{path} is not as it was copied:", *(f"{item.table} {item.sentence}" for item in differences)]
    else:
        rows = sum(table.rows for table in tables)
        said = [f"{path} is as it was copied: {manifest.request}, {len(tables)} tables, {rows:,} rows"]
    status = _DIFFERENT if differences else 0
    found = _answer(status, said, manifest.request, path, tables=tables)
    return Answer(
        status,
        found.lines,
        lambda: {
            **found.document(),
            "differences": [{"table": item.table, "sentence": item.sentence} for item in differences],
        },
    )


def _answer(
    status: int,
    sentences: list[str],
    request: Request,
    path: Path,
    *,
    tables: tuple[CopiedTable, ...] = (),
    complete: bool | None = None,
) -> Answer:
    def lines(width: int) -> list[Line]:
        return [spans for sentence in sentences for spans in flow([sentence], width)]

    def document() -> dict[str, object]:
        from console.document import instant as told  # text needs no JSON

        return {
            "exit_status": status,
            "file": str(path),
            "source": request.source,
            "days": request.days,
            "from": told(request.begin),
            "as_of": told(request.end),
            "complete": bool(tables) if complete is None else complete,
            "said": sentences,
            "tables": [{"name": table.name, "rows": table.rows, "hash": table.hash} for table in tables],
        }

    return Answer(status, lines, document)


def _version() -> str:
    from console.cli.inspection import versions

    return dict(versions(["courtside"]))["courtside"]
