"""systemd units for the watcher, to run under a user's own manager. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from console.installing.wanted import NAME, Text, UnfitError, Wanted, calendar

_UNSAFE = frozenset("\"'\\*?[]$%")
_SERVICE = """\
[Unit]
Description=courtside watches the pipeline
Documentation=man:systemd.service(5)

[Service]
Type={kind}
ExecStart={command}
{environment}EnvironmentFile=-{secrets}
{ending}
NoNewPrivileges=yes
"""
_GOES_ON = """\
Restart=on-failure
RestartSec=30
# It says that it lives at each turn, at most a run and a minute apart.
WatchdogSec=900
# Longer than the longest step, which is brought to its end.
TimeoutStopSec=300"""
_ONCE = """\
# A pipeline that is unwell is not a watcher that has failed.
SuccessExitStatus=1 2
TimeoutStartSec=600"""
_TIMER = """\
[Unit]
Description=courtside watches the pipeline every {every}

[Timer]
OnCalendar={calendar}
RandomizedDelaySec={delay}
Persistent=true

[Install]
WantedBy=timers.target
"""


def service(wanted: Wanted) -> tuple[Text, ...]:
    """Return the unit of a watcher that goes on. Raises UnfitError."""
    unit = _unit(wanted, "notify", wanted.command(once=False), _GOES_ON)
    return (Text(f"{NAME}.service", f"{unit}\n[Install]\nWantedBy=default.target\n"),)


def timer(wanted: Wanted) -> tuple[Text, ...]:
    """Return the units of a watcher that is called again and again. Raises UnfitError."""
    minutes = f"{int(wanted.every.total_seconds() // 60)} min"
    when = _TIMER.format(
        every=minutes, calendar=calendar(wanted.every), delay=f"{int(wanted.every.total_seconds() / 10)}s"
    )
    unit = _unit(wanted, "oneshot", wanted.command(once=True), _ONCE)
    return Text(f"{NAME}.service", unit), Text(f"{NAME}.timer", when)


def quoted(word: str) -> str:
    """Return a word as systemd.service(5) reads it back: in quotes, with its escapes, specifiers and variables doubled.

    Raises UnfitError for what no unit can hold.
    """
    if any(not character.isprintable() for character in word):
        raise UnfitError(f"{word!r} has a character that cannot stand in a systemd unit: take it out of the path")
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'


def _unit(wanted: Wanted, kind: str, command: Sequence[str], ending: str) -> str:
    # systemd refuses a program whose path holds these ("Executable name contains special characters"); env finds it.
    program, *arguments = ("/usr/bin/env", *command) if _UNSAFE & set(command[0]) else command
    given = "".join(f"Environment={quoted(f'{name}={value}')}\n" for name, value in wanted.environment.items())
    return _SERVICE.format(
        kind=kind,
        # The program's path knows specifiers but no variables; in arguments a $ would begin one.
        command=" ".join((quoted(program), *(quoted(word.replace("$", "$$")) for word in arguments))),
        environment=given,
        secrets=_path(str(wanted.secrets)),
        ending=ending,
    )


def _path(path: str) -> str:
    """Return the path of an EnvironmentFile, which is read to the end of its line, without quotes."""
    if any(not character.isprintable() for character in path):
        raise UnfitError(f"{path!r} has a character that cannot stand in a systemd unit: take it out of the path")
    return path.replace("%", "%%")
