"""Streaming inserts, their tables, and the DML that touches these: `source.streaming_inserts`."""
