"""The keys that act: what they order, what they ask, and that nothing is done but once, by consent."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Event

import pytest
from textual import events
from textual.pilot import Pilot

from checks.model import Scope, SubjectKind
from checks.progress import Cancelled
from console.desk import Desk
from screens import acting, navigation
from screens.app import CourtsideApp
from screens.dialogs.consent import Agreement
from screens.dialogs.preview import Offer, OfferPanel, PreviewDialog, Stage
from screens.dialogs.preview_lines import progress_lines, result_lines
from screens.dialogs.questions import Questions
from screens.lines import Tone, text_of
from screens.orders import Consent, Order, Verb
from screens.ports import LogEntry, Look, Preview, PreviewItem, Result
from tests.screens.effects import MOMENT
from tests.screens.looks import with_gate_words
from tests.screens.opened import list_of
from tests.screens.stubs import Source, StubHands, drive, keybar_text, loaded, screen_text, session_on, until

READY = Preview("", (), available=True)
PATIENCE = 30.0


@pytest.fixture(scope="module")
def with_a_row(desk: Desk) -> Look:
    """The report of a moment at which the queue has a row, with the words about gates."""
    return with_gate_words(desk, desk.look(Scope.at(MOMENT)))


@pytest.fixture
def source(with_a_row: Look) -> Source:
    return Source(with_a_row)


def console(source: Source, hands: StubHands, **changes: object) -> CourtsideApp:
    return CourtsideApp(session_on(source, hands=hands, **changes))


async def on_the_queue(app: CourtsideApp, pilot: Pilot[int]) -> None:
    await loaded(app, pilot)
    await pilot.press("6")


async def planned(app: CourtsideApp, pilot: Pilot[int], *keys: str) -> PreviewDialog:
    """Press keys and wait for the preview that comes of it."""
    await pilot.press(*keys)
    await until(pilot, lambda: isinstance(app.screen, PreviewDialog), f"no preview after {keys}")
    dialog = app.screen
    assert isinstance(dialog, PreviewDialog)
    return dialog


async def ended(pilot: Pilot[int], dialog: PreviewDialog) -> None:
    await until(pilot, lambda: dialog.stage is Stage.DONE, "it does not end")


# What is ordered


@pytest.mark.parametrize(
    ("key", "verb"),
    [
        ("r", Verb.REQUEUE),
        ("X", Verb.CANCEL),
        ("n", Verb.RETRY),
        ("a", Verb.ACKNOWLEDGE),
        ("Z", Verb.WITHDRAW),
    ],
)
def test_a_key_orders_its_verb_for_the_row_under_the_cursor(source: Source, key: str, verb: Verb) -> None:
    hands = StubHands()

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await on_the_queue(app, pilot)
        (item,) = list_of(app).chosen()
        await planned(app, pilot, key)
        (order,) = hands.orders
        scope = app.scope()
        assert (order.verb, order.subjects) == (verb, (item.subject,))
        assert (order.first, order.last) == (scope.first, scope.last)

    drive(console(source, hands, at=MOMENT), steps)


def test_all_selected_findings_are_in_one_order_by_their_fingerprints(source: Source) -> None:
    hands = StubHands()

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("O", "j", "space", "space", "space")
        chosen = list_of(app).chosen()
        await planned(app, pilot, "r")
        (order,) = hands.orders
        assert order.subjects == ()
        assert order.fingerprints == tuple(item.target.name for item in chosen if item.target is not None)
        assert len(order.fingerprints) == 3

    drive(console(source, hands), steps)


@pytest.mark.parametrize("key", ["a", "Z"])
def test_a_word_on_the_row_of_a_cause_is_about_its_whole_incident(source: Source, key: str) -> None:
    hands = StubHands()

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("O")
        (chosen,) = list_of(app).chosen()
        assert chosen.whole in {cause.key for cause in source.answer.report.causes}
        await planned(app, pilot, key)
        (order,) = hands.orders
        assert (order.subjects, order.fingerprints) == ((), (chosen.whole,))

    drive(console(source, hands, at=MOMENT), steps)


def test_all_selected_rows_are_in_one_order_by_what_they_are_about(source: Source) -> None:
    hands = StubHands()

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("5", "space", "space")
        chosen = list_of(app).chosen()
        await planned(app, pilot, "r")
        (order,) = hands.orders
        assert order.subjects == tuple(item.subject for item in chosen)
        assert (len(order.subjects), order.fingerprints) == (2, ())

    drive(console(source, hands), steps)


@pytest.mark.parametrize(("key", "word"), [("X", "cancel"), ("v", "resolve"), ("n", "retry"), ("u", "hold")])
def test_what_is_done_to_queue_rows_is_done_to_nothing_else(source: Source, key: str, word: str) -> None:
    hands = StubHands()

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("5", key)
        assert f"nothing to {word} here: stand on a row of the retry queue" in keybar_text(app)
        assert not hands.orders

    drive(console(source, hands), steps)


def test_a_gate_is_held_with_a_reason_and_until_a_time(source: Source) -> None:
    hands = StubHands()

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        navigation.open_gates(app)
        await until(pilot, lambda: list_of(app).table.count > 1, "no gates")
        await pilot.press("H", *"45m", "enter")
        await until(pilot, lambda: app.screen.query_one(Questions).field.value == "", "the reason is not asked")
        await planned(app, pilot, *"late box scores", "enter")
        (order,) = hands.orders
        assert (order.verb, order.note) == (Verb.GATE_HOLD, "late box scores")
        assert order.until == app.moment.now() + timedelta(minutes=45)
        assert [subject.kind for subject in order.subjects] == [SubjectKind.TRANSITION]

    drive(console(source, hands), steps)


def test_a_time_that_is_none_is_refused_and_can_be_mended_and_esc_orders_nothing(source: Source) -> None:
    hands = StubHands()

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await on_the_queue(app, pilot)
        await pilot.press("u", *"soon", "enter")
        await pilot.pause()
        line = app.screen.query_one(Questions)
        assert line.has_class("refused")
        await pilot.press("escape")
        await until(pilot, lambda: not app.screen.query(Questions), "the line stays")
        assert not hands.orders
        await pilot.press("u", *"soon", "enter", *["backspace"] * 4, *"2h")
        await planned(app, pilot, "enter")
        assert hands.orders[0].until == app.moment.now() + timedelta(hours=2)

    drive(console(source, hands, at=MOMENT), steps)


def test_a_replay_says_which_moment_it_looks_at_and_a_live_console_says_none(source: Source) -> None:
    hands = StubHands()

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await on_the_queue(app, pilot)
        await planned(app, pilot, "r")
        await pilot.press("escape", "t", *"live", "enter")
        await loaded(app, pilot)
        await pilot.press("6")
        await planned(app, pilot, "r")
        assert hands.moments == [MOMENT, None]

    drive(console(source, hands, at=MOMENT, clock=lambda: MOMENT + timedelta(hours=1)), steps)


def test_hands_that_cannot_say_what_they_would_do_are_said(source: Source) -> None:
    class Broken(StubHands):
        def plan(self, order: Order, look: Look, at: datetime | None) -> Preview:
            raise ZeroDivisionError

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await on_the_queue(app, pilot)
        await pilot.press("r")
        await until(pilot, lambda: "could not be said: ZeroDivisionError" in keybar_text(app), "nothing is said")

    drive(console(source, Broken()), steps)


def test_a_run_that_was_stopped_is_gone_on_with_from_the_operations_log(source: Source) -> None:
    stopped = LogEntry(MOMENT, "ann", "requeue", "7 of 25 done", "stopped: cancelled", plan="p1")
    done = LogEntry(MOMENT - timedelta(minutes=1), "ann", "requeue", "LAL@DAL", "done")
    hands = StubHands(answer=READY, done=(stopped, done))

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("L")
        await until(pilot, lambda: list_of(app).table.count == 2, "no operations log")
        dialog = await planned(app, pilot, "N")
        assert "Go on with p1 (Enter applies, Esc closes)" in dialog.query_one(OfferPanel).spec.title
        await pilot.press("enter")
        await ended(pilot, dialog)
        assert [preview.id for preview, _ in hands.applied] == ["p1"]
        await pilot.press("escape", "down", "N")
        await until(pilot, lambda: "nothing to go on with here" in keybar_text(app), "it goes on with what is done")

    drive(console(source, hands), steps)


# Consent


def test_enter_applies_what_is_shown_and_shows_what_came_of_it(source: Source) -> None:
    came = (PreviewItem("GSW@MIN", "inserted"), PreviewItem("LAL@DAL", "", "held by the streaming buffer"))
    hands = StubHands(answer=READY, result=Result("Requeue", came, "1 of 2 done", is_complete=False))

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await on_the_queue(app, pilot)
        asked = len(source.scopes)
        dialog = await planned(app, pilot, "r")
        assert "(Enter applies, Esc closes)" in screen_text(app)
        await pilot.press("enter")
        await ended(pilot, dialog)
        said = screen_text(app)
        assert "1 of 2 done" in said
        assert "not done LAL@DAL: held by the streaming buffer" in said
        assert [preview.title for preview, _ in hands.applied] == ["Requeue"]
        await until(pilot, lambda: len(source.scopes) > asked, "nothing is refreshed")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is not dialog, "Enter does not close it")

    drive(console(source, hands, at=MOMENT), steps)


def test_a_preview_that_cannot_be_applied_is_closed_by_enter_and_nothing_is_done(source: Source) -> None:
    hands = StubHands()

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await on_the_queue(app, pilot)
        dialog = await planned(app, pilot, "r")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is not dialog, "Enter does not close it")
        assert not hands.applied

    drive(console(source, hands), steps)


@dataclass
class Slow(StubHands):
    """Hands whose planning and applying a test lets go on."""

    answer: Preview = field(default_factory=lambda: READY)
    may_plan: Event = field(default_factory=Event)
    may_end: Event = field(default_factory=Event)
    stopped: Event = field(default_factory=Event)

    def plan(self, order: Order, look: Look, at: datetime | None) -> Preview:
        self.may_plan.wait(PATIENCE)
        return super().plan(order, look, at)

    def apply(self, preview: Preview, consent: Consent, on_progress: object, cancelled: Cancelled) -> Result:
        assert callable(on_progress)
        on_progress(7, 25)
        while not self.may_end.wait(0.01):
            if cancelled():
                self.stopped.set()
        result = super().apply(preview, consent, on_progress, cancelled)
        return replace(result, sentence="7 of 25 done; stopped: cancelled")


def test_keys_that_were_pressed_before_there_was_anything_to_read_are_no_consent(source: Source) -> None:
    hands = Slow()
    hands.may_end.set()

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await on_the_queue(app, pilot)
        await pilot.press("r", "enter", "y")
        hands.may_plan.set()
        await until(pilot, lambda: isinstance(app.screen, PreviewDialog), "no preview")
        await pilot.pause()
        assert isinstance(app.screen, PreviewDialog)
        assert app.screen.stage is Stage.SHOWN
        assert not hands.applied

    drive(console(source, hands), steps)


def test_a_key_that_comes_before_the_preview_is_drawn_is_no_consent(source: Source) -> None:
    hands = StubHands(answer=READY)

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        acting.show(app, Offer(READY, hands.apply))
        for key in ("y", "y", "y"):
            app.post_message(events.Key(key, key))
        await until(pilot, lambda: "Enter applies" in screen_text(app), "no preview")
        assert not hands.applied
        await pilot.press("y")
        await until(pilot, lambda: len(hands.applied) == 1, "it never takes a consent")

    drive(console(source, hands), steps)


def test_impatient_keys_apply_once(source: Source) -> None:
    hands = Slow()
    hands.may_plan.set()

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await on_the_queue(app, pilot)
        dialog = await planned(app, pilot, "r")
        await pilot.press("enter", "enter", "y", "enter")
        await until(pilot, lambda: "7 of 25" in screen_text(app), "no progress is shown")
        hands.may_end.set()
        await ended(pilot, dialog)
        assert len(hands.applied) == 1

    drive(console(source, hands), steps)


def test_esc_stops_between_two_items_and_says_so_and_a_second_one_leaves_it_to_itself(source: Source) -> None:
    hands = Slow()
    hands.may_plan.set()

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await on_the_queue(app, pilot)
        await planned(
            app,
            pilot,
            "r",
        )
        await pilot.press("enter", "escape")
        await until(pilot, lambda: "stopping after this item" in screen_text(app), "it is not said")
        await until(pilot, hands.stopped.is_set, "the hands are not told")
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, PreviewDialog), "it cannot be left")
        hands.may_end.set()
        await until(pilot, lambda: "7 of 25 done; stopped: cancelled" in keybar_text(app), "the end is not said")

    drive(console(source, hands), steps)


def test_quitting_while_something_is_applied_leaves_at_once_and_stops_it_between_two_items(source: Source) -> None:
    hands = Slow()
    hands.may_plan.set()

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await on_the_queue(app, pilot)
        await planned(app, pilot, "r")
        await pilot.press("enter", "escape", "escape", "q")
        await until(pilot, lambda: not app.is_running, "it goes on")

    drive(console(source, hands), steps)
    assert hands.stopped.wait(PATIENCE)
    hands.may_end.set()


def test_q_stops_nothing_that_is_being_applied_and_says_what_does(source: Source) -> None:
    hands = Slow()
    hands.may_plan.set()

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await on_the_queue(app, pilot)
        dialog = await planned(app, pilot, "r")
        assert keybar_text(app).split() == ["Enter", "apply", "Esc", "close"]
        await pilot.press("enter")
        await until(pilot, lambda: dialog.stage is Stage.APPLYING, "it is not applied")
        assert keybar_text(app).split() == ["Esc", "stop", "between", "two", "items"]
        await pilot.press("q", "q")
        assert "Esc stops between two items, q does not" in keybar_text(app)
        assert dialog.stage is Stage.APPLYING
        assert not hands.stopped.is_set()
        hands.may_end.set()
        await ended(pilot, dialog)
        await pilot.press("q")
        await until(pilot, lambda: app.screen is not dialog, "q does not close what is done")
        assert app.is_running

    drive(console(source, hands), steps)


def test_a_defect_while_it_is_applied_is_said_in_words(source: Source) -> None:
    class Broken(StubHands):
        def apply(self, preview: Preview, consent: Consent, on_progress: object, cancelled: Cancelled) -> Result:
            raise ZeroDivisionError

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await on_the_queue(app, pilot)
        dialog = await planned(app, pilot, "r")
        await pilot.press("y")
        await ended(pilot, dialog)
        assert "what came of it could not be said: ZeroDivisionError" in screen_text(app)

    drive(console(source, Broken(answer=READY)), steps)


def test_in_production_a_reason_and_the_number_are_asked_before_anything_is_done(source: Source) -> None:
    hands = StubHands(answer=replace(READY, asks_reason=True, asks_count=26))

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await on_the_queue(app, pilot)
        dialog = await planned(app, pilot, "r")
        await pilot.press("enter", "enter")
        await until(pilot, lambda: app.screen.query_one(Questions).has_class("refused"), "no reason is a reason")
        await pilot.press(*"scores were late", "enter")
        await until(pilot, lambda: app.screen.query_one(Questions).field.value == "", "the number is not asked")
        await pilot.press(*"25", "enter")
        await until(pilot, lambda: app.screen.query_one(Questions).has_class("refused"), "any number will do")
        assert not hands.applied
        await pilot.press("backspace", *"6", "enter")
        await ended(pilot, dialog)
        assert [consent for _, consent in hands.applied] == [Consent("scores were late", 26)]

    drive(console(source, hands), steps)


def test_esc_in_the_line_that_asks_agrees_to_nothing(source: Source) -> None:
    hands = StubHands(answer=replace(READY, asks_reason=True))

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await on_the_queue(app, pilot)
        dialog = await planned(app, pilot, "r")
        await pilot.press("enter", *"never mind", "escape")
        await until(pilot, lambda: not dialog.query(Questions), "the line stays")
        assert dialog.stage is Stage.SHOWN
        assert not hands.applied

    drive(console(source, hands), steps)


def test_a_reason_that_was_given_with_the_order_is_the_consents() -> None:
    asked = Agreement(replace(READY, asks_reason=True), "noisy since the deploy").questions()
    assert [question.value for question in asked] == ["noisy since the deploy"]
    agreement = Agreement(READY, "noisy since the deploy")
    assert agreement.questions() == []
    assert agreement.consent == Consent("noisy since the deploy", None)


# The summary


def test_the_summary_takes_a_sentence_and_is_posted_exactly_as_it_is_shown(source: Source) -> None:
    hands = StubHands(answer=READY)

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        dialog = await planned(app, pilot, "s")
        await pilot.press("e", *"we are on it", "enter")
        await until(pilot, lambda: "we are on it" in dialog.preview.text, "the sentence is not in it")
        await until(pilot, lambda: "we are on it" in screen_text(app), "the sentence is not shown")
        await pilot.press("enter")
        await ended(pilot, dialog)
        assert hands.sentences == ["", "we are on it"]
        assert hands.applied[0][0] == dialog.preview

    drive(console(source, hands), steps)


# Afterwards


def test_what_a_verification_finds_is_said_in_an_open_console(source: Source) -> None:
    hands = StubHands(followed=["fixed: GSW@MIN 2026-01-24: no check finds it any more"])

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await until(pilot, lambda: "fixed: GSW@MIN" in keybar_text(app), "it is not said")

    drive(console(source, hands), steps)


def test_the_header_says_whether_anything_can_be_changed(source: Source) -> None:
    async def steps(app: CourtsideApp, _: Pilot[int]) -> None:
        assert app.header_state().read_only is False

    drive(console(source, StubHands(read_only="")), steps)


# Lines


def test_progress_says_how_far_it_is_and_how_it_is_stopped() -> None:
    said = [text_of(line) for line in progress_lines(READY, 7, 25, stopping=False, width=80)]
    assert said[:2] == ["7 of 25", "Esc stops between two items"]


def test_a_result_that_is_not_complete_is_never_green_and_begins_with_what_is_left() -> None:
    items = (PreviewItem("done", "inserted"), PreviewItem("left", "", "not begun"))
    lines = result_lines(Result("Requeue", items, "1 of 2 done", is_complete=False), 80)
    assert [text_of(line) for line in lines] == [
        "1 of 2 done",
        "1 done, 1 not done",
        "",
        "not done left: not begun",
        "done     done: inserted",
    ]
    assert lines[0][0].tone is Tone.ERROR
