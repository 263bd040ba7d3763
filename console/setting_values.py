"""What a setting may be: each function takes a value as it was found and returns it judged, or refuses it by name and place."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEMO = "demo"
THEMES = ("dark", "light", "contrast", "colour-blind")
"""The console's looks, as `screens.themes` has them."""
LONGEST_DEADLINE_SECONDS = 3600.0
MOST_DAYS = 400
MOST_GB = 1_000_000.0

_YES = frozenset({"1", "true", "yes", "on", "always"})
_NO = frozenset({"0", "false", "no", "off", "never"})
PHASES_WITH_PROCESSORS = ("phase_2", "phase_3", "phase_4", "phase_5")
"""The phases whose work the retry queue can ask for again."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")

_PROJECT = re.compile(r"(?:[a-z][-a-z0-9:.]{2,62})?")
_PRINTED = re.compile(r"[!-~]+").fullmatch
_TOKEN = re.compile(r":(?:read|run):")
_CHANNEL = re.compile(r"[CGD][A-Z0-9]{2,20}")
"""Ids only: Slack finds an earlier message, and edits one, by the channel's id and not by its name."""


class SettingsError(ValueError):
    """A setting that does not exist or cannot be; the message names it and where it stands."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value as it was found, before it is judged."""

    name: str
    raw: object
    source: str

    def refused(self, must: str) -> SettingsError:
        """Return the refusal that says what it must be."""
        name = f"COURTSIDE_{self.name.upper()}" if self.source == "environment" else self.name
        return SettingsError(f"{name} ({self.source}) must be {must}, not {self.raw!r}")


def text(value: Value) -> str:
    """Return a text that is not empty. Raises SettingsError."""
    if not isinstance(value.raw, str) or not value.raw.strip() or "\0" in value.raw:
        raise value.refused("a text that is not empty")
    return value.raw


def place(value: str, config_path: Path | None) -> str:
    """Return a warehouse's name; a relative path in the settings file counts from that file's folder."""
    if is_named(value):
        return value
    path = Path(value).expanduser()
    return str(config_path.parent / path if config_path is not None else path)


def located(value: str) -> str:
    """Return a warehouse's name by which it is one warehouse however it is written: of a file, its whole path without links."""
    return value if is_named(value) else os.path.realpath(value)


def is_named(value: str) -> bool:
    """Return whether a warehouse is the demo or stands at a URL, and is no file."""
    return value == DEMO or "://" in value


def color(value: Value) -> bool | None:
    """Return True for always, False for never, None for auto. Raises SettingsError."""
    if value.raw is None or str(value.raw).lower() == "auto":
        return None
    return _switch(value, "always, never or auto")


def ascii_only(value: Value) -> bool:
    """Return whether the console keeps to ASCII. Raises SettingsError."""
    return _switch(value, "true or false")


def read_only(value: Value) -> bool | None:
    """Return whether nothing may be changed, None where it goes by the warehouse. Raises SettingsError."""
    return None if value.raw is None else _switch(value, "true or false")


def _switch(value: Value, must: str) -> bool:
    if isinstance(value.raw, bool):
        return value.raw
    word = str(value.raw).lower()
    if word not in _YES | _NO:
        raise value.refused(must)
    return word in _YES


def theme(value: Value) -> str:
    """Return a theme's name, or "" for the one last chosen in the console. Raises SettingsError."""
    if value.raw == "" or value.raw in THEMES:
        return str(value.raw)
    raise value.refused(f"one of {', '.join(THEMES)}")


def days(value: Value) -> int | None:
    """Return how many game dates the console shows, or None for its own default. Raises SettingsError."""
    raw = int(value.raw) if isinstance(value.raw, str) and value.raw.isdecimal() else value.raw
    if raw is None:
        return None
    if not isinstance(raw, int) or isinstance(raw, bool) or not 1 <= raw <= MOST_DAYS:
        raise value.refused(f"a whole number of game dates from 1 to {MOST_DAYS}")
    return raw


