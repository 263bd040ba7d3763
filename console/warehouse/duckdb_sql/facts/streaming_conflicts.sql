-- Generated from checks/facts/streaming_conflicts.sql by `python -m console.warehouse.translate`: do not edit.
SELECT
  c.game_date AS game_date,
  c.game_id AS game_id,
  c.conflict_type AS conflict_type,
  COUNT(*) AS conflicts,
  COUNT(CASE WHEN c.resolved AND c.resolution_time <= $as_of THEN NULL ELSE 1 END) AS unresolved,
  MAX(c.retry_count) AS most_retries,
  EPOCH_US(MIN(c.timestamp)) AS first_at,
  EPOCH_US(MAX(c.timestamp)) AS last_at
FROM nba_orchestration.streaming_conflict_log AS c
WHERE
  c.game_date BETWEEN $first AND $last AND c.timestamp <= $as_of
GROUP BY
  c.game_date,
  c.game_id,
  c.conflict_type
ORDER BY
  game_date NULLS FIRST,
  game_id NULLS FIRST,
  conflict_type NULLS FIRST
