"""`--sync` brings a copy up to date whole or not at all, and never loses a change."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from console.audits.copies import swapping, syncing
from console.audits.options import Options
from console.audits.values import AuditError
from tests.audits.conftest import Checkout
from tests.audits.copies import FUNCTIONS, content_of, drift, sentence, shared
from tests.audits.instants import seen_at_each_instant

__all__ = ["shared"]  # a fixture


def test_what_a_sync_wrote_of_an_original_that_was_not_committed_is_never_called_somebodys_change(
    shared: Checkout,
) -> None:
    for text in ("NOW = 4\n", "NOW = 5\n"):
        shared.write("shared/clock.py", text)
        plans = syncing.plan(shared.root, Options())
        syncing.apply(shared.root, Options(), plans)
    assert shared.read(f"{FUNCTIONS}/a/shared/clock.py") == "NOW = 4\n"
    assert sentence(shared, "clock.py") == (
        "differs from shared/clock.py, and is no version of it that was ever committed under that name"
    )
    assert (
        plans[0].refused == "it holds what was never committed as a version of the original, under its name: clock.py"
    )
    shared.write("shared/clock.py", "NOW = 4\n")
    shared.commit()
    shared.write("shared/clock.py", "NOW = 5\n")
    assert drift(shared) == [("a/shared/clock.py", "stale")]


def test_a_folder_where_the_original_has_a_file_is_replaced(shared: Checkout) -> None:
    (shared.root / FUNCTIONS / "a/shared/new.py/__pycache__").mkdir(parents=True)
    assert ("a/shared/new.py", "folder") in drift(shared)
    plans = syncing.plan(shared.root, Options())
    assert "replace new.py" in plans[0].steps
    syncing.apply(shared.root, Options(), plans)
    assert drift(shared) == []
    assert shared.read(f"{FUNCTIONS}/a/shared/new.py") == "y = 1\n"


def test_a_folder_with_a_file_of_its_own_where_the_original_has_a_file_is_refused(shared: Checkout) -> None:
    shared.write(f"{FUNCTIONS}/a/shared/new.py/own.py", "z = 1\n")
    (plan,) = syncing.plan(shared.root, Options())
    assert (
        plan.refused == "it holds what was never committed as a version of the original, under its name: new.py/own.py"
    )


def test_a_file_that_became_a_folder_and_a_folder_that_became_a_file_are_synced(checkout: Checkout) -> None:
    for place in ("shared", f"{FUNCTIONS}/a/shared"):
        checkout.write(f"{place}/one", "1\n")
        checkout.write(f"{place}/two/x.py", "x = 1\n")
    checkout.commit()
    (checkout.root / "shared/one").unlink()
    (checkout.root / "shared/two/x.py").unlink()
    (checkout.root / "shared/two").rmdir()
    checkout.write("shared/one/y.py", "y = 1\n")
    checkout.write("shared/two", "2\n")
    checkout.git("add", "shared")
    syncing.apply(checkout.root, Options(), syncing.plan(checkout.root, Options()))
    assert drift(checkout) == []


def test_sync_brings_a_copy_up_to_date_and_leaves_no_trace(shared: Checkout) -> None:
    plans = syncing.plan(shared.root, Options())
    assert plans[0].steps == ("update clock.py", "add new.py", "remove utils/gone.py")
    assert syncing.apply(shared.root, Options(), plans) == (f"{FUNCTIONS}/a/shared",)
    assert drift(shared) == []
    assert [path.name for path in (shared.root / FUNCTIONS / "a").iterdir()] == ["shared"]
    assert not (shared.root / FUNCTIONS / "a/shared/utils").exists()


def test_planning_a_sync_changes_nothing(shared: Checkout) -> None:
    before = shared.content()
    syncing.plan(shared.root, Options())
    assert shared.content() == before


def test_a_copy_with_changes_of_its_own_is_refused_whole(shared: Checkout) -> None:
    shared.write(f"{FUNCTIONS}/a/shared/own.py", "z = 1\n")
    (plan,) = syncing.plan(shared.root, Options())
    before = shared.content()
    assert plan.refused == "it holds what was never committed as a version of the original, under its name: own.py"
    assert syncing.apply(shared.root, Options(), [plan]) == ()
    assert shared.content() == before


def test_a_copy_that_changed_after_it_was_looked_at_is_left(shared: Checkout) -> None:
    plans = syncing.plan(shared.root, Options())
    shared.write(f"{FUNCTIONS}/a/shared/clock.py", "NOW = 99\n")
    with pytest.raises(AuditError, match="has changed since"):
        syncing.apply(shared.root, Options(), plans)
    assert shared.read(f"{FUNCTIONS}/a/shared/clock.py") == "NOW = 99\n"


def test_a_failure_half_way_leaves_the_old_copy(shared: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    plans = syncing.plan(shared.root, Options())
    before = shared.content()
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(swapping, "_exchanged", lambda *_: False)
    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="No space"):
        syncing.apply(shared.root, Options(), plans)
    assert shared.content() == before


def test_where_the_system_cannot_exchange_folders_the_copy_is_replaced_all_the_same(
    shared: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(swapping, "_exchanged", lambda *_: False)
    syncing.apply(shared.root, Options(), syncing.plan(shared.root, Options()))
    assert drift(shared) == []
    assert [path.name for path in (shared.root / FUNCTIONS / "a").iterdir()] == ["shared"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux exchanges folders in one step")
def test_killed_at_any_instant_the_copy_is_the_old_one_or_the_new_one_and_never_a_part(shared: Checkout) -> None:
    plans = syncing.plan(shared.root, Options())
    copy = shared.root / FUNCTIONS / "a/shared"
    before, after = content_of(copy), content_of(shared.root / "shared")
    seen = seen_at_each_instant(
        lambda: syncing._replace(copy, shared.root / "shared", plans[0].changes), lambda: content_of(copy)
    )
    assert seen == [before, after]
