-- How do the processors' circuit breakers stand?
SELECT
  b.processor_name AS processor_name,
  b.state AS state,
  b.failure_count AS failure_count,
  b.opened_at AS opened_at,
  b.updated_at AS updated_at,
  b.timeout_seconds AS timeout_seconds,
  b.last_error_type AS last_error_type,
  b.last_error_message AS last_error_message
FROM nba_orchestration.circuit_breaker_state AS b
WHERE b.updated_at <= @as_of OR b.updated_at IS NULL
ORDER BY processor_name, updated_at, state
