"""What git ignores, secrets and what editors leave are no part of the shared code: no copy lacks them or is given them."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.audits.copies import syncing
from console.audits.options import Options
from tests.audits.conftest import Checkout
from tests.audits.copies import FUNCTIONS, content_of, drift, linked, sentence

COPY = f"{FUNCTIONS}/a/shared"
ODD = ("sp ace.py", "new\nline.py", "-dash.py", "ünï.py", "bad\udcff.py", "[a]*.py", ":(top).py")


def filled(checkout: Checkout) -> Checkout:
    """Fill the original with code and with what lies beside it on one machine."""
    checkout.write(".gitignore", ".env\nsecret/\nignored *\n")
    for name in (".env", "secret/key.json", "secret/deep/key.json", "clock.py", *ODD, *(f"ignored {n}" for n in ODD)):
        checkout.write(f"shared/{name}", "1\n")
    for name in (".x.py.swp", "x.py~", ".env.local", "deploy.pem", ".idea/workspace.xml", "utils/.#x.py"):
        checkout.write(f"shared/{name}", "1\n")
    (checkout.root / COPY).mkdir(parents=True)
    return checkout


def synced(checkout: Checkout) -> set[str]:
    syncing.apply(checkout.root, Options(), syncing.plan(checkout.root, Options()))
    return set(content_of(checkout.root / COPY))


def test_no_copy_is_given_what_git_ignores_nor_what_an_editor_or_a_secret_leaves_in_a_folder(
    checkout: Checkout,
) -> None:
    filled(checkout)
    checkout.git("init", "-q")
    secrets = [(f"shared/{name}", "withheld") for name in (".env.local", "deploy.pem")]
    missing = [(f"a/shared/{name}", "missing") for name in ("clock.py", *ODD)]
    assert sorted(drift(checkout)) == sorted([*missing, *secrets])
    assert synced(checkout) == {"clock.py", *ODD}
    assert drift(checkout) == secrets


def test_what_git_keeps_is_shared_whatever_its_name_and_what_it_does_not_know_yet_too(checkout: Checkout) -> None:
    filled(checkout)
    checkout.git("init", "-q")
    checkout.git("add", "-f", "shared/.env", "shared/deploy.pem")
    assert synced(checkout) == {".env", "deploy.pem", "clock.py", *ODD}


def test_without_git_secrets_and_what_editors_leave_are_told_by_their_names(checkout: Checkout) -> None:
    filled(checkout)
    assert synced(checkout) & {".env", ".env.local", ".x.py.swp", "x.py~", "deploy.pem", ".idea/workspace.xml"} == set()
    assert {"clock.py", "secret/key.json"} <= synced(checkout), "without a git nobody says that it is one"


SECRETS = (
    "credentials.json",
    "GCP-Credential.json",
    "my-service-account.json",
    "client_secret_1.json",
    "prod.env",
    "id_rsa",
    "x.jks",
)
LEFT = ("a.py.orig", "a.py.rej", "a.py.bak")


def test_what_is_named_like_a_secret_is_not_copied_though_files_of_its_kind_are_shared_and_that_is_said(
    checkout: Checkout,
) -> None:
    for name in ("clock.py", "schema.json", "team.env", "x.orig"):
        checkout.write(f"shared/{name}", "1\n")
        checkout.write(f"{COPY}/{name}", "1\n")
    checkout.commit()
    for name in (*SECRETS, *LEFT):
        checkout.write(f"shared/{name}", "SECRET")
    assert drift(checkout) == [(f"shared/{name}", "withheld") for name in sorted(SECRETS)]
    assert synced(checkout) == {"clock.py", "schema.json", "team.env", "x.orig"}
    (plan,) = syncing.plan(checkout.root, Options())
    assert plan.refused == (
        "left out of the copies, as git does not keep it and it is named like a secret or like nothing that git keeps here; git "
        "add it if it is no secret and to be shared: GCP-Credential.json, client_secret_1.json, credentials.json and 4 more"
    )
    assert checkout.audit("shared_drift").spots == (), "a note, no finding"


def test_what_git_does_not_know_is_shared_only_where_it_is_python_or_of_a_kind_that_git_keeps_there(
    checkout: Checkout,
) -> None:
    for name in ("clock.py", "sql/games.sql", "LICENSE"):
        checkout.write(f"shared/{name}", "1\n")
        checkout.write(f"{COPY}/{name}", "1\n")
    checkout.write("elsewhere.log", "1\n")
    checkout.commit()
    for name in ("new.py", "id_map.py", "id_tools/x.py", "deep/new.sql", "q.log", "key", "dump.csv"):
        checkout.write(f"shared/{name}", "1\n")
    added = {"new.py", "id_map.py", "id_tools/x.py", "deep/new.sql"}
    withheld = [(f"shared/{name}", "withheld") for name in ("dump.csv", "key", "q.log")]
    assert sorted(drift(checkout)) == sorted([*((f"a/shared/{name}", "missing") for name in added), *withheld])
    assert synced(checkout) == {"clock.py", "sql/games.sql", "LICENSE", *added}
    checkout.git("add", "shared/q.log")
    assert "q.log" in synced(checkout), "whoever adds it says that it is shared"


def test_a_link_to_what_git_does_not_know_and_keeps_nothing_like_is_unknown_and_never_copied(
    checkout: Checkout,
) -> None:
    checkout.write("shared/clock.py", "1\n")
    checkout.write(f"{COPY}/clock.py", "1\n")
    linked(checkout, "shared/key", "../conf/robot.txt")
    checkout.commit()
    checkout.write("conf/robot.txt", "SECRET")
    assert drift(checkout) == [("a/shared/key", "original_link")]


def test_without_git_too_what_is_named_like_a_secret_is_not_copied_and_that_is_said(checkout: Checkout) -> None:
    for name in ("clock.py", "q.log", *SECRETS, *LEFT):
        checkout.write(f"shared/{name}", "1\n")
    (checkout.root / COPY).mkdir(parents=True)
    assert synced(checkout) == {"clock.py", "q.log"}
    assert drift(checkout) == [(f"shared/{name}", "withheld") for name in sorted(SECRETS)]


def test_what_git_ignores_in_a_copy_alone_is_no_drift_and_stays(checkout: Checkout) -> None:
    checkout.write(".gitignore", ".env\n.venv\n")
    checkout.write("shared/clock.py", "NOW = 1\n")
    checkout.write(f"{COPY}/.env", "KEY=1\n")
    checkout.write(f"{COPY}/.clock.py.swp", "x")
    linked(checkout, f"{COPY}/.venv", "/nowhere")
    checkout.git("init", "-q")
    assert drift(checkout) == [("a/shared/clock.py", "missing")]
    assert synced(checkout) == {"clock.py", ".env", ".clock.py.swp"}
    assert drift(checkout) == []


def test_an_ignored_copy_still_shows_what_was_removed_from_the_original_since(checkout: Checkout) -> None:
    checkout.write(".gitignore", f"{FUNCTIONS}/*/shared/\n")
    for name in ("clock.py", "gone.py"):
        checkout.write(f"shared/{name}", f"{name!r}\n")
        checkout.write(f"{COPY}/{name}", f"{name!r}\n")
    checkout.write(f"{COPY}/own.txt", "x\n")
    checkout.commit()
    (checkout.root / "shared/gone.py").unlink()
    assert drift(checkout) == [("a/shared/gone.py", "left_over")]


@pytest.mark.parametrize(("own", "shared"), [("conf", "conf/x.py"), ("conf/x.py", "conf")])
def test_what_is_ignored_and_stands_in_the_way_of_the_original_is_never_lost(
    checkout: Checkout, own: str, shared: str
) -> None:
    checkout.write(".gitignore", f"{FUNCTIONS}/*/shared/\n")
    checkout.write(f"shared/{shared}", "x = 1\n")
    checkout.write(f"{COPY}/{own}", "mine\n")
    checkout.commit()
    (plan,) = syncing.plan(checkout.root, Options())
    assert plan.refused.endswith(f"under its name: {own}")


def test_a_link_of_the_original_to_what_git_ignores_is_unknown_and_never_copied(checkout: Checkout) -> None:
    checkout.write(".gitignore", "key.json\nprivate/\n")
    checkout.write("conf/key.json", "SECRET")
    checkout.write("lib/private/key", "SECRET")
    checkout.write("lib/x.py", "x = 1\n")
    linked(checkout, "shared/key", "../conf/key.json")
    linked(checkout, "shared/lib", "../lib")
    (checkout.root / COPY).mkdir(parents=True)
    checkout.git("init", "-q")
    assert drift(checkout) == [("a/shared/key", "original_link"), ("a/shared/lib/x.py", "missing")]
    assert sentence(checkout, "key").endswith("or to what git ignores")


def test_where_git_cannot_say_what_it_ignores_nothing_is_copied(checkout: Checkout) -> None:
    checkout.write("shared/key.json", "SECRET")
    checkout.write("shared/.env", "SECRET")
    (checkout.root / COPY).mkdir(parents=True)
    checkout.git("init", "-q")
    checkout.write(".git/config", "[broken\n")
    assert drift(checkout) == [("a/shared/key.json", "unasked")]
    (plan,) = syncing.plan(checkout.root, Options())
    assert plan.refused == "git could not be asked what it ignores, which may be a secret: key.json"


def test_with_an_original_that_git_ignores_as_a_whole_nothing_was_compared(checkout: Checkout) -> None:
    checkout.write(".gitignore", "/shared/\n")
    checkout.write("shared/clock.py", "NOW = 1\n")
    checkout.write(f"{COPY}/clock.py", "NOW = 1\n")
    checkout.commit()
    assert drift(checkout) == [("shared", "no_original")]


def test_of_a_repository_inside_the_original_it_counts_what_it_ignores_and_whether_it_is_ignored(
    checkout: Checkout,
) -> None:
    checkout.write(".gitignore", "private/\n")
    checkout.write("shared/clock.py", "NOW = 1\n")
    checkout.write(f"{COPY}/clock.py", "NOW = 1\n")
    checkout.git("init", "-q")
    for name in ("private", "vendored"):
        inner = Checkout(checkout.root / "shared" / name)
        inner.write(".gitignore", "key.json\n")
        inner.write("key.json", "SECRET")
        inner.write("x.py", "x = 1\n")
        inner.git("init", "-q")
        inner.git("add", ".gitignore")
    assert drift(checkout) == [("a/shared/vendored/.gitignore", "missing"), ("a/shared/vendored/x.py", "missing")]


def test_a_checkout_below_a_folder_of_an_editor_is_compared_all_the_same(tmp_path: Path) -> None:
    (tmp_path / ".vscode/x").mkdir(parents=True)
    below = Checkout(tmp_path / ".vscode/x")
    below.write("shared/clock.py", "NOW = 1\n")
    (below.root / COPY).mkdir(parents=True)
    assert drift(below) == [("a/shared/clock.py", "missing")]
