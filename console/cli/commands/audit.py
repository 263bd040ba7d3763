"""`courtside audit`: what is wrong in a checkout of the pipeline's repository, before it is deployed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.arguments import UsageError
from console.cli.command import Answer, Job, command, exit_status
from screens.lines import Line

if TYPE_CHECKING:
    from console.audits.audit import Outcome
    from console.audits.options import Options


@command
def audit(  # noqa: PLR0913, PLR0917  # each is an option of the command line
    job: Job,
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CHECK…] PATH", help="Checks, all when none is named, and the folder of the checkout."),
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option("--baseline", metavar="FILE", help="Known findings: only new ones fail.")
    ] = None,
    update_baseline: Annotated[
        bool,
        typer.Option("--update-baseline", help="Make the baseline, or take out of it what is mended; it never grows."),
    ] = False,
    changed_since: Annotated[
        str | None, typer.Option("--changed-since", metavar="REV", help="Only files that differ from this revision.")
    ] = None,
    sarif: Annotated[
        Path | None, typer.Option("--sarif", metavar="FILE", help="Write the findings as SARIF 2.1.0 too.")
    ] = None,
    include_tests: Annotated[bool, typer.Option("--include-tests", help="Look at tests too.")] = False,
    fix: Annotated[
        bool,
        typer.Option("--fix", help="Rewrite simple streaming inserts to the batch loader; shows the diff and asks."),
    ] = False,
    sync: Annotated[
        bool,
        typer.Option("--sync", help="Bring copies of the shared code up to date; shows what would be done and asks."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before --fix and --sync write.")] = False,
    listing: Annotated[
        bool, typer.Option("--list", help="List all checks, and what runs those of no checkout.")
    ] = False,
) -> Answer:
    """Audit a checkout: streaming inserts, swallowed errors, clients made everywhere, stale copies, checks that cannot fail.

    Reads nothing outside PATH. infra.dead_letter, infra.quota and deploy.checklist look at no checkout: `courtside infra` and
    `courtside deploy checklist` run them.

    Exit status: 0 nothing new, 1 a warning or an error, 2 critical, 3 a file cannot be looked at.
    """
    if listing:
        return _catalogue()
    asked = _asked(what or [], include_tests=include_tests)
    outcome = _outcome(asked, baseline, changed_since, update=update_baseline)
    changes: dict[str, object] = {"fix": None, "sync": None}
    if fix or sync:
        done, is_done = _changed(job, asked, outcome, fix=fix, sync=sync, yes=yes)
        changes |= done
        if is_done:
            outcome = _outcome(asked, baseline, changed_since, update=False)
    if sarif is not None:
        _write_sarif(outcome, sarif)
    status = exit_status(outcome.severity)
    shown = _Shown(outcome, explains=job.explains)
    return Answer(status, shown.lines, lambda: {**shown.document(), **changes, "exit_status": status})


def _catalogue() -> Answer:
    """Return all checks of this kind; that they are listed is no verdict."""

    def lines(width: int) -> list[Line]:
        from console.cli.audit_page import catalogue_lines  # only for text

        return catalogue_lines(width)

    def document() -> dict[str, object]:
        from console.cli.audit_page import catalogue_fields  # only for a document

        return {"checks": catalogue_fields(), "exit_status": 0}

    return Answer(0, lines, document)


def _write_sarif(outcome: Outcome, path: Path) -> None:
    """Write an audit as SARIF, whole or not at all. Raises OSError."""
    from console.audits.files import write_whole
    from console.audits.sarif import sarif  # only for SARIF
    from console.cli.inspection import versions

    document = sarif(outcome, dict(versions(["courtside"]))["courtside"])
    write_whole(path, (json.dumps(document, indent=2) + "\n").encode())


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be audited: the checks (all when empty), where, and how."""

    checks: tuple[str, ...]
    place: Path
    options: Options


def _asked(what: list[str], *, include_tests: bool) -> Asked:
    """Return what was asked for. Raises UsageError, AuditError."""
    from dataclasses import replace

    from console.audits.catalogue import chosen, elsewhere, is_check
    from console.audits.options import read_options

    if what and elsewhere(what[-1]) and not Path(what[-1]).exists():
        chosen(what[-1:])
    if not what or (is_check(what[-1]) and not Path(what[-1]).exists()):
        raise UsageError("give the folder to audit behind the checks: courtside audit source.streaming_inserts .")
    checks = tuple(what[:-1])
    chosen(checks)
    place = Path(what[-1])
    options = read_options(place if place.is_dir() else place.parent)
    return Asked(checks, place, replace(options, include_tests=True) if include_tests else options)


def _changed(
    job: Job, asked: Asked, outcome: Outcome, *, fix: bool, sync: bool, yes: bool
) -> tuple[dict[str, object], bool]:
    """Show what --fix and --sync would do, do it where that is agreed to, and return it with whether anything was done."""
    from console.cli.audit_changes import carried_out, rewriting, syncing

    document: dict[str, object] = {}
    is_any = False
    for name in [*(["fix"] if fix else []), *(["sync"] if sync else [])]:
        change = rewriting(outcome, asked.options) if name == "fix" else syncing(outcome.root, asked.options)
        is_done = carried_out(change, job.shell, yes=yes, silent=job.as_document)
        document[name] = {**change.document, "applied": is_done}
        is_any = is_any or is_done
    return document, is_any


def _outcome(asked: Asked, baseline: Path | None, revision: str | None, *, update: bool) -> Outcome:
    from console.audits.audit import audit as run
    from console.audits.baseline import baseline_of
    from console.audits.changed import changed_since

    root = (asked.place if asked.place.is_dir() else asked.place.parent).resolve()
    only = None if revision is None else changed_since(root, revision)
    outcome = run(asked.place, asked.checks, asked.options, only)
    baseline = baseline or baseline_of(root, asked.options)
    if baseline is None:
        if update:
            raise UsageError("--update-baseline needs --baseline FILE, or `baseline` in [tool.courtside.audit]")
        return outcome
    return _against(outcome, baseline, only, update=update)


def _against(outcome: Outcome, path: Path, only: frozenset[str] | None, *, update: bool) -> Outcome:
    """Return the outcome against a baseline, which is made or shortened with `update`."""
    from console.audits.baseline import held_against, line_of, read_baseline, shorten_baseline, write_baseline

    if not path.exists():
        if not update:
            raise UsageError(f"{path}: there is no baseline; --update-baseline makes it")
        write_baseline(path, [line_of(spot) for spot in outcome.spots])
    lines = read_baseline(path)
    held = held_against(outcome, lines, only)
    if update and held.stale:
        shorten_baseline(path, held)
        held = held_against(outcome, read_baseline(path), only)
    return held


@dataclass(frozen=True, slots=True)
class _Shown:
    """An audit, and whether it is to be explained."""

    outcome: Outcome
    explains: bool

    def lines(self, width: int) -> list[Line]:
        from console.cli.audit_page import audit_lines

        return audit_lines(self.outcome, width, explains=self.explains)

    def document(self) -> Mapping[str, object]:
        from console import document

        outcome = self.outcome
        return {
            "folder": str(outcome.root),
            "severity": document.severity(outcome.severity),
            "files": outcome.files,
            "lines": outcome.lines,
            "findings": [document.finding(spot.finding) for spot in outcome.spots],
            "checks": [document.check(result) for result in outcome.results],
            "known": [spot.finding.fingerprint for spot in outcome.known],
            "stale": list(outcome.stale),
            "skipped": [document.record(item) for item in outcome.skipped],
        }
