"""A crontab line for the watcher. Pure."""

from __future__ import annotations

import shlex

from console.installing.wanted import NAME, Text, UnfitError, Wanted, cron_schedule


def crontab(wanted: Wanted) -> tuple[Text, ...]:
    """Return the line with a comment above it. Raises UnfitError.

    It reads the file of secrets where there is one. crontab(5) ends a command at its first bare percent sign.
    """
    secrets = shlex.quote(str(wanted.secrets))
    given = "".join(f"{name}={shlex.quote(value)} " for name, value in wanted.environment.items())
    command = (
        f"[ -r {secrets} ] && {{ set -a; . {secrets}; set +a; }}; {given}exec {shlex.join(wanted.command(once=True))}"
    )
    if given:
        command = command.replace(f"{given}exec ", f"exec env {given}")
    if "\n" in command or "\r" in command:
        raise UnfitError("a path with a line break cannot stand in a crontab: take it out of the path")
    line = f"{cron_schedule(wanted.every)} {command}".replace("%", "\\%")
    return (
        Text(
            f"{NAME}.cron",
            f'# courtside watches the pipeline; cron mails what it prints, MAILTO="" above keeps that quiet\n{line}\n',
        ),
    )
