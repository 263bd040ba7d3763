"""Every table and column of the pipeline is defined, and DuckDB's form of it says the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from console.warehouse.duckdb_catalog import bigquery_type, existing
from console.warehouse.embedded import EmbeddedWarehouse
from console.warehouse.schema import SOURCES, definitions, parse, source_text
from console.warehouse.translate_schema import generate_schema

GENERATED = Path(__file__).parents[2] / "console" / "warehouse" / "duckdb_sql"

PIPELINE = {
    "nba_raw.nbac_schedule": "game_id game_code season_year game_date game_date_est game_status game_status_text home_team_id"
    " home_team_tricode home_team_name away_team_id away_team_tricode away_team_name is_regular_season is_playoffs is_all_star"
    " arena_timezone home_team_score away_team_score data_source created_at processed_at",
    "nba_raw.bdl_player_boxscores": "game_id game_date season_year game_status home_team_abbr away_team_abbr team_abbr"
    " player_full_name player_lookup minutes points data_hash created_at processed_at",
    "nba_raw.odds_api_player_points_props": "game_id game_date home_team_abbr away_team_abbr player_lookup bookmaker"
    " points_line snapshot_timestamp",
    "nba_analytics.player_game_summary": "player_lookup universal_player_id player_full_name game_id game_date team_abbr"
    " opponent_team_abbr points minutes_played is_active data_quality_tier primary_source_used source_bdl_completeness_pct"
    " processed_with_issues created_at processed_at",
    "nba_predictions.ml_feature_store_v2": "player_lookup game_date game_id feature_count feature_version"
    " feature_quality_score data_source is_production_ready expected_games_count actual_games_count completeness_percentage"
    " insufficient_data_reason created_at updated_at",
    "nba_predictions.player_prop_predictions": "prediction_id system_id player_lookup game_date game_id prediction_version"
    " predicted_points confidence_score recommendation has_prop_line current_points_line line_source is_active"
    " is_production_ready invalidation_reason created_at updated_at",
    "nba_predictions.prediction_accuracy": "player_lookup game_id game_date system_id predicted_points actual_points"
    " prediction_correct is_voided graded_at",
    "nba_reference.processor_run_history": "processor_name run_id status started_at processed_at duration_seconds"
    " records_processed data_date phase output_table trigger_source errors warnings retry_attempt skipped skip_reason"
    " failure_category cloud_run_service",
    "nba_orchestration.workflow_decisions": "decision_id decision_time workflow_name action reason context scrapers_triggered"
    " target_games next_check_time priority alert_level environment triggered_by created_at",
    "nba_orchestration.workflow_executions": "execution_id execution_time workflow_name decision_id scrapers_triggered"
    " scrapers_succeeded scrapers_failed status duration_seconds error_message",
    "nba_orchestration.daily_expected_schedule": "date locked_at workflow_name expected_run_time reason scrapers games_today"
    " priority",
    "nba_orchestration.phase_execution_log": "execution_timestamp phase_name game_date correlation_id start_time"
    " duration_seconds games_processed status metadata created_at",
    "nba_orchestration.pipeline_event_log": "event_id timestamp event_type phase processor_name game_date correlation_id"
    " trigger_source duration_seconds records_processed error_type error_message stack_trace metadata",
    "nba_orchestration.scraper_execution_log": "execution_id scraper_name workflow game_date status triggered_at completed_at"
    " duration_seconds source error_type error_message retry_count",
    "nba_orchestration.bdl_game_scrape_attempts": "scrape_timestamp execution_id workflow game_date home_team away_team"
    " was_available player_count game_status bdl_game_id was_expected expected_start_time estimated_end_time is_west_coast",
    "nba_orchestration.circuit_breaker_state": "processor_name state failure_count success_count last_failure last_success"
    " opened_at half_opened_at updated_at last_error_message last_error_type threshold timeout_seconds half_open_max_calls",
    "nba_orchestration.failed_processor_queue": "id game_date phase processor_name error_message error_type retry_count"
    " max_retries first_failure_at last_retry_at next_retry_at status correlation_id resolution_notes metadata created_at"
    " updated_at",
    "nba_orchestration.streaming_conflict_log": "conflict_id timestamp processor_name game_id game_date conflict_type"
    " retry_count resolved resolution_time resolution_method details",
    "nba_raw.v_game_id_mappings": "nba_game_id bdl_game_id game_date game_code away_team_tricode home_team_tricode"
    " away_team_id home_team_id away_team_name home_team_name game_status game_status_name season_year",
}
NEED_A_PARTITION_FILTER = {
    "nba_raw.nbac_schedule",
    "nba_raw.bdl_player_boxscores",
    "nba_predictions.ml_feature_store_v2",
    "nba_predictions.player_prop_predictions",
    "nba_predictions.prediction_accuracy",
}
PARTITIONS = {
    "nba_orchestration.workflow_decisions": "DATE(decision_time)",
    "nba_orchestration.workflow_executions": "DATE(execution_time)",
    "nba_orchestration.daily_expected_schedule": "date",
    "nba_orchestration.pipeline_event_log": "DATE(timestamp)",
    "nba_orchestration.scraper_execution_log": "DATE(triggered_at)",
    "nba_orchestration.bdl_game_scrape_attempts": "DATE(scrape_timestamp)",
    "nba_reference.processor_run_history": "data_date",
    "nba_orchestration.failed_processor_queue": "game_date",
    "nba_raw.odds_api_player_points_props": "game_date",
}
BY_NAME = {definition.name: definition for definition in definitions()}


@pytest.mark.parametrize("table", PIPELINE)
def test_every_column_of_the_pipeline_is_defined_in_its_order(table: str) -> None:
    assert [name for name, _ in BY_NAME[table].columns] == PIPELINE[table].split()


def test_the_latest_schedule_has_the_columns_of_the_schedule() -> None:
    assert BY_NAME["nba_raw.v_nbac_schedule_latest"].columns == BY_NAME["nba_raw.nbac_schedule"].columns


def test_the_consoles_own_tables_are_defined_and_nothing_unknown() -> None:
    names = ("acknowledgements", "actions", "gate_overrides", "gate_decisions", "check_runs", "leases")
    own = {f"nba_orchestration.console_{name}" for name in names}
    assert set(BY_NAME) == set(PIPELINE) | own | {"nba_raw.v_nbac_schedule_latest"}


def test_bigquery_rejects_an_unfiltered_query_of_exactly_the_tables_that_require_a_filter() -> None:
    found = {name for name, found in BY_NAME.items() if "require_partition_filter = TRUE" in found.statement}
    assert found == NEED_A_PARTITION_FILTER


@pytest.mark.parametrize("table", PARTITIONS)
def test_a_table_is_partitioned_by_the_column_to_filter_on(table: str) -> None:
    assert f"PARTITION BY {PARTITIONS[table]}" in BY_NAME[table].statement.splitlines()


def test_a_line_that_is_no_column_is_refused_with_its_text() -> None:
    with pytest.raises(ValueError, match="not a column: game_id"):
        parse("CREATE TABLE IF NOT EXISTS a.b (\n  game_id\n);\n")


def test_a_statement_that_is_no_definition_is_refused_with_its_text() -> None:
    with pytest.raises(ValueError, match=r"not a definition: CREATE TABLE a\.b"):
        parse("CREATE TABLE a.b (\n  id STRING\n);\n")


def test_the_generated_duckdb_files_are_what_would_be_generated_now() -> None:
    for name, text in generate_schema().items():
        assert (GENERATED / name).read_text(encoding="utf-8") == text


def test_every_generated_file_has_a_source() -> None:
    assert {path.name for path in (GENERATED / "schema").iterdir()} == set(SOURCES)


def test_definitions_are_read_in_the_order_in_which_they_can_be_run() -> None:
    names = list(BY_NAME)
    assert names.index("nba_raw.v_game_id_mappings") > names.index("nba_raw.v_nbac_schedule_latest")
    assert names[-2:] == [found.name for found in parse(source_text("views.sql"))]


@pytest.mark.parametrize(
    ("duckdb_type", "expected"),
    [
        ("VARCHAR[]", "ARRAY<STRING>"),
        ("DECIMAL(38,9)", "NUMERIC"),
        ("TIMESTAMP WITH TIME ZONE", "TIMESTAMP"),
        ("TIMESTAMP", "DATETIME"),
        ("JSON", "JSON"),
        ("UUID", "UUID"),
    ],
)
def test_a_duckdb_type_is_shown_under_bigquerys_name(duckdb_type: str, expected: str) -> None:
    assert bigquery_type(duckdb_type) == expected


@pytest.fixture
def made(tmp_path: Path) -> Iterator[EmbeddedWarehouse]:
    warehouse = EmbeddedWarehouse(tmp_path / "w.duckdb")
    warehouse.apply_schema()
    yield warehouse
    warehouse.close()


def test_duckdb_has_every_column_with_the_defined_type(made: EmbeddedWarehouse) -> None:
    for definition, found in zip(definitions(), made.inspect(tuple(BY_NAME)), strict=True):
        assert tuple((column.name, column.type) for column in found.columns) == definition.columns, definition.name


def test_numeric_keeps_nine_decimals(made: EmbeddedWarehouse) -> None:
    with made.write() as connection:
        connection.execute(
            "INSERT INTO nba_predictions.ml_feature_store_v2 (player_lookup, game_date, feature_quality_score)"
            " VALUES ('lukadoncic', '2026-01-24', 64.123456789)"
        )
        found = connection.execute(
            "SELECT CAST(feature_quality_score AS VARCHAR) FROM nba_predictions.ml_feature_store_v2"
        )
        assert found.fetchall() == [("64.123456789",)]


def test_json_works_without_downloaded_extensions(made: EmbeddedWarehouse) -> None:
    with made.write() as connection:
        connection.execute(
            "INSERT INTO nba_orchestration.failed_processor_queue (id, game_date, metadata)"
            """ VALUES ('1', '2026-01-24', '{"game_key": "LAL@DAL"}')"""
        )
        found = connection.execute("SELECT metadata->>'game_key' FROM nba_orchestration.failed_processor_queue")
        assert found.fetchall() == [("LAL@DAL",)]


def schedule(made: EmbeddedWarehouse, *rows: dict[str, Any]) -> None:
    """Write schedule rows of LAL@DAL; `days` is the game's date counted from today."""
    now = datetime.now(UTC)
    with made.write() as connection:
        for row in rows:
            values: dict[str, Any] = {
                "game_id": "0022500648",
                "season_year": 2025,
                "game_status": 1,
                "scraped": 0,
                "days": 0,
            } | row
            connection.execute(
                "INSERT INTO nba_raw.nbac_schedule (game_id, season_year, game_status, away_team_tricode, home_team_tricode,"
                " game_date, processed_at) VALUES ($game_id, $season_year, $game_status, 'LAL', 'DAL', $day, $at)",
                {name: values[name] for name in ("game_id", "season_year", "game_status")}
                | {
                    "day": (now + timedelta(days=values["days"])).date(),
                    "at": now + timedelta(hours=values["scraped"]),
                },
            )


