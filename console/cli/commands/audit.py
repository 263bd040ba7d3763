"""`courtside audit`: what is wrong in a checkout of the pipeline's repository, before it is deployed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.audit_run import STDOUT, Asked, BaselineChange, Wish, asked_for, outcome_of, updated
from console.cli.command import EXIT_UNKNOWN, Answer, Job, command, exit_status
from screens.lines import Line

if TYPE_CHECKING:
    from console.audits.audit import Outcome
    from console.cli.audit_changes import Done


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
        typer.Option("--update-baseline", help="Make the baseline, or take out of it what is mended."),
    ] = False,
    accept_new: Annotated[
        bool,
        typer.Option(
            "--accept-new", help="With --update-baseline: add what is new to it, say when files were renamed."
        ),
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="FOLDER", help="Only this folder or file of PATH; can be given several times."),
    ] = None,
    changed_since: Annotated[
        str | None,
        typer.Option(
            "--changed-since",
            metavar="REV",
            help="Only files changed or removed since REV and HEAD parted; main...feat is where those two did.",
        ),
    ] = None,
    sarif: Annotated[
        str | None,
        typer.Option("--sarif", metavar="FILE", help="Write the findings as SARIF 2.1.0 too; - is the output, alone."),
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
    """Audit a checkout: streaming inserts, swallowed errors, clients everywhere, stale copies, checks that are OK on failure.

    Reads nothing outside PATH, so give the root of a checkout, and choose in it with --only. infra.dead_letter, infra.quota and
    deploy.checklist look at no checkout: `courtside infra` and `courtside deploy checklist` run them.

    Exit status: 0 nothing new, 1 a warning or an error, 2 critical, 3 a file cannot be looked at, not one was, or what was
    asked for may not be written.
    """
    if listing:
        return _catalogue()
    shows = fix or sync or job.as_document or job.explains
    wish = Wish(
        tuple(what or ()),
        tuple(only or ()),
        baseline,
        changed_since,
        sarif,
        update_baseline,
        accept_new,
        include_tests,
        shows,
    )
    wish.refuse_contradiction()
    return _answer(job, wish, Ways(fix=fix, sync=sync, yes=yes))


@dataclass(frozen=True, slots=True)
class Ways:
    """What is to be mended, and whether without a question."""

    fix: bool
    sync: bool
    yes: bool


def _answer(job: Job, wish: Wish, ways: Ways) -> Answer:
    """Audit, change what is to be changed, and return how the checkout stands then."""
    from console.arming import as_settings_say

    why_not = as_settings_say(job.settings)
    asked = asked_for(wish)
    outcome = outcome_of(asked)
    change = None
    if wish.update_baseline:
        outcome, change = updated(asked, outcome, accept_new=wish.accept_new, why_not=why_not)
    done = _changed(job, asked, outcome, ways, why_not)
    if any(one.is_applied for one, _ in done.values()):
        outcome = outcome_of(asked)
    is_refused = any(one.is_refused for one, _ in done.values()) or (change is not None and change.refused != "")
    status = EXIT_UNKNOWN if is_refused else exit_status(outcome.severity)
    if wish.sarif is not None:
        _write_sarif(job, outcome, wish.sarif)
        if wish.sarif == STDOUT:
            return Answer(status, lambda _: [], dict)
    shown = _Shown(outcome, asked, change, explains=job.explains)
    fields = {"fix": None, "sync": None, **{name: document for name, (_, document) in done.items()}}
    return Answer(status, shown.lines, lambda: {**shown.document(), **fields, "exit_status": status})


def _catalogue() -> Answer:
    """Return all checks of this kind; that they are listed is no verdict."""

    def lines(width: int) -> list[Line]:
        from console.cli.audit_page import catalogue_lines  # only for text

        return catalogue_lines(width)

    def document() -> dict[str, object]:
        from console.cli.audit_page import catalogue_fields  # only for a document

        return {"checks": catalogue_fields(), "exit_status": 0}

    return Answer(0, lines, document)


def _write_sarif(job: Job, outcome: Outcome, name: str) -> None:
    """Write an audit as SARIF, to the output or to a file, that whole or not at all. Raises OSError."""
    from console.audits.files import write_whole
    from console.audits.sarif import sarif  # only for SARIF
    from console.cli.inspection import versions

    text = json.dumps(sarif(outcome, dict(versions(["courtside"]))["courtside"]), indent=2) + "\n"
    if name == STDOUT:
        job.shell.out.write(text)
    else:
        write_whole(Path(name), text.encode())


def _changed(
    job: Job, asked: Asked, outcome: Outcome, ways: Ways, why_not: str
) -> dict[str, tuple[Done, dict[str, object]]]:
    """Show what --fix and --sync would do, do it where that is agreed to, and return by name what became of it."""
    from console.cli.audit_changes import carried_out, rewriting, syncing

    found: dict[str, tuple[Done, dict[str, object]]] = {}
    for name in [*(["fix"] if ways.fix else []), *(["sync"] if ways.sync else [])]:
        change = rewriting(outcome, asked.options) if name == "fix" else syncing(outcome.root, asked.options)
        done = carried_out(change, job.shell, yes=ways.yes, silent=job.as_document, why_not=why_not)
        found[name] = done, {**change.document, "applied": done.is_applied, "reason": done.reason}
    return found


@dataclass(frozen=True, slots=True)
class _Shown:
    """An audit of what was asked for, what became of its baseline, and whether it is to be explained."""

    outcome: Outcome
    asked: Asked
    change: BaselineChange | None
    explains: bool

    def lines(self, width: int) -> list[Line]:
        from console.cli.audit_page import audit_lines

        has_baseline = self.asked.baseline is not None
        lines = audit_lines(self.outcome, width, explains=self.explains, has_baseline=has_baseline)
        return [*lines, *(self.change.lines(width) if self.change is not None else [])]

    def document(self) -> Mapping[str, object]:
        from console import document

        outcome = self.outcome
        return {
            "folder": str(outcome.root),
            "severity": document.severity(outcome.severity),
            "reason": outcome.reason,
            "files": outcome.files,
            "lines": outcome.lines,
            "findings": [document.finding(spot.finding) for spot in outcome.spots],
            "checks": [document.check(result) for result in outcome.results],
            "known": [spot.finding.fingerprint for spot in outcome.known],
            "stale": list(outcome.stale),
            "outdated": list(outcome.outdated),
            "risen": outcome.risen,
            "baseline": None if self.change is None else self.change.document(),
            "skipped": [document.record(item) for item in outcome.skipped],
        }
