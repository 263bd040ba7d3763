-- Generated from checks/facts/decisions.sql by `python -m console.warehouse.translate`: do not edit.
SELECT
  d.decision_id AS decision_id,
  EPOCH_US(d.decision_time) AS decision_time,
  d.workflow_name AS workflow_name,
  d.action AS action,
  d.reason AS reason,
  ARRAY_TO_STRING(d.scrapers_triggered, ',') AS scrapers_triggered,
  ARRAY_TO_STRING(d.target_games, ',') AS target_games,
  EPOCH_US(d.next_check_time) AS next_check_time
FROM nba_orchestration.workflow_decisions AS d
WHERE
  d.decision_time >= CAST(CAST($first - INTERVAL '14' DAY AS DATE) AS TIMESTAMPTZ)
  AND d.decision_time < CAST($last AS TIMESTAMPTZ) + INTERVAL '1' DAY
  AND d.decision_time <= $as_of
QUALIFY
  CAST(d.decision_time AS DATE) >= $first
  OR ROW_NUMBER() OVER (
    PARTITION BY d.workflow_name, CAST(d.decision_time AS DATE) >= $first
    ORDER BY d.decision_time DESC, d.decision_id NULLS FIRST
  ) = 1
ORDER BY
  decision_time NULLS FIRST,
  workflow_name NULLS FIRST,
  decision_id NULLS FIRST
