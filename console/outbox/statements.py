"""The statements by which the outbox changes the journal (SQLite); the tables are in `journal_schema`."""

from __future__ import annotations

PUT = """
    INSERT INTO outbox (id, place, table_name, key, row, put_at) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (place, table_name, key) DO NOTHING
"""

AHEAD = """
    UPDATE load_job SET
        sent_at = min(sent_at, :now),
        next_at = CASE WHEN tried_at > :soon AND state IN ('waiting', 'sent') THEN :now ELSE next_at END,
        tried_at = min(tried_at, :now)
    WHERE place = :place AND (sent_at > :soon OR tried_at > :soon)
"""
"""Of a clock that was put back: what was done in what is the future now was done by now, and waits for nothing that is later."""

TABLES = """
    SELECT table_name FROM outbox WHERE place = :place
    UNION SELECT table_name FROM load_job WHERE place = :place AND sent_at >= :day_began
    ORDER BY table_name
"""

SENT = """
    SELECT id, job_id, attempt, splits, next_at FROM load_job
    WHERE place = ? AND table_name = ? AND state = 'sent' ORDER BY id
"""

WAITING = """
    SELECT id, job_id, attempt, splits, next_at FROM load_job
    WHERE place = ? AND table_name = ? AND state = 'waiting' ORDER BY next_at, id LIMIT 1
"""

USE = """
    SELECT count(*) FILTER (WHERE sent_at >= :day_began), max(sent_at) FROM load_job
    WHERE place = :place AND table_name = :table
"""
"""How many jobs were sent today, and when the last one was."""

NEW_ROWS = """
    SELECT number, id, length(CAST(row AS BLOB)) FROM outbox
    WHERE place = ? AND table_name = ? AND job IS NULL ORDER BY number LIMIT ?
"""

ROWS_OF = "SELECT number, id, row FROM outbox WHERE job = ? ORDER BY number"

NEW_JOB = """
    INSERT INTO load_job (job_id, place, table_name, attempt, splits, state, next_at, tried_at, sent_at, error)
    VALUES (:job_id, :place, :table, :attempt, :splits, :state, :next_at, :now, :sent_at, :error)
"""

TAKE_ROW = "UPDATE outbox SET job = ? WHERE number = ?"

SEND = """
    UPDATE load_job SET state = 'sent', sent_at = :now, tried_at = :now, next_at = :now
    WHERE id = :id AND state IN ('waiting', 'sent')
"""

POSTPONE = "UPDATE load_job SET next_at = :next_at, tried_at = :now, error = :error WHERE id = :id AND state = 'sent'"

SETTLE = """
    UPDATE load_job SET state = :state, settled_at = :now, tried_at = :now, error = :error
    WHERE id = :id AND state = 'sent'
"""
"""Of two processes that learn the outcome one settles it, and the other changes no row."""

COUNTS = """
    SELECT count(*) FILTER (WHERE o.job IS NULL),
           count(*) FILTER (WHERE j.state IN ('waiting', 'sent')),
           count(*) FILTER (WHERE j.state = 'refused')
    FROM outbox AS o LEFT JOIN load_job AS j ON j.id = o.job
    WHERE o.place = ? AND o.table_name = ?
"""
"""Rows that are in no batch yet, in batches that are under way, and refused for good."""

ARRIVAL = """
    SELECT j.state FROM outbox AS o LEFT JOIN load_job AS j ON j.id = o.job
    WHERE o.place = ? AND o.table_name = ? AND o.key = ?
"""

IS_WAITING = """
    SELECT EXISTS (
        SELECT 1 FROM outbox AS o LEFT JOIN load_job AS j ON j.id = o.job
        WHERE o.place = ? AND (o.job IS NULL OR j.state IN ('waiting', 'sent'))
    )
"""

TROUBLE = """
    SELECT error FROM load_job
    WHERE place = ? AND table_name = ? AND state IN ('waiting', 'sent', 'refused') AND error != ''
    ORDER BY tried_at DESC, id DESC LIMIT 1
"""

REFUSED = """
    SELECT o.number FROM outbox AS o JOIN load_job AS j ON j.id = o.job
    WHERE o.place = ? AND o.table_name = ? AND j.state = 'refused'
"""
RELEASE = "UPDATE outbox SET id = ?, job = NULL WHERE number = ?"
FORGIVE = "UPDATE load_job SET state = 'failed' WHERE place = ? AND table_name = ? AND state = 'refused'"
