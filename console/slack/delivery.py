"""Delivering one message: through the bot or the webhook, in at most three tries, and never a second time.

Slack's Web API has no idempotency key. So each post carries its key as metadata, and whoever does not know whether a post arrived
looks for that key in the channel before posting again. A webhook cannot be asked: there an unclear answer is the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, TypeVar

from console.slack.answers import GoneError, SlackError, UnsureError, of_api, of_network, of_webhook
from console.slack.message import blocks_of

if TYPE_CHECKING:
    from logging import Logger

    from slack_sdk.web import SlackResponse

    from console.slack.destination import Bot, Webhook

TRIES = 3
TIMEOUT_SECONDS = 10
"""For one answer of Slack."""
FIRST_BACKOFF_SECONDS = 1.0
LONGEST_BACKOFF_SECONDS = 20.0
LONGEST_WAIT_SECONDS = 60.0
"""Somebody waits at the prompt: what Slack wants to have later than this is the outbox's."""
CLOCKS_APART = timedelta(hours=2)
"""How far this machine's clock may differ from Slack's."""
EVENT_TYPE = "courtside_summary"
_PAGE, _PAGES = 200, 10

Result = TypeVar("Result")

_NETWORK = (OSError, HTTPException, ValueError, LookupError, AttributeError, TypeError)
"""What the client lets through of a broken connection or of an answer that is no JSON object in a known encoding."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Time and chance: `now` returns aware UTC, `sleep` takes seconds, `random` returns 0 up to 1."""

    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    random: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Post:
    """What is posted once: the text above and below, and the key by which it is found again."""

    key: str
    head: str
    detail: str = ""


