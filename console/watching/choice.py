"""The `[watch]` table of the settings file, judged. The ping URL is a secret: whoever knows it can pretend to be alive."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from console.setting_values import LOOPBACK, SettingsError, Value

PING_URL = "COURTSIDE_PING_URL"
_NAMES = ("ping_url", "several_hosts")
_PRINTED = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Choice:
    """`ping_url` is an address or ""; `several_hosts` is whether watchers of other machines watch the same warehouse."""

    ping_url: str = field(default="", repr=False)
    several_hosts: bool = False

    def pinged(self, environment: Mapping[str, str]) -> str:
        """Return the address to ping, that of the environment before the file's, "" for none. Raises SettingsError."""
        given = environment.get(PING_URL, "")
        return _address(Value(PING_URL, given, "environment")) if given else self.ping_url


def choice_of(chosen: Mapping[str, object], path: Path) -> Choice:
    """Return a `[watch]` table, judged. Raises SettingsError that names what is wrong, and repeats no secret."""
    for name in chosen:
        if name not in _NAMES:
            raise SettingsError(f"watch.{name} in {path} is not a setting; there are {' and '.join(_NAMES)}")
    several = chosen.get("several_hosts", False)
    if not isinstance(several, bool):
        raise Value("watch.several_hosts", several, str(path)).refused("true or false")
    url = chosen.get("ping_url", "")
    return Choice(_address(Value("watch.ping_url", url, str(path))) if url != "" else "", several)


def shown(address: str) -> str:
    """Return an address without what makes it a secret: scheme and host."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname}/…"


def _address(value: Value) -> str:
    raw = value.raw if isinstance(value.raw, str) else ""
    try:
        parts = urlsplit(raw)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    if not host or not is_safe or "@" in parts.netloc or parts.query or parts.fragment or not _PRINTED.fullmatch(raw):
        raise SettingsError(  # without the value, which is a secret
            f"{value.name} ({value.source}) must be an https:// address without a user and without ? or #, such as "
            "https://hc-ping.com/ and the check's id (http on this machine only)"
        )
    return raw.rstrip("/")
