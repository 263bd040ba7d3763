"""The ping to whoever watches the watcher, in the manner of healthchecks.io: URL/start, URL when a run has ended well, URL/fail.

A run has ended well when the checks were run and people were told, whatever the checks say of the pipeline.
"""

from __future__ import annotations

import json
from enum import Enum

from console.notify.sinks.http import Patience, post_json
from console.notify.sinks.sink import SinkError

LONGEST_WORDS = 200


class Sign(Enum):
    """What is told; the value is the end of the address."""

    START = "/start"
    SUCCESS = ""
    FAIL = "/fail"


class Ping:
    """Pings an address, none where it is "". The address is a secret: whoever knows it can pretend to be alive."""

    def __init__(self, url: str, *, seconds: float = 10.0) -> None:
        self._url = url.rstrip("/")
        self._patience = Patience(silence=seconds, whole=seconds)

    def __call__(self, sign: Sign, says: str = "") -> str:
        """Send one ping, following no redirect, and return why it did not arrive, or ""; never raises."""
        if not self._url:
            return ""
        body = json.dumps({"says": says[:LONGEST_WORDS]}).encode()
        try:
            post_json("the ping URL's service", self._url + sign.value, body, {}, self._patience)
        except SinkError as error:
            return str(error)
        return ""
