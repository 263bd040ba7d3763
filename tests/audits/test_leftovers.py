"""A `--sync` that is asked to stop leaves no second copy behind; what one leaves that was killed is told and removed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from console.audits.copies import swapping, syncing
from console.audits.copies.leftovers import building_place
from console.audits.options import Options
from console.audits.values import AuditError
from console.cli import audit_changes
from tests.audits.conftest import Checkout, said
from tests.audits.copies import FUNCTIONS, drift, shared

__all__ = ["shared"]  # a fixture

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs signals")

_KILLED = """
import os, pathlib, signal, sys
from console.audits.copies import syncing
from console.audits.options import Options
root = pathlib.Path(sys.argv[1])
syncing.swap = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
syncing.apply(root, Options(), syncing.plan(root, Options()))
"""


def killed(checkout: Checkout) -> Path:
    """Let a `--sync` be killed when it has built a copy, and return what it left."""
    done = subprocess.run([sys.executable, "-c", _KILLED, str(checkout.root)], check=False)  # noqa: S603 # ours
    assert done.returncode == -signal.SIGKILL
    (left,) = (path for path in (checkout.root / FUNCTIONS / "a").iterdir() if path.name != "shared")
    return left


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_asked_to_stop_a_sync_ends_the_copy_under_way_and_leaves_nothing_beside_it(
    shared: Checkout, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    shared.write(f"{FUNCTIONS}/b/shared/clock.py", "NOW = 1\n")

    def interrupted(first: Path, second: Path, aside: Path) -> None:
        os.kill(os.getpid(), number)
        swapping.swap(first, second, aside)

    monkeypatch.setattr("console.audits.copies.syncing.swap", interrupted)
    change = audit_changes.syncing(shared.root, Options())
    with pytest.raises(AuditError, match=r"stopped as asked: 1 of 2 copies brought up to date.*run --sync again"):
        change.apply()
    assert {name.partition("/")[0] for name, _ in drift(shared)} == {"b"}
    for function in "ab":
        assert [path.name for path in (shared.root / FUNCTIONS / function).iterdir()] == ["shared"]


def test_a_hangup_that_nobody_is_to_heed_is_not_heeded(shared: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    shared.write(f"{FUNCTIONS}/b/shared/clock.py", "NOW = 1\n")

    def interrupted(first: Path, second: Path, aside: Path) -> None:
        os.kill(os.getpid(), signal.SIGHUP)
        swapping.swap(first, second, aside)

    monkeypatch.setattr("console.audits.copies.syncing.swap", interrupted)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        audit_changes.syncing(shared.root, Options()).apply()
    finally:
        signal.signal(signal.SIGHUP, before)
    assert drift(shared) == []


def test_what_a_killed_sync_left_is_told_whatever_is_looked_at_and_removed_by_the_next(shared: Checkout) -> None:
    left = killed(shared)
    path = left.relative_to(shared.root).as_posix()
    assert f"WARNING {path} killed_sync" in said(shared.audit("shared_drift"))
    assert said(shared.audit("shared_drift", only=frozenset())) == [f"WARNING {path} killed_sync"]
    plans = syncing.plan(shared.root, Options())
    assert plans[-1].steps == ("remove all of it, which a killed --sync left",)
    syncing.apply(shared.root, Options(), plans)
    assert drift(shared) == []
    assert [path.name for path in left.parent.iterdir()] == ["shared"]


def test_what_may_hold_the_only_copy_is_never_removed(shared: Checkout) -> None:
    left = killed(shared)
    (left.parent / "shared").rename(left / "old")
    path = left.relative_to(shared.root).as_posix()
    assert said(shared.audit("shared_drift")) == [f"ERROR {path} killed_sync_holds_copy"]
    before = shared.content()
    syncing.apply(shared.root, Options(), syncing.plan(shared.root, Options()))
    assert shared.content() == before


def test_folders_that_another_sync_is_building_in_or_that_somebody_made_are_left(shared: Checkout) -> None:
    copy = shared.root / FUNCTIONS / "a/shared"
    shared.write(f"{FUNCTIONS}/a/.shared.backup/clock.py", "mine\n")
    (copy.parent / ".shared.courtside-sync-link").symlink_to(shared.root / "shared")
    before = drift(shared)
    with building_place(copy) as home:
        assert home.is_dir()
        assert drift(shared) == before
    assert not home.exists()
    assert [drift_ for _, drift_ in before] == ["stale", "missing", "left_over"]


def test_a_folder_of_a_sync_is_no_copy_itself(shared: Checkout) -> None:
    left = killed(shared)
    options = Options(copies=(f"{FUNCTIONS}/*/*",))
    assert [one.copy for one in syncing.plan(shared.root, options)] == [
        f"{FUNCTIONS}/a/shared",
        left.relative_to(shared.root).as_posix(),
    ]


def test_where_folders_change_places_in_two_steps_nothing_is_left_either(
    shared: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(swapping, "_exchanged", lambda *_: False)
    audit_changes.syncing(shared.root, Options()).apply()
    assert [path.name for path in (shared.root / FUNCTIONS / "a").iterdir()] == ["shared"]
