-- Which attempts to hand a date over to the next phase were logged?
SELECT
  h.execution_timestamp AS execution_timestamp,
  h.phase_name AS transition,
  h.game_date AS game_date,
  h.correlation_id AS correlation_id,
  h.start_time AS start_time,
  h.duration_seconds AS duration_seconds,
  h.games_processed AS games_processed,
  h.status AS status,
  JSON_VALUE(h.metadata, '$.reason') AS reason
FROM nba_orchestration.phase_execution_log AS h
WHERE h.game_date BETWEEN @first AND @last
  AND h.execution_timestamp <= @as_of
ORDER BY execution_timestamp, transition, game_date, correlation_id, status, start_time, reason
