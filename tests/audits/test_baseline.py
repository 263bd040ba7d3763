"""The baseline is a ratchet: known findings do not fail, new ones do, and what is mended cannot come back."""

from __future__ import annotations

import os
from itertools import combinations
from pathlib import Path

import pytest

from console.audits.baseline import (
    baseline_of,
    change_baseline,
    held_against,
    line_of,
    read_baseline,
    write_baseline,
)
from console.audits.choosing import Only
from console.audits.options import Options
from console.audits.values import AuditError
from tests.audits.conftest import Checkout, said

SILENT = "def {name}():\n    try:\n        work()\n    except Exception:\n        pass\n"


def baseline(checkout: Checkout) -> Path:
    path = checkout.root / "baseline.txt"
    write_baseline(path, [line_of(spot) for spot in checkout.audit().spots])
    return path


def test_what_is_known_does_not_fail_and_what_is_new_does(checkout: Checkout) -> None:
    checkout.write("a.py", SILENT.format(name="f"))
    lines = read_baseline(baseline(checkout))
    checkout.write("a.py", "\n\n\n" + SILENT.format(name="f") + SILENT.format(name="g"))
    held = held_against(checkout.audit(), lines)
    assert [spot.hit.scope for spot in held.known] == ["f"]
    assert [spot.hit.scope for spot in held.spots] == ["g"]


def test_one_more_of_the_same_in_the_same_function_is_new(checkout: Checkout) -> None:
    body = "    try:\n        work()\n    except Exception:\n        pass\n"
    checkout.write("a.py", "def f():\n" + body)
    lines = read_baseline(baseline(checkout))
    checkout.write("a.py", "def f():\n" + body + body)
    assert len(held_against(checkout.audit(), lines).spots) == 1


def test_the_file_is_sorted_and_names_no_line(checkout: Checkout) -> None:
    for name in ("b", "a", "c"):
        checkout.write(f"{name}.py", SILENT.format(name=name))
    path = baseline(checkout)
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    assert lines == sorted(lines)
    assert [line.split("\t")[:4] for line in lines] == [
        ["source.silent_exceptions", f"{n}.py", n, "silent"] for n in "abc"
    ]
    checkout.write("a.py", "\n\n" + SILENT.format(name="a"))
    before = path.read_text()
    assert baseline(checkout).read_text() == before


def test_both_sides_of_a_merge_can_be_kept_in_any_order(checkout: Checkout) -> None:
    path = checkout.write("b.txt", "source.x\tb.py\tf\tr\t222222222222\nsource.x\ta.py\tf\tr\t111111111111\n" * 2)
    assert read_baseline(path) == ("source.x\ta.py\tf\tr\t111111111111", "source.x\tb.py\tf\tr\t222222222222")


def test_mended_findings_are_stale_but_not_those_that_were_not_looked_for(checkout: Checkout) -> None:
    checkout.write("a.py", SILENT.format(name="f"))
    checkout.write("b.py", SILENT.format(name="f"))
    lines = read_baseline(baseline(checkout))
    checkout.write("a.py", "x = 1\n")
    assert [line.split("\t")[1] for line in held_against(checkout.audit(), lines).stale] == ["a.py"]
    assert held_against(checkout.audit("http_pooling"), lines).stale == ()
    only = frozenset({"b.py"})
    assert held_against(checkout.audit(only=only), lines, Only(changed=only)).stale == ()
    assert held_against(checkout.audit(), lines, Only(("b.py",))).stale == ()


@pytest.mark.parametrize(
    ("text", "says"), [("<<<<<<< ours\n", "conflict markers"), ("hello\n", "no line of a baseline")]
)
def test_a_file_that_is_no_baseline_is_refused(checkout: Checkout, text: str, says: str) -> None:
    with pytest.raises(AuditError, match=says):
        read_baseline(checkout.write("b.txt", text))


def test_a_known_critical_one_does_not_hide_a_new_one(checkout: Checkout) -> None:
    checkout.write("a.py", "try:\n    work()\nexcept Forbidden:\n    pass\n")
    lines = read_baseline(baseline(checkout))
    assert said(held_against(checkout.audit(), lines)) == []
    checkout.write("b.py", "try:\n    work()\nexcept Forbidden:\n    pass\n")
    assert said(held_against(checkout.audit(), lines)) == ["CRITICAL b.py:3 permission"]


def shortened(checkout: Checkout, path: Path) -> None:
    change_baseline(path, held_against(checkout.audit(), read_baseline(path)))


@pytest.mark.parametrize(("ours", "theirs"), [(pair[:1], pair[1:]) for pair in combinations("abcd", 2)])
def test_git_merges_two_branches_that_each_mend_something_neighbours_too(
    checkout: Checkout, ours: str, theirs: str
) -> None:
    for name in "abcd":
        checkout.write(f"{name}.py", SILENT.format(name="f") + SILENT.format(name="g"))
    path = baseline(checkout)
    checkout.commit()
    for branch, mended in (("ours", ours), ("theirs", theirs)):
        checkout.git("checkout", "-q", "-b", branch, "main")
        checkout.write(f"{mended[0]}.py", "x = 1\n")
        shortened(checkout, path)
        checkout.commit()
    checkout.git("merge", "-q", "--no-edit", "ours")
    held = held_against(checkout.audit(), read_baseline(path))
    assert (held.spots, held.stale) == ((), ())
    assert {line.split("\t")[1] for line in read_baseline(path)} == {f"{name}.py" for name in "abcd"} - {
        f"{name}.py" for name in (*ours, *theirs)
    }