class BotDelivery:
    """Posts into one channel as the bot. Every method raises SlackError."""

    def __init__(self, bot: Bot, pace: Pace, *, timeout_seconds: int = TIMEOUT_SECONDS) -> None:
        from slack_sdk import WebClient  # noqa: PLC0415  # 100 ms, for those who post

        self.destination = bot.name
        self._pace = pace
        self._client = WebClient(
            bot.token, base_url=bot.api, timeout=timeout_seconds, retry_handlers=[], logger=_silent_logger()
        )

    def post(self, post: Post, *, began_at: datetime, may_be_there: bool, thread: str = "") -> str:
        """Post once, as a reply where `thread` names a parent, and return the message's `ts`.

        `began_at` is when the first try began, `may_be_there` whether an earlier one may have succeeded: then it is looked for
        first. Raises NotSentError when it is certainly not posted, UnsureError when that cannot be said.
        """

        def send() -> str:
            answer = self._ask(
                self._client.chat_postMessage,
                text=post.head,
                blocks=blocks_of(post.head, post.detail),
                metadata={"event_type": EVENT_TYPE, "event_payload": {"key": post.key}},
                unfurl_links=False,
                **({"thread_ts": thread} if thread else {}),
            )
            return str(answer["ts"])

        once = _Once(send, lambda: self._find(post.key, began_at - CLOCKS_APART, thread), may_be_there)
        return in_tries(once, self._pace)

    def update(self, ts: str, post: Post) -> None:
        """Make the message `ts` say this; to do it twice does no harm. Raises GoneError when it was deleted."""
        blocks = blocks_of(post.head, post.detail)
        in_tries(lambda: self._ask(self._client.chat_update, ts=ts, text=post.head, blocks=blocks), self._pace)

    def permalink(self, ts: str) -> str:
        """Return the address of a message."""
        return str(self._ask(self._client.chat_getPermalink, message_ts=ts)["permalink"])

    def _find(self, key: str, oldest: datetime, thread: str) -> str | None:
        """Return the `ts` of the message that carries the key; None when there certainly is none."""
        cursor = ""
        for _ in range(_PAGES):
            method = self._client.conversations_replies if thread else self._client.conversations_history
            where = {"ts": thread} if thread else {}
            answer = self._ask(
                method,
                oldest=f"{oldest.timestamp():.6f}",
                limit=_PAGE,
                include_all_metadata=True,
                **where,
                **({"cursor": cursor} if cursor else {}),
            )
            for message in answer.get("messages") or ():
                if (message.get("metadata") or {}).get("event_payload", {}).get("key") == key:
                    return str(message["ts"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return None
        raise UnsureError(f"the channel has more than {_PAGE * _PAGES} newer messages, too many to look through")

    def _ask(self, method: Callable[..., SlackResponse], **arguments: Any) -> SlackResponse:
        from slack_sdk.errors import SlackApiError, SlackClientError  # noqa: PLC0415  # loaded with the client

        try:
            return method(channel=self.destination, **arguments)
        except SlackApiError as error:
            answer = error.response
            said = answer.get("error") if isinstance(answer.data, dict) else ""
            raise of_api(answer.status_code, str(said), answer.headers) from None
        except (SlackClientError, *_NETWORK) as error:
            raise of_network(error) from None


class WebhookDelivery:
    """Posts through an incoming webhook. It can neither edit nor answer, and cannot be asked what it has posted."""

    def __init__(self, webhook: Webhook, pace: Pace, *, timeout_seconds: int = TIMEOUT_SECONDS) -> None:
        from slack_sdk.webhook import WebhookClient  # noqa: PLC0415  # 100 ms, for those who post

        self.destination = webhook.name
        self._pace = pace
        self._client = WebhookClient(
            webhook.address, timeout=timeout_seconds, retry_handlers=[], logger=_silent_logger()
        )

    def post(self, post: Post) -> None:
        """Post once. Raises NotSentError when it is certainly not posted, UnsureError when that cannot be said."""
        in_tries(lambda: self._send(post), self._pace)

    def _send(self, post: Post) -> None:
        from slack_sdk.errors import SlackClientError  # noqa: PLC0415  # loaded with the client

        try:
            answer = self._client.send(text=post.head, blocks=blocks_of(post.head, post.detail), unfurl_links=False)
        except (SlackClientError, *_NETWORK) as error:
            raise _for_webhook(of_network(error)) from None
        if answer.status_code != 200 or answer.body.strip() != "ok":
            raise _for_webhook(of_webhook(answer.status_code, answer.body, answer.headers))


def in_tries(attempt: Callable[[], Result], pace: Pace) -> Result:
    """Return what the attempt returns, trying up to three times while that can help.

    Between two tries it waits as long as Slack asks, and a random part of 1 s, then 2 s, so that many consoles do not come back
    at once ("full jitter", AWS Architecture Blog, Exponential Backoff and Jitter). Raises the last SlackError.
    """
    for number in range(TRIES):
        try:
            return attempt()
        except SlackError as error:
            asked = error.wait_seconds or 0.0
            if number == TRIES - 1 or not error.again or asked > LONGEST_WAIT_SECONDS:
                raise
            pace.sleep(asked + pace.random() * min(FIRST_BACKOFF_SECONDS * 2**number, LONGEST_BACKOFF_SECONDS))
    raise AssertionError("a loop of at least one try returns or raises")


@dataclass(slots=True)
class _Once:
    """One attempt to post, which looks first where an earlier one may have succeeded."""

    send: Callable[[], str]
    find: Callable[[], str | None]
    may_be_there: bool

    def __call__(self) -> str:
        if self.may_be_there:
            found = self._look()
            if found is not None:
                return found
            self.may_be_there = False
        try:
            return self.send()
        except UnsureError:
            self.may_be_there = True
            raise

    def _look(self) -> str | None:
        try:
            return self.find()
        except GoneError:  # courtside: ignore[silent_exceptions] nothing stands below a parent that was deleted
            return None
        except SlackError as error:
            raise UnsureError(
                f"it may have been posted, and cannot be looked for: {error}",
                again=error.again,
                wait_seconds=error.wait_seconds,
            ) from None


def _for_webhook(error: SlackError) -> SlackError:
    """Return the error as a webhook has it: nobody can look, so nothing unclear is tried again."""
    return UnsureError(str(error)) if isinstance(error, UnsureError) else error


def _silent_logger() -> Logger:
    """Return a logger that says nothing: the client would log errors, in which the webhook's address may stand."""
    import logging  # noqa: PLC0415  # comes with the client

    logger = logging.getLogger("courtside.slack")
    logger.setLevel(logging.CRITICAL + 1)
    return logger