def rows_of(made: EmbeddedWarehouse, sql: str) -> list[tuple[Any, ...]]:
    with made.write() as connection:
        return list(connection.execute(sql).fetchall())


LATEST = (
    "SELECT game_status, date_diff('day', current_date, game_date) FROM nba_raw.v_nbac_schedule_latest ORDER BY game_id"
)


def test_the_latest_row_of_a_game_is_the_one_with_the_highest_status(made: EmbeddedWarehouse) -> None:
    schedule(made, {"game_status": 3, "scraped": 0}, {"game_status": 1, "scraped": 5})
    assert rows_of(made, LATEST) == [(3, 0)]


def test_among_rows_of_one_status_the_latest_is_the_one_scraped_last(made: EmbeddedWarehouse) -> None:
    schedule(made, {"days": 1, "scraped": 1}, {"days": 2, "scraped": 2}, {"days": 3, "scraped": 0})
    assert rows_of(made, LATEST) == [(1, 2)]


def test_the_latest_schedule_reaches_90_days_back_and_30_ahead(made: EmbeddedWarehouse) -> None:
    schedule(made, *({"game_id": str(days), "days": days} for days in (-91, -90, 30, 31)))
    assert sorted(days for _, days in rows_of(made, LATEST)) == [-90, 30]


def test_a_mapping_joins_the_schedules_id_to_the_box_scores(made: EmbeddedWarehouse) -> None:
    schedule(made, {"game_status": 3})
    with made.write() as connection:
        connection.execute(
            "INSERT INTO nba_raw.bdl_player_boxscores (game_id, game_date, player_lookup)"
            " SELECT strftime(game_date, '%Y%m%d') || '_LAL_DAL', game_date, 'lukadoncic' FROM nba_raw.nbac_schedule"
        )
    joined = (
        "SELECT nba_game_id, game_status_name, player_lookup FROM nba_raw.v_game_id_mappings AS m"
        " JOIN nba_raw.bdl_player_boxscores AS b ON b.game_id = m.bdl_game_id"
    )
    assert rows_of(made, joined) == [("0022500648", "Final", "lukadoncic")]


