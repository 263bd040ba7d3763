-- Generated from checks/facts/expected_runs.sql by `python -m console.warehouse.translate`: do not edit.
SELECT
  e.date AS run_date,
  e.workflow_name AS workflow_name,
  EPOCH_US(e.expected_run_time) AS expected_run_time,
  e.reason AS reason,
  e.games_today AS games_today
FROM nba_orchestration.daily_expected_schedule AS e
WHERE
  e.date BETWEEN $first AND $last AND e.locked_at <= $as_of
QUALIFY
  ROW_NUMBER() OVER (
    PARTITION BY e.date, e.workflow_name, e.expected_run_time
    ORDER BY e.locked_at DESC, e.reason NULLS FIRST, e.games_today NULLS FIRST
  ) = 1
ORDER BY
  run_date NULLS FIRST,
  expected_run_time NULLS FIRST,
  workflow_name NULLS FIRST
