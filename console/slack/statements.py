"""What the outbox for Slack asks of the journal (SQLite)."""

from __future__ import annotations

OPEN = "state IN ('waiting', 'posting', 'threaded', 'replying')"
PUT = """
    INSERT INTO slack_message (key, destination, incident, head, detail, change, standing, put_at, state, began_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (destination, key) DO UPDATE SET state = 'waiting', settled_at = NULL WHERE state = 'refused'
"""
"""What was refused is tried again when somebody asks for it again."""
OLDEST = f"""
    SELECT number FROM slack_message AS mine
    WHERE destination = :destination AND {OPEN}
        -- what a clock has written that has been set back since is over, as in `console.lease`
        AND (claim <= :now OR claim > :longest)
        AND NOT EXISTS (
            SELECT 1 FROM slack_message AS earlier WHERE earlier.destination = mine.destination
                AND earlier.incident = mine.incident AND earlier.number < mine.number AND earlier.{OPEN}
        )
        AND NOT EXISTS (  -- Slack wants quiet in the whole channel
            SELECT 1 FROM slack_message AS hushed WHERE hushed.destination = mine.destination AND hushed.{OPEN}
                AND hushed.next_at > :now AND hushed.next_at <= :latest
                AND hushed.put_at <= :now AND coalesce(hushed.began_at, '') <= :now
        )
    ORDER BY number LIMIT 1
"""  # noqa: S608  # both parts are written here
CLAIM = """
    UPDATE slack_message SET claim = :claim, put_at = min(put_at, :now), began_at = min(began_at, :now)
    WHERE number = :number
"""
MOVE = """
    UPDATE slack_message SET state = :state, began_at = :began_at, settled_at = :settled_at, error = '',
        ts = CASE WHEN :ts = '' THEN ts ELSE :ts END,
        claim = CASE WHEN :keeps THEN claim ELSE '' END
    WHERE number = :number AND claim = :claim
"""
FAIL = """
    UPDATE slack_message SET state = :state, error = :error, next_at = :next_at, settled_at = :settled_at, claim = ''
    WHERE number = :number AND claim = :claim
"""
THREAD = "SELECT ts, standing FROM slack_thread WHERE destination = ? AND incident = ?"
KEEP_THREAD = """
    INSERT INTO slack_thread (destination, incident, ts, standing, touched_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (destination, incident) DO UPDATE SET ts = excluded.ts, standing = excluded.standing,
        touched_at = excluded.touched_at
"""
FORGET_THREAD = "DELETE FROM slack_thread WHERE destination = ? AND incident = ?"
