"""Where the summary goes: a channel through the bot, or an incoming webhook. Their secrets come from the environment only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from console.setting_values import SettingsError

TOKEN = "COURTSIDE_SLACK_TOKEN"  # noqa: S105  # the variable's name, not what is in it
WEBHOOK = "COURTSIDE_SLACK_WEBHOOK"
API = "COURTSIDE_SLACK_API"
DEFAULT_API = "https://slack.com/api/"

_HEADER_TEXT = re.compile(r"[!-~]+")
_SAFE_ADDRESS = re.compile(r"https://[!-~]+|http://(?:127\.0\.0\.1|localhost)[:/][!-~]+")
"""A secret leaves this machine encrypted or not at all."""


@dataclass(frozen=True, slots=True)
class Bot:
    """A channel by its id, and the bot token that may write to it; `api` ends with a slash."""

    channel: str
    token: str = field(repr=False)
    api: str = DEFAULT_API

    @property
    def name(self) -> str:
        """Under which the outbox keeps what goes there."""
        return self.channel


@dataclass(frozen=True, slots=True)
class Webhook:
    """An incoming webhook, whose address is the secret; only Slack knows its channel."""

    address: str = field(repr=False)

    @property
    def name(self) -> str:
        """Under which the outbox keeps what goes there, whichever address replaces a revoked one."""
        return "webhook"


Destination = Bot | Webhook


def destination_of(channel: str, environment: Mapping[str, str]) -> Destination:
    """Return where to post: through the bot where there is a token, else through the webhook.

    `channel` is the setting. Raises SettingsError that says what is missing, and repeats no secret.
    """
    token, webhook = environment.get(TOKEN, ""), environment.get(WEBHOOK, "")
    if token:
        return _bot(channel, token, environment.get(API) or DEFAULT_API)
    if webhook:
        if not _SAFE_ADDRESS.fullmatch(webhook):
            raise SettingsError(f"{WEBHOOK} (environment) must be the https:// address that Slack gave for the webhook")
        return Webhook(webhook)
    raise SettingsError(
        f"there is no way to Slack: set {TOKEN} to a bot's token and `channel` under [slack] in the settings file, "
        f"or {WEBHOOK} to an incoming webhook"
    )


def _bot(channel: str, token: str, api: str) -> Bot:
    if not _HEADER_TEXT.fullmatch(token):
        raise SettingsError(f"{TOKEN} (environment) must be a bot's token, xoxb-…, without spaces or line ends")
    if not _SAFE_ADDRESS.fullmatch(api):
        raise SettingsError(f"{API} (environment) must be an https:// address, such as {DEFAULT_API}")
    if not channel:
        raise SettingsError(
            f"{TOKEN} is set but no channel: write its id, such as C0123456789, as `channel` under [slack] in the "
            "settings file"
        )
    return Bot(channel, token, api.rstrip("/") + "/")