def seconds(value: Value) -> float:
    """Return seconds above 0 and up to an hour. Raises SettingsError."""
    raw = value.raw
    try:
        found = float(raw) if isinstance(raw, str | int | float) and not isinstance(raw, bool) else 0.0
    except ValueError:
        found = 0.0
    if not 0 < found <= LONGEST_DEADLINE_SECONDS:
        raise value.refused("above 0 and at most 3600 seconds")
    return found


def daily_gb(chosen: Mapping[str, object], path: Path) -> float | None:
    """Return the day's budget of a `[cost]` table in GB of 2^30, None for no budget. Raises SettingsError."""
    for name in chosen:
        if name != "daily_gb":
            raise SettingsError(f"cost.{name} in {path} is not a setting; there is daily_gb")
    raw = chosen.get("daily_gb", 0)
    if not isinstance(raw, int | float) or isinstance(raw, bool) or not 0 <= raw <= MOST_GB:
        must = f"from 0, for no budget, to {MOST_GB:,.0f} GB billed a day"
        raise Value("cost.daily_gb", raw, str(path)).refused(must)
    return float(raw) or None


def slack_channel(chosen: Mapping[str, object], path: Path) -> str:
    """Return the channel's id of a `[slack]` table, "" for none. Raises SettingsError, which repeats no secret."""
    for name in chosen:
        if name in ("token", "webhook"):
            raise SettingsError(
                f"slack.{name} in {path} is a secret, and secrets stand in no file: "
                f"take it out and set COURTSIDE_SLACK_{name.upper()}"
            )
        if name != "channel":
            raise SettingsError(f"slack.{name} in {path} is not a setting; there is channel")
    raw = chosen.get("channel", "")
    if raw == "":
        return ""
    if not isinstance(raw, str) or not _CHANNEL.fullmatch(raw):
        raise SettingsError(  # without the value: it may be a token that was put into the wrong line
            f"slack.channel ({path}) must be a channel's id such as C0123456789, which Slack shows at the end of the "
            "channel's details"
        )
    return raw


def serve_tokens(chosen: Mapping[str, object], path: Path) -> Path | None:
    """Return the tokens file of a `[serve]` table, None for none; a relative path counts from the folder of the settings file.

    Raises SettingsError, which repeats no secret.
    """
    for name in chosen:
        if name != "tokens":
            raise SettingsError(f"serve.{name} in {path} is not a setting; there is tokens")
    raw = chosen.get("tokens")
    if raw is None:
        return None
    if not isinstance(raw, str) or not raw.strip() or "\0" in raw or _TOKEN.search(raw):
        raise SettingsError(  # without the value: it may be the tokens themselves
            f"serve.tokens ({path}) must be the path of a file that holds the tokens, each in a line as NAME:SCOPE:SECRET"
        )
    return path.parent / Path(raw).expanduser()


def workers_firestore(chosen: Mapping[str, object], path: Path) -> str:
    """Return the project of a `[workers]` table, "" for none. Raises SettingsError."""
    for name in chosen:
        if name != "firestore":
            raise SettingsError(f"workers.{name} in {path} is not a setting; there is firestore")
    value = Value("workers.firestore", chosen.get("firestore", ""), str(path))
    if not isinstance(value.raw, str) or not _PROJECT.fullmatch(value.raw):
        raise value.refused("a Google Cloud project such as nba-props-prod")
    return value.raw


def audit_checkout(chosen: Mapping[str, object], path: Path) -> Path | None:
    """Return the checkout of an `[audit]` table, None for none; a relative path counts from the folder of the settings file.

    Raises SettingsError.
    """
    for name in chosen:
        if name != "checkout":
            raise SettingsError(f"audit.{name} in {path} is not a setting; there is checkout")
    if "checkout" not in chosen:
        return None
    raw = text(Value("audit.checkout", chosen["checkout"], str(path)))
    return path.parent / Path(raw).expanduser()


