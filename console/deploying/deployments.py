"""The deployments in the journal: begun, answered, and read again. Answers are added and never changed."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from checks.severity import Severity
from console.actions.refusal import RefusedError
from console.deploying.checklist import steps_of_text, text_of_steps
from console.deploying.verdict import Answer, Deployment, Word
from console.journal import LONGEST_WORDS, Journal, instant_of, instant_text
from screens.clean import for_terminal

LONGEST_NAME = 80

_BEGIN = "INSERT INTO deployment (place, name, at, by, steps) VALUES (?, ?, ?, ?, ?)"
_NUMBER = "SELECT number FROM deployment WHERE place = ? AND name = ?"
_ANSWER = "INSERT INTO deployment_answer (deployment, step, word, severity, note, at, by) VALUES (?, ?, ?, ?, ?, ?, ?)"
_ALL = "SELECT number, name, place, at, by, steps FROM deployment WHERE place = ? ORDER BY number DESC LIMIT ?"
_ANSWERS = "SELECT step, word, at, by, note, severity FROM deployment_answer WHERE deployment = ? ORDER BY number"


def begin(journal: Journal, deployment: Deployment) -> Deployment:
    """Keep a new deployment and return it as it is kept. Raises RefusedError for a name that cannot be, JournalError."""
    name = for_terminal(deployment.name, LONGEST_NAME).strip()
    if not name:
        raise RefusedError("a deployment needs a name, such as its date or its revision")
    kept = replace(deployment, name=name, by=for_terminal(deployment.by, LONGEST_WORDS), answers=())
    values = (kept.place, kept.name, instant_text(kept.at), kept.by, text_of_steps(kept.steps))
    with journal.writing() as connection:
        if connection.execute(_NUMBER, (kept.place, kept.name)).fetchone():
            raise RefusedError(f"there is a deployment {kept.name} already: `--deployment {kept.name}` shows it")
        connection.execute(_BEGIN, values)
    return kept


def answer(journal: Journal, deployment: Deployment, said: Answer) -> Deployment:
    """Keep an answer to a step and return the deployment with it. Raises RefusedError for one that cannot be, JournalError."""
    step = deployment.step(said.step)
    kept = replace(said, note=for_terminal(said.note, LONGEST_WORDS).strip(), by=for_terminal(said.by, LONGEST_WORDS))
    if kept.word is Word.SKIP and not kept.note:
        raise RefusedError(f"{step.id} can be skipped only for a reason: add --note …")
    if kept.word is Word.YES and not step.is_question:
        raise RefusedError(f"{step.id} is a check and not a question: `--run` runs it, or skip it for a reason")
    with journal.writing() as connection:
        number = connection.execute(_NUMBER, (deployment.place, deployment.name)).fetchone()[0]
        severity = None if kept.severity is None else kept.severity.name
        values = (number, kept.step, kept.word.value, severity, kept.note, instant_text(kept.at), kept.by)
        connection.execute(_ANSWER, values)
    return replace(deployment, answers=(*deployment.answers, kept))


def deployments(journal: Journal | None, place: str, limit: int = 50) -> tuple[Deployment, ...]:
    """Return the deployments of a warehouse, newest first; none where there is no journal. Raises JournalError."""
    if journal is None:
        return ()
    with journal.reading() as connection:
        rows = connection.execute(_ALL, (place, limit)).fetchall()
        return tuple(_deployment(connection, *row) for row in rows)


def chosen(journal: Journal | None, place: str, name: str | None) -> Deployment | None:
    """Return a deployment by its name, without one the newest; None when there is none yet.

    Raises RefusedError for a name that is not known, and JournalError.
    """
    known = deployments(journal, place)
    if name is None:
        return known[0] if known else None
    found = next((item for item in known if item.name == name), None)
    if found is None:
        raise RefusedError(f"there is no deployment {name!r}: `courtside deploy checklist --list` names them")
    return found


def _deployment(
    connection: sqlite3.Connection, number: int, name: str, place: str, at: str, by: str, steps: str
) -> Deployment:
    answers = tuple(
        Answer(step, Word(word), instant_of(when), who, note, None if severity is None else Severity[severity])
        for step, word, when, who, note, severity in connection.execute(_ANSWERS, (number,))
    )
    return Deployment(name, place, instant_of(at), by, steps_of_text(steps), answers)
