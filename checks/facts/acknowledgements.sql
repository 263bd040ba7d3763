-- What did operators say last about each finding, up to the end of the minute of as-of?
-- Of that minute all counts: whoever has just acknowledged something sees it on the next screen.
SELECT
  a.acknowledgement_id AS acknowledgement_id,
  a.fingerprint AS fingerprint,
  COALESCE(a.event, '') AS event,
  a.note AS reason,
  a.acknowledged_by AS acknowledged_by,
  a.acknowledged_at AS acknowledged_at,
  a.expires_at AS expires_at
FROM nba_orchestration.console_acknowledgements AS a
WHERE DATE(a.acknowledged_at) BETWEEN @first AND @last
  AND UNIX_MICROS(a.acknowledged_at) < UNIX_MICROS(@as_of) + 60000000
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY a.fingerprint
  ORDER BY a.acknowledged_at DESC, a.acknowledgement_id DESC
) = 1
ORDER BY acknowledged_at, acknowledgement_id
