"""`courtside service install`: writes what makes a machine run the watcher, or shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.arguments import UsageError
from console.cli.command import Answer, Job, command
from console.cli.commands.watch import EVERY, INTERVAL, named_checks
from screens.lines import Line, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.installing.files import Written
    from console.installing.wanted import Text, Wanted


class Kind(Enum):
    """What runs the watcher."""

    SYSTEMD = "systemd"
    TIMER = "timer"
    CRON = "cron"
    CLOUD_RUN = "cloud-run"


CLOUD = ("image", "service_account", "share", "region", "network")
"""What a Cloud Run job needs to know; `share` is SERVER:/PATH of the NFS share that the journal stands on, in that network."""
CLOUD_TOO = ("subnet",)
"""What it may know: the network's own of the same name where it does not."""
ALSO = ("COURTSIDE_DEADLINE_SECONDS", "COURTSIDE_READ_ONLY")
"""Variables that change what a watcher does: it runs as it is run here."""


@dataclass(frozen=True, slots=True)
class Steps:
    """What is left to do: `lacking` are the variables that the watcher needs and the file of secrets does not name."""

    kind: Kind
    secrets: Path
    lacking: tuple[str, ...]


@command
def service_install(
    job: Job,
    kind: Annotated[
        Kind,
        typer.Option(
            "--kind", help="systemd: a process that goes on; timer and cron: one run at a time; cloud-run: a job."
        ),
    ] = Kind.SYSTEMD,
    show: Annotated[bool, typer.Option("--print", help="Show it; nothing is written.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that says something else.")] = False,
    every: Annotated[
        timedelta | None,
        typer.Option("--every", parser=INTERVAL, metavar="TIME", help="How often, from 1m to 24h; 30m."),
    ] = None,
    checks: Annotated[str | None, typer.Option("--checks", metavar="ID,ID", help="Only these checks.")] = None,
    folder: Annotated[Path | None, typer.Option("--folder", metavar="DIR", help="Where to write it.")] = None,
    cloud: Annotated[
        list[str] | None,
        typer.Option(
            "--cloud", metavar="NAME=VALUE", help=f"For cloud-run: {', '.join((*CLOUD, *CLOUD_TOO))}; once for each."
        ),
    ] = None,
) -> Answer:
    """Write a systemd service or timer, a crontab line, or a Cloud Run job with its schedule, for the watcher.

    No secret is in it: variables such as COURTSIDE_SLACK_TOKEN are read from `secrets.env` beside the settings file, or from
    Secret Manager. A file that says something else already is left alone without --force.
    """
    from console.installing.files import read_secrets, write_all  # --help installs nothing
    from console.installing.wanted import UnfitError

    if job.settings.is_demo:
        raise UsageError("the demo is a story of January 2026, nobody watches it: name your warehouse with --warehouse")
    try:
        wanted = _wanted(job, kind, every, checks)
        texts = _texts(job, kind, cloud or [], wanted)
        lacking = () if kind is Kind.CLOUD_RUN else read_secrets(wanted.secrets).lacking(_needed(job))
        target = (folder or _folder(job, kind)).expanduser()
        written = () if show else write_all(target, texts, force=force)
    except UnfitError as error:
        raise UsageError(str(error)) from error
    return _answer(texts, target, written, Steps(kind, wanted.secrets, lacking), shown=show)


def _wanted(job: Job, kind: Kind, every: timedelta | None, checks: str | None) -> Wanted:
    """Return the watcher as it is run here, or in a container where that is asked for. Raises UsageError, UnknownCheckError."""
    from console.installing.cloud_run import SETTINGS, STATE
    from console.installing.wanted import SECRETS_FILE, Wanted

    settings = job.settings
    ids = named_checks(checks)
    options = ["--checks", ",".join(ids)] if ids else []
    if settings.read_only:
        options += ["--read-only"]
    interval = every or EVERY
    environment = job.shell.environment
    also = {name: environment[name] for name in ALSO if environment.get(name)}
    secrets = settings.config_path.absolute().parent / SECRETS_FILE
    if kind is Kind.CLOUD_RUN:
        given = {
            "COURTSIDE_CONFIG": str(SETTINGS),
            "COURTSIDE_WAREHOUSE": settings.warehouse,
            "COURTSIDE_STATE_DIR": str(STATE),
            **also,
        }
        return Wanted(("courtside",), interval, options, secrets, given)
    place = str(Path(settings.warehouse).absolute())
    if "://" in settings.warehouse:
        from console.warehouse.bigquery.target import parse_target

        parse_target(settings.warehouse)  # refuses now what the watcher would be refused for ever
        place = settings.warehouse
    options += ["--warehouse", place]
    if settings.config_path.is_file():
        options += ["--config", str(settings.config_path.absolute())]
    given = {"COURTSIDE_STATE_DIR": str(settings.state_dir.absolute()), **also}
    return Wanted(_program(), interval, options, secrets, given)


def _program() -> tuple[str, ...]:
    """Return what starts this courtside: its script where it stands beside the interpreter, else the module."""
    import sys

    script = Path(sys.executable).with_name("courtside")
    return (str(script),) if script.is_file() else (sys.executable, "-m", "console")


