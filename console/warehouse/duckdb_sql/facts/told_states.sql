-- Generated from checks/facts/told_states.sql by `python -m console.warehouse.translate`: do not edit.
SELECT
  l.name AS name,
  l.told AS told
FROM nba_orchestration.console_leases AS l
WHERE
  NOT l.told IS NULL AND EPOCH_US(l.changed_at) < EPOCH_US($as_of) + 60000000
ORDER BY
  name NULLS FIRST
