"""Text that would take over a terminal, and a warehouse in which every text that a service can write is such a text."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from console.warehouse.embedded import EmbeddedWarehouse

TRACE = "".join(f'\n  File "/srv/scraper.py", line {n}, in fetch_{n}\n    raise RuntimeError' for n in range(16_000))

CORPUS: Mapping[str, str] = {
    "colours": "\x1b[31;42;7mOWNED\x1b[0m",
    "clears the screen": "\x1b[2J\x1b[3J\x1b[66;6HOWNED",
    "unfinished CSI": "\x1b[38;5;",
    "window title": "\x1b]0;OWNED title\x07",
    "window title, ended by ST": "\x1b]2;OWNED title\x1b\\",
    "clipboard": "\x1b]52;c;T1dORUQ=\x07",
    "hyperlink": "\x1b]8;;http://owned.example\x1b\\OWNED\x1b]8;;\x1b\\",
    "unfinished OSC": "\x1b]0;OWNED",
    "device control": "\x1bP$q m\x1b\\",
    "application command": "\x1b_OWNED\x1b\\",
    "reset": "\x1bc\x1b[!p",
    "alternate screen": "\x1b[?1049l\x1b[?25h\x1b[?1000h",
    "answers for the program": "\x1b[6n\x1b[c\x05",
    "C1 controls": "\x9b31mOWNED\x9d0;OWNED\x9c\x90q\x9c\x84\x85\x8d",
    "NUL, BEL, BS, DEL": "a\x00b\x07c\x08\x08\x08d\x7f\x0e\x0f",
    "carriage return": "harmless\rOWNED \x0b\x0c",
    "newlines and tabs": "one\ntwo\r\nthree\n\n\n\tfour\t\tfive",
    "line separators": "one\u2028two\u2029three\x85four",
    "right to left": "user\u202egnp.exe\u202d\u202c",
    "isolates": "a\u2066b\u2067c\u2068d\u2069\u200e\u200f\u061c",
    "nothing to see": "a\u200bb\u200cc\u200dd\u2060e\ufefff\u00adg\u180eh\u3164i\U000e0041j",
    "a pile of marks": "z" + "\u0301\u0316\u0489\u20dd" * 50 + "o",
    "markup": "[bold red]OWNED[/] [/] [@click=app.bell]press[/] [link=x]y[/link] [",
    "wide": "漢字仮名交じり文、全角ＡＢＣ、한국어" * 20,
    "emoji": "👩\u200d👩\u200d👧\u200d👦 ❤\ufe0f 🇩🇪 👍🏽 🔥" * 20,
    "private and unassigned": "\ue000\U000f0000\U0010fffd\u0378",
    "a megabyte of stack trace": TRACE,
    "a megabyte in one word": "A" * 1_000_000,
}

SEQUENCES: tuple[bytes, ...] = tuple(
    text.encode()
    for text in (
        *("\x1b[31;42;7m", "\x1b[3J", "\x1b[66;6H", "\x1b[38;5;end", "\x1b]0;", "\x1b]2;", "\x1b]52;", "\x1b]8;"),
        *("\x1bP$q m", "\x1b_", "\x1bc", "\x1b[!p", "\x1b[6n\x1b[c", "title", "owned.example"),
        *("\x00", "\x05", "\x07", "\x08", "\x7f", "\x0e", "\x0f", "\x0b", "\x0c", "\t"),
        *(chr(code) for code in range(0x80, 0xA0)),
        *"\u2028\u2029\u202e\u202d\u202c\u2066\u2067\u2068\u2069\u200e\u200f\u061c",
        *"\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\u3164\U000e0041\ue000\U000f0000\U0010fffd",
        "\u0301\u0316\u0489",
    )
)
"""Bytes of the corpus that the console itself has no reason to write."""

FORBIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
TABLES = {
    "queue": "nba_orchestration.failed_processor_queue",
    "decisions": "nba_orchestration.workflow_decisions",
    "expected": "nba_orchestration.daily_expected_schedule",
    "executions": "nba_orchestration.workflow_executions",
    "hand_overs": "nba_orchestration.phase_execution_log",
    "events": "nba_orchestration.pipeline_event_log",
    "attempts": "nba_orchestration.bdl_game_scrape_attempts",
    "breakers": "nba_orchestration.circuit_breaker_state",
    "conflicts": "nba_orchestration.streaming_conflict_log",
    "runs": "nba_reference.processor_run_history",
    "schedule": "nba_raw.nbac_schedule",
    "box_scores": "nba_raw.bdl_player_boxscores",
    "lines": "nba_raw.odds_api_player_points_props",
}
DAY, WHEN, LATER = "2026-01-24", "2026-01-25 12:10:00+00", "2026-01-25 12:40:00+00"


def forbidden_in(text: str) -> set[str]:
    """Return the characters of a line that a terminal would obey, or not show."""
    return {character for character in text if unicodedata.category(character) in FORBIDDEN}


def rows_of(number: int, evil: str) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """Yield rows (table, columns) in which every text is hostile and begins with a word of its own and `number`.

    Of texts that the checks compare with words they know, every other one is such a word.
    """

    def text(word: str) -> str:
        return f"{word}{number:02d}{evil}end"

    def word(name: str, known: str) -> str:
        return known if number % 2 else text(name)

    game = f"{DAY.replace('-', '')}_LAL_DAL"
    workflow = {"workflow_name": text("workflow"), "reason": text("why")}
    yield (
        "queue",
        {
            "id": text("id"),
            "game_date": DAY,
            "phase": word("phase", "phase_2"),
            "processor_name": text("processor"),
            "error_message": text("message"),
            "error_type": text("kind"),
            "retry_count": 0,
            "max_retries": 3,
            "first_failure_at": WHEN,
            "next_retry_at": LATER,
            "status": word("status", "pending"),
            "created_at": WHEN,
            "resolution_notes": text("notes"),
            "metadata": json.dumps({"game_key": text("key")}),
            "updated_at": WHEN,
        },
    )
    yield (
        "decisions",
        {
            "decision_id": text("decision"),
            "decision_time": WHEN,
            "action": word("action", "RUN"),
            **workflow,
            "scrapers_triggered": [text("scraper")],
            "target_games": [game, text("game")],
        },
    )
    yield "expected", {"date": "2026-01-25", "locked_at": WHEN, "expected_run_time": WHEN, **workflow}
    yield (
        "executions",
        {
            "execution_id": text("execution"),
            "execution_time": LATER,
            "workflow_name": text("workflow"),
            "decision_id": text("decision"),
            "scrapers_triggered": 1,
            "scrapers_succeeded": 0,
            "scrapers_failed": 1,
            "status": text("outcome"),
            "error_message": text("failure"),
        },
    )
    yield (
        "hand_overs",
        {
            "execution_timestamp": WHEN,
            "phase_name": word("transition", "phase2_to_phase3"),
            "game_date": DAY,
            "correlation_id": text("correlation"),
            "start_time": WHEN,
            "status": word("state", "blocked"),
            "metadata": json.dumps({"reason": text("blocker")}),
        },
    )
    yield (
        "events",
        {
            "event_id": text("event"),
            "timestamp": WHEN,
            "event_type": word("type", "error"),
            "phase": text("phase"),
            "processor_name": text("worker"),
            "game_date": DAY,
            "error_type": text("kind"),
            "error_message": text("error"),
            "stack_trace": text("trace"),
        },
    )
    yield (
        "attempts",
        {
            "scrape_timestamp": WHEN,
            "workflow": text("scrape"),
            "game_date": DAY,
            "away_team": "LAL",
            "home_team": "DAL",
            "was_available": False,
            "game_status": text("seen"),
        },
    )
    yield (
        "breakers",
        {
            "processor_name": text("breaker"),
            "state": word("position", "OPEN"),
            "failure_count": 9,
            "opened_at": WHEN,
            "updated_at": WHEN,
            "last_error_message": text("last"),
            "last_error_type": text("kind"),
        },
    )
    yield (
        "conflicts",
        {
            "conflict_id": text("conflict"),
            "timestamp": WHEN,
            "processor_name": text("processor"),
            "game_date": DAY,
            "game_id": text("lost"),
            "conflict_type": word("sort", "streaming_buffer"),
            "resolved": False,
        },
    )
    yield (
        "runs",
        {
            "processor_name": text("runner"),
            "run_id": text("run"),
            "status": "running",
            "data_date": DAY,
            "started_at": "2026-01-24 12:00:00+00",
            "phase": text("phase"),
            "skip_reason": text("skip"),
        },
    )
    yield (
        "schedule",
        {
            "game_id": f"99{number:02d}{evil}",
            "game_date": DAY,
            "game_date_est": "2026-01-24 20:00:00+00",
            "game_status": 3,
            "game_status_text": text("told"),
            "home_team_tricode": f"H{number:02d}{evil}",
            "away_team_tricode": f"A{number:02d}{evil}",
            "arena_timezone": text("zone"),
            "processed_at": WHEN,
        },
    )
    # A comma would make two names of one: facts bring lists of names in one text.
    player = {"game_date": DAY, "player_lookup": text("player").replace(",", ";")}
    yield "box_scores", {"game_id": game, "minutes": "31", "created_at": WHEN, "processed_at": WHEN, **player}
    yield "lines", {"game_id": game, "points_line": 21.5, "snapshot_timestamp": WHEN, **player}


def plant(path: Path) -> None:
    """Write rows with every text of the corpus into a copy of the demo."""
    with EmbeddedWarehouse(path).write() as connection:
        for number, evil in enumerate(CORPUS.values()):
            for table, row in rows_of(number, evil):
                places = ", ".join("?" for _ in row)
                connection.execute(
                    f"INSERT INTO {TABLES[table]} ({', '.join(row)}) VALUES ({places})", list(row.values())
                )
