-- Generated from checks/facts/gate_overrides.sql by `python -m console.warehouse.translate`: do not edit.
SELECT
  o.override_id AS override_id,
  o.game_date AS game_date,
  o.phase_name AS phase_name,
  COALESCE(o.decision, '') AS word,
  o.reason AS reason,
  o.overridden_by AS overridden_by,
  EPOCH_US(o.overridden_at) AS overridden_at,
  EPOCH_US(o.expires_at) AS expires_at
FROM nba_orchestration.console_gate_overrides AS o
WHERE
  o.game_date BETWEEN $first AND $last
  AND EPOCH_US(o.overridden_at) < EPOCH_US($as_of) + 60000000
QUALIFY
  ROW_NUMBER() OVER (
    PARTITION BY o.game_date, o.phase_name
    ORDER BY o.overridden_at DESC, o.override_id DESC
  ) = 1
ORDER BY
  game_date NULLS FIRST,
  phase_name NULLS FIRST
