"""How `courtside summary` is shown: the message as it stands, unwrapped, and below it what became of it."""

from __future__ import annotations

from console.slack.message import Message
from console.slack.posting import Posting
from screens.lines import BLANK, Line, Span, Tone, flow, line


def summary_lines(message: Message, posting: Posting | None, width: int) -> list[Line]:
    """Return the text exactly as it is sent, then where it went, or why it is still here."""
    text = [line(part) for part in message.text.split("\n")]
    if posting is None:
        return text
    tone = Tone.OK if posting.is_delivered else Tone.ERROR
    return [*text, BLANK, *flow([posting.sentence], width, first=Span("Slack: ", tone))]
