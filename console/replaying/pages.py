"""A timeline as Markdown to paste into a post-mortem, and as one HTML file that needs no server and loads nothing.

Pure; words from outside are made harmless.
"""

from __future__ import annotations

import html
import re

from console.replaying.timeline import Section, Timeline
from screens.clean import for_terminal

_MARKED = re.compile(
    r"[\\`*\[\]<>|~]"  # what marks up wherever it stands (CommonMark; tables and strikethrough of GitHub's)
    r"|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])"  # an underscore inside a word does not
    r"|&(?=#?[0-9A-Za-z]+;)"  # an entity
    r"|(?<=[0-9A-Za-z]):(?=//)|(?<=www)\."  # what GitHub would make a link of
    r"|(?:(?<=\s)|^)#(?=#*\s*$)"  # what ends a heading, and is not shown
)
_BEGINS = re.compile(r"\s*(?:[#+=-]|[0-9]+(?=[.)]))")
"""What makes a heading, a list or a rule of a line that begins with it."""
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{5,8}Z")
_TONES = frozenset({"CRITICAL", "ERROR", "WARNING", "UNKNOWN"})

_STYLE = """
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
nav ul { columns: 2; padding-left: 1.2rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #8884; padding: .25rem .8rem .25rem 0; text-align: left; vertical-align: top; }
td { overflow-wrap: anywhere; }
td.when, th { white-space: nowrap; }
.CRITICAL, .ERROR { color: light-dark(#b3261e, #ff8a80); font-weight: 600; }
.WARNING { color: light-dark(#8a5a00, #f0b429); }
.UNKNOWN { color: light-dark(#7b1fa2, #d7a6f0); }
@media print { nav { display: none; } tr { break-inside: avoid; } thead { display: table-header-group; } }
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
<nav><ul>
{contents}
</ul></nav>
{body}
</body>
</html>
"""


def markdown_of(timeline: Timeline) -> str:
    """Return a timeline as Markdown (CommonMark with tables)."""
    parts = [f"# {_escaped(timeline.title)}"]
    for section in timeline.sections:
        parts.append(f"## {_escaped(section.title)}")
        parts.extend(map(_paragraph, section.sentences))
        if section.rows:
            rule = "| " + " | ".join("---" for _ in section.header) + " |"
            parts.append("\n".join((_row(section.header), rule, *map(_row, section.rows))))
        elif section.header:
            parts.append("none")
    return "\n\n".join(parts) + "\n"


def html_of(timeline: Timeline) -> str:
    """Return a timeline as one HTML file."""
    contents = "\n".join(
        f'<li><a href="#s{number}">{_html(section.title)}</a></li>' for number, section in enumerate(timeline.sections)
    )
    body = "\n".join(_html_section(number, section) for number, section in enumerate(timeline.sections))
    return _PAGE.format(title=_html(timeline.title), style=_STYLE, contents=contents, body=body)


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(map(_escaped, cells)) + " |"


def _paragraph(text: str) -> str:
    """Return a paragraph that stays one."""
    escaped = _escaped(text).strip()
    begins = _BEGINS.match(escaped)
    at = begins.end() - (0 if begins.group()[-1].isdecimal() else 1) if begins else 0
    return f"{escaped[:at]}\\{escaped[at:]}" if begins else escaped


def _escaped(text: str) -> str:
    return _MARKED.sub(lambda found: f"\\{found.group()}", for_terminal(text))


def _html_section(number: int, section: Section) -> str:
    parts = [f'<h2 id="s{number}">{_html(section.title)}</h2>']
    parts.extend(f"<p>{_html(sentence)}</p>" for sentence in section.sentences)
    if section.rows:
        head = "".join(f'<th scope="col">{_html(cell)}</th>' for cell in section.header)
        rows = "\n".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in section.rows)
        table = f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"
        parts.append(f'<div class="wide">{table}</div>')
    elif section.header:
        parts.append("<p>none</p>")
    return "\n".join(parts)


def _cell(text: str) -> str:
    name = text if text in _TONES else "when" if _INSTANT.fullmatch(text) else ""
    return f'<td class="{name}">{_html(text)}</td>' if name else f"<td>{_html(text)}</td>"


def _html(text: str) -> str:
    return html.escape(for_terminal(text))
