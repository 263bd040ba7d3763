"""Branches that both add to a baseline merge where git is told to keep both sides, and what git writes then is read well."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from console.audits.baseline import change_baseline, held_against, line_of, read_baseline, write_baseline
from console.audits.merging import merge_advice
from tests.audits.conftest import Checkout, said

SILENT = "try:\n    work()\nexcept Exception:\n    pass\n"


def accepted(checkout: Checkout, path: Path) -> None:
    held = held_against(checkout.audit(), read_baseline(path))
    change_baseline(path, held, [line_of(spot) for spot in held.spots])


def branched(checkout: Checkout, name: str) -> Path:
    """Let two branches each accept one more finding, `x1.py` and `y1.py`, at the same place; the second one is current."""
    checkout.write("a.py", SILENT)
    path = checkout.root / name
    write_baseline(path, [line_of(spot) for spot in checkout.audit().spots])
    checkout.commit()
    checkout.git("branch", "-M", "main")
    for branch, new in (("ours", "x1.py"), ("theirs", "y1.py")):
        checkout.git("checkout", "-q", "-b", branch, "main")
        checkout.write(new, SILENT)
        accepted(checkout, path)
        checkout.commit()
    return path


@pytest.mark.parametrize("name", ["known.txt", "with space.txt", "[odd]*.txt"])
def test_the_line_that_is_advised_lets_branches_merge_that_both_add(checkout: Checkout, name: str) -> None:
    path = branched(checkout, name)
    with pytest.raises(subprocess.CalledProcessError):
        checkout.git("merge", "-q", "--no-edit", "ours")
    checkout.git("merge", "--abort")
    advised = merge_advice(path).split("`")[1]
    checkout.write(".gitattributes", f"{advised}\n")
    assert merge_advice(path) == ""
    checkout.git("merge", "-q", "--no-edit", "ours")
    merged = held_against(checkout.audit(), read_baseline(path))
    assert (said(merged), merged.stale, merged.outdated, len(merged.known)) == ([], (), (), 3)


def test_lines_that_a_merge_left_twice_and_unsorted_are_put_in_order_by_the_next_update(checkout: Checkout) -> None:
    for name in "abc":
        checkout.write(f"{name}.py", SILENT)
    path = checkout.root / "known.txt"
    write_baseline(path, [line_of(spot) for spot in checkout.audit().spots])
    wanted, lines = path.read_text(), read_baseline(path)
    path.write_text("\n".join([*reversed(lines), *lines, ""]))
    assert read_baseline(path) == lines
    checkout.write("d.py", SILENT)
    accepted(checkout, path)
    assert [line.split("\t")[1] for line in path.read_text().splitlines() if "\t" in line] == [
        "a.py",
        "b.py",
        "c.py",
        "d.py",
    ]
    assert path.read_text().startswith(wanted)


def test_the_advice_names_the_file_as_it_is_seen_from_the_root_and_is_given_in_a_repository_only(
    checkout: Checkout,
) -> None:
    path = checkout.write("jobs/known.txt", "")
    assert merge_advice(path) == ""
    checkout.git("init", "-q")
    assert merge_advice(path).startswith(
        "put the line `/jobs/known.txt merge=union` into the .gitattributes at the root"
    )
    (checkout.root / "link.txt").symlink_to("jobs/known.txt")
    assert "`/jobs/known.txt " in merge_advice(checkout.root / "link.txt")
    for told in ("merge=ours", "-merge", "merge"):
        checkout.write(".gitattributes", f"/jobs/known.txt {told}\n")
        assert merge_advice(path) == "", "somebody has decided"


def test_the_file_itself_says_what_lets_branches_merge(checkout: Checkout) -> None:
    path = checkout.root / "known.txt"
    write_baseline(path, ())
    assert "`merge=union`" in path.read_text()


def test_a_baseline_that_an_editor_saved_with_a_mark_before_it_is_read(checkout: Checkout) -> None:
    checkout.write("a.py", SILENT)
    path = checkout.root / "known.txt"
    write_baseline(path, [line_of(spot) for spot in checkout.audit().spots])
    lines = read_baseline(path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_baseline(path) == lines
    path.write_bytes(b"\xef\xbb\xbf" + lines[0].encode())
    assert read_baseline(path) == lines
    checkout.write("b.py", SILENT)
    accepted(checkout, path)
    assert b"\xef\xbb\xbf" not in path.read_bytes()
