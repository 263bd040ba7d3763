"""What a comparison of pictures sees, and what it does not mind."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from rich.text import Text

from tests.screens import snapshot
from tests.screens.snapshot import UPDATE, compare, differences, normalised, picture_of


def svg_of(*lines: Text | str) -> str:
    console = Console(width=40, file=StringIO(), force_terminal=True, color_system="truecolor", record=True)
    for line in lines:
        console.print(line, highlight=False)
    return console.export_svg(title="courtside")


def changed(before: str, after: str) -> list[str]:
    return differences(picture_of(before), picture_of(after))


def test_a_picture_is_read_by_line_and_column() -> None:
    picture = picture_of(svg_of("first", Text.assemble("  a ", ("bad", "white on red"), " day")))
    assert [picture.line(0), picture.line(1)] == ["first", "  a bad day"]
    assert [(run.column, run.text) for run in picture.runs[1]] == [(2, "a"), (4, "bad"), (8, "day")]
    assert [bool(run.ground) for run in picture.runs[1]] == [False, True, False]


def test_another_text_is_told_by_its_line() -> None:
    assert changed(svg_of("same", "45 hours"), svg_of("same", "46 hours")) == ["line 2\n  - 45 hours\n  + 46 hours"]


def test_a_line_more_is_told() -> None:
    assert changed(svg_of("same"), svg_of("same", "more")) == ["line 2\n  - \n  + more"]


@pytest.mark.parametrize("style", ["red", "bold", "on red", "underline", "reverse"])
def test_the_same_text_in_another_look_is_told(style: str) -> None:
    (said,) = changed(svg_of("CRITICAL"), svg_of(Text("CRITICAL", style=style)))
    assert said.startswith("line 1 has other colours\n  - 'CRITICAL' at column 0")


def test_an_empty_ground_is_seen() -> None:
    assert changed(svg_of("a  b"), svg_of(Text.assemble("a", ("  ", "on red"), "b")))


def test_how_the_text_is_cut_into_elements_is_of_no_account() -> None:
    assert changed(svg_of("one two"), svg_of(Text.assemble(("one", "not bold"), " ", ("two", "not italic")))) == []


def test_how_the_picture_is_wrapped_is_of_no_account() -> None:
    svg = svg_of(Text("CRITICAL", style="white on red"), "day")
    other = svg.replace("courtside", "another title").replace("<circle", "<ellipse")
    other = re.sub(r"terminal-\d+", "terminal-7", other)
    assert other != svg
    assert changed(svg, other) == []


def test_a_kept_picture_shows_what_was_seen_and_asks_no_other_host() -> None:
    svg = svg_of("one", Text("two", style="bold red"))
    kept = normalised(svg)
    assert changed(svg, kept) == []
    assert not re.search(r"cdn|url\(.http|terminal-\d", kept)
    assert normalised(kept) == kept


def test_a_failure_names_the_file_the_lines_and_how_to_keep_what_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "DIRECTORY", tmp_path)
    monkeypatch.delenv(UPDATE, raising=False)
    with pytest.raises(AssertionError, match=r"there is no gap\.svg"):
        compare("gap", svg_of("45 hours"))
    (tmp_path / "gap.svg").write_text(normalised(svg_of("45 hours")), encoding="utf-8")
    compare("gap", svg_of("45 hours"))
    with pytest.raises(AssertionError, match=r"gap\.svg .*\n.*\n  - 45 hours\n  \+ 46 hours"):
        compare("gap", svg_of("46 hours"))


def test_with_leave_a_picture_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "DIRECTORY", tmp_path)
    monkeypatch.setenv(UPDATE, "1")
    compare("gap", svg_of("45 hours"))
    monkeypatch.delenv(UPDATE)
    compare("gap", svg_of("45 hours"))