def processors(chosen: Mapping[str, object], path: Path) -> Mapping[str, str]:
    """Return the base URLs of a `[processors]` table by phase. Raises SettingsError.

    Only https: what is sent there carries an identity token. Loopback may be http, and gets none.
    """
    return {phase: _address(Value(f"processors.{phase}", raw, str(path)), phase) for phase, raw in chosen.items()}


def _address(value: Value, phase: str) -> str:
    from urllib.parse import urlsplit  # noqa: PLC0415  # the first frame posts nothing

    if phase not in PHASES_WITH_PROCESSORS:
        known = ", ".join(PHASES_WITH_PROCESSORS)
        raise SettingsError(f"{value.name} in {value.source} is not a setting; there are {known}")
    try:
        parts = urlsplit(value.raw if isinstance(value.raw, str) else "")
        host, _ = parts.hostname or "", parts.port  # a port that is no number is only found out by asking for it
    except ValueError:
        parts, host = urlsplit(""), ""
    is_plain = parts.scheme == "http" and host in LOOPBACK
    if "@" in parts.netloc:  # without the value, in which a password stands
        raise SettingsError(
            f"{value.name} ({value.source}) must name no user: the service is asked with an identity token"
        )
    if (
        not host
        or not (parts.scheme == "https" or is_plain)
        or parts.query
        or parts.fragment
        or not _PRINTED(str(value.raw))
    ):
        raise value.refused(
            "the service's https address, such as https://phase2-abc-uc.a.run.app (http on this machine only)"
        )
    return str(value.raw).rstrip("/")


def table(content: Mapping[str, object], name: str, path: Path) -> Mapping[str, object]:
    """Return the table `[name]` of the settings file at `path`. Raises SettingsError."""
    found = content.get(name, {})
    if not isinstance(found, Mapping):
        raise SettingsError(f"{name} in {path} must be a table: start it with [{name}]")
    return found


def thresholds(chosen: Mapping[str, object], path: Path) -> Mapping[str, object]:
    """Return a `[policy]` table of which a policy can be made. Raises SettingsError."""
    if not chosen:
        return chosen
    from checks.policy import Policy, PolicyError  # noqa: PLC0415  # most settings change no threshold

    try:
        Policy.from_table(chosen)
    except PolicyError as error:
        raise SettingsError(f"{error} (in {path})") from error
    return chosen


def keys(chosen: Mapping[str, object], path: Path) -> Mapping[str, str]:
    """Return the `[keys]` table: a key for an action's id. Raises SettingsError for what the console's keymap refuses."""
    found = {name: text(Value(f"keys.{name}", key, str(path))) for name, key in chosen.items()}
    if found:
        from screens.keymap import refusals  # noqa: PLC0415  # few people change keys

        for refusal in refusals(found):
            raise SettingsError(f"{refusal} (in {path})")
    return found


def notify(chosen: Mapping[str, object], path: Path) -> Mapping[str, object]:
    """Return a `[notify]` table as people may see it. Raises SettingsError for what no choice can be made of."""
    if not chosen:
        return chosen
    from console.notify.choice import choice_of  # noqa: PLC0415  # the first frame tells nobody

    return _with_shown(chosen, "webhook", choice_of(chosen, path).webhook)


def watch(chosen: Mapping[str, object], path: Path) -> Mapping[str, object]:
    """Return a `[watch]` table as people may see it. Raises SettingsError for what cannot be."""
    if not chosen:
        return chosen
    from console.watching.choice import choice_of  # noqa: PLC0415  # the first frame watches nothing

    return _with_shown(chosen, "ping_url", choice_of(chosen, path).ping_url)


def _with_shown(chosen: Mapping[str, object], name: str, address: str) -> Mapping[str, object]:
    """Return a table in which an address stands without what makes it a secret."""
    from console.watching.choice import shown  # noqa: PLC0415  # as above

    return {**chosen, name: shown(address)} if address else chosen