def test_git_merges_two_functions_of_one_file_that_are_mended_on_two_branches(checkout: Checkout) -> None:
    functions = [SILENT.format(name=name) + "\n\n" for name in ("f", "g", "h")]
    checkout.write("a.py", "".join(functions))
    path = baseline(checkout)
    checkout.commit()
    for branch, mended in (("ours", 0), ("theirs", 2)):
        checkout.git("checkout", "-q", "-b", branch, "main")
        checkout.write("a.py", "".join(function for at, function in enumerate(functions) if at != mended))
        shortened(checkout, path)
        checkout.commit()
    checkout.git("merge", "-q", "--no-edit", "ours")
    assert [line.split("\t")[2] for line in read_baseline(path)] == ["g"]


def test_what_people_write_into_it_stays_and_what_they_put_out_of_order_is_sorted(checkout: Checkout) -> None:
    for name in "ab":
        checkout.write(f"{name}.py", SILENT.format(name="f"))
    path = baseline(checkout)
    path.write_text(path.read_text() + "# mended in May\n")
    checkout.write("a.py", "x = 1\n")
    shortened(checkout, path)
    assert path.read_text().endswith("# mended in May\n")
    checkout.write("a.py", SILENT.format(name="f"))
    write_baseline(path, [line_of(spot) for spot in checkout.audit().spots])
    lines = read_baseline(path)
    path.write_text("\n".join(reversed(lines)))
    shortened(checkout, path)
    rows = [row for row in path.read_text().splitlines() if row and not row.startswith("#")]
    assert rows == list(lines)


def test_what_is_accepted_stands_in_its_place_and_all_else_stays(checkout: Checkout) -> None:
    for name in "bd":
        checkout.write(f"{name}.py", SILENT.format(name="f"))
    path = baseline(checkout)
    path.write_text(path.read_text() + "# mended in May\n")
    for name in "ace":
        checkout.write(f"{name}.py", SILENT.format(name="f"))
    checkout.write("b.py", "x = 1\n")
    held = held_against(checkout.audit(), read_baseline(path))
    change_baseline(path, held, [line_of(spot) for spot in held.spots])
    rows = path.read_text().splitlines()
    assert [row.split("\t")[1] for row in rows if "\t" in row] == ["a.py", "c.py", "d.py", "e.py"]
    assert "# mended in May" in rows
    assert all(not rows[at + 1] for at, row in enumerate(rows) if "\t" in row), "a blank line stands below each"
    after = held_against(checkout.audit(), read_baseline(path))
    assert (after.spots, after.stale, len(after.known)) == ((), (), 4)


def test_files_that_are_there_and_were_not_looked_at_are_not_mended(checkout: Checkout) -> None:
    checkout.write("tests/a.py", SILENT.format(name="f"))
    checkout.write("b.py", SILENT.format(name="f"))
    checkout.write("pyproject.toml", "[tool.courtside.audit]\ninclude-tests = true\n")
    lines = read_baseline(baseline(checkout))
    (checkout.root / "pyproject.toml").unlink()
    assert held_against(checkout.audit(), lines).stale == ()
    checkout.write("b.py", "print 1\n")
    assert held_against(checkout.audit(), lines).stale == (), "what does not parse is not mended either"
    (checkout.root / "tests/a.py").unlink()
    assert [line.split("\t")[1] for line in held_against(checkout.audit(), lines).stale] == ["tests/a.py"]


def test_the_baseline_of_another_folder_is_not_emptied(checkout: Checkout) -> None:
    checkout.write("jobs/a.py", SILENT.format(name="f"))
    path = baseline(checkout)
    before = path.read_text()
    inner = Checkout(checkout.root / "jobs")
    with pytest.raises(AuditError, match="it is the baseline of another folder"):
        shortened(inner, path)
    assert path.read_text() == before


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_baseline_that_is_no_regular_file_is_refused_and_waited_for_by_nobody(checkout: Checkout) -> None:
    os.mkfifo(checkout.root / "pipe")
    for path, says in ((checkout.root / "pipe", "no regular file"), (checkout.root, "directory")):
        with pytest.raises(AuditError, match=says):
            read_baseline(path)
    with pytest.raises(AuditError, match="not UTF-8"):
        read_baseline(checkout.write("b.txt", b"\xff\xfe"))


def test_a_baseline_that_the_repository_names_cannot_lead_out_of_it(checkout: Checkout, tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("")
    (checkout.root / "known.txt").symlink_to(tmp_path / "other.txt")
    with pytest.raises(AuditError, match="nothing outside is looked at"):
        baseline_of(checkout.root, Options(baseline="known.txt"))


def test_writing_keeps_the_mode_and_writes_through_a_link(checkout: Checkout) -> None:
    target = checkout.write("real.txt", "")
    target.chmod(0o600)
    link = checkout.root / "known.txt"
    link.symlink_to("real.txt")
    write_baseline(link, ())
    assert link.is_symlink()
    assert target.read_text().startswith("# courtside audit: known findings")
    assert target.stat().st_mode & 0o777 == 0o600


def test_names_that_could_break_or_paint_a_line_do_not(checkout: Checkout) -> None:
    for name in ("new\nline.py", "tab\there.py", "\x1b[31mred.py", "a\udcff.py"):
        checkout.write(name, SILENT.format(name="f"))
    path = baseline(checkout)
    assert "\x1b" not in path.read_text()
    held = held_against(checkout.audit(), read_baseline(path))
    assert (len(held.known), held.spots, held.stale) == (4, (), ())
