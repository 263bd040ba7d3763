"""The retry queue as a table: what stands first, what each width shows, and what 100,000 rows cost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from checks.model import Scope, SubjectKind
from checks.policy import Policy
from checks.queue_rows import Standing, standing
from console.desk import Desk
from screens.lines import Span
from screens.ports import Look
from screens.table import Table, Target
from screens.views.needs import QUEUE_CHECKS
from screens.views.options import Options
from screens.views.queue import queue_view
from screens.views.queue_columns import columns_for, time_text
from screens.views.queue_order import SORTS
from tests.builders import at
from tests.screens.looks import HOSTILE, all_text, head, items, look_at, rows, widest
from tests.screens.queued import AS_OF, SCOPE, many, queue_look, queued

WIDTHS = (36, 56, 76, 118, 200)

OF_EACH_KIND = (
    queued("done", status="succeeded", updated_at=at("2026-01-25T15:00")),
    queued("dead", status="failed_permanent", retry_count=3),
    queued("waiting", game_key="LAL@DAL", next_retry_at=at("2026-01-25T16:12")),
    queued("retrying", status="retrying", retry_count=1, next_retry_at=None, last_retry_at=at("2026-01-25T15:55")),
    queued("due"),
    queued("exhausted", game_key="GSW@MIN", retry_count=3, next_retry_at=at("2026-01-25T13:52")),
)


def shown(look: Look, width: int = 118, *, wanted: str = "", sort: str = "", ascii: bool = False) -> Table:
    return queue_view(look, SCOPE, Policy(), Options(width, wanted, sort, ascii))


def keys(table: Table) -> list[str]:
    return list(table.keys())


def test_what_somebody_must_work_on_stands_first_and_of_that_the_most_overdue() -> None:
    assert keys(shown(queue_look(*OF_EACH_KIND))) == ["due", "exhausted", "waiting", "retrying", "done", "dead"]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", ["late", "soon", "old", "over"]),
        ("due", ["late", "soon", "old", "over"]),
        ("age", ["old", "late", "soon", "over"]),
        ("attempts", ["old", "soon", "late", "over"]),
        ("phase", ["soon", "old", "late", "over"]),
        ("game", ["soon", "late", "old", "over"]),
        ("state", ["late", "old", "soon", "over"]),
    ],
)
def test_rows_are_sorted_by_each_column_with_the_active_ones_first(sort: str, order: list[str]) -> None:
    look = queue_look(
        queued("over", status="succeeded", phase="phase_1", game_key="AAA@AAA", retry_count=9),
        queued("soon", next_retry_at=at("2026-01-25T16:30"), phase="phase_3", game_key="BOS@CHI", retry_count=1),
        queued("late", phase="phase_5", game_key="LAL@DAL"),
        queued(
            "old",
            status="retrying",
            retry_count=2,
            next_retry_at=None,
            phase="phase_4",
            game_key="MIA@UTA",
            first_failure_at=at("2026-01-24T12:00"),
        ),
    )
    assert keys(shown(look, sort=sort)) == order


def test_the_sorts_are_offered_by_the_table() -> None:
    assert shown(queue_look()).columns == SORTS == ("due", "age", "attempts", "phase", "game", "state")


def test_a_narrow_panel_says_what_when_and_how_often() -> None:
    assert rows(shown(queue_look(*OF_EACH_KIND), 36)) == [
        "nbac_player_box… 0/3 188 min OVERDUE",
        "GSW@MIN          3/3           never",
        "LAL@DAL          0/3       in 12 min",
        "nbac_player_box… 1/3   being retried",
        "nbac_player_box… 0/3               -",
        "nbac_player_box… 3/3           never",
    ]


def test_a_wide_panel_says_everything_and_why_a_row_is_where_it_is() -> None:
    table = shown(queue_look(queued()), 200)
    columns = [column.title for column in columns_for(200)]
    assert columns == [
        "game or processor",
        "phase",
        "date",
        "tries",
        "next retry",
        "age",
        "state",
        "error",
        "why it is where it is",
    ]
    (row,) = rows(table)
    assert row.split("  ")[-1] == "due since 2026-01-25T12:52Z, 188 min overdue: nobody has tried"
    assert "188 min OVERDUE   3 h 23 min  due        transient: Max decode/download ret…" in row


@pytest.mark.parametrize(
    ("minutes", "says"),
    [
        (157, "157 min OVERDUE"),
        (1, "1 min OVERDUE"),
        (0, "due now"),
        (-12, "in 12 min"),
        (999, "999 min OVERDUE"),
        (1_000, "16 h OVERDUE"),
        (5_999, "99 h OVERDUE"),
        (6_000, "4 d OVERDUE"),
        (-1_000, "in 16 h"),
    ],
)
def test_the_next_retry_is_said_as_time_to_come_or_time_past(minutes: int, says: str) -> None:
    assert time_text(minutes) == says


def test_a_row_is_due_within_the_minute_in_which_it_falls_due_and_waits_before() -> None:
    assert standing(queued(next_retry_at=AS_OF + timedelta(seconds=59)), AS_OF) is Standing.DUE
    assert standing(queued(next_retry_at=AS_OF + timedelta(seconds=60)), AS_OF) is Standing.WAITING
    assert standing(queued(next_retry_at=None), AS_OF) is Standing.DUE


def test_a_status_that_the_queue_does_not_have_is_called_strange() -> None:
    assert "1 strange" in head(shown(queue_look(queued(status="vanished"))))[0]


def test_the_head_counts_in_the_words_of_job_queues() -> None:
    assert head(shown(queue_look(*OF_EACH_KIND), 76))[:2] == [
        "1 due · 1 waiting · 1 retrying · 1 exhausted · 1 dead · 1 done",
        "OK no row lies due and untouched for 30 min or more",
    ]


def test_the_head_says_first_of_all_that_nobody_works_the_queue() -> None:
    said = head(shown(queue_look(queued()), 76))
    assert said[0] == "ERROR the retrier is not running: 1 row is due and nothing has been tried f…"
    assert said[1] == "1 due · 0 waiting · 0 retrying · 0 exhausted · 0 dead"


def test_a_queue_that_could_not_be_judged_is_not_called_ok() -> None:
    look = look_at(SCOPE, QUEUE_CHECKS, failed={"retry_queue": "no answer"})
    with pytest.raises(Exception, match="no answer"):
        shown(look)


def test_an_empty_queue_says_so() -> None:
    table = shown(queue_look(), 76)
    assert (table.count, table.empty) == (0, "nothing was queued in the last two weeks")
    assert head(table)[0] == "0 due · 0 waiting · 0 retrying · 0 exhausted · 0 dead"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("lal@dal", ["waiting"]),
        ("OVERDUE", ["due"]),
        ("188 min", ["due"]),
        ("being retried", ["retrying"]),
        ("in 12", ["waiting"]),
        ("exhausted", ["exhausted"]),
        ("never", ["exhausted", "dead"]),
        ("3/3", ["exhausted", "dead"]),
        ("DECODE", ["due", "exhausted", "waiting", "retrying", "done", "dead"]),
        ("transient", ["due", "exhausted", "waiting", "retrying", "done", "dead"]),
        ("24 jan", ["due", "exhausted", "waiting", "retrying", "done", "dead"]),
        ("3 h 23 min", ["due", "exhausted", "waiting", "retrying", "done", "dead"]),
        ("no such thing", []),
    ],
)
def test_the_filter_looks_at_every_field_in_upper_and_lower_case(wanted: str, found: list[str]) -> None:
    table = shown(queue_look(*OF_EACH_KIND), wanted=wanted)
    assert keys(table) == found
    assert f"{len(found)} of 6 match" in head(table)[0]


def test_what_the_filter_finds_is_what_the_rows_show() -> None:
    look = queue_look(*many(300))
    everything = items(shown(look, 200))
    for wanted in ("overdue", "12 min", "due", "proc", "page 7", "2/3", "h 2", "dead", "in 5", "d 0"):
        expected = [item.key for item in everything if wanted in _fields(item.line)]
        assert keys(shown(look, 200, wanted=wanted)) == expected, wanted


def _fields(line: tuple[Span, ...]) -> str:
    """Return a row without its last column, which only says in a sentence what the others say."""
    return "\n".join(span.text.strip() for span in line[:-1]).casefold()


def test_a_row_opens_the_full_screen_queue_and_is_what_actions_are_about() -> None:
    (item,) = items(shown(queue_look(queued("x", game_key="LAL@DAL"))))
    assert item.target == Target("queue", "x", queued().game_date)
    assert item.subject is not None
    assert (item.subject.kind, item.subject.name) == (SubjectKind.QUEUE, "LAL@DAL")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("ascii", [False, True])
def test_no_line_is_wider_than_the_panel(width: int, ascii: bool) -> None:
    look = queue_look(*OF_EACH_KIND, *many(50), queued("hostile", game_key=HOSTILE, phase=HOSTILE))
    assert widest(shown(look, width, ascii=ascii)) <= width


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("field", ["error_message", "error_type", "processor_name", "phase", "resolution_notes"])
@pytest.mark.parametrize(
    "text",
    [
        HOSTILE,
        "\x1b[2J\x1b]0;title\x07",
        "[red]stop[/red]",
        "\u202eevil\u2066",
        "nul\x00nul",
        "one\ntwo\nthree",
        "Traceback (most recent call last):\n" + "  File x\n" * 100_000,
    ],
)
def test_nothing_that_a_terminal_obeys_gets_through_and_one_row_stays_one_line(
    field: str, text: str, width: int
) -> None:
    table = shown(queue_look(queued(**{field: text})), width)
    said = all_text(table)
    assert table.count == 1
    assert said.count("\n") == len(table.head)
    assert not any(ord(c) < 32 and c != "\n" for c in said)
    assert not {"\x1b", "\x9b", "\u202e", "\u2066", "\x7f"} & set(said)


def test_of_an_error_only_the_first_line_is_shown() -> None:
    (row,) = rows(shown(queue_look(queued(error_message="\n  boom\nat line 3")), 200))
    assert "transient: boom  " in row
    assert "line 3" not in row


@pytest.mark.parametrize("width", WIDTHS)
def test_ascii_mode_has_ascii_only(width: int) -> None:
    look = queue_look(*OF_EACH_KIND, queued("z", error_message="Jokić → ∞ …", processor_name="Dončić…" * 9))
    assert all_text(shown(look, width, ascii=True)).isascii()


def test_the_overdue_row_of_the_outage_says_that_the_retrier_is_dead(desk: Desk) -> None:
    scope = Scope.at(at("2026-01-25T16:00"))
    table = queue_view(desk.look(scope, QUEUE_CHECKS), scope, Policy(), Options(76))
    assert "the retrier is not running" in head(table)[0]
    assert rows(table) == ["nbac_player_boxscore  2        0/3  188 min OVERDUE  transient: Max decode/…"]


def test_before_the_row_was_queued_the_queue_is_empty(desk: Desk) -> None:
    scope = Scope.at(at("2026-01-25T01:30"))
    assert queue_view(desk.look(scope, QUEUE_CHECKS), scope, Policy(), Options(76)).count == 0
