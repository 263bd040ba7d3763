"""The transport of the double's clients: as it comes, with a bound on every wait."""

from __future__ import annotations

from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

SECONDS = 30.0
"""How long a client waits for a connection or a byte when it says nothing else, so that no test hangs."""


class BoundedAdapter(HTTPAdapter):
    """Waits no longer than it is told, and not for ever when it is told nothing."""

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,  # noqa: FBT002 - the signature of the class above
        timeout: Any = None,
        verify: bool | str = True,  # noqa: FBT002 - the signature of the class above
        cert: Any = None,
        proxies: Any = None,
    ) -> Response:
        """Send one request. Raises what requests raises, a timeout above all."""
        return super().send(request, stream, timeout or SECONDS, verify, cert, proxies)
