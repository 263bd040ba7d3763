"""`courtside deploy checklist`: what must be true of a deployment, who said so, and whether all of it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.arguments import UsageError
from console.cli.command import EXIT_UNKNOWN, Answer, Job, command, exit_status
from console.cli.commands.infra import Project
from screens.lines import Line

if TYPE_CHECKING:
    from console.deploying.verdict import Deployment
    from console.journal import Journal
    from screens.text.checklist import ChecklistView


class Said(Enum):
    """The answers that somebody can give."""

    YES = "yes"
    NO = "no"
    SKIP = "skip"


@command
def deploy_checklist(  # noqa: PLR0913, PLR0917  # each is an option of the command line
    job: Job,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[yes|no|skip] [STEP…]", help="The answer to --answer STEP; the steps that --run is to run."
        ),
    ] = None,
    new: Annotated[str | None, typer.Option("--new", metavar="NAME", help="Begin a deployment.")] = None,
    answer: Annotated[
        str | None, typer.Option("--answer", metavar="STEP", help="Answer a step: --answer tests yes.")
    ] = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Why; a step is skipped only with one.")] = "",
    run: Annotated[
        bool,
        typer.Option(
            "--run", help="Run the checks whose turn it is, or those named, also once more; keep what they come to."
        ),
    ] = False,
    path: Annotated[
        Path, typer.Option("--path", metavar="DIR", help="The checkout that the audits of --run look at.")
    ] = Path(),
    project: Project = None,
    deployment: Annotated[
        str | None, typer.Option("--deployment", metavar="NAME", help="Another deployment than the newest.")
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="List the deployments, newest first.")] = False,
) -> Answer:
    """Show the checklist of the newest deployment; begin one, answer a step, or run its checks.

    A check is run once all steps of the stages before its own are done. What a complete stage came to is kept, and so is what
    was seen before the deployment once that is answered yes: --run STEP runs such a check once more.

    Exit status: 0 complete, 1 a step is open, failed or has a warning, 2 a check is critical, 3 something is not known.
    """
    asked = Asked(new, answer, tuple(words or ()), note, path, project or "", deployment, run=run, lists=listing)
    asked.refuse_contradiction()
    if listing:
        return _listing(job)
    from console.deploying.deployments import chosen  # --help needs no journal
    from console.deploying.viewing import view

    if asked.changes:
        found: Deployment | None = _changed(job, asked)
    else:
        found = chosen(_known(job), job.settings.warehouse, deployment)
    return _shown(None if found is None else view(found))


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for, as it was typed."""

    new: str | None
    answer: str | None
    words: tuple[str, ...]
    note: str
    path: Path
    project: str
    deployment: str | None
    run: bool
    lists: bool

    @property
    def changes(self) -> bool:
        """True when something is to be kept in the journal."""
        return self.run or self.new is not None or self.answer is not None

    def refuse_contradiction(self) -> None:
        """Raise UsageError for what cannot go together."""
        answers = [item.value for item in Said]
        is_answer = len(self.words) == 1 and self.words[0] in answers
        if (self.answer is not None and not is_answer) or (self.note and self.answer is None):
            raise UsageError("answer a step with --answer STEP yes, no or skip; --note TEXT goes with it")
        if self.words and self.answer is None and not self.run:
            raise UsageError("words go with --answer STEP yes, no or skip, and with --run [STEP…]")
        if self.run + self.lists + (self.new is not None) + (self.answer is not None) > 1:
            raise UsageError("--new, --answer, --run and --list are four things: give one of them")


def _known(job: Job) -> Journal | None:
    """Return the journal, None where there is none yet."""
    from console.memory import known_journal

    return known_journal(job.settings.state_dir, now=job.shell.now)


def _changed(job: Job, asked: Asked) -> Deployment:
    """Do what was asked for and return the deployment after it. Raises RefusedError, JournalError, OSError."""
    from console.actions.refusal import RefusedError
    from console.actions.whoami import current_actor
    from console.arming import as_settings_say
    from console.deploying import deployments as kept
    from console.deploying.checklist import checklist
    from console.deploying.verdict import Answer as StepAnswer
    from console.deploying.verdict import Deployment, Word
    from console.memory import open_journal
    from screens.text.checklist import BEGIN

    if why := as_settings_say(job.settings):
        raise RefusedError(f"nothing is kept: {why}")
    place, now = job.settings.warehouse, job.shell.now
    journal = open_journal(job.settings.state_dir, now=now)
    by = current_actor(job.shell.environment).user
    if asked.new is not None:
        return kept.begin(journal, Deployment(asked.new, place, now(), by, checklist()))
    found = kept.chosen(journal, place, asked.deployment)
    if found is None:
        raise RefusedError(BEGIN)
    if asked.answer is None:
        return _run(job, asked, journal, found, by)
    return kept.answer(journal, found, StepAnswer(asked.answer, Word(asked.words[0]), now(), by, asked.note))


def _run(job: Job, asked: Asked, journal: Journal, found: Deployment, by: str) -> Deployment:
    """Run the checks whose turn it is, or those that are named, keeping what each comes to as it comes. Raises RefusedError."""
    from console.cli.commands.infra import world_of
    from console.cli.deploy_runners import runners
    from console.deploying.deployments import answer
    from console.deploying.running import Hand, checked
    from console.deploying.turns import asked_for, next_to_run

    named = asked_for(found, asked.words)
    hand = Hand(by, job.shell.now, runners(job, world_of(job, asked.project), asked.path))
    for step in named:
        found = answer(journal, found, checked(step, hand))
    ran: list[str] = []
    while not named and (turn := next_to_run(found, ran)):
        found = answer(journal, found, checked(turn, hand))
        ran.append(turn.id)
    return found


def _shown(found: ChecklistView | None) -> Answer:
    """Return a deployment as an answer; without one nothing is known."""
    status = EXIT_UNKNOWN if found is None else exit_status(found.verdict.severity)

    def lines(width: int) -> list[Line]:
        from screens.text.checklist import checklist_lines  # only for text

        return checklist_lines(found, width)

    def document() -> dict[str, object]:
        from console.deploying.viewing import fields  # only for a document

        return {"exit_status": status, "deployment": None if found is None else fields(found)}

    return Answer(status, lines, document)


def _listing(job: Job) -> Answer:
    """Return all deployments of the warehouse, newest first; that they are listed is no verdict."""
    from console.deploying.deployments import deployments
    from console.deploying.viewing import fields, view
    from screens.text.checklist import deployment_lines

    views = [view(item) for item in deployments(_known(job), job.settings.warehouse)]
    return Answer(
        0,
        lambda width: deployment_lines(views, width),
        lambda: {"exit_status": 0, "deployments": [fields(item) for item in views]},
    )
