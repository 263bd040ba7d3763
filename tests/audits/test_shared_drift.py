"""Copies of the shared code are as the original is, or it is said how they differ; `--sync` never loses a change."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from console.audits import swapping, syncing
from console.audits.options import Options
from console.audits.shared_drift import differences
from console.audits.values import AuditError
from tests.audits.conftest import Checkout, said
from tests.audits.instants import seen_at_each_instant

FUNCTIONS = "orchestration/cloud_functions"


def drift(checkout: Checkout) -> list[tuple[str, str]]:
    return [(one.path.removeprefix(f"{FUNCTIONS}/"), one.drift.value) for one in differences(checkout.root, Options())]


@pytest.fixture
def shared(checkout: Checkout) -> Checkout:
    """A checkout whose original was changed twice after function `a` took its copy."""
    checkout.write("shared/clock.py", "NOW = 1\n")
    checkout.write("shared/utils/gone.py", "x = 1\n")
    for path in ("clock.py", "utils/gone.py"):
        checkout.write(f"{FUNCTIONS}/a/shared/{path}", checkout.read(f"shared/{path}"))
    checkout.commit()
    checkout.write("shared/clock.py", "NOW = 2\n")
    checkout.commit()
    checkout.write("shared/clock.py", "NOW = 3\n")
    (checkout.root / "shared/utils/gone.py").unlink()
    checkout.write("shared/new.py", "y = 1\n")
    checkout.commit()
    return checkout


def test_equal_copies_and_links_to_the_original_are_fine(checkout: Checkout) -> None:
    checkout.write("shared/clock.py", "NOW = 1\n")
    checkout.write(f"{FUNCTIONS}/a/shared/clock.py", "NOW = 1\n")
    checkout.write(f"{FUNCTIONS}/a/shared/__pycache__/clock.cpython-311.pyc", "x")
    (checkout.root / FUNCTIONS / "b").mkdir()
    (checkout.root / FUNCTIONS / "b/shared").symlink_to("../../../shared")
    (checkout.root / FUNCTIONS / "c/shared").mkdir(parents=True)
    (checkout.root / FUNCTIONS / "c/shared/clock.py").symlink_to("../../../../shared/clock.py")
    (checkout.root / FUNCTIONS / "without").mkdir()
    assert drift(checkout) == []


def test_stale_missing_and_left_over_files_are_told_apart_by_history(shared: Checkout) -> None:
    assert drift(shared) == [
        ("a/shared/clock.py", "stale"),
        ("a/shared/new.py", "missing"),
        ("a/shared/utils/gone.py", "left_over"),
    ]


def test_changes_that_the_original_never_had_are_told(shared: Checkout) -> None:
    shared.write(f"{FUNCTIONS}/a/shared/clock.py", "NOW = 99\n")
    shared.write(f"{FUNCTIONS}/a/shared/own.py", "z = 1\n")
    assert ("a/shared/clock.py", "changed") in drift(shared)
    assert ("a/shared/own.py", "extra") in drift(shared)


def test_without_history_nothing_is_called_stale(checkout: Checkout) -> None:
    checkout.write("shared/clock.py", "NOW = 2\n")
    checkout.write(f"{FUNCTIONS}/a/shared/clock.py", "NOW = 1\n")
    assert drift(checkout) == [("a/shared/clock.py", "changed")]


def test_links_that_lead_elsewhere_are_told_and_not_followed(checkout: Checkout, tmp_path: Path) -> None:
    checkout.write("shared/clock.py", "NOW = 1\n")
    (tmp_path / "elsewhere").mkdir()
    (checkout.root / FUNCTIONS / "a").mkdir(parents=True)
    (checkout.root / FUNCTIONS / "a/shared").symlink_to(tmp_path / "elsewhere")
    (checkout.root / FUNCTIONS / "b").mkdir()
    (checkout.root / FUNCTIONS / "b/shared").symlink_to("nowhere")
    assert drift(checkout) == [("a/shared", "stray_link"), ("b/shared", "stray_link")]


def test_findings_are_files_of_the_copy(shared: Checkout) -> None:
    assert said(shared.audit("shared_drift")) == [
        f"ERROR {FUNCTIONS}/a/shared/clock.py stale",
        f"WARNING {FUNCTIONS}/a/shared/new.py missing",
        f"WARNING {FUNCTIONS}/a/shared/utils/gone.py left_over",
    ]


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
    assert plan.refused == "it holds what the original never had: own.py"
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


def content_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_cannot_be_read_is_unknown_and_no_copy_of_it_is_touched(shared: Checkout) -> None:
    for place in ("shared", f"{FUNCTIONS}/a/shared"):
        os.mkfifo(shared.root / place / "pipe")
    assert ("a/shared/pipe", "unreadable") in drift(shared)
    (plan,) = syncing.plan(shared.root, Options())
    assert plan.refused == "it, or the original, holds what cannot be read: pipe"


def test_an_original_behind_a_link_out_of_the_folder_is_not_looked_at(checkout: Checkout, tmp_path: Path) -> None:
    (tmp_path / "elsewhere/shared").mkdir(parents=True)
    (tmp_path / "elsewhere/shared/clock.py").write_text("NOW = 1\n")
    (checkout.root / "out").symlink_to(tmp_path / "elsewhere")
    checkout.write(f"{FUNCTIONS}/a/shared/clock.py", "NOW = 2\n")
    assert differences(checkout.root, Options(shared="out/shared")) == ()
