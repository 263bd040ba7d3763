"""The demo warehouse: the week of 19-26 January 2026, in which a dead controller went unnoticed for 45 hours.

`january.toml` holds the facts, `fixture` reads them, `plan` shares them out over games and players, a module per subject makes
the rows, and `build` writes the file.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

DEMO_FIRST = date(2026, 1, 19)
DEMO_LAST = date(2026, 1, 26)

DEMO_AS_OF = datetime(2026, 1, 25, 1, 30, tzinfo=UTC)
"""Where the demo opens: five minutes before the controller came back."""

DEMO_WEEK = (datetime(2026, 1, 19, 5, 5, tzinfo=UTC), datetime(2026, 1, 27, 5, 5, tzinfo=UTC))
"""What is replayed of it: from five past midnight Eastern, so that a run every quarter of an hour meets 06:20 and 01:35."""

PROVENANCE = (
    "Recorded in January 2026: the games and results, the counts and feature quality of the dates, the silence of the controller "
    "and the row of the retry queue. Reconstructed: the orchestration tables, which were never exported, from the recorded "
    "cadence; the counts of the 26th; and everything about single players, whose names are placeholders."
)
"""What is recorded and what is not; shown wherever the demo is shown."""
