"""The audits by id: what each looks for, what it needs to be in a text, and why it matters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from console.audits.copies import shared_drift
from console.audits.exceptions import silent_exceptions
from console.audits.hygiene import check_hygiene
from console.audits.module import Module, Reader
from console.audits.pools import pooling
from console.audits.rules import rule_file
from console.audits.streaming import streaming_inserts
from console.audits.values import AuditError, Hit


@dataclass(frozen=True, slots=True)
class Audit:
    """A check of source files: `inspect` yields what it finds in one module that has one of the words `needs`.

    `reads` tells in which top-level parts of the module it can find something.
    """

    id: str
    title: str
    why: str
    needs: tuple[str, ...] = ()
    inspect: Callable[[Module], Iterator[Hit]] | None = None
    reads: Reader | None = None


AUDITS: tuple[Audit, ...] = (
    Audit(
        streaming_inserts.CHECK,
        "rows written through the streaming buffer",
        "Streamed rows stay in the table's buffer for up to 90 minutes; UPDATE, DELETE and MERGE that touch them fail, and the "
        "game's rows are never corrected. Load jobs do not pass through that buffer.",
        rule_file("streaming_inserts").needs,
        streaming_inserts.inspect,
        streaming_inserts.reads,
    ),
    Audit(
        silent_exceptions.CHECK,
        "errors that nobody hears of",
        "A swallowed error looks like a quiet night. A refused permission read as `busy` kept the controller from running for "
        "hours while every check was green.",
        rule_file("silent_exceptions").needs,
        silent_exceptions.inspect,
        silent_exceptions.reads,
    ),
    Audit(
        pooling.CLIENTS,
        "clients of BigQuery, Firestore and Pub/Sub made outside the pool",
        "A client that is made for every request authenticates and connects for every request: seconds, sockets and memory, "
        "until the instance is killed.",
        tuple(sorted(rule_file("pooling").names["client_words"])),
        pooling.inspect_clients,
        pooling.reads_clients,
    ),
    Audit(
        pooling.HTTP,
        "HTTP without a pooled session",
        "Without a session each call opens a connection of its own, has no retries, and by default waits for ever.",
        tuple(sorted(rule_file("pooling").names["http_words"])),
        pooling.inspect_http,
        pooling.reads_http,
    ),
    Audit(
        check_hygiene.CHECK,
        "checks that report OK on failure",
        "A check that finds nothing because its query failed is worse than none: it is believed.",
        rule_file("check_hygiene").needs,
        check_hygiene.inspect,
        check_hygiene.reads,
    ),
    Audit(
        shared_drift.CHECK,
        "copies of the shared code that are not as the original is",
        "What was mended in shared/ is not mended where the old copy runs; what was changed in a copy is lost when it is next "
        "overwritten.",
    ),
)
IDS = tuple(audit.id for audit in AUDITS)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A check of the same kind that looks at something else than a checkout, and the command that runs it."""

    id: str
    title: str
    command: str


ELSEWHERE: tuple[Elsewhere, ...] = (
    Elsewhere(
        "infra.dead_letter", "topics whose undeliverable messages go nowhere, or wait", "courtside infra dead-letter"
    ),
    Elsewhere("infra.quota", "load jobs per table against the day's quota", "courtside infra quota"),
    Elsewhere("deploy.checklist", "what must be true of a deployment, and who said so", "courtside deploy checklist"),
)


def chosen(names: Sequence[str]) -> tuple[Audit, ...]:
    """Return the audits of these ids, of which the last part may stand alone; all of them for none. Raises AuditError."""
    if not names:
        return AUDITS
    for name in names:
        if other := elsewhere(name):
            raise AuditError(f"{other.id} looks at no checkout: `{other.command}` runs it")
        if not is_check(name):
            raise AuditError(
                f"there is no audit {name!r}; there are {', '.join(IDS)}; `courtside audit --list` explains"
            )
    return tuple(audit for audit in AUDITS if {audit.id, audit.id.rpartition(".")[2]} & set(names))


def is_check(name: str) -> bool:
    """Return whether a name is an audit's."""
    return any(_is_name(name, one) for one in IDS)


def elsewhere(name: str) -> Elsewhere | None:
    """Return the check of this name that looks at something else than a checkout, or None."""
    return next((one for one in ELSEWHERE if _is_name(name.replace("-", "_"), one.id)), None)


def _is_name(name: str, full: str) -> bool:
    return name in (full, full.rpartition(".")[2])
