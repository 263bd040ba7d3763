-- How often did a write meet the streaming buffer, per game and kind of conflict?
SELECT
  c.game_date AS game_date,
  c.game_id AS game_id,
  c.conflict_type AS conflict_type,
  COUNT(*) AS conflicts,
  COUNT(IF(c.resolved AND c.resolution_time <= @as_of, NULL, 1)) AS unresolved,
  MAX(c.retry_count) AS most_retries,
  MIN(c.timestamp) AS first_at,
  MAX(c.timestamp) AS last_at
FROM nba_orchestration.streaming_conflict_log AS c
WHERE c.game_date BETWEEN @first AND @last
  AND c.timestamp <= @as_of
GROUP BY c.game_date, c.game_id, c.conflict_type
ORDER BY game_date, game_id, conflict_type
