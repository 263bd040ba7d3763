"""The summary for colleagues, as text for Slack: what, since when, impact, cause and the next command. Pure.

`for_slack` is the one way by which words from outside get into it.
"""

from __future__ import annotations

import re
from collections import Counter

from checks.model import Finding, Report, RootCause, Severity
from checks.times import both_zones, format_minutes, minutes_between
from screens.clean import ELLIPSIS, for_terminal

MOST_CHARACTERS = 1_200
"""Of the text before the detail, so that it is read in one screen of a telephone."""
MOST_MORE = 5
"""Further troubles that the detail names."""

_WHAT, _SENTENCE, _WORDS, _COMMAND = 340, 240, 150, 110
"""Characters of each part as Slack counts them, escapes included; with labels and times they stay below `MOST_CHARACTERS`."""

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "`": "'"}
_MARKS = re.compile(r"[*_~]+")
_LOOKALIKES = str.maketrans({"*": "\u2217", "_": "\uff3f", "~": "\u223c"})
"""Asterisk operator, full-width low line and tilde operator: they read like Slack's marks for bold, italic and struck out."""
_SHOUT = re.compile(r"@(?=(?:channel|here|everyone)\b)", re.IGNORECASE)


def for_slack(text: str, limit: int) -> str:
    """Return `text` so that Slack shows it and obeys nothing in it, at most `limit` characters long, escapes included.

    Mentions (`<!channel>`, `<@U…>`, `@here`), links and code marks become plain text, and so do the marks for bold, italic and
    struck out, which Slack heeds at the edge of a word and not in `failed_processor_queue`; an escape is never cut in two.
    """
    plain = _SHOUT.sub("@ ", _MARKS.sub(_unmarked, for_terminal(text, max(limit, 1))))
    escaped = [_ESCAPES.get(character, character) for character in plain]
    if sum(map(len, escaped)) <= limit:
        return "".join(escaped)
    room = limit - len(ELLIPSIS)
    kept = []
    for piece in escaped:
        room -= len(piece)
        if room < 0:
            break
        kept.append(piece)
    return "".join(kept).rstrip() + ELLIPSIS


def _unmarked(marks: re.Match[str]) -> str:
    """Return marks as they are within a word, else as what looks like them."""
    before, after = marks.string[: marks.start()][-1:], marks.string[marks.end() :][:1]
    return marks[0] if before.isalnum() and after.isalnum() else marks[0].translate(_LOOKALIKES)


def going_on(report: Report) -> list[RootCause]:
    """Return the troubles that last, worst first."""
    return [cause for cause in report.causes if cause.until is None and cause.severity is not Severity.OK]


def summary_text(report: Report, place: str, sentence: str = "") -> str:
    """Return the summary of a report on the warehouse that people call `place`, with a sentence of the operator's own.

    The part before the first empty line is at most 1,200 characters long; the detail below it names further troubles.
    """
    causes = going_on(report)
    head = [_what(report, place), *_since(report), f"*Impact* {_impact(report, causes)}"]
    if causes:
        head.append(f"*Cause* {_cause(causes[0])}")
    command = next((item.command for cause in causes for item in cause.suggestions), "courtside check")
    head.append(f"*Next* `{for_slack(command, _COMMAND)}`")
    if sentence.strip():
        head.append(f"*Note* {for_slack(sentence, _SENTENCE)}")
    return "\n".join([*head, *_detail(causes[1:])])


def _what(report: Report, place: str) -> str:
    verdict = report.verdict
    return f"*{verdict.severity.name}* on {for_slack(place, 60)}: {for_slack(verdict.sentence, _WHAT)}"


def _since(report: Report) -> list[str]:
    as_of, since = report.scope.as_of, report.verdict.since
    seen = f"as of {both_zones(as_of)}"
    if since is None:
        return [f"*Since* not known, {seen}"] if report.verdict.severity is not Severity.OK else [f"*As of* {seen[6:]}"]
    lasted = format_minutes(max(minutes_between(since, as_of), 0))
    return [f"*Since* {both_zones(since)}, {lasted}, {seen}"]


def _impact(report: Report, causes: list[RootCause]) -> str:
    if not causes:
        return "none: nothing is wrong that the checks can see"
    symptoms = causes[0].symptoms
    more = len(causes) - 1
    other = f"; {more} further {'trouble' if more == 1 else 'troubles'} below" if more else ""
    return f"{for_slack(_explained(symptoms), _WORDS)}{other}"


def _explained(symptoms: tuple[Finding, ...]) -> str:
    """Return how many findings follow from a cause, and of which checks."""
    if not symptoms:
        return "no other check is affected"
    counts = Counter(finding.check for finding in symptoms)
    named = ", ".join(f"{check} {count}" for check, count in counts.most_common())
    return f"{len(symptoms)} {'finding follows' if len(symptoms) == 1 else 'findings follow'} from it: {named}"


def _cause(cause: RootCause) -> str:
    return f"{for_slack(cause.name.replace('_', ' '), 60)}, the {cause.fault.value} is at fault"


def _detail(causes: list[RootCause]) -> list[str]:
    """Return the further troubles, worst first, below an empty line."""
    if not causes:
        return []
    lines = [
        "",
        *(f"• *{cause.severity.name}* {for_slack(cause.sentence, _WORDS * 2)}" for cause in causes[:MOST_MORE]),
    ]
    rest = len(causes) - MOST_MORE
    return [*lines, f"• and {rest} more: `courtside check`"] if rest > 0 else lines
