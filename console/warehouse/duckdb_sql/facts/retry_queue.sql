-- Generated from checks/facts/retry_queue.sql by `python -m console.warehouse.translate`: do not edit.
SELECT
  q.id AS id,
  q.game_date AS game_date,
  q.phase AS phase,
  q.processor_name AS processor_name,
  JSON_VALUE(CAST(TO_JSON(q) AS TEXT), '$.metadata.game_key') ->> '$' AS game_key,
  q.error_type AS error_type,
  q.error_message AS error_message,
  q.retry_count AS retry_count,
  q.max_retries AS max_retries,
  EPOCH_US(q.first_failure_at) AS first_failure_at,
  EPOCH_US(q.last_retry_at) AS last_retry_at,
  EPOCH_US(q.next_retry_at) AS next_retry_at,
  q.status AS status,
  JSON_VALUE(CAST(TO_JSON(q) AS TEXT), '$.resolution_notes') ->> '$' AS resolution_notes,
  EPOCH_US(q.updated_at) AS updated_at,
  JSON_VALUE(CAST(TO_JSON(q) AS TEXT), '$.correlation_id') ->> '$' AS correlation_id
FROM nba_orchestration.failed_processor_queue AS q
WHERE
  q.game_date BETWEEN $first AND $last
  AND EPOCH_US(COALESCE(q.created_at, q.first_failure_at)) < EPOCH_US($as_of) + 60000000
ORDER BY
  first_failure_at NULLS FIRST,
  id NULLS FIRST
