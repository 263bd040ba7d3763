-- Which workflow executions followed the decisions?
SELECT
  x.execution_id AS execution_id,
  x.execution_time AS execution_time,
  x.workflow_name AS workflow_name,
  x.decision_id AS decision_id,
  x.scrapers_triggered AS scrapers_triggered,
  x.scrapers_succeeded AS scrapers_succeeded,
  x.scrapers_failed AS scrapers_failed,
  x.status AS status,
  x.error_message AS error_message
FROM nba_orchestration.workflow_executions AS x
WHERE DATE(x.execution_time) BETWEEN @first AND @last
  AND x.execution_time <= @as_of
ORDER BY execution_time, workflow_name, execution_id
