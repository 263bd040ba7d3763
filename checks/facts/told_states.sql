-- What has the watcher that leads told people, up to the end of the minute of as-of?
SELECT
  l.name AS name,
  l.told AS told
FROM nba_orchestration.console_leases AS l
WHERE l.told IS NOT NULL
  AND UNIX_MICROS(l.changed_at) < UNIX_MICROS(@as_of) + 60000000
ORDER BY name
