"""How long BigQuery may take and how much it may send and bill: every number that keeps a question bounded.

The client's own defaults bound nothing: no socket timeout at all, and ten minutes of retries inside forty of job retries.
"""

from __future__ import annotations

from dataclasses import dataclass

from checks.deadline import DEADLINE_SECONDS
from screens.text.amount import MEBIBYTE

MINIMUM_BYTES_A_TABLE = 10 * MEBIBYTE
"""What BigQuery bills at least for each table that a query names (on-demand pricing)."""

CONCURRENCY = 8
"""Questions at once; a report has no more queries than this."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The bounds of one question; times are seconds.

    `deadline` is for everything together, whatever the network and the service do. `tell` is kept back from it, so that our own
    sentence comes before the one of whoever waits for us with the same deadline. `socket` bounds each connect and each silence
    while reading. `first_answer` is how long the service may hold the first request: then it must say which job it runs, so that
    the job can be cancelled. `retry` is how long failures in a row are retried, `cancel` how long telling the server to stop may
    take. `answer_bytes` bounds one response: BigQuery's pages end at 20 MB. `table_bytes` is the most that may be billed for
    each table that a query names: ten times the minimum charge, so that a query which reads all of history is refused.
    """

    deadline: float = DEADLINE_SECONDS
    tell: float = 0.25
    socket: float = 8.0
    first_answer: float = 2.0
    retry: float = 5.0
    cancel: float = 3.0
    answer_bytes: int = 64 * MEBIBYTE
    table_bytes: int = 10 * MINIMUM_BYTES_A_TABLE
