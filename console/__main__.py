"""The command `courtside`, also `python -m console`."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn


def main() -> None:
    """Run the command line of this process and exit with its status."""
    # Start-up only makes objects that stay: collecting among them took a twentieth of a command's time.
    gc.set_threshold(50_000, 20, 20)
    from console.cli.app import run  # noqa: PLC0415  # after the threshold is set
    from console.cli.command import EXIT_UNKNOWN  # noqa: PLC0415
    from console.cli.shell import process_shell  # noqa: PLC0415

    try:
        status = run(sys.argv[1:], process_shell())
    except BrokenPipeError:
        status = EXIT_UNKNOWN  # the reader went before the verdict was out
    except Exception:  # noqa: BLE001 # the interpreter would exit 1, and a defect must never read as a mere WARNING
        import traceback  # noqa: PLC0415 # only for a defect

        traceback.print_exc()
        status = EXIT_UNKNOWN
    _leave(status)


def _leave(status: int) -> NoReturn:
    """End the process without taking the interpreter down object by object, which takes a tenth of a command's time.

    Everything that must be closed is closed by then; what is left is to flush the streams.
    """
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        pass  # whoever read our output has enough of it, as `head` does
    os._exit(status)


if __name__ == "__main__":
    main()
