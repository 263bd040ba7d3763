"""Which Google account this process is logged in as, as far as the files of its login tell: nobody is asked over the network."""

from __future__ import annotations

import configparser
import json
from collections.abc import Mapping
from pathlib import Path

ADC = "application_default_credentials.json"
_LARGEST = 1 << 20
"""Bytes of a file of this kind; a larger one is none."""


def google_account(environment: Mapping[str, str]) -> str:
    """Return the account of the application default credentials, else the one that gcloud uses; "" where no file names one.

    The files are those that google.auth and gcloud read: GOOGLE_APPLICATION_CREDENTIALS, and the folder CLOUDSDK_CONFIG or
    ~/.config/gcloud. Only the account is taken from them.
    """
    key_file = environment.get("GOOGLE_APPLICATION_CREDENTIALS", "")
    if key_file:
        return _of_key(Path(key_file))
    folder = _gcloud(environment)
    return "" if folder is None else _of_key(folder / ADC) or _of_gcloud(folder)


def _gcloud(environment: Mapping[str, str]) -> Path | None:
    if chosen := environment.get("CLOUDSDK_CONFIG"):
        return Path(chosen)
    home = environment.get("HOME")
    return Path(home) / ".config" / "gcloud" if home else None


def _of_key(path: Path) -> str:
    """Return whom credentials in a file are for: a service account's address, or the user that gcloud noted."""
    try:
        values = json.loads(_text(path))
    except ValueError:
        return ""
    if not isinstance(values, dict):
        return ""
    found = values.get("client_email") or values.get("account")
    return found if isinstance(found, str) else ""


def _of_gcloud(folder: Path) -> str:
    name = _text(folder / "active_config").strip() or "default"
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(_text(folder / "configurations" / f"config_{Path(name).name}"))
    except configparser.Error:  # courtside: ignore[silent_exceptions] a file that names nobody, as the docstring says
        return ""
    return parser.get("core", "account", fallback="")


def _text(path: Path) -> str:
    """Return what is in a file; "" for one that is not there, cannot be read or is no text."""
    try:
        if path.stat().st_size > _LARGEST:
            return ""
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):  # courtside: ignore[silent_exceptions] as above: most machines have no such file
        return ""
