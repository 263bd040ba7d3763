"""The `[notify]` table of the settings file, judged, and the sinks that it makes. Secrets come from the environment only."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO
from urllib.parse import urlsplit

from console.setting_values import LOOPBACK, SettingsError, Value

if TYPE_CHECKING:
    from console.journal import Journal
    from console.notify.notice import Manner
    from console.notify.sinks.sink import Sink

SECRET = "COURTSIDE_NOTIFY_SECRET"  # noqa: S105  # the variable's name, not what is in it
ROUTING_KEY = "COURTSIDE_PAGERDUTY_KEY"
PAGERDUTY_API = "COURTSIDE_PAGERDUTY_API"
SINKS = ("slack", "webhook", "pagerduty", "stdout")
MOST_AN_HOUR = 12
_NAMES = ("sinks", "webhook", "escalate_to", "digest", "per_hour")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,20}")
_MENTION = re.compile(r"<(?:@[UW]|!subteam\^S)[A-Z0-9]{2,20}>|<!here>|<!channel>")
_PRINTED = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Choice:
    """How somebody wants to be told.

    `sinks` are names out of `SINKS`, `webhook` an address or "". `escalate_to` is a channel's id, a mention in Slack's form,
    or "". `per_hour` is the ceiling of messages.
    """

    sinks: tuple[str, ...] = ()
    webhook: str = ""
    escalate_to: str = ""
    digest: bool = True
    per_hour: int = MOST_AN_HOUR

    @property
    def manner(self) -> Manner:
        """The manner of deciding."""
        from console.notify.notice import Manner  # noqa: PLC0415  # whoever only reads settings decides nothing

        return Manner(most_an_hour=self.per_hour, has_digest=self.digest)


def choice_of(chosen: Mapping[str, object], path: Path) -> Choice:
    """Return a `[notify]` table, judged. Raises SettingsError that names what is wrong."""
    for name in chosen:
        if name in ("secret", "key", "routing_key", "token"):
            raise SettingsError(
                f"notify.{name} in {path} is a secret, and secrets stand in no file: take it out and set {SECRET} "
                f"for the webhook or {ROUTING_KEY} for PagerDuty"
            )
        if name not in _NAMES:
            raise SettingsError(f"notify.{name} in {path} is not a setting; there are {', '.join(_NAMES)}")
    given = {name: Value(f"notify.{name}", raw, str(path)) for name, raw in chosen.items()}
    choice = Choice(
        sinks=_sinks(given["sinks"]) if "sinks" in given else (),
        webhook=_webhook(given["webhook"]) if "webhook" in given else "",
        escalate_to=_escalate_to(given["escalate_to"]) if "escalate_to" in given else "",
        digest=_digest(given["digest"]) if "digest" in given else True,
        per_hour=_per_hour(given["per_hour"]) if "per_hour" in given else MOST_AN_HOUR,
    )
    for name, sink, value in (("webhook", "webhook", choice.webhook), ("escalate_to", "slack", choice.escalate_to)):
        if value and sink not in choice.sinks:
            raise SettingsError(
                f"notify.{name} in {path} tells nobody, because notify.sinks does not name {sink}: write "
                f"sinks = {json.dumps([*choice.sinks, sink])} under [notify], or take {name} out"
            )
    return choice


def sinks_of(
    choice: Choice,
    channel: str,
    environment: Mapping[str, str],
    journal: Journal,
    now: Callable[[], datetime],
    out: TextIO,
) -> tuple[Sink, ...]:
    """Return the sinks of a choice; `channel` is the setting of Slack's. Raises SettingsError for what is missing."""
    made: list[Sink] = []
    for name in choice.sinks:
        if name == "slack":
            made.extend(_slack(choice, channel, environment, journal, now))
        elif name == "webhook":
            made.append(_webhook_sink(choice, environment, now))
        elif name == "pagerduty":
            made.append(_pagerduty_sink(environment))
        else:
            from console.notify.sinks.stdout import StdoutSink  # noqa: PLC0415  # only for those who want it

            made.append(StdoutSink(out))
    return tuple(made)


