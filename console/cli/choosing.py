"""What the operator means: subjects from `--game`, `--processor`, `--row` and `--finding`."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.arguments import UsageError

if TYPE_CHECKING:
    from checks.model import Finding, Subject
    from console.cli.command import Job

Games = Annotated[
    list[str] | None,
    typer.Option("--game", metavar="AWAY@HOME", help="A game of --date, or its id; may be given again."),
]
Processors = Annotated[
    list[str] | None, typer.Option("--processor", metavar="NAME", help="A processor for --date; may be given again.")
]
Rows = Annotated[
    list[str] | None, typer.Option("--row", metavar="ID", help="A row of the queue by its id; may be given again.")
]
Findings = Annotated[
    list[str] | None,
    typer.Option(
        "--finding",
        metavar="FINDING",
        help="Everything that a finding of the present report suggests, by its fingerprint, or all findings of a check "
        "by its id; may be given again.",
    ),
]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen on the command line, as it was typed; `day` is None where no date was given."""

    day: date | None = None
    games: Sequence[str] = ()
    processors: Sequence[str] = ()
    rows: Sequence[str] = ()
    findings: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Meant:
    """What an order is about: its subjects, each once, and the fingerprints of the findings that have suggested some of them."""

    subjects: tuple[Subject, ...]
    fingerprints: tuple[str, ...]


def meant_by(job: Job, chosen: Chosen) -> Meant:
    """Return what was chosen. Raises UsageError where nothing was chosen or no finding is called so."""
    from checks.model import Subject, SubjectKind  # --help needs no model
    from console.actions.planning.suggested import suggested

    day = chosen.day or job.frame(None).scope.last
    findings = _findings(job, chosen) if chosen.findings else []
    found = [
        *(Subject(SubjectKind.GAME, name.upper(), day) for name in chosen.games),
        *(Subject(SubjectKind.PROCESSOR, name, day) for name in chosen.processors),
        *(Subject(SubjectKind.QUEUE, id, chosen.day) for id in chosen.rows),
        *(subject for finding in findings for subject in suggested(finding)),
    ]
    if not found:
        raise UsageError("say what: --game or --processor with --date, --row, or --finding; each may be given again")
    return Meant(tuple(dict.fromkeys(found)), tuple(dict.fromkeys(finding.fingerprint for finding in findings)))


def _findings(job: Job, chosen: Chosen) -> list[Finding]:
    """Return the chosen findings of the present report."""
    from checks.catalogue import BY_ID  # --help needs no checks

    only_checks = all(name in BY_ID for name in chosen.findings)
    report = job.report(job.frame(None, last=chosen.day).scope, chosen.findings if only_checks else ())
    lasting = [finding for finding in report.findings if finding.is_active and finding.severity.name != "OK"]
    unknown = [result.check for result in report.results if result.severity.name == "UNKNOWN"]
    return [finding for name in chosen.findings for finding in findings_called(name, lasting, unknown)]


def findings_called(name: str, findings: Sequence[Finding], unknown: Sequence[str]) -> list[Finding]:
    """Return the findings of that fingerprint or check. Raises UsageError where there are none."""
    found = [finding for finding in findings if name in (finding.fingerprint, finding.check)]
    if found:
        return found
    near = difflib.get_close_matches(name, {finding.check for finding in findings}, n=3, cutoff=0.4)
    hint = f"; did you mean {' or '.join(near)}?" if near else "; `courtside check --json` has their fingerprints"
    unread = f" ({', '.join(unknown)} could not be evaluated)" if unknown else ""
    raise UsageError(f"no finding {name!r} is going on in the present report{unread}{hint}")
