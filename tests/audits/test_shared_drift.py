"""Copies of the shared code are as the original is, or it is said how they differ, and that nothing was compared."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from console.audits.audit import audit
from console.audits.changed import changed_since
from console.audits.choosing import Only
from console.audits.copies import syncing
from console.audits.copies.shared_drift import differences, hits
from console.audits.options import Options
from console.audits.saying import passed_sentence
from tests.audits.conftest import Checkout, said
from tests.audits.copies import FUNCTIONS, drift, sentence, shared

__all__ = ["shared"]  # a fixture


def test_stale_missing_and_left_over_files_are_told_apart_by_history(shared: Checkout) -> None:
    assert drift(shared) == [
        ("a/shared/clock.py", "stale"),
        ("a/shared/new.py", "missing"),
        ("a/shared/utils/gone.py", "left_over"),
    ]


def test_what_was_never_a_version_of_the_original_is_told(shared: Checkout) -> None:
    shared.write(f"{FUNCTIONS}/a/shared/clock.py", "NOW = 99\n")
    shared.write(f"{FUNCTIONS}/a/shared/own.py", "z = 1\n")
    assert ("a/shared/clock.py", "changed") in drift(shared)
    assert ("a/shared/own.py", "extra") in drift(shared)


def test_without_history_it_is_said_that_stale_cannot_be_told_from_changed(checkout: Checkout) -> None:
    checkout.write("shared/clock.py", "NOW = 2\n")
    checkout.write(f"{FUNCTIONS}/a/shared/clock.py", "NOW = 1\n")
    checkout.write(f"{FUNCTIONS}/a/shared/more.py", "NOW = 1\n")
    assert drift(checkout) == [("a/shared/clock.py", "differs"), ("a/shared/more.py", "untold")]
    untold = "the history does not reach back, so it cannot be told stale from changed"
    assert sentence(checkout, "clock.py") == f"differs from shared/clock.py; {untold}"
    assert sentence(checkout, "more.py").endswith("it cannot be told whether shared/more.py was ever there")
    (plan,) = syncing.plan(checkout.root, Options())
    assert plan.refused == f"{untold}: clock.py, more.py"


def test_a_clone_without_its_past_tells_only_what_it_still_knows(shared: Checkout, tmp_path: Path) -> None:
    shared.git("clone", "-q", "--depth", "1", f"file://{shared.root}", str(tmp_path / "shallow"))
    shallow = Checkout(tmp_path / "shallow")
    assert [kind for _, kind in drift(shallow)] == ["differs", "missing", "untold"]
    shallow.git("fetch", "-q", "--unshallow")
    assert drift(shallow) == drift(shared)
    assert ("a/shared/clock.py", "stale") in drift(shallow)


def test_every_sentence_is_true_of_what_was_removed_and_of_what_was_never_there(shared: Checkout) -> None:
    shared.write(f"{FUNCTIONS}/a/shared/own.py", "z = 1\n")
    assert sentence(shared, "utils/gone.py") == "is a version of shared/utils/gone.py, which was removed since"
    assert sentence(shared, "own.py") == (
        "is in the copy alone, and no version of a shared/own.py that was ever committed under that name"
    )
    shared.write(f"{FUNCTIONS}/a/shared/utils/gone.py", "x = 99\n")
    assert sentence(shared, "utils/gone.py").startswith(
        "is in the copy alone, and no version of a shared/utils/gone.py"
    )


def test_what_git_removed_shows_where_only_changes_are_looked_at(checkout: Checkout) -> None:
    for place in ("shared", f"{FUNCTIONS}/a/shared"):
        for name in ("one.py", "two.py", "same.py"):
            checkout.write(f"{place}/{name}", f"{name!r}\n")
    checkout.write(f"{FUNCTIONS}/a/shared/same.py", "differs since long\n")
    checkout.commit()
    checkout.git("rm", "-q", "shared/one.py", f"{FUNCTIONS}/a/shared/two.py")
    found = checkout.audit("shared_drift", only=changed_since(checkout.root, "HEAD"))
    assert said(found) == [
        f"WARNING {FUNCTIONS}/a/shared/one.py left_over",
        f"WARNING {FUNCTIONS}/a/shared/two.py missing",
    ]


COPY = f"{FUNCTIONS}/a/shared/clock.py"


@pytest.mark.parametrize(
    ("files", "options", "expected"),
    [
        ([], Options(), []),
        (["shared/clock.py"], Options(), []),
        ([COPY], Options(), ["UNKNOWN shared no_original"]),
        ([COPY, "shared"], Options(), ["UNKNOWN shared no_original"]),
        (["shared/clock.py", COPY], Options(shared="sharde"), ["UNKNOWN sharde no_original"]),
        ([], Options(shared="sharde"), ["UNKNOWN sharde no_original"]),
        ([COPY], Options(shared="."), ["UNKNOWN . no_original"]),
        (["shared/clock.py", COPY], Options(copies=("functons/*/shared",)), ["UNKNOWN functons/*/shared no_copy"]),
        (
            ["shared/clock.py", COPY],
            Options(copies=(f"{FUNCTIONS}/*/shared", "jobs/*/shared")),
            ["UNKNOWN jobs/*/shared no_copy"],
        ),
    ],
)
def test_that_nothing_was_compared_is_said_and_what_is_configured_and_not_there_is_unknown(
    checkout: Checkout, files: list[str], options: Options, expected: list[str]
) -> None:
    for path in ("main.py", *files):
        checkout.write(path, "NOW = 1\n")
    for only in (Only(), Only(changed=frozenset())):
        outcome = audit(checkout.root, ["shared_drift"], options, only)
        assert list(said(outcome)) == expected
        note = f"there was nothing to compare: no shared/ with copies in {FUNCTIONS}/*/shared"
        assert [result.reason for result in outcome.results] == ["" if expected else note]
        assert (f"source.shared_drift: {note}" in passed_sentence(outcome)) is not bool(expected)
    assert all(plan.refused for plan in syncing.plan(checkout.root, options))


def test_findings_are_files_of_the_copy(shared: Checkout) -> None:
    assert said(shared.audit("shared_drift")) == [
        f"ERROR {FUNCTIONS}/a/shared/clock.py stale",
        f"WARNING {FUNCTIONS}/a/shared/new.py missing",
        f"WARNING {FUNCTIONS}/a/shared/utils/gone.py left_over",
    ]


def test_what_cannot_be_read_is_unknown_and_no_copy_of_it_is_touched(shared: Checkout) -> None:
    for place in ("shared", f"{FUNCTIONS}/a/shared"):
        os.mkfifo(shared.root / place / "pipe")
    assert ("a/shared/pipe", "unreadable") in drift(shared)
    (plan,) = syncing.plan(shared.root, Options())
    assert plan.refused == "it, or the original, holds what cannot be read: pipe"


def test_a_function_that_imports_the_shared_code_and_has_no_copy_is_told_and_one_that_does_not_is_not(
    checkout: Checkout,
) -> None:
    checkout.write("shared/clock.py", "NOW = 1\n")
    checkout.write(COPY, "NOW = 1\n")
    checkout.write(f"{FUNCTIONS}/b/main.py", "import os\n\nfrom shared.clock import NOW\n")
    checkout.write(f"{FUNCTIONS}/c/main.py", "import shared_things  # from shared import x\n")
    assert drift(checkout) == [("b/shared", "lacking")]
    assert syncing.plan(checkout.root, Options())[0].refused == "there is no such folder: make it, and it is filled"
    (checkout.root / FUNCTIONS / "b/shared").mkdir()
    syncing.apply(checkout.root, Options(), syncing.plan(checkout.root, Options()))
    assert drift(checkout) == []


def test_after_the_original_was_renamed_what_is_said_is_true(checkout: Checkout) -> None:
    checkout.write("shared/clock.py", "NOW = 1\n")
    checkout.write(COPY, "NOW = 1\n")
    checkout.commit()
    checkout.git("mv", "shared", "common")
    checkout.write("common/clock.py", "NOW = 2\n")
    checkout.commit()
    renamed = Options(shared="common")
    (hit,) = hits(differences(checkout.root, renamed), renamed)
    assert hit.sentence.endswith("is no version of it that was ever committed under that name")
