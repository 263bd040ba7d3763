-- Which phases and processors started, completed, failed or retried?
SELECT
  e.event_id AS event_id,
  e.timestamp AS timestamp,
  e.event_type AS event_type,
  e.phase AS phase,
  e.processor_name AS processor_name,
  e.game_date AS game_date,
  e.correlation_id AS correlation_id,
  e.duration_seconds AS duration_seconds,
  e.records_processed AS records_processed,
  e.error_type AS error_type,
  e.error_message AS error_message
FROM nba_orchestration.pipeline_event_log AS e
WHERE DATE(e.timestamp) BETWEEN @first AND @last
  AND e.timestamp <= @as_of
ORDER BY timestamp, event_id
