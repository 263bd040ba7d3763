"""The keys that act: each asks what must be known, shows exactly what it would do, and does it when the operator agrees."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING

from textual import events

from checks.model import Subject
from screens.deeds import DEEDS, Deed
from screens.dialogs.preview import Offer, PreviewDialog
from screens.navigation import active_panel, focus_again
from screens.orders import Order
from screens.ports import Look

if TYPE_CHECKING:
    from screens.app import CourtsideApp
    from screens.dialogs.questions import Question
    from screens.table import Item


@dataclass(slots=True)
class Draft:
    """An order that is being asked for, answer by answer; times are aware UTC."""

    deed: Deed
    order: Order
    now: datetime

    def questions(self) -> list[Question]:
        """Return what must be known before it can be planned."""
        from screens.dialogs.questions import Question  # noqa: PLC0415  # most need no line to type in
        from screens.dialogs.times import HOW_LONG  # noqa: PLC0415  # as above

        asked = []
        if self.deed.until:
            asked.append(Question(self.deed.until, self._take_until, HOW_LONG))
        if self.deed.reason:
            asked.append(Question(self.deed.reason, self._take_note, "one sentence, for colleagues"))
        return asked

    def _take_until(self, typed: str) -> None:
        from screens.dialogs.times import read_end  # noqa: PLC0415  # as above

        self.order = replace(self.order, until=read_end(typed, self.now))

    def _take_note(self, typed: str) -> None:
        from screens.dialogs.consent import said_in_words  # noqa: PLC0415  # as above

        self.order = replace(self.order, note=said_in_words(typed))


def act(app: CourtsideApp, name: str) -> Awaitable[None] | None:
    """Plan an action on the selected rows, or on the one under the cursor, and show the plan.

    What is returned has to be waited for: then the next key goes to the line that asks.
    """
    deed, panel = DEEDS[name], active_panel(app)
    look = panel.look if panel is not None else None
    if panel is None or look is None:
        app.say("nothing is loaded yet, so there is nothing to act on")
        return None
    subjects, fingerprints = _chosen(panel.chosen(), deed)
    if not subjects and not fingerprints:
        app.say(f"nothing to {_word(name)} here: stand on {deed.stands_on}")
        return None
    scope = app.scope()
    order = Order(deed.verb, subjects, scope.first, scope.last, fingerprints=fingerprints)
    return _ask(app, Draft(deed, order, app.moment.now()), look)


def show_rest(app: CourtsideApp) -> None:
    """Show what is left of the run under the cursor that was stopped."""
    panel = active_panel(app)
    item = panel.current if panel is not None else None
    if item is None or not item.plan:
        app.say("nothing to go on with here: stand on a run that was stopped and has items left (L shows them)")
        return
    hands, at, plan = app.session.hands, app.moment.fixed_at, item.plan
    _in_thread(app, lambda: Offer(hands.rest(plan, at), hands.apply))


def show_summary(app: CourtsideApp) -> None:
    """Show the summary exactly as it would be posted."""
    panel = active_panel(app)
    look = panel.look if panel is not None else None
    if look is None:
        app.say("nothing is loaded yet, so there is nothing to act on")
        return
    hands, at = app.session.hands, app.moment.fixed_at
    _in_thread(
        app, lambda: Offer(hands.summary(look, "", at), hands.apply, reword=lambda said: hands.summary(look, said, at))
    )


def _word(name: str) -> str:
    return name.replace("gate_", "")


def _chosen(items: Iterable[Item], deed: Deed) -> tuple[tuple[Subject, ...], tuple[str, ...]]:
    """Return what is ordered: the findings that rows are, by fingerprint, and what other rows are about.

    What can only be done to some kinds of things is done to the thing that a finding is about.
    """
    subjects: list[Subject] = []
    fingerprints: list[str] = []
    for item in items:
        if item.target is not None and item.target.screen == "finding" and not deed.kinds:
            fingerprints.append((deed.is_word and item.whole) or item.target.name)
        elif item.subject is not None and (not deed.kinds or item.subject.kind in deed.kinds):
            subjects.append(item.subject)
    return tuple(dict.fromkeys(subjects)), tuple(dict.fromkeys(fingerprints))


def _ask(app: CourtsideApp, draft: Draft, look: Look) -> Awaitable[None] | None:
    """Ask what must be known, then plan."""
    questions = draft.questions()
    if not questions:
        _plan(app, draft, look)
        return None
    from screens.dialogs.questions import Questions  # noqa: PLC0415  # a field to type in is not needed before

    if app.screen.query(Questions):
        return None
    asking = Questions(questions, partial(_plan, app, draft, look), partial(focus_again, app), plain=app.session.ascii)
    return app.screen.mount(asking)


def _plan(app: CourtsideApp, draft: Draft, look: Look) -> None:
    hands, at, order = app.session.hands, app.moment.fixed_at, draft.order
    app.say(f"planning: {order.verb.value}, {len(order.subjects) + len(order.fingerprints)} chosen")
    _in_thread(app, lambda: Offer(hands.plan(order, look, at), hands.apply, reason=order.note))


def _in_thread(app: CourtsideApp, make: Callable[[], Offer]) -> None:
    """Make what is offered in a thread that can hold up nothing, and show it."""

    def work() -> None:
        try:
            then = partial(show, app, make())
        # courtside: ignore[silent_exceptions] a defect, and the console goes on
        except Exception as error:  # noqa: BLE001  # see above
            then = partial(app.say, f"what it would do could not be said: {str(error) or type(error).__name__}")
        with suppress(RuntimeError):  # the application is gone, and nobody waits for this any more
            app.post_message(events.Callback(callback=then))

    Thread(target=work, name="plan", daemon=True).start()


def show(app: CourtsideApp, offer: Offer) -> None:
    """Show a preview, unless one is open."""
    if not isinstance(app.screen, PreviewDialog):
        app.say("")
        app.push_screen(PreviewDialog(offer))
