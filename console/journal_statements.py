"""The statements of what the journal itself keeps: reports, sightings, the log, preferences and spending (SQLite)."""

from __future__ import annotations

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
