"""The pipeline's tables on DuckDB in memory, rows for them, and a way to ask a fact's real query."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeVar

import duckdb

from checks.facts.fact import Fact
from checks.facts.rows import columns, decode
from console.warehouse.schema import definitions
from console.warehouse.translate import TARGET, fact_source
from tests.builders import at
from tests.facts import reference

Row = TypeVar("Row")

DAY = date(2026, 1, 24)
NEXT_DAY = date(2026, 1, 25)
LAL_DAL = "20260124_LAL_DAL"
LATER = "2026-01-30T00:00"


class Tables:
    """Empty tables of the pipeline; `add` writes one row, `ask` answers a fact from them."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("SET TimeZone='UTC'")
        for source in sorted((TARGET / "schema").glob("nba_*.sql")):
            self.connection.execute(f"CREATE SCHEMA {source.stem}")
            self.connection.execute(source.read_text(encoding="utf-8"))
        self.connection.execute((TARGET / "schema" / "console_tables.sql").read_text(encoding="utf-8"))

    def add(self, table: str, **values: Any) -> None:
        """Write one row; a column that is not named is NULL."""
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join("?" for _ in values)
        self.connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))

    def ask(self, fact: Fact[Row], as_of: str = LATER, first: date = DAY, last: date = DAY) -> tuple[Row, ...]:
        """Return the fact's rows, from the generated query, as the console would see them.

        The reference engine must give the same rows in the same order from the hand-written query.
        """
        sql = (TARGET / "facts" / f"{fact.name}.sql").read_text(encoding="utf-8")
        given: dict[str, date | datetime] = {"as_of": at(as_of), "first": first, "last": last}
        statement = self.connection.extract_statements(sql)[0]
        used = {name: given[name] for name in statement.named_parameters}
        raw = self.connection.execute(statement, used).fetchall()
        assert self._reference(fact, at(as_of), first, last) == raw
        return decode(fact, raw)

    def _reference(self, fact: Fact[Any], as_of: datetime, first: date, last: date) -> list[tuple[Any, ...]]:
        tables = [self._content(name) for name in fact.tables]
        sql = reference.with_parameters(fact_source(fact), as_of, first, last)
        row: type = fact.row
        instants = {column.name for column in columns(row) if column.type is datetime}
        return reference.run(reference.with_tables(reference.with_microseconds(sql, instants), tables))

    def _content(self, name: str) -> tuple[str, list[tuple[str, str]], list[tuple[Any, ...]]]:
        """Return a table with its columns, as they are here, in BigQuery's types, and its rows."""
        (definition,) = (item for item in definitions() if item.name == name)
        dataset, _, table = name.partition(".")
        there = self.connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = ? AND table_name = ?",
            [dataset, table],
        ).fetchall()
        known = [(column, kind) for column, kind in definition.columns if (column,) in there]
        micros = 'EPOCH_US("{}")'
        listed = ", ".join((micros if kind == "TIMESTAMP" else '"{}"').format(column) for column, kind in known)
        return name, known, self.connection.execute(f"SELECT {listed} FROM {name}").fetchall()

    def schedule(self, game_id: str = "0022500648", label: str = "LAL@DAL", day: date = DAY, **changes: Any) -> None:
        away, home = label.split("@")
        values: dict[str, Any] = {
            "game_id": game_id,
            "game_date": day,
            "game_date_est": at("2026-01-25T01:30"),
            "game_status": 1,
            "game_status_text": "7:30 pm ET",
            "away_team_tricode": away,
            "home_team_tricode": home,
            "arena_timezone": "America/Chicago",
            "processed_at": at("2026-01-20T10:00"),
        }
        self.add("nba_raw.nbac_schedule", **{**values, **changes})

    def box_score(self, player: str, minutes: str | None = "34:12", **changes: Any) -> None:
        values = {"game_id": LAL_DAL, "game_date": DAY, "created_at": at("2026-01-25T05:00")}
        self.add("nba_raw.bdl_player_boxscores", player_lookup=player, minutes=minutes, **{**values, **changes})

    def analytics(self, player: str, **changes: Any) -> None:
        values = {"game_id": LAL_DAL, "game_date": DAY, "is_active": True, "created_at": at("2026-01-25T06:00")}
        self.add("nba_analytics.player_game_summary", player_lookup=player, **{**values, **changes})

    def features(self, player: str, **changes: Any) -> None:
        values = {
            "game_id": LAL_DAL,
            "game_date": DAY,
            "is_production_ready": True,
            "created_at": at("2026-01-24T16:00"),
        }
        self.add("nba_predictions.ml_feature_store_v2", player_lookup=player, **{**values, **changes})

    def prediction(self, player: str, **changes: Any) -> None:
        values = {
            "prediction_id": f"p-{player}",
            "system_id": "catboost_v8",
            "game_id": LAL_DAL,
            "game_date": DAY,
            "is_active": True,
            "created_at": at("2026-01-24T16:30"),
        }
        self.add("nba_predictions.player_prop_predictions", player_lookup=player, **{**values, **changes})

    def grading(self, player: str, **changes: Any) -> None:
        values = {
            "system_id": "catboost_v8",
            "game_id": LAL_DAL,
            "game_date": DAY,
            "is_voided": False,
            "graded_at": at("2026-01-25T11:00"),
        }
        self.add("nba_predictions.prediction_accuracy", player_lookup=player, **{**values, **changes})
