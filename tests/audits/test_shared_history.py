"""Stale copies are known as such whatever git does to line ends, and where the original is a repository of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from console.audits.copies import syncing
from console.audits.options import Options
from tests.audits.conftest import Checkout
from tests.audits.copies import FUNCTIONS, drift, sentence

COPY = f"{FUNCTIONS}/a/shared"
CLOCK = f"{COPY}/clock.py"


def synced(checkout: Checkout) -> None:
    syncing.apply(checkout.root, Options(), syncing.plan(checkout.root, Options()))


def test_a_stale_copy_is_stale_where_git_gives_files_other_line_ends_than_it_keeps(checkout: Checkout) -> None:
    checkout.write(".gitattributes", "* text eol=crlf\n")
    for place in ("shared", COPY):
        for name in ("clock.py", "gone.py"):
            checkout.write(f"{place}/{name}", "NOW = 1\r\n")
    checkout.commit()
    checkout.write("shared/clock.py", "NOW = 2\r\n")
    (checkout.root / "shared/gone.py").unlink()
    checkout.commit()
    assert drift(checkout) == [("a/shared/clock.py", "stale"), ("a/shared/gone.py", "left_over")]
    synced(checkout)
    assert (checkout.root / CLOCK).read_bytes() == b"NOW = 2\r\n"
    checkout.write(CLOCK, "NOW = 99\r\n")
    assert drift(checkout) == [("a/shared/clock.py", "changed")]


def test_a_copy_with_other_line_ends_is_no_older_version_and_is_made_alike_even_without_history(
    checkout: Checkout,
) -> None:
    checkout.write("shared/clock.py", "NOW = 1\n")
    checkout.write(CLOCK, "NOW = 1\r\n")
    checkout.write("shared/ball.png", b"\0\n")
    checkout.write(f"{COPY}/ball.png", b"\0\r\n")
    assert drift(checkout) == [("a/shared/ball.png", "differs"), ("a/shared/clock.py", "line_ends")]
    assert sentence(checkout, "clock.py").endswith("in how its lines end, and in nothing else")
    checkout.write(f"{COPY}/ball.png", b"\0\n")
    synced(checkout)
    assert drift(checkout) == []


@pytest.fixture
def upstream(tmp_path: Path) -> Checkout:
    """The repository of the shared code alone, with two versions of it."""
    (tmp_path / "upstream").mkdir()
    alone = Checkout(tmp_path / "upstream")
    for number in (1, 2):
        alone.write("clock.py", f"NOW = {number}\n")
        alone.commit()
    return alone


def test_a_copy_of_an_older_version_of_a_submodule_is_stale(checkout: Checkout, upstream: Checkout) -> None:
    checkout.write(CLOCK, "NOW = 1\n")
    checkout.commit()
    checkout.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(upstream.root), "shared")
    checkout.commit()
    checkout.write("shared/.gitignore", "key.json\n")
    checkout.write("shared/key.json", "SECRET")
    Checkout(checkout.root / "shared").git("add", ".gitignore")
    assert drift(checkout) == [("a/shared/.gitignore", "missing"), ("a/shared/clock.py", "stale")]
    synced(checkout)
    assert drift(checkout) == []
    checkout.write(CLOCK, "NOW = 99\n")
    assert drift(checkout) == [("a/shared/clock.py", "changed")]


def test_a_copy_from_before_the_original_became_a_submodule_is_stale(checkout: Checkout, upstream: Checkout) -> None:
    checkout.write("shared/clock.py", "NOW = 0\n")
    checkout.write(CLOCK, "NOW = 0\n")
    checkout.commit()
    checkout.git("rm", "-q", "-r", "shared")
    checkout.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(upstream.root), "shared")
    checkout.commit()
    assert drift(checkout) == [("a/shared/clock.py", "stale")]


def test_with_a_submodule_that_was_not_fetched_nothing_was_compared_and_no_copy_is_emptied(
    checkout: Checkout, upstream: Checkout, tmp_path: Path
) -> None:
    checkout.write("shared/clock.py", "NOW = 1\n")
    checkout.write(CLOCK, "NOW = 1\n")
    checkout.commit()
    checkout.git("rm", "-q", "-r", "shared")
    checkout.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(upstream.root), "shared")
    checkout.commit()
    checkout.git("clone", "-q", str(checkout.root), str(tmp_path / "clone"))
    assert (tmp_path / "clone/shared").is_dir()
    assert drift(Checkout(tmp_path / "clone")) == [("shared", "no_original")]
    (plan,) = syncing.plan(tmp_path / "clone", Options())
    assert plan.refused


def test_a_submodule_without_all_of_its_past_cannot_tell_stale_from_changed(
    checkout: Checkout, upstream: Checkout
) -> None:
    checkout.write(CLOCK, "NOW = 1\n")
    checkout.commit()
    local = ("-c", "protocol.file.allow=always")
    checkout.git(*local, "submodule", "add", "-q", "--depth", "1", f"file://{upstream.root}", "shared")
    assert drift(checkout) == [("a/shared/clock.py", "differs")]
    Checkout(checkout.root / "shared").git("fetch", "-q", "--unshallow")
    assert drift(checkout) == [("a/shared/clock.py", "stale")]


def test_a_clone_of_the_original_in_a_folder_without_git_has_its_history(
    checkout: Checkout, upstream: Checkout
) -> None:
    upstream.git("clone", "-q", str(upstream.root), str(checkout.root / "shared"))
    checkout.write(CLOCK, "NOW = 1\n")
    assert drift(checkout) == [("a/shared/clock.py", "stale")]


@pytest.mark.skipif(os.name == "nt", reason="needs a file system that keeps who may execute a file")
@pytest.mark.parametrize(("original", "copied"), [(0o755, 0o644), (0o644, 0o755)])
def test_a_copy_that_can_be_executed_where_the_original_cannot_is_told_and_synced(
    checkout: Checkout, original: int, copied: int
) -> None:
    for place, mode in (("shared", original), (COPY, copied)):
        checkout.write(f"{place}/run.sh", "#!/bin/sh\n").chmod(mode)
        checkout.write(f"{place}/a.py", "x = 1\n").chmod(0o644 if place == "shared" else 0o600)
    assert drift(checkout) == [("a/shared/run.sh", "mode")]
    synced(checkout)
    assert (checkout.root / COPY / "run.sh").stat().st_mode & 0o777 == original
    assert drift(checkout) == []


@pytest.mark.skipif(os.name == "nt", reason="needs a file system that keeps who may execute a file")
def test_who_may_execute_a_file_does_not_count_where_git_is_told_that_the_file_system_does_not_say(
    checkout: Checkout,
) -> None:
    checkout.write("shared/run.sh", "#!/bin/sh\n").chmod(0o755)
    checkout.write(f"{COPY}/run.sh", "#!/bin/sh\n").chmod(0o644)
    checkout.commit()
    assert drift(checkout) == [("a/shared/run.sh", "mode")]
    checkout.git("config", "core.fileMode", "false")
    assert drift(checkout) == []
