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

FORGET = ("DELETE FROM sighting WHERE touched_at < ?", "DELETE FROM log WHERE at < ?")
"""What is older than the retention; a trouble that lasts is touched by each report and stays."""

NOTE = "INSERT INTO log (at, actor, action, subject, outcome) VALUES (?, ?, ?, ?, ?)"
LOG = "SELECT at, actor, action, subject, outcome FROM log ORDER BY at DESC, id DESC LIMIT ?"

PREFER = "INSERT INTO preference VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
PREFERENCE = "SELECT value FROM preference WHERE name = ?"
LAST_REPORT = "SELECT report, saved_at FROM report WHERE environment = ?"
