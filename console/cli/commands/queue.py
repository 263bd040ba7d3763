"""`courtside queue list`: the retry queue, and why each row is where it is."""

from __future__ import annotations

from console.cli.arguments import At, Days
from console.cli.command import Answer, Job, command, exit_status
from screens.lines import Line

CHECKS = ("queue.overdue", "queue.exhausted", "queue.retrier_dead")


@command
def queue_list(job: Job, at: At = None, days: Days = None) -> Answer:
    """List the retry queue: what waits, for what, and why it is where it is."""
    from checks.facts.retry_queue import RETRY_QUEUE  # --help needs no facts
    from checks.queue_rows import explain

    frame = job.frame(at, days=days)
    with job.desk() as desk:
        look = desk.look(frame.scope, CHECKS)
    report, rows = look.report, look.rows(RETRY_QUEUE)
    as_of = frame.scope.as_of
    explained = [
        (row, explain(row, job.settings.policy, as_of))
        for row in sorted(rows, key=lambda row: (not row.is_active, row.first_failure_at, row.id))
    ]
    status = exit_status(report.verdict.severity)
    from console.cli.drain_page import life_fields, life_of_drainer

    heartbeat, life = life_of_drainer(job)

    def lines(width: int) -> list[Line]:
        from screens.lines import BLANK, flow  # only for text
        from screens.text.queue import queue_lines

        return [*queue_lines(explained, report, frame, width), BLANK, *flow([life], width)]

    def document() -> dict[str, object]:
        from console import document  # text needs no JSON

        return {
            **document.report(report, frame.warehouse, frame.assumed),
            "exit_status": status,
            "queue": [document.queue_row(row, why) for row, why in explained],
            "drainer": life_fields(heartbeat),
        }

    return Answer(status, lines, document)
