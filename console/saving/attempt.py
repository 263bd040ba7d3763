"""One try to save a game: written, in conflict with the streaming buffer (nothing was written), or broken some other way."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from checks.times import require_aware
from console.crash import without_secrets
from console.saving.games import Game
from console.warehouse.bigquery.changes import LONGEST_BUFFERED, is_held
from console.warehouse.writing import Contended, HeldByBuffer
from screens.clean import for_terminal

LONGEST_WORDS = 500
LONGEST_TRACE = 20_000
_MOST_CAUSES = 10


@dataclass(frozen=True, slots=True)
class Written:
    """The rows are saved. `at` is aware UTC, as in the others."""

    at: datetime


@dataclass(frozen=True, slots=True)
class InConflict:
    """Nothing was written, because of rows in the streaming buffer, which can have drained at `until`."""

    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Broken:
    """It failed otherwise. `error` is None when the warehouse itself says that nothing was written."""

    at: datetime
    reason: str
    error: Exception | None
    trace: str


Attempt = Written | InConflict | Broken


def attempt(game: Game, clock: Callable[[], datetime]) -> Attempt:
    """Try once. Raises only what no processor may catch, such as KeyboardInterrupt."""
    try:
        came = game.save()
    except Exception as error:  # noqa: BLE001 - whatever a processor's code raises is reported, and the other games go on
        at = require_aware(clock())
        return InConflict(at, at + LONGEST_BUFFERED) if is_conflict(error) else _broken(error, at)
    at = require_aware(clock())
    if isinstance(came, HeldByBuffer):
        return InConflict(at, max(at, require_aware(came.until)))
    if isinstance(came, Contended):
        return Broken(at, f"nothing was written: {came.reason}, at each of {came.tries} tries", None, "")
    return Written(at)


def is_conflict(error: BaseException) -> bool:
    """Return whether an error is BigQuery's refusal to change rows in the streaming buffer, or was raised from it.

    That is HTTP 400 with its sentence, PIPELINE.md, "Streaming buffer". What was merely handled while another error came
    up is none.
    """
    return any(getattr(cause, "code", None) == HTTPStatus.BAD_REQUEST and is_held(cause) for cause in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and what it was explicitly raised from."""
    current: BaseException | None = error
    for _ in range(_MOST_CAUSES):
        if current is None:
            return
        yield current
        current = current.__cause__


def _broken(error: Exception, at: datetime) -> Broken:
    words = f"{type(error).__name__}: {' '.join(without_secrets(str(error)).split())}"
    trace = without_secrets("".join(traceback.format_exception(error)))
    return Broken(
        at,
        f"{for_terminal(words, LONGEST_WORDS).removesuffix(': ')}; whether anything was written is not known, so look"
        " before you repeat it",
        error,
        for_terminal(trace, LONGEST_TRACE, keep_newlines=True),
    )