def _texts(job: Job, kind: Kind, cloud: Sequence[str], wanted: Wanted) -> tuple[Text, ...]:
    from console.installing import cron, systemd

    if kind is Kind.SYSTEMD:
        return systemd.service(wanted)
    if kind is Kind.TIMER:
        return systemd.timer(wanted)
    return cron.crontab(wanted) if kind is Kind.CRON else _cloud_run(job, cloud, wanted)


def _cloud_run(job: Job, cloud: Sequence[str], wanted: Wanted) -> tuple[Text, ...]:
    from console.installing.cloud_run import Cloud, cloud_run
    from console.warehouse.bigquery.target import parse_target

    given = {"region": "us-central1", "network": "default", **dict(item.partition("=")[::2] for item in cloud)}
    if unknown := [name for name in given if name not in (*CLOUD, *CLOUD_TOO)]:
        known = ", ".join(f"{name}=…" for name in (*CLOUD, *CLOUD_TOO))
        raise UsageError(f"--cloud knows no {unknown[0]!r}: give {known}")
    if missing := [name for name in CLOUD if not given.get(name)]:
        raise UsageError(f"a Cloud Run job needs {' and '.join(f'--cloud {name}=…' for name in missing)}")
    server, _, path = given["share"].partition(":")
    if not server or not path.startswith("/"):
        raise UsageError("share must be a file share as SERVER:/PATH: the journal has to outlive the job")
    if not job.settings.warehouse.startswith("bigquery://"):
        raise UsageError("a Cloud Run job cannot read a file of this machine: name --warehouse bigquery://PROJECT")
    project = parse_target(job.settings.warehouse).project
    return cloud_run(wanted, Cloud(project, secrets=_secrets(job), **given))


def _needed(job: Job) -> list[tuple[str, ...]]:
    """Return the variables without which the watcher could tell nobody, each with those that stand for it."""
    from console.slack.destination import TOKEN, WEBHOOK

    either = (TOKEN, WEBHOOK)
    return [(name, *(one for one in either if name in either and one != name)) for name in _secrets(job)]


def _secrets(job: Job) -> list[str]:
    """Return the variables that a container needs from Secret Manager, as this machine has them where there is a choice.

    Where neither way to Slack is set here it is the bot's token. The ping URL of the settings file needs none: the file is a
    secret as a whole.
    """
    from console.notify.choice import ROUTING_KEY, SECRET
    from console.slack.destination import TOKEN, WEBHOOK
    from console.watching.choice import PING_URL

    given = job.shell.environment
    slack = WEBHOOK if given.get(WEBHOOK) and not given.get(TOKEN) else TOKEN
    of_sinks = {"slack": slack, "webhook": SECRET, "pagerduty": ROUTING_KEY}
    names = [of_sinks[name] for name in job.settings.notify.sinks if name in of_sinks]
    return [*names, *((PING_URL,) if given.get(PING_URL) else ())]


def _folder(job: Job, kind: Kind) -> Path:
    """Return where the user's manager looks for units; other kinds are for somebody to take from beside the settings."""
    if kind not in (Kind.SYSTEMD, Kind.TIMER):
        return job.shell.homes().config
    environment = job.shell.environment
    home = environment.get("XDG_CONFIG_HOME") or str(Path(environment.get("HOME") or "~") / ".config")
    return Path(home) / "systemd" / "user"


def _next_step(kind: Kind, files: Sequence[Path]) -> str:
    if kind in (Kind.SYSTEMD, Kind.TIMER):
        # Without lingering the user's manager ends with the last session, and the watcher with it.
        enable = f"systemctl --user enable --now {files[-1].name}"
        return f"loginctl enable-linger && systemctl --user daemon-reload && {enable}"
    import shlex

    path = shlex.quote(str(files[0]))
    if kind is Kind.CRON:
        return f"(crontab -l; cat {path}) | crontab -"
    return f"gcloud run jobs replace {path}, then the schedule; the first lines of both files say how"


def _answer(texts: Sequence[Text], folder: Path, written: Sequence[Written], steps: Steps, *, shown: bool) -> Answer:
    files = [folder / text.name for text in texts]
    kind = steps.kind
    needs = [
        f"needs: {name}=… in {steps.secrets}, chmod 600; the watcher ends at once without" for name in steps.lacking
    ]

    def lines(_width: int) -> list[Line]:
        if shown:
            return [
                (Span(row),)
                for row in (*(row for text in texts for row in text.content.splitlines()), *_remarks(needs))
            ]
        said = [f"{'written' if file.is_new else 'as it was'}: {file.path}" for file in written]
        return [(Span(row),) for row in (*said, *needs, f"next: {_next_step(kind, files)}")]

    def document() -> dict[str, object]:
        return {
            "exit_status": 0,
            "kind": kind.value,
            "written": not shown,
            "files": [{"path": str(path), "content": text.content} for path, text in zip(files, texts, strict=True)],
            "lacking": list(steps.lacking),
            "next": _next_step(kind, files),
        }

    return Answer(0, lines, document)


def _remarks(lines: Sequence[str]) -> list[str]:
    """Return lines as comments of the file that is shown: systemd, cron and shells all read them so."""
    return [f"# {line}" for line in lines]
