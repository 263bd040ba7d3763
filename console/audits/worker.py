"""The process in which the console audits a checkout: `python -m console.audits.worker FOLDER` writes a pickled `Audit`."""

from __future__ import annotations

import os
import pickle
import signal
import sys
from pathlib import Path

from checks.severity import Severity
from console.audits.checkout import view_of
from console.audits.values import AuditError
from screens.ports import Audit

LOOK_SECONDS = 0.5
"""How often to see whether the console is still there."""


def main() -> None:
    """Audit, and write what came of it where the output goes; nothing else gets there."""
    if hasattr(signal, "setitimer"):
        end_with(os.getppid())
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)
        pickle.dump(answer_on(Path(sys.argv[1])), out)


def end_with(parent: int) -> None:
    """End this process and those that it has started soon after the process that started it, however that ends."""

    def look(*_: object) -> None:
        if os.getppid() != parent:
            os.killpg(0, signal.SIGKILL)

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, LOOK_SECONDS, LOOK_SECONDS)


def answer_on(checkout: Path) -> Audit:
    """Return an audit of the checkout, or the reason why there is none."""
    try:
        return view_of(checkout)
    except AuditError as error:
        reason = str(error)
    # courtside: ignore[silent_exceptions] the reason is the answer
    except Exception as error:  # noqa: BLE001  # the console goes on, whatever a checkout does to an audit
        reason = f"{checkout} cannot be audited: {str(error) or type(error).__name__}"
    return Audit(str(checkout), Severity.UNKNOWN, reason=reason)


if __name__ == "__main__":
    main()
