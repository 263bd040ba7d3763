"""Who acts from this process, asked of the operating system."""

from __future__ import annotations

from collections.abc import Mapping

from console.actions.actor import Lookups, actor_of
from console.actions.entry import Actor


def current_actor(environment: Mapping[str, str]) -> Actor:
    """Return who this process acts for; its Google account is "", because finding that out may wait for the network.

    `environment` are the process's variables, which name the SSH session that it runs in.
    """
    return actor_of(environment, Lookups(_user, _host, lambda: ""))


def _user() -> str:
    import getpass  # noqa: PLC0415  # only who acts is asked

    return getpass.getuser()


def _host() -> str:
    import socket  # noqa: PLC0415  # as above

    return socket.gethostname()
