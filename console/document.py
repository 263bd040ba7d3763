"""The JSON documents of `--json`, schema `courtside/1`.

Every document is one object on one stream: `schema`, `command`, then the fields of that command. The rules:

- Fields are added, never renamed or removed, within `courtside/1`. A field that does not apply is null, never absent.
- Instants are RFC 3339 in UTC with a `Z`; dates are Eastern game dates, `YYYY-MM-DD`; durations are whole minutes.
- Severities are `ok`, `warning`, `unknown`, `error`, `critical`; faults are `data`, `check`, `pipeline`.
- Lists have a stable order: causes worst first, findings in the order of the checks, games by tip-off.

| object | fields |
| --- | --- |
| scope | `warehouse`, `as_of`, `first`, `last`, `lookback_minutes`, `assumed` (why this moment, or "") |
| verdict | `severity`, `sentence`, `since` |
| cause | `key`, `name`, `severity`, `sentence`, `fault`, `since`, `until`, `suggestions`; `evidence`, `symptoms` (fingerprints) |
| finding | `fingerprint`, `check`, `key`, and as a cause: `severity` … `until`; `subject`, `evidence`, `names`, `suggestions` |
| hush | `kind` (`acknowledged`, `silenced`), `by`, `until`, `reason`; of a finding or a cause, null: nobody has it in hand |
| subject | `kind`, `name`, `game_date` |
| evidence | `label`, `value`, `unit`, `fact` |
| suggestion | `command`, `purpose` |
| check | `check`, `severity`, `reason`, `findings` (fingerprints) |
| fact | `fact`, `rows`, `seconds`, `reason` |
| gap | `start`, `end`, `minutes`, `severity` |
| transition | `transition`, `game_date`, `status`, `ready_at`, `started_at`, `ended_at`, `duration_minutes`, `reason` |
| gate | the fields of `checks.gates.GateDecision`, and `is_alarm` |
| recorded | `waiting` (why the row has not arrived, or ""), `alert` (null: nothing was to be recorded) |
| queue row | the fields of `checks.facts.retry_queue.QueueRow`, and `why` |
| drainer | `at`, `host`, `says`: its last round on this host (null: there was none) |
| watcher | `at`, `host`, `every_seconds`, `verdict`, `checks` (null: all) of a watcher's newest run (null: there was none) |
| drained row | the fields of `QueueRow`, `step` (what would be done), `fate` (what became of it; one of the two is null), `why` |
| game | the fields of `checks.facts.lineage.GameLineage`, `label`, `not_played` (the reason), `states` (one per stage) |
| funnel | `game_date`, `stages`: the fields of `checks.funnel.StageTotal`, and `percentage` (null: nothing was expected) |
| explain | `queries`; `total`: the fields of `screens.text.explain.Total`; `budget` (null: there is none) |
| query | the fields of `console.warehouse.record.QueryRecord`; bytes are null where none are counted, rows where no answer came |
| budget | `daily_gb` (of 2^30 bytes), `spent_today` (bytes), `day` (of UTC), `state`: `ok`, `warn`, `exhausted` |
| journal entry | the fields of `console.actions.entry.ActionEntry`, `number`, `previous`, `hash` |
| broken | `number`, `what`, `found` (a journal entry, or null), `whole_until` |
| plan | `id`, `order`, `place`, `made_at`, `hash`, `checks`, `cost`, `eligible` (how many), `items` |
| plan item | `subject`, `would`, `refused` |
| order | the fields of `screens.orders.Order` |
| run | `plan` (its id), `state`, `by`, `reason`, `stopped`, `done` (how many), `is_complete`, `verification`, `items` |
| run item | of each eligible plan item: `number` (from 0, in the plan), `subject`, `would`, `state`, `at`, `said` |
| posting | `state`, `where`, `reason` (null: nothing was to be posted) |
| verification | `plan_id`, `rounds`, `outcome`, `severity`, `sentence`, `items`, `double_rows` (`subject`, `ids`, `sentence`) |
| audit finding | as a finding: `subject` is a file, its `evidence` has the `line`; `known` (of the baseline) are fingerprints |
| passed by | `path`, `reason`: what an audit did not look at |
| waiting table | `table`, `waiting`, `refused` (rows), `trouble`, `next_at` |
| server | `state`, `started_at`, `uptime_seconds`, `run_seconds` (of the run under way, or null), `report_age_seconds` |
| incident | `id`, `key`, `state`, `severity`, `worst`, `sentence`, instants, `flaps`, `symptoms`, `absorbed`, `hush`, `next` |
| sink | `sink`, `waiting`, `refused` (notices), `error` (null: none) |
| course | `thresholds`, `until`, counts of messages, `incidents`, `events`, `messages`, `findings` (of a replay) |
| change | `about`, `becomes`, `present`, `other` (when, under which thresholds; null: never), `times`, `latest` |
| error | `kind`, `message` |

Every document of a command has `explain`, null unless `--explain` asks for it.
A report has `scope`, `verdict`, `exit_status`, `causes`, `findings`, `checks`, `facts`, `hushes_unread` (why it is not known what
operators have said, or ""). A refusal has only `schema` and `error`.

The server (`courtside serve`) has the same objects, and no `explain`. What stands on a report has its `scope`, `verdict`,
`exit_status`, `made_at` and `age_seconds`; a `run` is the whole report, and `joined` says whether somebody else had begun it.
Incidents come with `heartbeat`: `at`, `host`, `says` of the watcher's last run on that host (null: there was none); and with
`watcher_silent`, what the check of that name makes of it: a severity, unknown where nobody knows how often it is to run.
A gate comes with `recorded`, and with `not_recorded`: why it is not, or "".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any, TextIO, cast

from checks.hushes import NOT_ASKED, NOTHING_SAID, Hushes
from checks.model import (
    CheckResult,
    Evidence,
    FactOutcome,
    Finding,
    Report,
    RootCause,
    Scope,
    Severity,
    Subject,
    Suggestion,
    Verdict,
)
from checks.times import format_instant, minutes_between

if TYPE_CHECKING:
    from checks.facts.lineage import GameLineage
    from checks.facts.retry_queue import QueueRow
    from checks.funnel import DateFunnel
    from checks.gates import GateDecision
    from checks.policy import Policy

SCHEMA = "courtside/1"

Json = Mapping[str, object]


def write_document(command: str, body: Json, out: TextIO) -> None:
    """Write the document of `command`: the envelope, then `body`, in ASCII so that no terminal can be led astray by it."""
    json.dump({"schema": SCHEMA, "command": command, **body}, out, indent=2, ensure_ascii=True, allow_nan=False)
    out.write("\n")


def write_error(kind: str, message: str, out: TextIO) -> None:
    """Write the document of a refusal."""
    json.dump({"schema": SCHEMA, "error": {"kind": kind, "message": message}}, out, indent=2, ensure_ascii=True)
    out.write("\n")


def instant(moment: datetime | None) -> str | None:
    """Return `2026-01-23T06:20:00Z`; fractions of a second are kept where there are any."""
    return None if moment is None else format_instant(moment)


def day(value: date | None) -> str | None:
    """Return `2026-01-23`."""
    return None if value is None else value.isoformat()


def severity(value: Severity) -> str:
    """Return `critical`."""
    return value.name.lower()


def scope(value: Scope, warehouse: str, assumed: str = "") -> Json:
    """Return what an answer is about."""
    return {
        "warehouse": warehouse,
        "as_of": instant(value.as_of),
        "first": day(value.first),
        "last": day(value.last),
        "lookback_minutes": int(value.lookback / timedelta(minutes=1)),
        "assumed": assumed,
    }


def verdict(value: Verdict) -> Json:
    """Return the one sentence at the top."""
    return {"severity": severity(value.severity), "sentence": value.sentence, "since": instant(value.since)}


def subject(value: Subject) -> Json:
    """Return what a finding is about."""
    return {"kind": value.kind.value, "name": value.name, "game_date": day(value.game_date)}


def evidence(value: Evidence) -> Json:
    """Return one number behind a finding."""
    return {"label": value.label, "value": value.value, "unit": value.unit, "fact": value.fact}


def suggestion(value: Suggestion) -> Json:
    """Return a next step."""
    return {"command": value.command, "purpose": value.purpose}


def finding(value: Finding, hushes: Hushes = NOTHING_SAID) -> Json:
    """Return one thing that a check has to say, and who has it in hand."""
    return {
        "fingerprint": value.fingerprint,
        "check": value.check,
        "severity": severity(value.severity),
        "subject": subject(value.subject),
        "sentence": value.sentence,
        "fault": value.fault.value,
        "since": instant(value.since),
        "until": instant(value.until),
        "evidence": [evidence(item) for item in value.evidence],
        "names": list(value.names),
        "suggestions": [suggestion(item) for item in value.suggestions],
        "key": value.key,
        "hush": record(hushes.of_finding(value)),
    }


def cause(value: RootCause, hushes: Hushes = NOTHING_SAID) -> Json:
    """Return a root cause; evidence and symptoms are the fingerprints of findings in the same document."""
    return {
        "key": value.key,
        "name": value.name,
        "severity": severity(value.severity),
        "sentence": value.sentence,
        "fault": value.fault.value,
        "since": instant(value.since),
        "until": instant(value.until),
        "evidence": [item.fingerprint for item in value.evidence],
        "symptoms": [item.fingerprint for item in value.symptoms],
        "suggestions": [suggestion(item) for item in value.suggestions],
        "hush": record(hushes.of_cause(value)),
    }


def check(value: CheckResult) -> Json:
    """Return what one check came to."""
    return {
        "check": value.check,
        "severity": severity(value.severity),
        "reason": value.reason,
        "findings": [item.fingerprint for item in value.findings],
    }


def fact(value: FactOutcome) -> Json:
    """Return how loading one fact went."""
    return {"fact": value.fact, "rows": value.rows, "seconds": round(value.seconds, 4), "reason": value.reason}


def report(value: Report, warehouse: str, assumed: str = "", hushes: Hushes = NOT_ASKED) -> Json:
    """Return a whole report, with who has what of it in hand."""
    return {
        "scope": scope(value.scope, warehouse, assumed),
        "verdict": verdict(value.verdict),
        "causes": [cause(item, hushes) for item in value.causes],
        "findings": [finding(item, hushes) for item in value.findings],
        "checks": [check(item) for item in value.results],
        "facts": [fact(item) for item in value.facts],
        "hushes_unread": hushes.unread,
    }


def gap(value: Finding, as_of: datetime) -> Json:
    """Return a finding about a silence as the gap that it found; its end is null while it lasts, and `minutes` count to as-of."""
    minutes = minutes_between(value.since, value.until or as_of) if value.since else None
    return {
        "start": instant(value.since),
        "end": instant(value.until),
        "minutes": minutes,
        "severity": severity(value.severity),
    }


def record(value: object) -> object:
    """Return a row of a fact, or any value made of such, with the field names of its type, but for what is no part of its value.

    Raises TypeError for a type that no document holds.
    """
    for kind, form in _FORMS:
        if isinstance(value, kind):
            return form(value)
    if is_dataclass(value):
        return {item.name: record(getattr(value, item.name)) for item in fields(value) if item.compare}
    raise TypeError(f"{type(value).__name__} has no form in a document")


_FORMS: tuple[tuple[type, Callable[[Any], object]], ...] = (
    (Severity, severity),
    (Enum, lambda value: record(value.value)),
    (datetime, instant),
    (date, day),
    (timedelta, lambda value: int(value / timedelta(minutes=1))),
    (str, lambda value: value),
    (int, lambda value: value),
    (float, lambda value: value),
    (type(None), lambda value: value),
    (tuple, lambda value: [record(item) for item in value]),
    (list, lambda value: [record(item) for item in value]),
    (Finding, finding),
)
"""The form of each type in a document; the first that fits counts (a severity is an int, a datetime is a date)."""


def queue_row(row: QueueRow, why: str) -> Json:
    """Return a row of the retry queue with why it is where it is."""
    return {**cast("Json", record(row)), "why": why}


def gate(decision: GateDecision) -> Json:
    """Return a gate's decision."""
    return {**cast("Json", record(decision)), "is_alarm": decision.is_alarm}


def date_funnel(value: DateFunnel) -> Json:
    """Return the funnel of one date; `percentage` is null where nothing was expected."""
    stages = [{**cast("Json", record(total)), "percentage": total.percentage} for total in value.totals]
    return {"game_date": day(value.game_date), "stages": stages}


def game(value: GameLineage, policy: Policy, as_of: datetime) -> Json:
    """Return one game with what each stage holds of it, and where that stage stands."""
    from checks.games import not_played_reason, stage_state  # noqa: PLC0415 # only documents of games need it
    from checks.pipeline import Stage  # noqa: PLC0415

    states = [stage_state(value, stage, policy, as_of) for stage in Stage]
    return {
        **cast("Json", record(value)),
        "label": value.label,
        "not_played": not_played_reason(value, policy, as_of),
        "states": [
            {
                "stage": state.stage.value,
                "state": state.state.value,
                "due_at": instant(state.due_at),
                "reason": state.reason,
            }
            for state in states
        ],
    }
