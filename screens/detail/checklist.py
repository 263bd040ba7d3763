"""The deployment checklist: the newest deployment's steps, who said what and when; Enter answers the one under the cursor."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, cast

from textual import events

from checks.model import Scope
from checks.policy import Policy
from checks.severity import Severity
from screens.lines import BLANK, Line, Span, Tone, flow, text_of
from screens.panels.panel import Panel, Spec
from screens.ports import Look
from screens.session import Session
from screens.table import Item, Table, Target
from screens.text.checklist import ChecklistView, StepView, stage_line, step_lines, verdict_lines
from screens.text.report import severity_lead
from screens.views.fitting import fit, fit_all
from screens.views.options import Options

if TYPE_CHECKING:
    from screens.app import CourtsideApp
    from screens.dialogs.questions import Question

REDRAW_SECONDS = 2.0
NONE = "this console has no journal: `courtside deploy checklist`"


def checklist_spec(target: Target, session: Session) -> Spec:
    """Return the screen; it is made again every two seconds, so that answers given elsewhere are seen."""
    view = partial(checklist_view, session)
    panel = partial(ChecklistPanel, session)
    return Spec("checklist", "", "Deployment checklist", view, (), 0.0, redraw=REDRAW_SECONDS, panel=panel)


def checklist_view(session: Session, look: Look, scope: Scope, policy: Policy, options: Options) -> Table:
    """Return where the deployment stands, and the lines of its steps that hold the filter's text."""
    known = session.checklist.known() if session.checklist is not None else NONE
    if isinstance(known, str):
        return Table.of((), head=fit_all(flow([known], options.width, first=severity_lead(Severity.UNKNOWN)), options))
    wanted = options.filter.casefold()
    found = [(key, spans) for key, spans in _rows(known, options.width) if wanted in text_of(spans).casefold()]
    head = (*verdict_lines(known, options.width), (Span("Enter answers the step under the cursor", Tone.FAINT),), BLANK)
    empty = f"nothing contains {options.filter!r}" if wanted else ""
    return Table.of([Item(key, fit(spans, options)) for key, spans in found], head=fit_all(head, options), empty=empty)


def _rows(view: ChecklistView, width: int) -> Iterator[tuple[str, Line]]:
    """Yield each line behind its key: the step, a space, and which of its lines it is; or the stage."""
    for stage, steps in groupby(view.steps, key=lambda step: step.stage):
        yield f"= {stage}", stage_line(stage)
        for step in steps:
            for number, spans in enumerate(step_lines(step, width)):
                yield f"{step.id} {number}", spans


class ChecklistPanel(Panel):
    """Shows a checklist; Enter asks for the answer to the step under the cursor, and why."""

    def __init__(self, session: Session, spec: Spec, ascii: bool) -> None:  # noqa: FBT001  # as `Spec.panel` has it
        super().__init__(spec, ascii=ascii)
        self._checklist = session.checklist

    def action_open(self) -> Awaitable[None] | None:
        """Ask for the answer to the step under the cursor, in a line at the bottom."""
        from screens.dialogs.questions import Questions  # noqa: PLC0415  # a field to type in is not needed before

        said = self._draft()
        if said is None or self.screen.query(Questions):
            return super().action_open() if said is None else None
        back = partial(self.focus, scroll_visible=False)
        asking = Questions(said.questions(), partial(self._keep, said), back, plain=self.options.ascii)
        return self.screen.mount(asking)

    def _draft(self) -> _Said | None:
        """Return the answer to the step under the cursor, still to be given; None where there is no step."""
        known = self._checklist.known() if self._checklist is not None else NONE
        if isinstance(known, str) or self.current is None:
            return None
        name = self.current.key.rpartition(" ")[0]
        return next((_Said(known.name, step) for step in known.steps if step.id == name), None)

    def _keep(self, said: _Said) -> None:
        """Keep an answer in a thread, then say what came of it and show it."""
        app, checklist = cast("CourtsideApp", self.app), self._checklist
        assert checklist is not None  # noqa: S101  # it had the step

        def told(sentence: str) -> None:
            app.say(sentence)
            self.redraw()

        def work() -> None:
            sentence = checklist.answer(said.deployment, said.step.id, said.word, said.note)
            app.post_message(events.Callback(callback=partial(told, sentence)))

        app.in_background(work)


@dataclass(slots=True)
class _Said:
    """An answer that is being asked for, word and note."""

    deployment: str
    step: StepView
    word: str = ""
    note: str = ""

    def questions(self) -> list[Question]:
        """Return what must be known before it can be kept."""
        from screens.dialogs.questions import Question  # noqa: PLC0415  # as above

        can = "no or skip; `--run` runs it" if self.step.command else "yes, no or skip"
        return [
            Question(f"{self.step.id}: ", self._take_word, can),
            Question("note: ", self._take_note, "why; a step is skipped only for a reason"),
        ]

    def _take_word(self, typed: str) -> None:
        words = ("no", "skip") if self.step.command else ("yes", "no", "skip")
        found = [word for word in words if typed.strip().lower() in (word, word[0])]
        if not found:
            why = (
                f"{self.step.id} is a check, which `courtside deploy checklist --run` runs: "
                if self.step.command
                else ""
            )
            raise ValueError(f"{why}write {', '.join(words[:-1])} or {words[-1]}")
        self.word = found[0]

    def _take_note(self, typed: str) -> None:
        if self.word == "skip" and not typed.strip():
            raise ValueError("a step is skipped only for a reason")
        self.note = typed.strip()
