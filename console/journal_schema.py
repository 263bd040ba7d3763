"""The journal's tables and the statements that change them (SQLite). All instants are RFC 3339 text in UTC, which sorts."""

from __future__ import annotations

VERSION = 1
"""Kept in `user_version`; a file of a later version is left alone."""

STATE = "SELECT (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_master)"
"""Version and number of tables at one moment; 0 and 0 of an empty file."""

TABLES: tuple[str, ...] = (
    """
    CREATE TABLE report (
        environment TEXT PRIMARY KEY,
        saved_at    TEXT NOT NULL,
        report      TEXT NOT NULL  -- JSON of console.report_codec
    )
    """,
    """
    CREATE TABLE sighting (
        id          INTEGER PRIMARY KEY,
        environment TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        check_id    TEXT NOT NULL,
        game_date   TEXT,
        sentence    TEXT NOT NULL,
        severity    TEXT NOT NULL,  -- the worst there was
        rank        INTEGER NOT NULL,
        first_seen  TEXT NOT NULL,  -- as-of of reports
        last_seen   TEXT NOT NULL,
        ended_at    TEXT,
        touched_at  TEXT NOT NULL   -- the clock on the wall, which retention counts from
    )
    """,
    "CREATE INDEX sighting_of ON sighting (environment, fingerprint, first_seen)",
    "CREATE INDEX sighting_open ON sighting (environment) WHERE ended_at IS NULL",
    "CREATE TABLE log (id INTEGER PRIMARY KEY, at TEXT, actor TEXT, action TEXT, subject TEXT, outcome TEXT)",
    "CREATE INDEX log_at ON log (at)",
    "CREATE TABLE preference (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE spending (day TEXT, place TEXT, bytes INTEGER NOT NULL, PRIMARY KEY (day, place))",  # days of UTC
    """
    CREATE TABLE load_job (
        id         INTEGER PRIMARY KEY,
        job_id     TEXT NOT NULL UNIQUE,  -- under which the warehouse knows it
        place      TEXT NOT NULL,
        table_name TEXT NOT NULL,
        attempt    INTEGER NOT NULL,
        splits     INTEGER NOT NULL,
        state      TEXT NOT NULL,         -- waiting, sent, delivered, failed (others took over its rows), refused
        next_at    TEXT NOT NULL,         -- when to send it or to ask for it
        tried_at   TEXT NOT NULL,
        sent_at    TEXT,                  -- the last time, which spacing and quota count from
        settled_at TEXT,
        error      TEXT NOT NULL DEFAULT ''
    )
    """,
    "CREATE INDEX load_job_sent ON load_job (place, table_name, sent_at)",
    """
    CREATE TABLE outbox (
        number     INTEGER PRIMARY KEY AUTOINCREMENT,
        id         TEXT NOT NULL UNIQUE,  -- random, so that no other journal has rows of the same ids
        place      TEXT NOT NULL,
        table_name TEXT NOT NULL,
        key        TEXT NOT NULL,         -- the idempotency key
        row        TEXT NOT NULL,         -- JSON in one line
        put_at     TEXT NOT NULL,
        job        INTEGER REFERENCES load_job (id),
        UNIQUE (place, table_name, key)
    )
    """,
    "CREATE INDEX outbox_job ON outbox (job)",
    """
    CREATE TABLE action (
        number   INTEGER PRIMARY KEY AUTOINCREMENT,  -- from 1, without gaps
        entry    TEXT NOT NULL,  -- JSON of console.actions.entry, exactly as it was hashed
        previous TEXT NOT NULL,  -- the hash of the entry before
        hash     TEXT NOT NULL
    )
    """,
    "CREATE UNIQUE INDEX action_id ON action (entry ->> '$.id')",
    "CREATE INDEX action_plan ON action (entry ->> '$.plan_id')",
    """
    CREATE TABLE slack_message (
        number      INTEGER PRIMARY KEY AUTOINCREMENT,
        key         TEXT NOT NULL,             -- the idempotency key, of incident and content
        destination TEXT NOT NULL,             -- a channel's id, or "webhook"
        incident    TEXT NOT NULL,
        head        TEXT NOT NULL,
        detail      TEXT NOT NULL,
        change      TEXT NOT NULL,             -- the reply in the thread
        standing    TEXT NOT NULL,
        state       TEXT NOT NULL DEFAULT 'waiting',  -- console.slack.outbox.State
        put_at      TEXT NOT NULL,
        began_at    TEXT,                      -- the first try of the post that is under way
        claim       TEXT NOT NULL DEFAULT '',  -- until when the console that delivers it keeps others away
        next_at     TEXT NOT NULL DEFAULT '',  -- when Slack wants to be asked again
        ts          TEXT NOT NULL DEFAULT '',  -- the parent message, as Slack knows it
        settled_at  TEXT,
        error       TEXT NOT NULL DEFAULT '',
        UNIQUE (destination, key)
    )
    """,
    """
    CREATE TABLE slack_thread (
        destination TEXT NOT NULL,
        incident    TEXT NOT NULL,
        ts          TEXT NOT NULL,
        standing    TEXT NOT NULL,  -- of what the parent says now
        touched_at  TEXT NOT NULL,
        PRIMARY KEY (destination, incident)
    )
    """,
)

