-- The load jobs of each table, failed ones too: since the quota's day began, and within the pace before now.
-- BigQuery only: no other engine has this view. It is partitioned by creation_time, and never cached.
SELECT
  destination_table.project_id AS project,
  CONCAT(destination_table.dataset_id, '.', destination_table.table_id) AS table_name,
  COUNT(IF(creation_time >= @began, 1, NULL)) AS today,
  COUNT(IF(creation_time >= @paced_from, 1, NULL)) AS recent
FROM `region-place`.INFORMATION_SCHEMA.JOBS_BY_PROJECT
WHERE creation_time >= @since
  AND creation_time < @as_of
  AND job_type = 'LOAD'
GROUP BY project, table_name
ORDER BY project, table_name
