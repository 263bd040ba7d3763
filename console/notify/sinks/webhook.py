"""A webhook of one's own: JSON, signed, with an idempotency key.

The signature is HMAC-SHA256 over `<timestamp>.<body>` in hex, the timestamp in whole seconds since 1970. A receiver compares it
in constant time, refuses timestamps that are minutes old, and takes each `Idempotency-Key` once: after an answer that was lost
the same notice comes again under the same key.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from checks.times import format_instant
from console.document import severity
from console.notify.notice import Notice
from console.notify.sinks.http import Patience, post_json
from screens.clean import for_terminal

SCHEMA = "courtside-notice/1"
SIGNATURE, TIMESTAMP, KEY = "X-Courtside-Signature", "X-Courtside-Timestamp", "Idempotency-Key"


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return what stands in the signature's header."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def fields_of(notice: Notice) -> dict[str, object]:
    """Return the JSON of a notice; `parts` are what it tells of each incident, by the incident's `id`."""
    return {
        "schema": SCHEMA,
        "key": notice.key,
        "kind": notice.kind.value,
        "place": notice.place,
        "incident": notice.incident,
        "thread": notice.thread,
        "severity": severity(notice.severity),
        "title": for_terminal(notice.title),
        "lines": [for_terminal(line) for line in notice.lines],
        "at": format_instant(notice.at),
        "is_live": notice.is_live,
        "count": notice.count,
        "parts": [
            {
                "id": part.id,
                "kind": part.kind.value,
                "severity": severity(part.severity),
                "title": for_terminal(part.title),
                "is_live": part.is_live,
            }
            for part in notice.parts
        ],
    }


@dataclass(frozen=True, slots=True)
class WebhookSink:
    """Posts every notice to one address, signed with a secret; `now` returns aware UTC."""

    address: str = field(repr=False)
    secret: str = field(repr=False)
    now: Callable[[], datetime]
    patience: Patience = field(default_factory=Patience)

    @property
    def name(self) -> str:
        """The same whichever address replaces another."""
        return "webhook"

    def wants(self, _notice: Notice, /) -> bool:
        """Everything: the receiver chooses."""
        return True

    def send(self, notice: Notice) -> None:
        """Post it. Raises SinkError."""
        body = json.dumps(fields_of(notice), ensure_ascii=False).encode()
        timestamp = str(int(self.now().timestamp()))
        headers = {TIMESTAMP: timestamp, SIGNATURE: signature(self.secret, timestamp, body), KEY: notice.key}
        post_json("the webhook", self.address, body, headers, self.patience)
