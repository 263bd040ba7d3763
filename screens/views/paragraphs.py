"""Rows of more than one line: a paragraph is wrapped, and filtered as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from checks.model import Subject
from screens.lines import Part, Span, Tone, flow
from screens.table import Item, Target
from screens.views.fitting import fit, shows
from screens.views.options import Options

LONGEST_WORDS = 300
"""The most characters that a paragraph takes from one text of outside."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text that belongs together; `first` begins its first line and `hang` indents the others (by the width of `first`)."""

    key: str
    parts: tuple[Part, ...]
    first: Part = ""
    hang: int | None = None
    target: Target | None = None
    subject: Subject | None = None

    @property
    def text(self) -> str:
        """All of it, however it is wrapped."""
        return " ".join(part if isinstance(part, str) else part.text for part in (self.first, *self.parts))

    def items(self, options: Options) -> list[Item]:
        """Return its lines as rows, each of which opens the same; none when it does not hold the filter's text."""
        if not shows((), options.filter, self.text):
            return []
        lines = flow(self.parts, options.width, first=self.first, hang=self.hang)
        return [
            Item(self.key if n == 0 else f"{self.key} +{n}", fit(spans, options), self.target, self.subject)
            for n, spans in enumerate(lines)
        ]


@dataclass(frozen=True, slots=True)
class Section:
    """Paragraphs under a heading, which goes when the filter leaves none of them."""

    title: str
    paragraphs: tuple[Paragraph, ...]


def section_items(sections: Sequence[Section], options: Options) -> list[Item]:
    """Return the rows of those paragraphs that hold the filter's text, under their headings."""
    items: list[Item] = []
    for section in sections:
        shown = [item for paragraph in section.paragraphs for item in paragraph.items(options)]
        if shown:
            items.append(Item(f"= {section.title}", fit((Span(section.title, Tone.STRONG),), options)))
        items.extend(shown)
    return items
