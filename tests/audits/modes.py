"""Files and folders that may not be read: what the tests need to be somebody who may not."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

OTHERS = 0o055
"""What others need to pass through a folder, and to see what is in it."""


@contextmanager
def bound_by_modes() -> Iterator[None]:
    """Give up root's right to read everything, where the tests have it."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65_534)
    try:
        yield
    finally:
        if user == 0:
            os.seteuid(0)


@contextmanager
def opened_above(folder: Path) -> Iterator[None]:
    """Let others pass through all folders above one, up to the folder for temporary files; afterwards they are as before."""
    top = Path(tempfile.gettempdir()).resolve()
    with ExitStack() as stack:
        for above in folder.resolve().parents:
            if above != top and not above.is_relative_to(top):
                break
            mode = above.stat().st_mode & 0o7777
            if mode & OTHERS != OTHERS:
                stack.callback(above.chmod, mode)
                above.chmod(mode | OTHERS)
        yield
