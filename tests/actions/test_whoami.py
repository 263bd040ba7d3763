"""Who acts from this very process."""

from __future__ import annotations

import getpass
import socket

from console.actions.whoami import current_actor


def test_this_process_acts_for_its_user_on_its_host_from_where_the_session_came() -> None:
    actor = current_actor({"SSH_CONNECTION": "203.0.113.7 50022 10.0.0.1 22"})
    assert (actor.user, actor.host) == (getpass.getuser(), socket.gethostname())
    assert (actor.origin, actor.account) == ("203.0.113.7", "")
