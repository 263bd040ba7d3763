"""Who acts, from what the process was given. Pure: the look-ups come in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from console.actions.entry import Actor

UNKNOWN = "unknown"
"""What could not be found out; an entry with a gap is better than an action without an entry."""


@dataclass(frozen=True, slots=True)
class Lookups:
    """Asks the operating system for the user's and the host's name, and Google for the account ("" without one).

    Each may raise OSError, KeyError or ImportError, as `getpass.getuser` does for a user without a name.
    """

    user: Callable[[], str]
    host: Callable[[], str]
    account: Callable[[], str]


def actor_of(environment: Mapping[str, str], lookups: Lookups) -> Actor:
    """Return who acts; `unknown` stands for a user or host that has no name."""
    return Actor(
        user=_asked(lookups.user) or UNKNOWN,
        host=_asked(lookups.host) or UNKNOWN,
        origin=ssh_origin(environment),
        account=_asked(lookups.account),
    )


def ssh_origin(environment: Mapping[str, str]) -> str:
    """Return the address that the SSH session came from, "" outside of one, `unknown` where it names none.

    sshd writes `client port server port` into SSH_CONNECTION and, as older ones do, `client port port` into SSH_CLIENT (sshd(8));
    the client is UNKNOWN where the connection is no socket.
    """
    given = environment.get("SSH_CONNECTION", "").split() or environment.get("SSH_CLIENT", "").split()
    if not given:
        return ""
    try:
        return str(ip_address(given[0]))
    except ValueError:
        return UNKNOWN


def _asked(lookup: Callable[[], str]) -> str:
    try:
        return lookup().strip()
    # courtside: ignore[silent_exceptions] the next source of a name is asked, and a name is only said, never trusted
    except (OSError, KeyError, ImportError):
        return ""
