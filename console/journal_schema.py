"""The tables of the journal, and what of them is forgotten (SQLite). All instants are RFC 3339 text in UTC, which sorts."""

from __future__ import annotations

VERSION = 2
"""Kept in `user_version`; a file of a later version is left alone, one of an earlier is brought up to this when it is opened."""

UPGRADES: tuple[str, ...] = (
    "DROP TABLE IF EXISTS heartbeat",  # it had no `checks`; heartbeats are of the last run, and come again with the next
)
"""What a file of version 1 needs before the tables that it lacks are made."""

STATE = "SELECT (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_master)"
"""Version and number of tables at one moment; 0 and 0 of an empty file."""

TABLES: tuple[str, ...] = (
    """
    CREATE TABLE IF NOT EXISTS report (
        environment TEXT PRIMARY KEY,
        saved_at    TEXT NOT NULL,
        report      TEXT NOT NULL  -- JSON of console.report_codec
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS sighting (
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
    "CREATE INDEX IF NOT EXISTS sighting_of ON sighting (environment, fingerprint, first_seen)",
    "CREATE INDEX IF NOT EXISTS sighting_open ON sighting (environment) WHERE ended_at IS NULL",
    "CREATE TABLE IF NOT EXISTS log (id INTEGER PRIMARY KEY, at TEXT, actor TEXT, action TEXT, subject TEXT, outcome TEXT)",
    "CREATE INDEX IF NOT EXISTS log_at ON log (at)",
    "CREATE TABLE IF NOT EXISTS preference (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    # Days of UTC.
    "CREATE TABLE IF NOT EXISTS spending (day TEXT, place TEXT, bytes INTEGER NOT NULL, PRIMARY KEY (day, place))",
    """
    CREATE TABLE IF NOT EXISTS load_job (
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
    "CREATE INDEX IF NOT EXISTS load_job_sent ON load_job (place, table_name, sent_at)",
    """
    CREATE TABLE IF NOT EXISTS outbox (
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
    "CREATE INDEX IF NOT EXISTS outbox_job ON outbox (job)",
    """
    CREATE TABLE IF NOT EXISTS action (
        number   INTEGER PRIMARY KEY AUTOINCREMENT,  -- from 1, without gaps
        entry    TEXT NOT NULL,  -- JSON of console.actions.entry, exactly as it was hashed
        previous TEXT NOT NULL,  -- the hash of the entry before
        hash     TEXT NOT NULL
    )
    """,
    "CREATE UNIQUE INDEX IF NOT EXISTS action_id ON action (entry ->> '$.id')",
    "CREATE INDEX IF NOT EXISTS action_plan ON action (entry ->> '$.plan_id')",
    """
    CREATE TABLE IF NOT EXISTS plan (
        id      TEXT PRIMARY KEY,
        place   TEXT NOT NULL,
        made_at TEXT NOT NULL,
        hash    TEXT NOT NULL,             -- of what was read to make it
        text    TEXT NOT NULL,             -- JSON of console.actions.plan_codec
        state   TEXT NOT NULL,             -- console.actions.run_state.RunState
        reason  TEXT NOT NULL DEFAULT '',
        by      TEXT NOT NULL DEFAULT '',
        stopped TEXT NOT NULL DEFAULT ''   -- why items are left
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS plan_item (
        plan   TEXT NOT NULL REFERENCES plan (id),
        number INTEGER NOT NULL,           -- in the plan, from 0; only of items that are eligible
        state  TEXT NOT NULL,              -- console.actions.run_state.ItemState
        at     TEXT,                       -- when it was begun
        said   TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (plan, number)
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS verification (
        plan         TEXT NOT NULL,
        round        INTEGER NOT NULL,           -- 1 at once, 2 after 5 minutes, 3 after 30
        place        TEXT NOT NULL,
        items        INTEGER NOT NULL,           -- of the plan that were applied by then
        scheduled_at TEXT NOT NULL,
        due_at       TEXT NOT NULL,
        claim        TEXT NOT NULL DEFAULT '',   -- whose it is to run
        claimed_at   TEXT NOT NULL DEFAULT '',
        settled_at   TEXT,
        judgement    TEXT NOT NULL DEFAULT '',   -- JSON of console.actions.judgement
        PRIMARY KEY (plan, round)
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS slack_message (
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
    CREATE TABLE IF NOT EXISTS slack_thread (
        destination TEXT NOT NULL,
        incident    TEXT NOT NULL,
        ts          TEXT NOT NULL,
        standing    TEXT NOT NULL,  -- of what the parent says now
        touched_at  TEXT NOT NULL,
        PRIMARY KEY (destination, incident)
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS unsaved_game (
        place         TEXT NOT NULL,
        phase         TEXT NOT NULL,
        processor     TEXT NOT NULL,
        game_date     TEXT NOT NULL,
        game_id       TEXT NOT NULL,     -- as the box scores spell it
        id            TEXT NOT NULL,     -- of the conflict, and of the row that the retry queue gets
        conflict_at   TEXT,              -- the first conflict; NULL of a game that was never tried
        tries         INTEGER NOT NULL,
        tried_at      TEXT NOT NULL,     -- the last try, or when it was given up untried
        in_flight     INTEGER NOT NULL,  -- 1 while a try is under way whose end nobody has noted
        reason        TEXT NOT NULL,
        next_retry_at TEXT NOT NULL,     -- when the queue's worker shall take it
        attend_at     TEXT NOT NULL,     -- from when on whoever comes puts it into the queue
        queue_tries   INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (place, phase, processor, game_date, game_id)
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS conflict_breaker (  -- only those that are not closed
        place     TEXT NOT NULL,
        processor TEXT NOT NULL,
        game_date TEXT NOT NULL,
        state     TEXT NOT NULL,  -- checks.breaker.BreakerState
        opened_at TEXT,
        trial_at  TEXT,
        PRIMARY KEY (place, processor, game_date)
    )
    """,
    "CREATE TABLE IF NOT EXISTS lease (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until TEXT NOT NULL)",
    """
    CREATE TABLE IF NOT EXISTS heartbeat (
        name   TEXT NOT NULL,
        place  TEXT NOT NULL,  -- the warehouse that it worked on
        checks TEXT NOT NULL,  -- those that a watcher was told to run, with commas between them; "" of all
        at     TEXT NOT NULL,
        host   TEXT NOT NULL,
        says   TEXT NOT NULL,  -- what the round came to
        every_seconds REAL,    -- how often it is meant to run, where somebody has said
        PRIMARY KEY (name, place, checks)
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS dispatch (
        number      INTEGER PRIMARY KEY AUTOINCREMENT,
        place       TEXT NOT NULL,
        phase       TEXT NOT NULL,
        item        TEXT NOT NULL,             -- what was tried, whichever row asked for it
        row_id      TEXT NOT NULL,
        at          TEXT NOT NULL,             -- before the post
        outcome     TEXT NOT NULL DEFAULT '',  -- console.draining.tries.Outcome
        quiet_until TEXT NOT NULL DEFAULT ''   -- until when the processor asked to be left alone
    )
    """,
    "CREATE INDEX IF NOT EXISTS dispatch_of ON dispatch (place, at)",
    """
    CREATE TABLE IF NOT EXISTS deployment (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        place  TEXT NOT NULL,
        name   TEXT NOT NULL,
        at     TEXT NOT NULL,
        by     TEXT NOT NULL,
        steps  TEXT NOT NULL,  -- JSON of console.deploying.checklist, as it was when the deployment was begun
        UNIQUE (place, name)
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS deployment_answer (  -- the newest of a step counts; none is ever changed
        number     INTEGER PRIMARY KEY AUTOINCREMENT,
        deployment INTEGER NOT NULL REFERENCES deployment (number),
        step       TEXT NOT NULL,
        word       TEXT NOT NULL,  -- console.deploying.verdict.Word
        severity   TEXT,           -- what a check came to
        note       TEXT NOT NULL,
        at         TEXT NOT NULL,
        by         TEXT NOT NULL
    )
    """,
    "CREATE INDEX IF NOT EXISTS deployment_answer_of ON deployment_answer (deployment)",
    """
    CREATE TABLE IF NOT EXISTS incident (
        number     INTEGER PRIMARY KEY AUTOINCREMENT,
        id         TEXT NOT NULL,
        place      TEXT NOT NULL,
        key        TEXT NOT NULL,
        state      TEXT NOT NULL,  -- checks.incidents.incident.State
        text       TEXT NOT NULL,  -- JSON of console.incidents.codec
        touched_at TEXT NOT NULL,
        UNIQUE (place, id)
    )
    """,
    "CREATE UNIQUE INDEX IF NOT EXISTS incident_current ON incident (place, key) WHERE state != 'closed'",
    "CREATE TABLE IF NOT EXISTS ledger (place TEXT PRIMARY KEY, text TEXT NOT NULL)",  # JSON of console.notify.codec
    """
    CREATE TABLE IF NOT EXISTS notice (
        number     INTEGER PRIMARY KEY AUTOINCREMENT,
        sink       TEXT NOT NULL,
        key        TEXT NOT NULL,             -- the idempotency key
        place      TEXT NOT NULL,
        thread     TEXT NOT NULL,
        escalates  INTEGER NOT NULL,
        text       TEXT NOT NULL,             -- JSON of console.notify.codec
        state      TEXT NOT NULL DEFAULT 'waiting',  -- console.notify.outbox.State
        put_at     TEXT NOT NULL,
        tries      INTEGER NOT NULL DEFAULT 0,
        claim      TEXT NOT NULL DEFAULT '',  -- until when the process that sends it keeps others away
        next_at    TEXT NOT NULL DEFAULT '',
        settled_at TEXT,
        error      TEXT NOT NULL DEFAULT '',
        UNIQUE (sink, key)
    )
    """,
)

FORGET = (
    "DELETE FROM sighting WHERE touched_at < ?",
    "DELETE FROM log WHERE at < ?",
    "DELETE FROM spending WHERE day < ?",
    "DELETE FROM outbox WHERE job IN (SELECT id FROM load_job WHERE state = 'delivered' AND settled_at < ?)",
    "DELETE FROM load_job WHERE settled_at < ? AND state != 'refused'",
    "DELETE FROM plan_item WHERE plan IN (SELECT id FROM plan WHERE made_at < ?)",
    "DELETE FROM plan WHERE made_at < ?",
    "DELETE FROM verification WHERE settled_at < ?",
    "DELETE FROM slack_message WHERE settled_at < ?",
    "DELETE FROM slack_thread WHERE touched_at < ?",
    "DELETE FROM dispatch WHERE at < ?",
    "DELETE FROM incident WHERE touched_at < ?",
    "DELETE FROM notice WHERE settled_at < ?",
    "DELETE FROM conflict_breaker WHERE coalesce(trial_at, opened_at) < ?",
)
"""What is older than the retention; a trouble that lasts is touched by each report and stays, and so does an undelivered row.

Entries of `action` are never deleted. Each is proved by the one before, so a chain whose beginning was forgotten looks like one
whose beginning somebody removed. They are small: 100 a day are 20 MB a year.
Deployments stay too: who let what pass is asked months later.
"""
