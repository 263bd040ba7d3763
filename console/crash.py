"""What is left of a console that broke: a file for whoever mends it, without secrets."""

from __future__ import annotations

import os
import platform
import re
import sys
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from checks.times import format_utc
from screens.clean import for_terminal

if TYPE_CHECKING:
    from console.settings import Setting

MOST_CHARACTERS = 200_000
KEPT = 20
"""Reports that are kept; the oldest go first."""

_SECRET_NAME = re.compile(r"token|secret|passw|webhook|credential|api_?key", re.IGNORECASE)
_SECRET_TEXT = re.compile(
    r"(?<=://)[^/\s@]+(?=@)"  # user and password of a URL
    r"|xox[a-z]-[\w-]+"  # Slack tokens
    r"|(?<=hooks\.slack\.com/)[\w/-]+"
    r"|(?i:(?<=bearer ))\S+"
)
_HIDDEN = "(hidden)"
_VARIABLES = ("TERM", "COLORTERM", "LANG", "LC_ALL", "NO_COLOR", "TMUX", "SSH_TTY")


def crash_report(trace: str, at: datetime, settings: Iterable[Setting], environment: Mapping[str, str]) -> str:
    """Return the report: what ran where, under which settings, and the trace; secrets are hidden, escapes taken out."""
    lines = [
        f"courtside {_version('courtside')} broke at {format_utc(at)}",
        f"python {sys.version.split()[0]}, textual {_version('textual')}, {platform.platform()}",
        " ".join(f"{name}={environment[name]}" for name in _VARIABLES if name in environment),
        "",
        *(f"{s.name} = {_HIDDEN if _SECRET_NAME.search(s.name) else s.value} ({s.source})" for s in settings),
        "",
        trace,
    ]
    return for_terminal(without_secrets("\n".join(lines)), MOST_CHARACTERS, keep_newlines=True)


def without_secrets(text: str) -> str:
    """Return `text` with what looks like a password, a token or a webhook hidden."""
    return _SECRET_TEXT.sub(_HIDDEN, text)


def keep_crash_report(report: str, at: datetime, state_dir: Path) -> Path | None:
    """Write a report into `state_dir`, or the folder for temporary files where that cannot be; return where, or None."""
    for folder in (state_dir, Path(tempfile.gettempdir())):
        path = folder / f"crash-{at:%Y%m%dT%H%M%SZ}-{os.getpid()}.txt"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(report)
        # courtside: ignore[silent_exceptions] the next folder is tried, and the report is printed in any case
        except OSError:
            continue
        _forget_old(folder)
        return path
    return None


def _forget_old(folder: Path) -> None:
    for old in sorted(folder.glob("crash-*T*Z-*.txt"))[:-KEPT]:
        with suppress(OSError):  # somebody else's, or gone already
            old.unlink()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # courtside: ignore[silent_exceptions] that is what is to be said
        return "(not installed)"
