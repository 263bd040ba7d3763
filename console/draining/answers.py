"""What a processor's answer, or the lack of one, means for the row that asked. Pure.

2xx is taken over by the pipeline, 4xx is final, and all else passes: 408, 429, 5xx and whatever the network does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

from console.crash import without_secrets
from screens.clean import for_terminal

LONGEST_BODY = 500
"""Characters of an answer that are kept: the line that says what is wrong, without the page around it."""
LONGEST_WAIT = timedelta(hours=24)
"""No `Retry-After` keeps a row longer: that of a service which has lost its mind would keep it for ever."""

_AGAIN_LATER = frozenset({408, 429})
_OURS = frozenset({401, 403})
"""Answers about whoever asks, which every further row would get too."""


class Kind(StrEnum):
    """What an answer means."""

    DISPATCHED = "dispatched"
    TRANSIENT = "transient"
    PERMANENT = "permanent"


@dataclass(frozen=True, slots=True)
class Reply:
    """A service's answer as it came: HTTP status, two of its headers ("" without), and the beginning of its body."""

    status: int
    retry_after: str = ""
    location: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a post came to.

    `says` is cleaned and without secrets. `wait` is how long the service wants to be left alone, None when it did not say.
    `closes` is why no further row should be posted to this service in this round, or "".
    """

    kind: Kind
    says: str
    wait: timedelta | None = None
    closes: str = ""


def answer_of(reply: Reply, now: datetime) -> Answer:
    """Return what a reply means; `now` (aware UTC) is what a `Retry-After` with a date counts from."""
    status, said = reply.status, _said(reply)
    if 200 <= status < 300:
        return Answer(Kind.DISPATCHED, f"taken over ({said}); the pipeline sets it to succeeded when the work is done")
    if 300 <= status < 400:
        return _redirected(reply)
    if status in _AGAIN_LATER or status >= 500:
        return _later(reply, said, now)
    if 400 <= status < 500:
        closes = f"the service does not let us in (HTTP {status})" if status in _OURS else ""
        return Answer(Kind.PERMANENT, f"refused for good ({said})", closes=closes)
    return Answer(Kind.TRANSIENT, f"no answer that HTTP knows ({said})")


def of_no_answer(says: str, *, closes: str = "") -> Answer:
    """Return what it means that no answer came: it may be tried again. `says` is why."""
    return Answer(Kind.TRANSIENT, _clean(says), closes=closes)


def _redirected(reply: Reply) -> Answer:
    """Return the refusal to go elsewhere: whoever stands there must not see the identity token."""
    where = f" to {_clean(reply.location, 200)}" if reply.location else ""
    closes = f"the service redirects{where}, and a token must not follow it: set its own address under [processors]"
    return Answer(Kind.TRANSIENT, f"redirected{where} (HTTP {reply.status}), which was not followed", closes=closes)


def _later(reply: Reply, said: str, now: datetime) -> Answer:
    wait = _wait(reply.retry_after, now)
    if wait is None:
        closes = "the service is asked too often (HTTP 429)" if reply.status == 429 else ""
        return Answer(Kind.TRANSIENT, f"trouble that may pass ({said})", closes=closes)
    seconds = int(wait / timedelta(seconds=1))
    return Answer(
        Kind.TRANSIENT,
        f"trouble that may pass ({said}), it wants {seconds} s of quiet",
        wait,
        closes=f"the service wants {seconds} s of quiet (HTTP {reply.status})",
    )


def _wait(text: str, now: datetime) -> timedelta | None:
    """Return the time of a `Retry-After`, whole seconds or a date (RFC 9110, 10.2.3); None for anything else."""
    text = text.strip()
    if text.isascii() and text.isdecimal():
        return timedelta(seconds=min(int(text[:9]), LONGEST_WAIT.total_seconds()))
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    if until.tzinfo is None:  # "-0000", which email writes where it means UTC
        until = until.replace(tzinfo=UTC)
    return min(max(until - now, timedelta(0)), LONGEST_WAIT)


def _said(reply: Reply) -> str:
    body = _clean(reply.body).strip()
    return f"HTTP {reply.status}: {body}" if body else f"HTTP {reply.status}"


def _clean(text: str, limit: int = LONGEST_BODY) -> str:
    # In this order, because an escape sequence inside a secret would hide it from the search.
    return without_secrets(for_terminal(text, limit))