KEEP_REPORT = """
    INSERT INTO report (environment, saved_at, report) VALUES (:environment, :saved_at, :report)
    ON CONFLICT (environment) DO UPDATE SET saved_at = excluded.saved_at, report = excluded.report
    WHERE excluded.saved_at >= report.saved_at
"""
"""A report that was made earlier never replaces one that was made later, whichever console comes first."""

LATEST_SIGHTINGS = """
    SELECT fingerprint, id, check_id, game_date, first_seen, last_seen, ended_at, max(first_seen)
    FROM sighting WHERE environment = ? GROUP BY fingerprint
"""
"""SQLite takes the bare columns from the row of the maximum."""

NEW_SIGHTING = """
    INSERT INTO sighting (environment, fingerprint, check_id, game_date, sentence, severity, rank,
                          first_seen, last_seen, ended_at, touched_at)
    VALUES (:environment, :fingerprint, :check_id, :game_date, :sentence, :severity, :rank, :seen, :seen, :ended_at, :now)
"""

SEEN_AGAIN = """
    UPDATE sighting SET
        sentence = CASE WHEN :seen >= last_seen THEN :sentence ELSE sentence END,
        severity = CASE WHEN :rank > rank THEN :severity ELSE severity END,
        rank = max(rank, :rank),
        first_seen = min(first_seen, :seen),
        last_seen = max(last_seen, :seen),
        ended_at = :ended_at,
        touched_at = :now
    WHERE id = :id
"""

ENDED = "UPDATE sighting SET ended_at = :ended_at, touched_at = :now WHERE id = :id"

SIGHTINGS = """
    SELECT fingerprint, check_id, sentence, severity, first_seen, last_seen, ended_at FROM sighting
    WHERE environment = :environment AND (:fingerprint = '' OR fingerprint = :fingerprint)
    ORDER BY last_seen DESC, first_seen DESC, id DESC LIMIT 2000
"""

FORGET = (
    "DELETE FROM sighting WHERE touched_at < ?",
    "DELETE FROM log WHERE at < ?",
    "DELETE FROM spending WHERE day < ?",
    "DELETE FROM outbox WHERE job IN (SELECT id FROM load_job WHERE state = 'delivered' AND settled_at < ?)",
    "DELETE FROM load_job WHERE settled_at < ? AND state != 'refused'",
    "DELETE FROM slack_message WHERE settled_at < ?",
    "DELETE FROM slack_thread WHERE touched_at < ?",
)
"""What is older than the retention; a trouble that lasts is touched by each report and stays, and so does an undelivered row.

Entries of `action` are never deleted. Each is proved by the one before, so a chain whose beginning was forgotten looks like one
whose beginning somebody removed. They are small: 100 a day are 20 MB a year.
"""

NOTE = "INSERT INTO log (at, actor, action, subject, outcome) VALUES (?, ?, ?, ?, ?)"
LOG = "SELECT at, actor, action, subject, outcome FROM log ORDER BY at DESC, id DESC LIMIT ?"

SPEND = """
    INSERT INTO spending (day, place, bytes) VALUES (?, ?, ?)
    ON CONFLICT (day, place) DO UPDATE SET bytes = bytes + excluded.bytes
"""
SPENT = "SELECT coalesce(sum(bytes), 0) FROM spending WHERE day = ? AND place = ?"

PREFER = "INSERT INTO preference VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
PREFERENCE = "SELECT value FROM preference WHERE name = ?"
LAST_VERDICT = """
    SELECT report ->> '$.verdict.severity', report ->> '$.verdict.sentence', report ->> '$.verdict.since',
           report ->> '$.scope.as_of'
    FROM report WHERE environment = ? AND json_valid(report)
"""

LAST_REPORT = "SELECT report, saved_at FROM report WHERE environment = ?"
