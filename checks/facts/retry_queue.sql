-- What stands in the retry queue? Older deployments lack `metadata`, `resolution_notes` or `correlation_id`, so these are
-- read out of the whole row, where a column that does not exist is NULL and not an error. Of the minute of as-of all rows
-- count: whoever has just put one there sees it.
SELECT
  q.id AS id,
  q.game_date AS game_date,
  q.phase AS phase,
  q.processor_name AS processor_name,
  JSON_VALUE(TO_JSON_STRING(q), '$.metadata.game_key') AS game_key,
  q.error_type AS error_type,
  q.error_message AS error_message,
  q.retry_count AS retry_count,
  q.max_retries AS max_retries,
  q.first_failure_at AS first_failure_at,
  q.last_retry_at AS last_retry_at,
  q.next_retry_at AS next_retry_at,
  q.status AS status,
  JSON_VALUE(TO_JSON_STRING(q), '$.resolution_notes') AS resolution_notes,
  q.updated_at AS updated_at,
  JSON_VALUE(TO_JSON_STRING(q), '$.correlation_id') AS correlation_id
FROM nba_orchestration.failed_processor_queue AS q
WHERE q.game_date BETWEEN @first AND @last
  AND UNIX_MICROS(COALESCE(q.created_at, q.first_failure_at)) < UNIX_MICROS(@as_of) + 60000000
ORDER BY first_failure_at, id
