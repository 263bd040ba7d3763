"""A progress bar in one line of a terminal; silent where there is none."""

from __future__ import annotations

from typing import Self, TextIO

_CELLS = 20


class ProgressBar:
    """Counts steps up to `total`. What it shows beside them is ours: it cleans nothing."""

    def __init__(self, out: TextIO, total: int, width: int) -> None:
        self._out = out if out.isatty() else None
        self._total = total
        self._width = width - 1
        self._done = 0
        self._shown = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """Leave the line as it is, and go on below it."""
        if self._out is not None and self._shown:
            self._out.write("\n")

    def step(self) -> None:
        """Count one step more."""
        self._done += 1

    def show(self, doing: str) -> None:
        """Draw the bar with what is being done, when that is something else than what stands there."""
        filled = _CELLS * self._done // max(self._total, 1)
        bar = f"[{'#' * filled}{'-' * (_CELLS - filled)}] {self._done}/{self._total} {doing}"[: self._width]
        if self._out is not None and bar != self._shown:
            self._out.write(f"\r{bar.ljust(len(self._shown))}")
            self._out.flush()
            self._shown = bar
