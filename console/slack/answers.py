"""What Slack's answers and the network's failures mean: was it posted, can trying again help, and what must somebody do. Pure."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Mapping
from urllib.error import URLError

from screens.clean import for_terminal


class SlackError(Exception):
    """Slack did not take a message; the message says why and what to do, and holds no secret.

    `again` is whether trying again can help by itself, `wait_seconds` how long Slack asks to wait first.
    """

    def __init__(self, message: str, *, again: bool = False, wait_seconds: float | None = None) -> None:
        super().__init__(message)
        self.again = again
        self.wait_seconds = wait_seconds


class NotSentError(SlackError):
    """It certainly was not posted."""


class UnfitError(NotSentError):
    """Slack refuses this content, and will for ever."""


class GoneError(NotSentError):
    """The message that was to be changed or answered is not there any more."""


class UnsureError(SlackError):
    """It may have been posted: it was sent, and no answer that can be believed came back."""


_WHAT_TO_DO = {
    "invalid_auth": "Slack does not accept the token: put a valid one into COURTSIDE_SLACK_TOKEN",
    "not_authed": "Slack does not accept the token: put a valid one into COURTSIDE_SLACK_TOKEN",
    "account_inactive": "the token's bot was removed: install the app again, and put its token into COURTSIDE_SLACK_TOKEN",
    "token_revoked": "the token was revoked: put a new one into COURTSIDE_SLACK_TOKEN",
    "token_expired": "the token has expired: put a new one into COURTSIDE_SLACK_TOKEN",
    "missing_scope": "the bot lacks a permission: it needs the scopes chat:write and channels:history (groups:history)",
    "channel_not_found": "the channel does not exist for the bot: see `channel` under [slack], and invite the bot to it",
    "not_in_channel": "the bot is not in the channel: invite it",
    "is_archived": "the channel is archived: set another `channel` under [slack]",
}
_UNFIT = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_too_long", "no_text", "msg_blocks_too_long"})
_GONE = frozenset({"message_not_found", "thread_not_found", "cant_update_message", "edit_window_closed"})
_PERHAPS_DONE = frozenset(
    {"fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_added_to_org"}
)
"""Of these Slack's documentation says that some of the operation may have succeeded, or does not say."""

_LONGEST_QUIET = 24 * 3600.0
"""Seconds: whoever asks for more has lost its mind, and would keep a message for ever."""

_NEVER_LEFT = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})


def of_api(status: int, error: str, headers: Mapping[str, str]) -> SlackError:
    """Return what an answer of the Web API means that is not ok: HTTP status, `error` field and headers."""
    if status == 429 or error in ("ratelimited", "rate_limited"):
        return _too_often(headers)
    if status >= 500 or error in _PERHAPS_DONE:
        return UnsureError(f"Slack has trouble of its own (HTTP {status})", again=True)
    if error in _GONE:
        return GoneError("the message in Slack was deleted or cannot be changed")
    if error in _UNFIT:
        return UnfitError(f"Slack refuses the message: {error}")
    if status != 200 or not error.replace("_", "").isalnum():
        return NotSentError(
            f"what answered is not Slack (HTTP {status}), is there a proxy or a login page in between?", again=True
        )
    return NotSentError(_WHAT_TO_DO.get(error, f"Slack refuses to post: {for_terminal(error, 80)}"))


def of_webhook(status: int, body: str, headers: Mapping[str, str]) -> SlackError:
    """Return what an answer of a webhook means that is not 200 with `ok`."""
    if status == 429:
        return _too_often(headers)
    if status in (403, 404, 410):
        return NotSentError(
            f"Slack refuses the webhook ({for_terminal(body, 60)}): it was revoked or its channel is gone, make a new one "
            "and put it into COURTSIDE_SLACK_WEBHOOK"
        )
    if status == 400:
        return UnfitError(f"Slack refuses the message: {for_terminal(body, 60)}")
    return UnsureError(f"the webhook gave no answer that can be believed (HTTP {status})")


def of_network(error: Exception) -> SlackError:
    """Return what a failure below HTTP means. It repeats nothing of the error, which may hold the webhook's address."""
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, ssl.SSLCertVerificationError):
        return NotSentError("Slack's certificate cannot be verified, is there a proxy in between?")
    if why := _never_left(error, reason):
        return NotSentError(f"Slack cannot be reached: {why}, check the network", again=True)
    if isinstance(reason, TimeoutError):
        return UnsureError("Slack took the message and then said nothing", again=True)
    return UnsureError("the connection to Slack was cut before it answered", again=True)


def _never_left(error: Exception, reason: object) -> str:
    """Return why nothing can have been sent, or "" where something may have been."""
    if isinstance(reason, ConnectionRefusedError):
        return "the connection is refused"
    if isinstance(reason, socket.gaierror):
        return "its name is not found"
    if isinstance(reason, OSError) and reason.errno in _NEVER_LEFT:
        return "there is no way to it"
    # urllib wraps only what happens before it waits for an answer, and so little text never waits to be sent
    return "the connection takes too long" if isinstance(error, URLError) and isinstance(reason, TimeoutError) else ""


def _too_often(headers: Mapping[str, str]) -> NotSentError:
    given = {name.lower(): value for name, value in headers.items()}.get("retry-after", "")
    is_number = given.isascii() and given.isdecimal()
    seconds = min(float(given), _LONGEST_QUIET) if is_number else 30.0  # Slack's own are whole seconds, mostly 30
    message = f"Slack is asked too often: it wants {seconds:.0f} s of quiet"
    return NotSentError(message, again=True, wait_seconds=seconds)
