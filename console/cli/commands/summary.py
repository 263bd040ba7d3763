"""`courtside summary`: the summary for colleagues, as it would be posted, and its way to Slack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.arguments import At, Date, Days
from console.cli.command import EXIT_NOT_DELIVERED, Answer, Job, command, exit_status
from screens.lines import Line

if TYPE_CHECKING:
    from console.slack.message import Message
    from console.slack.posting import Posting


@command
def summary(
    job: Job,
    date: Date = None,
    at: At = None,
    days: Days = None,
    post: Annotated[bool, typer.Option("--post", help="Post it to Slack; without it nothing is sent.")] = False,
    sentence: Annotated[
        str, typer.Option("--sentence", metavar="TEXT", help="A sentence of your own, in at most 240 characters.")
    ] = "",
) -> Answer:
    """Print the summary for colleagues exactly as it would be posted to Slack; with --post, post it.

    Exit status: as `check`, or 4 where it was to be posted and has not certainly arrived.
    """
    from console.slack.message import message_of  # --help needs no Slack

    frame = job.frame(at, last=date, days=days)
    destination = None
    if post:
        from console.slack.destination import destination_of  # only to post

        destination = destination_of(job.settings.slack_channel, job.shell.environment)
    report = job.report(frame.scope)
    message = message_of(report, job.settings.warehouse, sentence)
    posting = None
    if destination is not None:
        from console.slack.posting import post_summary  # only to post

        posting = post_summary(message, destination, job.settings.state_dir, job.shell.now)
    status = exit_status(report.verdict.severity)
    if posting is not None and not posting.is_delivered:
        status = EXIT_NOT_DELIVERED

    def lines(width: int) -> list[Line]:
        from console.cli.summary_page import summary_lines  # only for text

        return summary_lines(message, posting, width)

    def document() -> dict[str, object]:
        from console import document  # text needs no JSON

        return {
            "scope": document.scope(frame.scope, frame.warehouse, frame.assumed),
            "verdict": document.verdict(report.verdict),
            "exit_status": status,
            **_fields(message, posting),
        }

    return Answer(status, lines, document)


def _fields(message: Message, posting: Posting | None) -> dict[str, object]:
    from console.slack.message import blocks_of  # as in the body

    return {
        "incident": message.incident,
        "key": message.key,
        "text": message.head,
        "blocks": blocks_of(message.head, message.detail),
        "posting": posting and {"state": posting.state.value, "where": posting.where, "reason": posting.reason},
    }
