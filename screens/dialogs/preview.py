"""What an action would do, item by item; then, if the operator agrees, how it is done and what came of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from threading import Event, Thread
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from checks.model import Scope
from checks.policy import Policy
from checks.progress import Cancelled
from screens.dialogs.consent import Agreement
from screens.dialogs.dialog_keys import DialogKeys
from screens.dialogs.preview_lines import preview_lines, progress_lines, result_lines
from screens.dialogs.questions import Question, Questions
from screens.lines import Line
from screens.orders import Consent
from screens.panels.lines_view import MARK_COLUMNS
from screens.panels.panel import Panel, Spec
from screens.ports import Look, Preview, Result
from screens.table import Item, Table
from screens.unloaded import Unloaded
from screens.views.options import Options

if TYPE_CHECKING:
    from screens.app import CourtsideApp

_MOST_COLUMNS = 110
_SIDES = MARK_COLUMNS + 2
"""What a frame and the marks of rows take from the text."""
_TITLE_AND_FOOT = 2

Apply = Callable[[Preview, Consent, Callable[[int, int], None], Cancelled], Result]


@dataclass(frozen=True, slots=True)
class Offer:
    """What a dialog is given: the preview, what applies it, and what makes it anew with a sentence of the operator's own.

    `reason` is what the operator has given as one already. `reword` is None where there is no room for a sentence.
    """

    preview: Preview
    apply: Apply
    reason: str = ""
    reword: Callable[[str], Preview] | None = None


class Stage(Enum):
    """How far a dialog is. The value is what its title says of keys."""

    SHOWN = "Esc closes"
    REWORDING = "being worded anew"
    APPLYING = "being applied"
    STOPPING = "stopping"
    DONE = "done, Esc closes"


_KEYS = {
    Stage.REWORDING: [("Esc", "close")],
    Stage.APPLYING: [("Esc", "stop between two items")],
    Stage.STOPPING: [("Esc", "leave it to itself")],
    Stage.DONE: [("Enter", "close"), ("Esc", "close")],
}
"""What keys do, where the preview does not decide it."""


class OfferPanel(Panel):
    """The lines of a dialog. Enter is the operator's consent: there is nothing behind a row."""

    async def action_open(self) -> None:
        """Agree."""
        asked = self.screen.action_agree() if isinstance(self.screen, PreviewDialog) else None
        if asked is not None:
            await asked


