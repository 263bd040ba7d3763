"""What the doctor says of the outbox."""

from __future__ import annotations

from checks.severity import Severity
from console.load_quota import LoadQuota
from console.outbox.batches import Standing
from console.outbox.observations import outbox_observations
from tests.outbox.outboxes import NOW, TABLE

QUOTA = LoadQuota(TABLE, 1_200, 1_500, NOW)


def said(**changes: object) -> list[tuple[Severity, str]]:
    values = {"waiting": 0, "refused": 0, "trouble": "", "quota": None, "next_at": None, **changes}
    standing = Standing(TABLE, **values)  # type: ignore[arg-type] # the fields of a test
    return [(item.severity, item.sentence) for item in outbox_observations([standing])]


def test_of_a_quota_that_is_nearly_spent_it_warns_and_says_when_it_resets() -> None:
    [(severity, sentence)] = said(quota=QUOTA)
    assert severity is Severity.WARNING
    assert "1,200 of today's 1,500 load jobs sent (80 %), the quota resets at Sun 25 Jan 07:00 EST" in sentence


def test_rows_that_wait_are_fine_unless_something_keeps_them() -> None:
    assert said(waiting=2) == [(Severity.OK, f"2 rows wait for {TABLE}")]
    assert said(waiting=2, trouble="no network") == [(Severity.WARNING, f"2 rows wait for {TABLE}: no network")]


def test_rows_that_are_refused_are_an_error() -> None:
    [(severity, sentence)] = said(refused=1, waiting=2, trouble="no such field")
    assert (severity, sentence) == (
        Severity.ERROR,
        f"{TABLE} refuses 1 rows, which stay in the outbox: no such field",
    )


def test_of_a_table_without_quota_for_which_nothing_waits_there_is_nothing_to_say() -> None:
    assert said() == []
