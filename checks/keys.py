"""The key of an incident: environment, cause and scope, short enough for any system that keeps it. Pure."""

from __future__ import annotations

import hashlib

LONGEST_KEY = 255
"""Characters of a key, so that any system that an alert is sent to can keep it (PagerDuty's dedup_key holds 255)."""

_LONGEST_PLACE = 80
_MARK = "~"
_DIGITS = 16


def fitting(key: str, longest: int = LONGEST_KEY) -> str:
    """Return a key in at most so many characters; a longer one ends with what tells it from others that begin alike."""
    return key if len(key) <= longest else _told_apart(key, key, longest)


def cause_key(name: str, scope: str) -> str:
    """Return the key of a cause, and of its scope where it has one; at most 255 characters."""
    return fitting(f"{name}:{scope}" if scope else name)


def incident_key(place: str, cause: str) -> str:
    """Return the key of an incident: the environment, a bar, the cause's key; at most 255 characters.

    The environment never holds a bar and is always there, so that `place_of` and `cause_of` can take a key apart.
    """
    return fitting(f"{_environment(place)}|{cause}")


def place_of(key: str) -> str:
    """Return the environment that stands in an incident's key."""
    return key.partition("|")[0]


def cause_of(key: str) -> str:
    """Return the cause and scope that stand in an incident's key."""
    return key.partition("|")[2]


def _environment(place: str) -> str:
    if "|" not in place:
        return fitting(place, _LONGEST_PLACE)
    return _told_apart(place.replace("|", "/"), place, _LONGEST_PLACE)


def _told_apart(shown: str, whole: str, longest: int) -> str:
    digest = hashlib.sha256(whole.encode()).hexdigest()[:_DIGITS]
    return f"{shown[: longest - len(_MARK) - _DIGITS]}{_MARK}{digest}"