class PreviewDialog(ModalScreen[None]):
    """Shows a preview over the screen; Enter or `y` applies it, once, where that is possible."""

    app: CourtsideApp  # this screen lives in no other application

    # The margin leaves the verdict and the keys in sight; a padding of the screen would push down what lies behind it.
    DEFAULT_CSS = """
    PreviewDialog > .panel { background: ansi_default; margin: 3 0 1 0; border: solid ansi_default; border-top: none; }
    PreviewDialog > .plain { border: ascii ansi_default; border-top: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "close, or stop between two items", id="preview.close"),
        Binding("q", "leave", "close", id="preview.leave"),
        Binding("y", "agree", "apply", id="preview.agree"),
        Binding("e", "reword", "add a sentence", id="preview.reword"),
    ]

    def __init__(self, offer: Offer) -> None:
        super().__init__()
        self.preview = offer.preview
        self.stage = Stage.SHOWN
        self.result: Result | None = None
        self._offer = offer
        self._progress = 0, 0
        self._stop = Event()
        self._is_read = False
        self._home: CourtsideApp | None = None

    def compose(self) -> ComposeResult:
        """Make the widgets."""
        plain = self.app.session.ascii
        panel = OfferPanel(Spec("preview", "", self._title, partial(_view, self), (), 0.0), ascii=plain)
        panel.set_class(plain, "plain")
        yield self.app.dressed(panel)
        yield self.app.dressed(DialogKeys(self.keys, ascii=plain))

    def on_mount(self) -> None:
        """Show it at a size that fits what there is to say; nothing when it was closed again before it was open."""
        if not self.query(Panel):
            return
        self._home = self.app
        panel = self.query_one(Panel)
        panel.styles.width = self._width
        scope = self.app.scope()
        panel.update_look(Unloaded.nothing(scope), scope, Policy())
        self._show()
        panel.focus()
        self.call_after_refresh(self._drawn)

    def on_unmount(self) -> None:
        """Nobody sees the rest: stop after the item that is being done."""
        self._stop.set()

    def on_resize(self) -> None:
        """Stay within the terminal."""
        for panel in self.query(Panel):
            panel.styles.max_width = self.app.size.width
            panel.styles.max_height = max(self.app.size.height - 4, 1)

    # Showing

    @property
    def _width(self) -> int:
        return min(_MOST_COLUMNS, max(self.app.size.width - 4, 20))

    @property
    def _title(self) -> str:
        keys = self.stage.value
        if self.stage is Stage.SHOWN:
            can = ["Enter applies"] if self.preview.available else []
            keys = ", ".join([*can, *(["e adds a sentence"] if self._offer.reword else []), keys])
        return f"{self.preview.title} ({keys})"

    def lines(self, width: int) -> list[Line]:
        """Return what there is to say now."""
        if self.result is not None:
            return result_lines(self.result, width)
        if self.stage in (Stage.APPLYING, Stage.STOPPING):
            stopping = self.stage is Stage.STOPPING
            return progress_lines(self.preview, *self._progress, stopping=stopping, width=width)
        return preview_lines(self.preview, width)

    def _show(self) -> None:
        """Bring title, lines and height up to date; nothing when the dialog is gone."""
        for panel in self.query(Panel) if self.is_attached else ():
            panel.spec = replace(panel.spec, title=self._title)
            lines = len(self.lines(self._width - _SIDES))
            panel.styles.height = min(lines + _TITLE_AND_FOOT, max(self.app.size.height - 4, 3))
            panel.redraw()
        for bar in self.query(DialogKeys) if self.is_attached else ():
            bar.refresh()

    def keys(self) -> list[tuple[str, str]]:
        """Return the keys that do something now, with what they do."""
        if self.stage is not Stage.SHOWN:
            return _KEYS[self.stage]
        can = {
            "Enter": ("apply", self.preview.available),
            "e": ("add a sentence", self._offer.reword),
            "Esc": ("close", True),
        }
        return [(key, does) for key, (does, works) in can.items() if works]

    def _drawn(self) -> None:
        """From now on Enter means what can be seen: keys that were pressed before meant something else."""
        self._is_read = True

    # Keys

    def action_leave(self) -> None:
        """Close as Esc does, except while it is being applied: whoever wants to quit the console must not stop half a plan."""
        if self.stage is Stage.APPLYING:
            self.app.say("being applied: Esc stops between two items, q does not")
        elif self.stage is Stage.STOPPING:
            self.app.say("stopping after this item: Esc leaves it to itself, and then q quits")
        else:
            self.dismiss()

    def action_close(self) -> None:
        """Close; while it is being applied first stop that, and leave it to itself when it does not stop."""
        if self.stage is not Stage.APPLYING:
            self.dismiss()
            return
        self._stop.set()
        self.stage = Stage.STOPPING
        self._show()

    def action_agree(self) -> Awaitable[None] | None:
        """Apply what is shown, after the questions that consent needs; close where there is nothing to apply."""
        if not self._is_read or self.query(Questions):
            return None
        if self.stage is Stage.DONE or (self.stage is Stage.SHOWN and not self.preview.available):
            self.dismiss()
        elif self.stage is Stage.SHOWN:
            agreement = Agreement(self.preview, self._offer.reason)
            if questions := agreement.questions():
                return self._ask(questions, lambda: self._begin(agreement.consent))
            self._begin(agreement.consent)
        return None

    def action_reword(self) -> Awaitable[None] | None:
        """Ask for a sentence, and show the text with it."""
        reword = self._offer.reword
        if reword is None or self.stage is not Stage.SHOWN or self.query(Questions):
            return None
        said: list[str] = []
        question = Question("your sentence: ", said.append, "Enter without one takes it out again")
        return self._ask([question], lambda: self._reword(partial(reword, said[-1])))

    def _ask(self, questions: list[Question], then: Callable[[], object]) -> Awaitable[None]:
        return self.mount(Questions(questions, then, self._focus_again, plain=self.app.session.ascii))

    def _focus_again(self) -> None:
        for panel in self.query(Panel):
            panel.focus(scroll_visible=False)

    # Doing

    def _reword(self, make: Callable[[], Preview]) -> None:
        def work() -> None:
            try:
                made = make()
            # courtside: ignore[silent_exceptions] a defect, and nothing that was shown may be posted for it
            except Exception as error:  # noqa: BLE001  # see above
                made = replace(self.preview, available=False, note=f"it could not be said: {_words(error)}")
            self._from_thread(partial(self._reworded, made))

        self.stage = Stage.REWORDING
        self._show()
        Thread(target=work, name="reword", daemon=True).start()

    def _reworded(self, preview: Preview) -> None:
        self.preview, self.stage = preview, Stage.SHOWN
        self._show()

    def _begin(self, consent: Consent) -> None:
        """Apply, in a thread of its own that may outlive the dialog; never twice."""
        if self.stage is not Stage.SHOWN:
            return
        self.stage = Stage.APPLYING
        self._show()
        Thread(target=self._work, args=(self.preview, consent), name="apply", daemon=True).start()

    def _work(self, preview: Preview, consent: Consent) -> None:
        try:
            result = self._offer.apply(preview, consent, self._step, self._stop.is_set)
        # courtside: ignore[silent_exceptions] a defect; what was done stands in the journal all the same
        except Exception as error:  # noqa: BLE001  # see above
            said = f"what came of it could not be said: {_words(error)}; the operations log (L) has what was done"
            result = Result(preview.title, (), said, is_complete=False)
        self._from_thread(partial(self._ended, result))

    def _step(self, done: int, of: int) -> None:
        self._from_thread(partial(self._progressed, done, of))

    def _progressed(self, done: int, of: int) -> None:
        self._progress = done, of
        self._show()

    def _ended(self, result: Result) -> None:
        """Show what came of it, at the bottom when the dialog is gone; and ask what the warehouse says now."""
        self.result, self.stage = result, Stage.DONE
        self._show()
        if self not in self.app.screen_stack:
            self.app.say(f"{result.title}: {result.sentence}")
        self.app.refresh_all()

    def _from_thread(self, callback: Callable[[], None]) -> None:
        if self._home is not None:  # `self.app` is known no more in a thread, once the dialog is gone
            with suppress(RuntimeError):  # the application is gone, and nobody waits for this any more
                self._home.post_message(events.Callback(callback=callback))


def _view(dialog: PreviewDialog, look: Look, scope: Scope, policy: Policy, options: Options) -> Table:
    return Table.of([Item(str(n), spans) for n, spans in enumerate(dialog.lines(options.width))])


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
