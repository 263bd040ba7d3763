"""The command `courtside`, also `python -m console`."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from console.cli.shell import Shell
    from console.headstart import Plan
    from console.settings import Settings

_EXIT_UNKNOWN = 3


def main() -> None:
    """Run the command line of this process and exit with its status."""
    # Start-up only makes objects that stay: collecting among them took a twentieth of a command's time.
    gc.set_threshold(200_000, 20, 20)
    try:
        status = _run(sys.argv[1:])
    except BrokenPipeError:
        status = _EXIT_UNKNOWN  # the reader went before the verdict was out
    except KeyboardInterrupt:
        status = 130
    # The interpreter would exit 1, and a defect must never read as a mere WARNING.
    except Exception:  # noqa: BLE001  # see above
        import traceback  # noqa: PLC0415 # only for a defect

        traceback.print_exc()
        status = _EXIT_UNKNOWN
    _leave(status)


def _run(arguments: Sequence[str]) -> int:
    from console.cli.shell import process_shell  # noqa: PLC0415  # after the threshold is set

    shell = process_shell()
    status = _opened(arguments, shell) if shell.opens_console else None
    if status is None:
        from console.cli.app import run  # noqa: PLC0415  # the console opens sooner without the command line

        return run(arguments, shell)
    return status


def _opened(arguments: Sequence[str], shell: Shell) -> int | None:
    """Open the console for `courtside` and `courtside demo`; None for anything else, and for settings that are to be refused."""
    if list(arguments) not in ([], ["demo"]):
        return None
    from console.headstart import Headstart  # noqa: PLC0415

    headstart = Headstart.begin(lambda: _plan(arguments, shell))
    settings = _settings(arguments, shell)
    if settings is None:
        return None
    from console.launch import open_console  # noqa: PLC0415  # the child is at work while this is imported

    return open_console(settings, shell, headstart=headstart)


def _settings(arguments: Sequence[str], shell: Shell) -> Settings | None:
    """Return the settings; None where they are to be refused, which is the command line's to say."""
    from console.settings import Flags, SettingsError, load  # noqa: PLC0415

    try:
        settings = load(Flags(), shell.environment, shell.homes())
    # courtside: ignore[silent_exceptions] the command itself says what is wrong with its settings
    except (SettingsError, OSError):
        return None
    return settings.for_demo() if arguments else settings


def _plan(arguments: Sequence[str], shell: Shell) -> Plan | None:
    """Return what the console will look at first; None for a service, which is waited for, not computed, and costs each time."""
    from console.first_view import first_scope  # noqa: PLC0415
    from console.headstart import Plan  # noqa: PLC0415

    settings = _settings(arguments, shell)
    if settings is None or "://" in settings.warehouse:
        return None
    return Plan(first_scope(settings, None, shell.now()), lambda: shell.open_desk(settings))


def _leave(status: int) -> NoReturn:
    """End the process without taking the interpreter down object by object, which takes a tenth of a command's time.

    Everything that must be closed is closed by then; what is left is to flush the streams. Threads that still wait for a
    warehouse are not waited for.
    """
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    # courtside: ignore[silent_exceptions] whoever read our output has enough of it, as `head` does, or the terminal is gone
    except OSError:
        pass
    os._exit(status)


if __name__ == "__main__":
    main()
