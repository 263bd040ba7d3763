"""A report as a Slack message: the text, its Block Kit form, the thread it belongs to, and what counts as a change. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from checks.causes import BLIND, STANDING_THREAD, thread_key
from checks.model import Report
from console.summary import for_slack, going_on, summary_text

MOST_IN_A_BLOCK = 3_000
"""Characters that Slack takes in the text of a section block (docs.slack.dev, section block)."""

_OWN_WORDS = 240


@dataclass(frozen=True, slots=True)
class Message:
    """One summary as it is sent.

    `incident` names the thread it belongs to. `head` is at most 1,200 characters, `detail` what stands below it, or "".
    `standing` is the same for as long as nothing changed that deserves a reply in the thread, and `change` is that reply.
    """

    incident: str
    head: str
    detail: str
    change: str
    standing: str

    @property
    def key(self) -> str:
        """Thirty-two hex digits of incident and content: the idempotency key, which no other content shares."""
        return _digest(self.incident, self.head, self.detail)

    @property
    def text(self) -> str:
        """The whole message as one text in Slack's mrkdwn."""
        return f"{self.head}\n\n{self.detail}" if self.detail else self.head


def message_of(report: Report, place: str, sentence: str = "") -> Message:
    """Return the message about a report on the warehouse that people call `place`, with a sentence of the operator's own."""
    head, _, detail = summary_text(report, place, sentence).partition("\n\n")
    severities = [f"{cause.key}={cause.severity.name}" for cause in going_on(report)]
    return Message(
        incident=f"{place}|{_thread(report)}",
        head=head,
        detail=detail,
        change=_change(head, sentence),
        standing=_digest(report.verdict.severity.name, *sorted(severities), sentence.strip()),
    )


def blocks_of(*texts: str) -> list[dict[str, object]]:
    """Return Block Kit sections, one for each text that is not empty; what Slack would refuse as too long is cut."""
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": text[:MOST_IN_A_BLOCK], "verbatim": True}}
        for text in texts
        if text
    ]


def _thread(report: Report) -> str:
    """Return the thread of the weightiest trouble: the one going on, else broken machinery that has just been mended.

    What has no incident of its own belongs to the day: yesterday's defects of data are no news in today's thread.
    """
    lasting = going_on(report)
    over = [key for key in map(thread_key, report.causes) if key not in (BLIND, STANDING_THREAD)]
    key = thread_key(lasting[0]) if lasting else next(iter(over), STANDING_THREAD)
    return _of_day(key, report.scope.last) if key in (BLIND, STANDING_THREAD) else key


def _of_day(key: str, day: date) -> str:
    return f"{key}:{day.isoformat()}"


def _change(head: str, sentence: str) -> str:
    """Return the reply: what is the matter now, as of when, and the operator's sentence."""
    what, since = head.splitlines()[:2]
    note = [f"*Note* {for_slack(sentence, _OWN_WORDS)}"] if sentence.strip() else []
    return "\n".join([what, since, *note])


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
