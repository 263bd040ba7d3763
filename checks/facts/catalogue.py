"""All facts: what the catalogue of checks needs together, and what operators have said; known without importing a check."""

from __future__ import annotations

from typing import Any

from checks.facts.acknowledgements import ACKNOWLEDGEMENTS
from checks.facts.breakers import BREAKERS
from checks.facts.decisions import DECISIONS
from checks.facts.events import EVENTS
from checks.facts.executions import EXECUTIONS
from checks.facts.expected_runs import EXPECTED_RUNS
from checks.facts.fact import Fact
from checks.facts.feature_quality import FEATURE_QUALITY
from checks.facts.freshness import FRESHNESS
from checks.facts.gate_overrides import GATE_OVERRIDES
from checks.facts.hand_overs import HAND_OVERS
from checks.facts.lineage import LINEAGE
from checks.facts.processor_runs import PROCESSOR_RUNS
from checks.facts.prop_coverage import PROP_COVERAGE
from checks.facts.retry_queue import RETRY_QUEUE
from checks.facts.scrape_attempts import SCRAPE_ATTEMPTS
from checks.facts.streaming_conflicts import STREAMING_CONFLICTS
from checks.facts.told_states import TOLD_STATES
from checks.facts.watcher_runs import WATCHER_RUNS

ALL_FACTS: tuple[Fact[Any], ...] = (
    DECISIONS,
    EXPECTED_RUNS,
    EXECUTIONS,
    HAND_OVERS,
    PROCESSOR_RUNS,
    EVENTS,
    LINEAGE,
    SCRAPE_ATTEMPTS,
    RETRY_QUEUE,
    FEATURE_QUALITY,
    PROP_COVERAGE,
    STREAMING_CONFLICTS,
    BREAKERS,
    FRESHNESS,
)

WORDS: tuple[Fact[Any], ...] = (ACKNOWLEDGEMENTS, GATE_OVERRIDES, WATCHER_RUNS, TOLD_STATES)
"""What operators have said, when a watcher ran and what it told, in tables of the console's own. No check needs it, and a
warehouse may lack it: then nobody has said anything, and no watcher is missed."""

WHOLE_LOOK: tuple[Fact[Any], ...] = (*ALL_FACTS, ACKNOWLEDGEMENTS, WATCHER_RUNS)
"""What the report of all checks is loaded with: their facts, and what is said beside them."""
