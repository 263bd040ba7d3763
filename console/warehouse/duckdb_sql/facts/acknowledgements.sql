-- Generated from checks/facts/acknowledgements.sql by `python -m console.warehouse.translate`: do not edit.
SELECT
  a.acknowledgement_id AS acknowledgement_id,
  a.fingerprint AS fingerprint,
  COALESCE(a.event, '') AS event,
  a.note AS reason,
  a.acknowledged_by AS acknowledged_by,
  EPOCH_US(a.acknowledged_at) AS acknowledged_at,
  EPOCH_US(a.expires_at) AS expires_at
FROM nba_orchestration.console_acknowledgements AS a
WHERE
  a.acknowledged_at >= CAST($first AS TIMESTAMPTZ)
  AND a.acknowledged_at < CAST($last AS TIMESTAMPTZ) + INTERVAL '1' DAY
  AND EPOCH_US(a.acknowledged_at) < EPOCH_US($as_of) + 60000000
QUALIFY
  ROW_NUMBER() OVER (
    PARTITION BY a.fingerprint
    ORDER BY a.acknowledged_at DESC, a.acknowledgement_id DESC
  ) = 1
ORDER BY
  acknowledged_at NULLS FIRST,
  acknowledgement_id NULLS FIRST
