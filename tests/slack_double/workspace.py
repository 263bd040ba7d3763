"""What the double's workspace holds, and how the few methods that the console uses answer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

CHANNEL = "C0123456789"
SECOND = "C0ESCALATE"
"""Another channel of it, for those who are called when nobody acts."""
TOKEN = "xoxb-1-secret"  # noqa: S105  # the double's
EPOCH = 1_769_342_400
"""2026-01-25T12:00Z, from which the double counts its messages' seconds."""


@dataclass
class Posted:
    ts: str
    text: str
    blocks: list[dict[str, Any]]
    thread: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    edits: int = 0
    channel: str = CHANNEL

    @property
    def shown(self) -> str:
        return "\n\n".join(block["text"]["text"] for block in self.blocks)


@dataclass
class Workspace:
    token: str = TOKEN
    webhook_is_there: bool = True
    may_read: bool = True
    messages: list[Posted] = field(default_factory=list)
    refuses: str = "nothing"
    """Words for which content is refused."""
    page: int = 2
    """Messages on one page of a history; small, so that the second page is asked for."""

    def answer(self, method: str, token: str, form: dict[str, str]) -> dict[str, Any]:
        if token != self.token:
            return {"ok": False, "error": "invalid_auth" if token else "not_authed"}
        if form.get("channel") not in (CHANNEL, SECOND):
            return {"ok": False, "error": "channel_not_found"}
        known = {
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.getPermalink": self._permalink,
            "conversations.history": self._history,
            "conversations.replies": self._history,
        }
        return known[method](form) if method in known else {"ok": False, "error": "unknown_method"}

    def take_webhook(self, body: dict[str, Any]) -> None:
        self.messages.append(Posted(self._next_ts(), body["text"], body["blocks"]))

    def delete(self, ts: str) -> None:
        self.messages = [message for message in self.messages if message.ts != ts]

    def _next_ts(self) -> str:
        last = max((int(message.ts.partition(".")[0]) for message in self.messages), default=EPOCH)
        return f"{last + 1}.000100"

    def _post(self, form: dict[str, str]) -> dict[str, Any]:
        if self.refuses in form["text"]:
            return {"ok": False, "error": "invalid_blocks"}
        metadata = json.loads(form.get("metadata", "{}"))
        thread = form.get("thread_ts", "")
        blocks, channel = json.loads(form["blocks"]), form["channel"]
        self.messages.append(Posted(self._next_ts(), form["text"], blocks, thread, metadata, channel=channel))
        return {"ok": True, "channel": channel, "ts": self.messages[-1].ts}

    def _update(self, form: dict[str, str]) -> dict[str, Any]:
        for message in self.messages:
            if (message.ts, message.channel) == (form["ts"], form["channel"]):
                message.text, message.blocks = form["text"], json.loads(form["blocks"])
                message.edits += 1
                return {"ok": True, "channel": message.channel, "ts": message.ts}
        return {"ok": False, "error": "message_not_found"}

    def _permalink(self, form: dict[str, str]) -> dict[str, Any]:
        return {"ok": True, "permalink": f"https://double.slack.com/archives/{CHANNEL}/p{form['message_ts']}"}

    def _history(self, form: dict[str, str]) -> dict[str, Any]:
        if not self.may_read:
            return {"ok": False, "error": "missing_scope"}
        thread, since = form.get("ts", ""), float(form.get("oldest", "0"))
        there = [m for m in reversed(self.messages) if m.channel == form["channel"]]
        found = [m for m in there if m.thread == thread and float(m.ts) >= since]
        start = int(form.get("cursor") or 0)
        end = start + self.page
        shown = [
            {
                "ts": m.ts,
                "text": m.text,
                **({"metadata": m.metadata} if form.get("include_all_metadata") == "1" else {}),
            }
            for m in found[start:end]
        ]
        cursor = str(end) if end < len(found) else ""
        return {"ok": True, "messages": shown, "response_metadata": {"next_cursor": cursor}}
