"""A timeline as Markdown and as one HTML file that needs no server and loads nothing.

Pure; words from outside are made harmless.
"""

from __future__ import annotations

import html
import re

from console.replaying.timeline import Section, Timeline
from screens.clean import for_terminal

_MARKED = re.compile(r"([\\`*_{}\[\]()<>#|~!&])")

_STYLE = """
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #8884; padding: .25rem .6rem .25rem 0; text-align: left; vertical-align: top; }
td { overflow-wrap: anywhere; }
.CRITICAL, .ERROR { color: #c0392b; font-weight: 600; }
.WARNING { color: #b7791f; }
.UNKNOWN { color: #8e44ad; }
"""
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""
_TONES = frozenset({"CRITICAL", "ERROR", "WARNING", "UNKNOWN"})


def markdown_of(timeline: Timeline) -> str:
    """Return a timeline as Markdown (CommonMark with tables)."""
    parts = [f"# {_escaped(timeline.title)}"]
    for section in timeline.sections:
        parts.append(f"## {_escaped(section.title)}")
        parts.extend(map(_escaped, section.sentences))
        if section.header:
            rule = "| " + " | ".join("---" for _ in section.header) + " |"
            parts.append("\n".join((_row(section.header), rule, *map(_row, section.rows))))
    return "\n\n".join(parts) + "\n"


def html_of(timeline: Timeline) -> str:
    """Return a timeline as one HTML file."""
    body = "\n".join(map(_html_section, timeline.sections))
    return _PAGE.format(title=_html(timeline.title), style=_STYLE, body=body)


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(map(_escaped, cells)) + " |"


def _escaped(text: str) -> str:
    return _MARKED.sub(r"\\\1", for_terminal(text))


def _html_section(section: Section) -> str:
    parts = [f"<h2>{_html(section.title)}</h2>", *(f"<p>{_html(sentence)}</p>" for sentence in section.sentences)]
    if section.header:
        head = "".join(f"<th>{_html(cell)}</th>" for cell in section.header)
        rows = "\n".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in section.rows)
        parts.append(f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>")
    return "\n".join(parts)


def _cell(text: str) -> str:
    tone = f' class="{text}"' if text in _TONES else ""
    return f"<td{tone}>{_html(text)}</td>"


def _html(text: str) -> str:
    return html.escape(for_terminal(text))
