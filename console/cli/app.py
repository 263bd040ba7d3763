"""The commands in one application, and the one place where a refusal becomes a sentence and an exit status."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from console.cli.command import EXIT_UNKNOWN
from console.cli.commands.audit import audit
from console.cli.commands.check import check
from console.cli.commands.demo import demo
from console.cli.commands.deploy import deploy_checklist
from console.cli.commands.diagnose import diagnose
from console.cli.commands.doctor import doctor
from console.cli.commands.gaps import gaps
from console.cli.commands.gate import gate
from console.cli.commands.hush import ack, silence
from console.cli.commands.incidents import incidents
from console.cli.commands.infra import infra
from console.cli.commands.journal import journal_list, journal_verify
from console.cli.commands.outbox import outbox
from console.cli.commands.queue import queue_list
from console.cli.commands.queue_change import queue_cancel, queue_hold, queue_requeue, queue_resolve, queue_retry
from console.cli.commands.queue_drain import queue_drain
from console.cli.commands.queue_plans import queue_apply, queue_plans
from console.cli.commands.reconcile import reconcile
from console.cli.commands.replay import replay
from console.cli.commands.report import report
from console.cli.commands.schema import schema_apply, schema_plan, schema_show
from console.cli.commands.serve import serve
from console.cli.commands.service import service_install
from console.cli.commands.snapshot import snapshot
from console.cli.commands.summary import summary
from console.cli.commands.trace import trace
from console.cli.commands.transitions import transitions
from console.cli.commands.verify import verify
from console.cli.commands.watch import watch
from console.cli.commands.workers import workers_list, workers_retire
from console.cli.page import Palette, write
from console.cli.shell import Shell
from screens.lines import Span, Tone, line


def _application(**settings: str) -> typer.Typer:
    return typer.Typer(
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        **settings,  # type: ignore[arg-type] # only help texts
    )


app = _application()
app.callback(invoke_without_command=True)(report)
for _name, _command in (
    ("demo", demo),
    ("check", check),
    ("gaps", gaps),
    ("transitions", transitions),
    ("reconcile", reconcile),
    ("diagnose", diagnose),
    ("gate", gate),
    ("ack", ack),
    ("silence", silence),
    ("trace", trace),
    ("doctor", doctor),
    ("snapshot", snapshot),
    ("summary", summary),
    ("audit", audit),
    ("infra", infra),
    ("verify", verify),
    ("watch", watch),
    ("outbox", outbox),
    ("serve", serve),
    ("incidents", incidents),
    ("replay", replay),
):
    app.command(_name)(_command)

_queue = _application(help="The retry queue: what waits to be tried again, and why it is where it is.")
_queue.command("list")(queue_list)
_queue.command("drain")(queue_drain)
for _name, _command in (
    ("requeue", queue_requeue),
    ("cancel", queue_cancel),
    ("resolve", queue_resolve),
    ("retry", queue_retry),
    ("hold", queue_hold),
    ("apply", queue_apply),
    ("plans", queue_plans),
):
    _queue.command(_name)(_command)
app.add_typer(_queue, name="queue")

_schema = _application(help="The definitions of all tables and views that are read or written.")
_schema.command("show")(schema_show)
_schema.command("plan")(schema_plan)
_schema.command("apply")(schema_apply)
app.add_typer(_schema, name="schema")

_service = _application(help="What makes a machine run the watcher: systemd, cron, Cloud Run.")
_service.callback()(lambda: None)  # with one command only, typer would leave its name away
_service.command("install")(service_install)
app.add_typer(_service, name="service")

_journal = _application(help="What operators did, and whether anybody changed the record of it since.")
_journal.command("list")(journal_list)
_journal.command("verify")(journal_verify)
app.add_typer(_journal, name="journal")

_workers = _application(help="The prediction workers that have left heartbeats.")
_workers.command("list")(workers_list)
_workers.command("retire")(workers_retire)
app.add_typer(_workers, name="workers")

_deploy = _application(help="Deployments: what must be true of one, and who said that it is.")
_deploy.command("checklist")(deploy_checklist)
app.add_typer(_deploy, name="deploy")


def run(arguments: Sequence[str], shell: Shell) -> int:
    """Run one command line in `shell` and return its exit status; what is refused is said in one sentence on `shell.err`."""
    root = typer.main.get_command(app)
    try:
        status = root.main(list(arguments), prog_name="courtside", standalone_mode=False, obj=shell)
    except typer.TyperException as error:
        usage = getattr(getattr(error, "ctx", None), "command_path", "courtside")
        said = error.format_message().replace("Value error, ", "")  # how the parser marks what it did not say itself
        return _refuse("usage", f"{said} (see `{usage} --help`)", arguments, shell)
    except BrokenPipeError:
        raise
    except _refusals() as error:
        return _refuse(_kind(error), _sentence(error), arguments, shell)
    return status if isinstance(status, int) else 0


def _refusals() -> tuple[type[Exception], ...]:
    """Return the errors that mean that something asked for cannot be; anything else is a defect of the program."""
    from checks.facts.rows import RowError  # only after a refusal
    from checks.policy import PolicyError
    from console.actions.refusal import RefusedError
    from console.cli.arguments import UsageError
    from console.desk import UnknownCheckError
    from console.journal import JournalError
    from console.settings import SettingsError
    from console.warehouse.protocol import WarehouseError

    return (
        UsageError,
        RefusedError,
        SettingsError,
        PolicyError,
        UnknownCheckError,
        WarehouseError,
        JournalError,
        RowError,
        OSError,
    )


def _kind(error: Exception) -> str:
    """Return the error's kind in a document.

    It is usage, refused, settings, policy, unknown_check, warehouse, journal, row or system.
    """
    kinds = {
        "UsageError": "usage",
        "RefusedError": "refused",
        "SettingsError": "settings",
        "PolicyError": "policy",
        "UnknownCheckError": "unknown_check",
        "WarehouseError": "warehouse",
        "JournalError": "journal",
        "RowError": "row",
    }
    return next((kinds[cls.__name__] for cls in type(error).__mro__ if cls.__name__ in kinds), "system")


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror or error}"
    return str(error)


def _refuse(kind: str, message: str, arguments: Sequence[str], shell: Shell) -> int:
    """Say the sentence on standard error, and on standard output too where JSON was asked for."""
    said = line(Span("courtside: ", Tone.ERROR), message)
    write([said], shell.err, Palette(enabled=False))
    if "--json" in arguments:
        from console.document import write_error  # text needs no JSON

        write_error(kind, message, shell.out)
    return EXIT_UNKNOWN
