"""Who acts from this very process."""

from __future__ import annotations

import getpass
import json
import socket
from pathlib import Path

import pytest

from console.actions.whoami import current_actor


def test_this_process_acts_for_its_user_on_its_host_from_where_the_session_came() -> None:
    actor = current_actor({"SSH_CONNECTION": "203.0.113.7 50022 10.0.0.1 22"})
    assert (actor.user, actor.host) == (getpass.getuser(), socket.gethostname())
    assert (actor.origin, actor.account) == ("203.0.113.7", "")


ANN = "ann@example.com"


def gcloud_of(home: Path) -> Path:
    folder = home / ".config" / "gcloud"
    (folder / "configurations").mkdir(parents=True)
    return folder


def test_a_key_file_names_its_service_account_and_nothing_else_of_it_is_taken(tmp_path: Path) -> None:
    key = tmp_path / "key.json"
    key.write_text(json.dumps({"client_email": "bot@prod.iam.gserviceaccount.com", "private_key": "SECRET"}))
    actor = current_actor({"GOOGLE_APPLICATION_CREDENTIALS": str(key), "HOME": str(tmp_path)})
    assert actor.account == "bot@prod.iam.gserviceaccount.com"
    assert "SECRET" not in repr(actor)


def test_the_default_login_names_its_user(tmp_path: Path) -> None:
    (gcloud_of(tmp_path) / "application_default_credentials.json").write_text(
        json.dumps({"account": ANN, "refresh_token": "SECRET"})
    )
    assert current_actor({"HOME": str(tmp_path)}).account == ANN


@pytest.mark.parametrize("active", ["", "work"])
def test_where_the_login_names_nobody_it_is_the_account_that_gcloud_uses(tmp_path: Path, active: str) -> None:
    folder = gcloud_of(tmp_path)
    (folder / "application_default_credentials.json").write_text(json.dumps({"account": "", "client_id": "x"}))
    (folder / "active_config").write_text(active)
    (folder / "configurations" / f"config_{active or 'default'}").write_text(f"[core]\naccount = {ANN}\n")
    assert current_actor({"CLOUDSDK_CONFIG": str(folder)}).account == ANN


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe", b'{"client_email": 3}', b"[core\naccount"])
def test_a_file_that_names_nobody_is_no_account(tmp_path: Path, content: bytes) -> None:
    folder = gcloud_of(tmp_path)
    (folder / "application_default_credentials.json").write_bytes(content)
    (folder / "configurations" / "config_default").write_bytes(content)
    assert current_actor({"HOME": str(tmp_path)}).account == ""
