"""What can go wrong on the way, as data: which request is struck, how often, and what happens to it."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field

from tests.bigquery_double.errors import ApiError
from tests.bigquery_double.jobs import Terms
from tests.bigquery_double.records import RecordedRequest

_REASONS = {
    400: "invalid",
    401: "authError",
    403: "accessDenied",
    404: "notFound",
    409: "duplicate",
    429: "rateLimitExceeded",
    500: "internalError",
    502: "badGateway",
    503: "backendError",
    504: "deadlineExceeded",
}


@dataclass(frozen=True, slots=True)
class Status:
    """The request is refused with an HTTP status and is not executed. `reason` is by default the status's usual one."""

    code: int
    reason: str = ""
    message: str = ""

    def error(self) -> ApiError:
        """Return the refusal."""
        reason = self.reason or _REASONS.get(self.code, "invalid")
        return ApiError(reason, self.message or f"injected: {reason}", status=self.code)


@dataclass(frozen=True, slots=True)
class Html:
    """A web page comes instead of JSON, as from a proxy or a captive portal; the request is not executed."""

    code: int = 200


@dataclass(frozen=True, slots=True)
class Truncated:
    """The request is executed, and half of the JSON comes, as if it were all."""


@dataclass(frozen=True, slots=True)
class ResetBefore:
    """The connection is reset, and the request is not executed."""


@dataclass(frozen=True, slots=True)
class ResetAfter:
    """The request is executed, and the connection is reset before the answer."""


@dataclass(frozen=True, slots=True)
class Silence:
    """No byte comes until the double is released or closed; the request is not executed."""


@dataclass(frozen=True, slots=True)
class Dribble:
    """The request is executed, and the answer's body comes byte by byte until the double is released or closed."""

    seconds_per_byte: float = 1.0


@dataclass(frozen=True, slots=True)
class Delay:
    """The answer comes later. Goes together with every other fault."""

    seconds: float


@dataclass(frozen=True, slots=True)
class StillRunning:
    """The job that the request starts is "still running" when it is asked about, so many times; None: until released.

    Goes together with every other fault.
    """

    polls: int | None = None


@dataclass(frozen=True, slots=True)
class Fails:
    """The job that the request starts fails with a reason: jobs.query refuses, jobs.insert and uploads say it in the status.

    Goes together with every other fault.
    """

    reason: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class EndlessPages:
    """Every page says that another follows, which is the first one again."""


@dataclass(frozen=True, slots=True)
class ChangedType:
    """A column has another type in the answer's schema, and in place of each of its values that is not NULL `value`."""

    column: str
    type: str
    value: str | None = None


Action = (
    Status
    | Html
    | Truncated
    | ResetBefore
    | ResetAfter
    | Silence
    | Dribble
    | Delay
    | StillRunning
    | Fails
    | EndlessPages
    | ChangedType
)


@dataclass
class Fault:
    """One fault and the requests that it strikes: the `nth` that matches and those after it, `times` in all; None: for ever.

    `path` is a regular expression, `sql` a part of the query that the request sends or asks the results of.
    """

    action: Action
    method: str = ""
    path: str = ""
    sql: str = ""
    nth: int = 1
    times: int | None = 1
    seen: int = field(default=0, init=False)

    def matches(self, request: RecordedRequest) -> bool:
        """True when the request is of the kind that this fault strikes."""
        return (
            self.method in ("", request.method)
            and re.search(self.path, request.path) is not None
            and self.sql in request.sql
        )

    def strikes(self, request: RecordedRequest) -> bool:
        """Count the request, and return whether this fault strikes it."""
        if not self.matches(request):
            return False
        self.seen += 1
        return self.seen >= self.nth and (self.times is None or self.seen < self.nth + self.times)


@dataclass(frozen=True, slots=True)
class Struck:
    """What happens to one request."""

    action: Action | None = None
    delay_seconds: float = 0.0
    terms: Terms = field(default_factory=Terms)


class Faults:
    """All injected faults, in the order of their injection; the first that strikes wins."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Inject a fault."""
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        """Take all faults away."""
        with self._lock:
            self._faults.clear()

    def strike(self, request: RecordedRequest) -> Struck:
        """Return what happens to a request."""
        with self._lock:
            actions = [fault.action for fault in self._faults if fault.strikes(request)]
        holds = [action.polls for action in actions if isinstance(action, StillRunning)]
        failures = [action for action in actions if isinstance(action, Fails)]
        failure = ApiError(failures[0].reason, failures[0].message or "injected") if failures else None
        others = [action for action in actions if not isinstance(action, Delay | StillRunning | Fails)]
        return Struck(
            others[0] if others else None,
            sum(action.seconds for action in actions if isinstance(action, Delay)),
            Terms(holds[0] if holds else 0, failure),
        )
