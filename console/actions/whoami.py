"""Who acts from this process, asked of the operating system."""

from __future__ import annotations

from collections.abc import Mapping

from console.actions.actor import Lookups, actor_of
from console.actions.entry import Actor
from console.actions.google_account import google_account


def current_actor(environment: Mapping[str, str]) -> Actor:
    """Return who this process acts for.

    `environment` are the process's variables, which name the SSH session that it runs in and where its Google login is kept.
    """
    return actor_of(environment, Lookups(_user, _host, lambda: google_account(environment)))


def _user() -> str:
    import getpass  # noqa: PLC0415  # only who acts is asked

    return getpass.getuser()


def _host() -> str:
    import socket  # noqa: PLC0415  # as above

    return socket.gethostname()
