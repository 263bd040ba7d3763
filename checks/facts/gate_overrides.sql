-- What did operators say last about each hand-over of each date, up to the end of the minute of as-of?
-- Of that minute all counts: whoever has just held a gate finds it held.
SELECT
  o.override_id AS override_id,
  o.game_date AS game_date,
  o.phase_name AS phase_name,
  COALESCE(o.decision, '') AS word,
  o.reason AS reason,
  o.overridden_by AS overridden_by,
  o.overridden_at AS overridden_at,
  o.expires_at AS expires_at
FROM nba_orchestration.console_gate_overrides AS o
WHERE o.game_date BETWEEN @first AND @last
  AND UNIX_MICROS(o.overridden_at) < UNIX_MICROS(@as_of) + 60000000
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY o.game_date, o.phase_name
  ORDER BY o.overridden_at DESC, o.override_id DESC
) = 1
ORDER BY game_date, phase_name
