"""Jobs: what was started under which id, how far it is, and what came of it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.bigquery_double.engine import Outcome
from tests.bigquery_double.errors import ApiError, already_exists, not_found
from tests.bigquery_double.limits import Clock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def milliseconds(moment: datetime) -> str:
    """Return an instant as BigQuery's resources have it."""
    return str(round((moment - _EPOCH).total_seconds() * 1000))


@dataclass(frozen=True, slots=True)
class Terms:
    """What a fault does to the job that a request starts: how long it is held, as `Job.hold`, and what it fails with."""

    hold: int | None = 0
    failure: ApiError | None = None

    def fail(self) -> None:
        """Raise what the job shall fail with."""
        if self.failure is not None:
            raise self.failure


@dataclass
class Job:
    """One job. Its work is done when it is first asked for after its hold has ended, and never when it was cancelled.

    `hold` is how many more times a question about it is answered with "still running"; None means until it is released.
    """

    id: str
    configuration: dict[str, Any]
    work: Callable[[], Outcome | int] = field(repr=False)
    clock: Clock = field(repr=False)
    hold: int | None = 0
    outcome: Outcome | int | None = None
    """What a query came to, or how many rows were loaded."""
    error: ApiError | None = None

    def __post_init__(self) -> None:
        self.created = self.clock()
        self.ended: datetime | None = None
        self.is_cancelled = False
        self._state = threading.Condition()

    @property
    def is_done(self) -> bool:
        """True when it succeeded, failed or was cancelled."""
        return self.ended is not None

    @property
    def sql(self) -> str:
        """The query, or "" of another kind of job."""
        return str(self.configuration.get("query", {}).get("query", ""))

    def poll(self, wait_seconds: float = 0.0) -> bool:
        """Return whether it is done, after waiting for a job that is held without end."""
        with self._state:
            if self.hold is None and not self.is_done:
                self._state.wait_for(lambda: self.hold is not None or self.is_done, wait_seconds)
            if self.is_done or self.hold is None:
                return self.is_done
            if self.hold:
                self.hold -= 1
                return False
            self._work()
            return True

    def _work(self) -> None:
        try:
            self.outcome = self.work()
        except ApiError as error:
            self.error = error
        self.ended = self.clock()

    def release(self) -> None:
        """Let it end."""
        with self._state:
            self.hold = 0
            self._state.notify_all()

    def cancel(self) -> None:
        """Stop it, unless it is done."""
        with self._state:
            if not self.is_done:
                self.error = ApiError("stopped", "Job execution was cancelled: User requested cancellation")
                self.is_cancelled = True
                self.ended = self.clock()
                self._state.notify_all()


class Jobs:
    """All jobs by id, and by the request id under which `jobs.query` started them."""

    def __init__(self, project: str, location: str, clock: Clock) -> None:
        self.project = project
        self.location = location
        self._clock = clock
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._by_request: dict[str, Job] = {}

    def __iter__(self) -> Iterator[Job]:
        with self._lock:
            return iter(tuple(self._jobs.values()))

    def start(
        self,
        job_id: str | None,
        configuration: dict[str, Any],
        work: Callable[[Job], Outcome | int],
        *,
        hold: int | None = 0,
    ) -> Job:
        """Return a new job, done already unless it is held. Raises ApiError for an id that is known."""
        job = Job(job_id or f"job_{uuid.uuid4().hex}", configuration, lambda: work(job), self._clock, hold)
        with self._lock:
            self.require_new(job.id)
            self._jobs[job.id] = job
        if hold == 0:
            job.poll()
        return job

    def try_out(self, job_id: str | None, configuration: dict[str, Any], outcome: Outcome) -> Job:
        """Return a job that has ended and is not kept: a dry run. Raises ApiError for an id that is known."""
        if job_id is not None:
            self.require_new(job_id)
        job = Job(job_id or "", configuration, lambda: outcome, self._clock)
        job.poll()
        return job

    def require_new(self, job_id: str) -> None:
        """Raise ApiError for an id that is known."""
        if job_id in self._jobs:
            raise already_exists("Job", self.name_of(job_id))

    def name_of(self, job_id: str) -> str:
        """Return how BigQuery writes a job's name."""
        return f"{self.project}:{self.location}.{job_id}"

    def get(self, job_id: str) -> Job:
        """Return a job. Raises ApiError when there is none of that id."""
        found = self.find(job_id)
        if found is None:
            raise not_found("Job", self.name_of(job_id))
        return found

    def find(self, job_id: str) -> Job | None:
        """Return a job, or None."""
        return self._jobs.get(job_id)

    def of_request(self, request_id: str | None) -> Job | None:
        """Return the job that an earlier request of the same id started, or None."""
        return self._by_request.get(request_id) if request_id else None

    def remember_request(self, request_id: str | None, job: Job) -> None:
        """Let a repeated request find the job that it started."""
        if request_id:
            self._by_request[request_id] = job

    def release(self) -> None:
        """Let every held job end."""
        for job in self:
            job.release()
