"""Links in the shared code and its copies: an original's counts as what it leads to, a copy's must lead to the original."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.audits.copies import syncing
from console.audits.copies.drift import Drift
from console.audits.copies.shared_drift import differences
from console.audits.options import Options
from tests.audits.conftest import Checkout, said
from tests.audits.copies import FUNCTIONS, content_of, drift, linked, sentence, shared

__all__ = ["shared"]  # a fixture


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


def test_a_link_in_the_original_is_copied_as_what_it_leads_to(checkout: Checkout) -> None:
    checkout.write("conf/conf.py", "A = 1\n")
    checkout.write("lib/deep/x.py", "x = 1\n")
    linked(checkout, "shared/conf.py", "../conf/conf.py")
    linked(checkout, "shared/lib", "../lib")
    (checkout.root / FUNCTIONS / "a/shared").mkdir(parents=True)
    assert drift(checkout) == [("a/shared/conf.py", "missing"), ("a/shared/lib/deep/x.py", "missing")]
    syncing.apply(checkout.root, Options(), syncing.plan(checkout.root, Options()))
    copy = checkout.root / FUNCTIONS / "a/shared"
    assert content_of(copy) == {"conf.py": b"A = 1\n", "lib/deep/x.py": b"x = 1\n"}
    assert [path for path in copy.rglob("*") if path.is_symlink()] == []
    assert drift(checkout) == []


def test_a_copy_of_what_a_link_in_the_original_led_to_before_is_stale(checkout: Checkout) -> None:
    checkout.write("conf/conf.py", "A = 1\n")
    linked(checkout, "shared/conf.py", "../conf/conf.py")
    checkout.write(f"{FUNCTIONS}/a/shared/conf.py", "A = 1\n")
    checkout.commit()
    checkout.write("conf/conf.py", "A = 2\n")
    assert drift(checkout) == [("a/shared/conf.py", "stale")]
    found = checkout.audit("shared_drift", only=frozenset({"conf/conf.py"}))
    assert said(found) == [f"ERROR {FUNCTIONS}/a/shared/conf.py stale"]


@pytest.mark.parametrize("target", ["nowhere.py", "../../outside.py", "..", ".", "conf.py"])
def test_a_link_in_the_original_that_no_copy_can_hold_is_unknown_and_refused(
    checkout: Checkout, tmp_path: Path, target: str
) -> None:
    (tmp_path / "outside.py").write_text("SECRET = 1\n")
    linked(checkout, "shared/conf.py", target)
    (checkout.root / FUNCTIONS / "a/shared").mkdir(parents=True)
    assert drift(checkout) == [("a/shared/conf.py", "original_link")]
    assert "shared/conf.py is a link to nothing, out of the audited folder" in sentence(checkout, "conf.py")
    (plan,) = syncing.plan(checkout.root, Options())
    assert plan.refused == "the original has a link to what no copy can hold: conf.py"


def test_folders_of_the_original_that_lead_into_each_other_end(checkout: Checkout) -> None:
    checkout.write("lib/x.py", "x = 1\n")
    linked(checkout, "shared/lib", "../lib")
    linked(checkout, "lib/back", "../shared")
    (checkout.root / FUNCTIONS / "a/shared").mkdir(parents=True)
    assert drift(checkout) == [("a/shared/lib/back", "original_link"), ("a/shared/lib/x.py", "missing")]


def test_a_linked_folder_of_a_copy_that_leads_to_the_originals_is_in_step(checkout: Checkout) -> None:
    checkout.write("shared/utils/deep/x.py", "x = 1\n")
    checkout.write("shared/other/y.py", "y = 1\n")
    linked(checkout, f"{FUNCTIONS}/a/shared/utils", "../../../../shared/utils")
    linked(checkout, f"{FUNCTIONS}/a/shared/other", "../../../../shared/utils")
    assert drift(checkout) == [("a/shared/other", "stray_link")]
    (plan,) = syncing.plan(checkout.root, Options())
    assert plan.refused == "there is a link that leads elsewhere than to the original: other"


def test_links_in_a_circle_are_stray_and_no_failure(checkout: Checkout) -> None:
    checkout.write("shared/x.py", "x = 1\n")
    linked(checkout, f"{FUNCTIONS}/a/shared/x.py", "x.py")
    linked(checkout, f"{FUNCTIONS}/b/shared", "shared")
    assert drift(checkout) == [("a/shared/x.py", "stray_link"), ("b/shared", "stray_link")]


def test_an_original_behind_a_link_inside_the_folder_is_compared(checkout: Checkout) -> None:
    checkout.write("src/shared/clock.py", "NOW = 1\n")
    checkout.write("src/shared/gone.py", "NOW = 1\n")
    linked(checkout, "shared", "src/shared")
    for name in ("clock.py", "gone.py"):
        checkout.write(f"{FUNCTIONS}/a/shared/{name}", "NOW = 1\n")
    checkout.commit()
    checkout.write("src/shared/clock.py", "NOW = 2\n")
    (checkout.root / "src/shared/gone.py").unlink()
    assert drift(checkout) == [("a/shared/clock.py", "stale"), ("a/shared/gone.py", "left_over")]
    syncing.apply(checkout.root, Options(), syncing.plan(checkout.root, Options()))
    assert drift(checkout) == []


def test_links_that_lead_elsewhere_are_told_and_not_followed(checkout: Checkout, tmp_path: Path) -> None:
    checkout.write("shared/clock.py", "NOW = 1\n")
    (tmp_path / "elsewhere").mkdir()
    (checkout.root / FUNCTIONS / "a").mkdir(parents=True)
    (checkout.root / FUNCTIONS / "a/shared").symlink_to(tmp_path / "elsewhere")
    (checkout.root / FUNCTIONS / "b").mkdir()
    (checkout.root / FUNCTIONS / "b/shared").symlink_to("nowhere")
    assert drift(checkout) == [("a/shared", "stray_link"), ("b/shared", "stray_link")]


def test_an_original_behind_a_link_out_of_the_folder_is_not_looked_at(checkout: Checkout, tmp_path: Path) -> None:
    (tmp_path / "elsewhere/shared").mkdir(parents=True)
    (tmp_path / "elsewhere/shared/clock.py").write_text("NOW = 1\n")
    (checkout.root / "out").symlink_to(tmp_path / "elsewhere")
    checkout.write(f"{FUNCTIONS}/a/shared/clock.py", "NOW = 2\n")
    (found,) = differences(checkout.root, Options(shared="out/shared"))
    assert (found.path, found.drift) == ("out/shared", Drift.NO_ORIGINAL)
