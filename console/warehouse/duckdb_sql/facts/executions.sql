-- Generated from checks/facts/executions.sql by `python -m console.warehouse.translate`: do not edit.
SELECT
  x.execution_id AS execution_id,
  EPOCH_US(x.execution_time) AS execution_time,
  x.workflow_name AS workflow_name,
  x.decision_id AS decision_id,
  x.scrapers_triggered AS scrapers_triggered,
  x.scrapers_succeeded AS scrapers_succeeded,
  x.scrapers_failed AS scrapers_failed,
  x.status AS status,
  x.error_message AS error_message
FROM nba_orchestration.workflow_executions AS x
WHERE
  x.execution_time >= CAST($first AS TIMESTAMPTZ)
  AND x.execution_time < CAST($last AS TIMESTAMPTZ) + INTERVAL '1' DAY
  AND x.execution_time <= $as_of
ORDER BY
  execution_time NULLS FIRST,
  workflow_name NULLS FIRST,
  execution_id NULLS FIRST
