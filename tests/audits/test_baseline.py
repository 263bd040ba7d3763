"""The baseline is a ratchet: known findings do not fail, new ones do, and what is mended cannot come back."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.audits.baseline import held_against, line_of, read_baseline, write_baseline
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
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
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
    assert held_against(checkout.audit(only=only), lines, only).stale == ()


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