def test_mappings_begin_with_the_season_2024(made: EmbeddedWarehouse) -> None:
    schedule(made, *({"game_id": str(year), "season_year": year} for year in (2023, 2024)))
    assert rows_of(made, "SELECT season_year FROM nba_raw.v_game_id_mappings") == [(2024,)]


def test_a_game_without_a_tricode_has_no_bdl_id_rather_than_half_of_one(made: EmbeddedWarehouse) -> None:
    schedule(made, {})
    with made.write() as connection:
        connection.execute("UPDATE nba_raw.nbac_schedule SET home_team_tricode = NULL")
    assert rows_of(made, "SELECT bdl_game_id FROM nba_raw.v_game_id_mappings") == [(None,)]


def test_a_second_apply_creates_nothing(made: EmbeddedWarehouse) -> None:
    assert made.apply_schema() == ()


def test_apply_creates_only_what_is_missing_and_keeps_rows(made: EmbeddedWarehouse) -> None:
    schedule(made, {})
    with made.write() as connection:
        connection.execute("DROP TABLE nba_orchestration.streaming_conflict_log")
    assert made.apply_schema() == ("nba_orchestration.streaming_conflict_log",)
    assert rows_of(made, "SELECT COUNT(*) FROM nba_raw.nbac_schedule") == [(1,)]


def test_apply_never_alters_a_table_of_another_shape(made: EmbeddedWarehouse) -> None:
    with made.write() as connection:
        connection.execute("ALTER TABLE nba_orchestration.failed_processor_queue DROP COLUMN metadata")
        before = existing(connection)
    assert made.apply_schema() == ()
    with made.write() as connection:
        assert existing(connection) == before
