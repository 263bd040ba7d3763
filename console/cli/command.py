"""What all commands share: six options, the settings behind them, and the way an answer is shown.

A command is a function `(job, its own options) -> Answer`. `command` gives it `--json`, `--explain`, `--warehouse`,
`--config`, `--read-only` and `--no-color`, which may also stand before the command's name.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.cli.page import Palette, write
from console.cli.shell import Shell
from screens.lines import Line

if TYPE_CHECKING:
    from checks.model import Report, Scope, Severity
    from console.desk import Desk
    from console.look import Look
    from console.settings import Settings
    from screens.text.frame import Frame

EXIT_UNKNOWN = 3
"""The exit status of UNKNOWN, of wrong usage and of a warehouse that cannot be read."""

EXIT_NOT_DELIVERED = 4
"""The checks ran, but a notification that was asked for was not delivered."""

_EXIT_STATUS = {"OK": 0, "WARNING": 1, "ERROR": 1, "CRITICAL": 2, "UNKNOWN": EXIT_UNKNOWN}


def exit_status(severity: Severity) -> int:
    """Return the exit status of a severity, by the Nagios plug-in convention."""
    return _EXIT_STATUS[severity.name]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command has to say: its exit status, its lines at a width, and its JSON document without the envelope."""

    status: int
    lines: Callable[[int], list[Line]]
    document: Callable[[], Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Job:
    """One run of one command.

    `as_document` is whether it was asked for JSON, `explains` whether for the queries behind its answer. `desks` are those that
    it opened, for they know what was asked and what it cost.
    """

    shell: Shell
    settings: Settings
    as_document: bool = False
    explains: bool = False
    desks: list[Desk] = field(default_factory=list)

    def desk(self) -> Desk:
        """Return the desk of the configured warehouse; close it. Raises WarehouseError."""
        desk = self.shell.open_desk(self.settings)
        self.desks.append(desk)
        return desk

    def opens_console(self, *, in_text: bool | None) -> bool:
        """Return whether the command opens the console rather than to print: on a terminal, unless print is asked for."""
        return self.shell.opens_console and not in_text and not self.as_document and not self.explains

    def report(self, scope: Scope, ids: Sequence[str] = ()) -> Report:
        """Return the report of the checks `ids`, of all when empty. Raises as `look`."""
        return self.look(scope, ids).report

    def look(self, scope: Scope, ids: Sequence[str] = (), *, words: bool = True) -> Look:
        """Return that report with its facts and, for `words`, what operators have said about its findings.

        Raises UnknownCheckError, and WarehouseError when not a single fact could be had: then there is nothing to report on.
        """
        from console.warehouse.protocol import WarehouseError  # --help needs no warehouse

        with self.desk() as desk:
            look = desk.look(scope, ids, words=words)
        if reason := look.report.nothing_read:
            raise WarehouseError(reason)
        return look

    def frame(self, at: datetime | None, *, last: date | None = None, days: int | None = None) -> Frame:
        """Return the frame of `days` game dates up to `last` at the moment `at`.

        Without `at` that is now, but on the demo the moment that its story is told from. Without `days` it is one date where
        `last` is given, else two: tonight's games, and last night's, whose box scores and grading are due now.
        """
        from checks.model import Scope  # --help needs no model
        from console.aim import scope_of  # as above

        assumed = ""
        if at is None and self.settings.is_demo:
            from console.warehouse.demo import DEMO_AS_OF  # only the demo needs it

            at, assumed = DEMO_AS_OF, "the demo's own moment, --at shows another"
        if not self.settings.is_configured:
            assumed = "; ".join(filter(None, ("no warehouse is configured, so this is the demo", assumed)))
        moment = self.shell.now() if at is None else at
        days = days if days is not None else 2 if last is None else 1
        from screens.text.frame import Frame  # --help needs no layout

        scope = scope_of(self.settings, Scope.at(moment, last=last, days=days), at)
        return Frame(self.settings.warehouse, scope, assumed)


_COMMON: Mapping[str, tuple[Any, object]] = {
    "json": (Annotated[bool, typer.Option("--json", help="Print a JSON document instead of text.")], False),
    "explain": (
        Annotated[
            bool,
            typer.Option("--explain", help="Show each query behind the answer: SQL, parameters, bytes, seconds, rows."),
        ],
        False,
    ),
    "warehouse": (
        Annotated[
            str | None,
            typer.Option(
                "--warehouse",
                metavar="PLACE",
                help="`demo`, the path of an embedded warehouse file, or bigquery://PROJECT.",
            ),
        ],
        None,
    ),
    "config": (
        Annotated[str | None, typer.Option("--config", metavar="FILE", help="Settings file (TOML).")],
        None,
    ),
    "read_only": (
        Annotated[bool, typer.Option("--read-only", help="Change nothing, whatever the settings say.")],
        False,
    ),
    "no_color": (Annotated[bool, typer.Option("--no-color", help="Print no colours.")], False),
}


def command(body: Callable[..., Answer]) -> Callable[..., int]:
    """Return the typer command of `body`: its own options after the job, then the common ones; returns the exit status."""

    def invoke(ctx: typer.Context, **options: Any) -> int:
        common = {name: _given(ctx, name, options.pop(name)) for name in _COMMON}
        if ctx.invoked_subcommand is not None:
            _refuse_misplaced(ctx, options)
            return 0
        return _answer(ctx, body, options, common)

    own = list(inspect.signature(body, eval_str=True).parameters.values())[1:]
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context),
        *(parameter.replace(kind=keyword) for parameter in own),
        *(
            inspect.Parameter(name, keyword, annotation=kind, default=default)
            for name, (kind, default) in _COMMON.items()
        ),
    ]
    invoke.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # what typer reads options from
    invoke.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    invoke.__doc__ = body.__doc__
    invoke.__name__ = body.__name__
    return invoke


def _given(ctx: typer.Context, name: str, value: object) -> Any:
    """Return a common option's value, from before the command's name where it does not stand behind it."""
    outer = ctx.parent
    while not value and outer is not None:
        value = outer.params.get(name)
        outer = outer.parent
    return value


def _refuse_misplaced(ctx: typer.Context, options: Mapping[str, object]) -> None:
    from console.cli.arguments import UsageError  # rarely needed

    for name, value in options.items():
        if value is not None:
            raise UsageError(f"--{name} belongs behind the command: courtside {ctx.invoked_subcommand} --{name} …")


def _answer(
    ctx: typer.Context, body: Callable[..., Answer], options: Mapping[str, Any], common: Mapping[str, Any]
) -> int:
    """Run the body under its settings and show what it answers."""
    from console.settings import Flags, load  # --help needs no settings

    shell: Shell = ctx.obj
    color, read_only = False if common["no_color"] else None, True if common["read_only"] else None
    flags = Flags(common["warehouse"], common["config"], color, read_only)
    settings = load(flags, shell.environment, shell.homes())
    job = Job(shell, settings, as_document=common["json"], explains=common["explain"])
    answer = body(job, **options)
    from console.cli.explain import run_of, warn  # --help explains nothing

    run = run_of(job.desks)
    warn(run, shell.err)
    if job.as_document:
        from console.document import write_document  # text needs no JSON

        document = {**answer.document(), "explain": run.document() if job.explains else None}
        write_document(ctx.command_path.partition(" ")[2] or "report", document, shell.out)
    else:
        lines = [*answer.lines(shell.width), *(run.lines(shell.width) if job.explains else [])]
        write(lines, shell.out, Palette(shell.wants_color(settings.color)))
    return answer.status
