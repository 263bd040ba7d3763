"""Snapshots of screens: SVG pictures in `tests/screens/snapshots` that a reviewer can look at and a test compares with.

What is compared is what is seen: each character with its place and its colours. How the picture is wrapped in SVG is not. After a
change that is meant, this makes them again, and the diff shows what became of them:

    COURTSIDE_UPDATE_SNAPSHOTS=1 .venv/bin/python -m pytest tests/screens/test_snapshots.py
"""

from __future__ import annotations

import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path

from screens.lines import display_width

DIRECTORY = Path(__file__).with_name("snapshots")
UPDATE = "COURTSIDE_UPDATE_SNAPSHOTS"
SVG = "{http://www.w3.org/2000/svg}"
MOST_SHOWN = 12
"""Lines that differ, as a failure names them: the first ones tell the story."""

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one look that stand side by side; `look` is their CSS, `ground` the colour behind them, if any."""

    column: int
    text: str
    look: str
    ground: str

    def __str__(self) -> str:
        ground = f" on {self.ground}" if self.ground else ""
        return f"{self.text!r} at column {self.column} in {self.look}{ground}"


@dataclass(frozen=True)
class Picture:
    """What an SVG of a terminal shows: by line and column a character and its look, and the colours of the ground."""

    characters: Mapping[Place, tuple[str, str]]
    grounds: Mapping[Place, str]

    @cached_property
    def runs(self) -> Mapping[int, tuple[Run, ...]]:
        """The runs of each line that shows anything. A space shows nothing, unless it is underlined or has a ground."""
        places = {place for place, (text, look) in self.characters.items() if text != " " or "underline" in look}
        lines = groupby(sorted(places | set(self.grounds)), key=lambda place: place[0])
        return {number: tuple(self._runs(number, [column for _, column in line])) for number, line in lines}

    def _runs(self, number: int, columns: list[int]) -> Iterator[Run]:
        def joined(step: tuple[int, int]) -> tuple[int, str, str]:
            at, column = step
            return column - at, self._look(number, column), self.grounds.get((number, column), "")

        for (_, look, ground), steps in groupby(enumerate(columns), key=joined):
            stretch = [column for _, column in steps]
            text = "".join(self.characters.get((number, column), (" ", ""))[0] for column in stretch)
            yield Run(stretch[0], text, look, ground)

    def _look(self, number: int, column: int) -> str:
        text, look = self.characters.get((number, column), (" ", ""))
        return "" if text == " " and "underline" not in look else look

    def line(self, number: int) -> str:
        """Return one line as text."""
        columns = [column for line, column in self.characters if line == number]
        width = max(columns, default=-1) + 1
        return "".join(self.characters.get((number, column), (" ", ""))[0] for column in range(width)).rstrip()


def picture_of(svg: str) -> Picture:
    """Return what an SVG of a terminal shows; columns and lines are measured with the file's own font."""
    root = ET.fromstring(svg)  # noqa: S314  # made by this program
    css = "".join(style.text or "" for style in root.iter(f"{SVG}style"))
    looks = dict(re.findall(r"\.([\w-]+-r\d+) \{([^}]*)\}", css))
    line_height = float(re.findall(r"line-height: ([\d.]+)px", css)[0])
    characters: dict[Place, tuple[str, str]] = {}
    widths = [1.0]
    for element in root.iter(f"{SVG}text"):
        look, text = looks.get(element.get("class", "")), (element.text or "").replace("\xa0", " ")
        if look is None or text == "\n":
            continue
        widths.append(_number(element, "textLength") / len(text))
        place = int(_number(element, "y") / line_height), round(_number(element, "x") / widths[-1])
        characters.update(_spread(place, text, _tidy(look)))
    return Picture(characters, dict(_grounds(root, widths[-1], line_height)))


def _number(element: ET.Element, name: str) -> float:
    return float(element.get(name, "nan"))


def _tidy(css: str) -> str:
    return "; ".join(sorted(rule.strip() for rule in css.split(";") if rule.strip()))


def _spread(place: Place, text: str, look: str) -> Iterator[tuple[Place, tuple[str, str]]]:
    line, column = place
    for character in text:
        yield (line, column), (character, look)
        column += display_width(character)


def _grounds(root: ET.Element, width: float, height: float) -> Iterator[tuple[Place, str]]:
    for element in root.iter(f"{SVG}rect"):
        if element.get("shape-rendering") == "crispEdges":
            line, column = int(_number(element, "y") / height), round(_number(element, "x") / width)
            for at in range(column, column + round(_number(element, "width") / width)):
                yield (line, at), element.get("fill", "")


def differences(kept: Picture, seen: Picture) -> list[str]:
    """Return the lines that two pictures show differently: their text, or where that is the same, their colours."""
    said = []
    for number in sorted(set(kept.runs) | set(seen.runs)):
        before, now = kept.runs.get(number, ()), seen.runs.get(number, ())
        if kept.line(number) != seen.line(number):
            said.append(f"line {number + 1}\n  - {kept.line(number)}\n  + {seen.line(number)}")
        elif before != now:
            gone = "".join(f"\n  - {run}" for run in before if run not in now)
            new = "".join(f"\n  + {run}" for run in now if run not in before)
            said.append(f"line {number + 1} has other colours{gone}{new}")
    return said


def normalised(svg: str) -> str:
    """Return an SVG without what is of no use in a file: random ids, fonts of other hosts; one element a line."""
    svg = re.sub(r"terminal-\d+", "terminal", svg)
    svg = re.sub(r"<!--.*?-->|@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    svg = re.sub(r"(?=<(?:text|rect|clipPath)\b)", "\n", svg)
    return "".join(f"{line.strip()}\n" for line in svg.splitlines() if line.strip())


def compare(name: str, svg: str) -> None:
    """Fail when a screen does not look as its snapshot; with the environment's leave make the snapshot anew."""
    path, svg = DIRECTORY / f"{name}.svg", normalised(svg)
    if os.environ.get(UPDATE) == "1":
        path.write_text(svg, encoding="utf-8")
    assert path.exists(), f"there is no {path.name}; {UPDATE}=1 makes it"
    found = differences(picture_of(path.read_text(encoding="utf-8")), picture_of(svg))
    more = [f"and {len(found) - MOST_SHOWN} lines more"] if len(found) > MOST_SHOWN else []
    shown = "\n".join([*found[:MOST_SHOWN], *more])
    assert not found, f"{path.name} shows (-), the screen (+); {UPDATE}=1 keeps what is meant\n{shown}"