def _slack(
    choice: Choice, channel: str, environment: Mapping[str, str], journal: Journal, now: Callable[[], datetime]
) -> list[Sink]:
    """Return the sink of the channel, and another where escalations go to a second channel."""
    import random  # noqa: PLC0415  # as below
    import time  # noqa: PLC0415  # as below

    from console.notify.sinks.slack import SlackSink  # noqa: PLC0415  # only for those who want it
    from console.slack.delivery import Pace  # noqa: PLC0415  # as above
    from console.slack.destination import Bot, destination_of  # noqa: PLC0415  # as above
    from console.slack.outbox import SlackOutbox  # noqa: PLC0415  # as above
    from console.slack.posting import way_to  # noqa: PLC0415  # as above

    pace = Pace(now, time.sleep, random.SystemRandom().random)
    outbox = SlackOutbox(journal, pace)
    first = destination_of(channel, environment)
    second = choice.escalate_to if _CHANNEL.fullmatch(choice.escalate_to) else ""
    if not second:
        return [SlackSink(outbox, way_to(first, pace), mention=choice.escalate_to)]
    if not isinstance(first, Bot):
        raise SettingsError(
            "notify.escalate_to names a channel, which needs a bot's token: an incoming webhook has one channel"
        )
    other = destination_of(second, environment)
    return [
        SlackSink(outbox, way_to(first, pace), takes_escalations=False),
        SlackSink(outbox, way_to(other, pace), takes_others=False),
    ]


def _webhook_sink(choice: Choice, environment: Mapping[str, str], now: Callable[[], datetime]) -> Sink:
    from console.notify.sinks.webhook import WebhookSink  # noqa: PLC0415  # only for those who want it

    secret = environment.get(SECRET, "")
    if not choice.webhook:
        raise SettingsError("notify.sinks has `webhook`, but there is no address: set `webhook` under [notify]")
    if not secret:
        raise SettingsError(f"the webhook's messages are signed: set {SECRET} to a secret that its receiver knows too")
    return WebhookSink(choice.webhook, secret, now)


def _pagerduty_sink(environment: Mapping[str, str]) -> Sink:
    from console.notify.sinks.pagerduty import ADDRESS, PagerDutySink  # noqa: PLC0415  # only for those who want it

    key = environment.get(ROUTING_KEY, "")
    if not _PRINTED.fullmatch(key):
        raise SettingsError(f"set {ROUTING_KEY} to the integration key that PagerDuty shows for Events API v2")
    address = environment.get(PAGERDUTY_API) or ADDRESS
    if not _is_safe(address):
        raise SettingsError(f"{PAGERDUTY_API} (environment) must be an https:// address, such as {ADDRESS}")
    return PagerDutySink(key, address)


def _sinks(value: Value) -> tuple[str, ...]:
    raw = value.raw
    if not isinstance(raw, list) or not all(isinstance(name, str) and name in SINKS for name in raw):
        raise value.refused(f"a list of {', '.join(SINKS)}")
    return tuple(dict.fromkeys(raw))


def _webhook(value: Value) -> str:
    if not isinstance(value.raw, str) or not _is_safe(value.raw):
        raise SettingsError(  # without the value, in which a key may stand
            f"{value.name} ({value.source}) must be an https:// address without a user (http on this machine only)"
        )
    return value.raw


def _is_safe(address: str) -> bool:
    """Return whether what is told to an address leaves this machine encrypted or not at all."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    is_plain = parts.scheme == "http" and host in LOOPBACK
    printed = bool(_PRINTED.fullmatch(address))
    return printed and _is_host(host) and "@" not in parts.netloc and (parts.scheme == "https" or is_plain)


def _is_host(host: str) -> bool:
    """Return whether a host can be asked for at all: no part of its name is empty or longer than 63 characters (RFC 1035)."""
    try:
        return bool(host.encode("idna"))
    except UnicodeError:
        return False


def _escalate_to(value: Value) -> str:
    raw = value.raw
    if raw == "":
        return ""
    if not isinstance(raw, str) or not (_CHANNEL.fullmatch(raw) or _MENTION.fullmatch(raw)):
        raise value.refused(
            "a channel's id such as C0123456789, or a mention such as <@U0123456789> or <!subteam^S0123456789>"
        )
    return raw


def _digest(value: Value) -> bool:
    if not isinstance(value.raw, bool):
        raise value.refused("true or false")
    return value.raw


def _per_hour(value: Value) -> int:
    if not isinstance(value.raw, int) or isinstance(value.raw, bool) or not 1 <= value.raw <= 1_000:
        raise value.refused("a whole number of messages an hour from 1 to 1000")
    return value.raw
