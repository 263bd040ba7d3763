from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from console.actions.actor import Lookups, actor_of, ssh_origin
from console.actions.entry import Actor


def failing(error: Exception) -> Callable[[], str]:
    def lookup() -> str:
        raise error

    return lookup


@pytest.mark.parametrize(
    ("environment", "origin"),
    [
        ({}, ""),
        ({"SSH_CONNECTION": ""}, ""),
        ({"SSH_CONNECTION": "203.0.113.7 50022 10.0.0.1 22"}, "203.0.113.7"),
        ({"SSH_CLIENT": "203.0.113.7 50022 22"}, "203.0.113.7"),
        ({"SSH_CONNECTION": "203.0.113.7 50022 10.0.0.1 22", "SSH_CLIENT": "198.51.100.1 1 22"}, "203.0.113.7"),
        ({"SSH_CONNECTION": "2001:DB8::7 50022 2001:db8::1 22"}, "2001:db8::7"),
        ({"SSH_CONNECTION": "fe80::1%eth0 50022 fe80::2%eth0 22"}, "fe80::1%eth0"),
        ({"SSH_CONNECTION": "UNKNOWN 65535 UNKNOWN 65535"}, "unknown"),
        ({"SSH_CONNECTION": "\x1b[31mroot"}, "unknown"),
    ],
)
def test_the_origin_is_the_address_that_the_ssh_session_came_from(environment: Mapping[str, str], origin: str) -> None:
    assert ssh_origin(environment) == origin


def test_who_acts_is_user_host_origin_and_account() -> None:
    lookups = Lookups(lambda: "ann", lambda: "ops-1", lambda: "ann@example.com")
    assert actor_of({"SSH_CLIENT": "203.0.113.7 50022 22"}, lookups) == Actor(
        "ann", "ops-1", "203.0.113.7", "ann@example.com"
    )


def test_on_the_machine_itself_and_without_google_there_is_no_origin_and_no_account() -> None:
    assert actor_of({}, Lookups(lambda: "ann", lambda: "ops-1", lambda: "")) == Actor("ann", "ops-1")


@pytest.mark.parametrize("error", [OSError("no"), KeyError("getpwuid(): uid not found: 1000"), ImportError("pwd")])
def test_who_cannot_be_found_out_is_unknown_and_hinders_nothing(error: Exception) -> None:
    broken = failing(error)
    assert actor_of({}, Lookups(broken, broken, broken)) == Actor("unknown", "unknown")


def test_a_name_of_nothing_is_unknown() -> None:
    assert actor_of({}, Lookups(lambda: "", lambda: " ", lambda: "")) == Actor("unknown", "unknown")
