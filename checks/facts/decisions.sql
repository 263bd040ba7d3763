-- What did the controller decide in the window, and when did each workflow decide last in the two weeks before it?
-- The last one before tells when a silence began that reaches into the window.
SELECT
  d.decision_id AS decision_id,
  d.decision_time AS decision_time,
  d.workflow_name AS workflow_name,
  d.action AS action,
  d.reason AS reason,
  ARRAY_TO_STRING(d.scrapers_triggered, ',') AS scrapers_triggered,
  ARRAY_TO_STRING(d.target_games, ',') AS target_games,
  d.next_check_time AS next_check_time
FROM nba_orchestration.workflow_decisions AS d
WHERE DATE(d.decision_time) BETWEEN CAST(DATE_SUB(@first, INTERVAL 14 DAY) AS DATE) AND @last
  AND d.decision_time <= @as_of
QUALIFY DATE(d.decision_time) >= @first
  OR ROW_NUMBER() OVER (
    PARTITION BY d.workflow_name, DATE(d.decision_time) >= @first
    ORDER BY d.decision_time DESC, d.decision_id
  ) = 1
ORDER BY decision_time, workflow_name, decision_id
