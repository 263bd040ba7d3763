"""What the keys that act do: plans are made and kept, applied by consent, and verified; the summary is posted.

Nothing here raises: whatever goes wrong is a sentence in the answer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from checks.times import both_zones
from console.actions.aftercare import Done, run_due
from console.actions.ledger import Ledger
from console.actions.opening import Station, station_for
from console.actions.plan_codec import UnreadablePlanError
from console.actions.planning.suggested import suggested, unfounded
from console.actions.refusal import RefusedError
from console.actions.run_state import RunState, run_of, unfinished
from console.actions.saying import (
    left_entry,
    life_entry,
    log_entries_of,
    planned_again,
    preview_of,
    rest_of,
    result_of,
    verification_entry,
)
from console.actions.verifying import Verifications
from console.arming import NOTHING_IS_POSTED, ON_A_COPY
from console.heartbeat import DRAINER, WATCHER, last_heartbeat
from console.journal import JournalError
from console.setting_values import SettingsError
from console.slack.destination import destination_of
from console.slack.message import Message, message_of
from console.slack.posting import post_summary
from console.warehouse.protocol import WarehouseError
from screens.clean import for_terminal
from screens.ports import LogEntry, Look, Preview, Result

if TYPE_CHECKING:
    from checks.progress import Cancelled
    from console.actions.plan import PlanItem
    from console.cli.shell import Shell
    from console.settings import Settings
    from console.slack.destination import Destination
    from console.slack.posting import Posting
    from screens.orders import Consent, Order

_MOST_STOPPED = 20
"""Runs with items left that the operations log shows."""
POST = "Post summary to Slack"
_TROUBLES = (JournalError, OSError, UnreadablePlanError, WarehouseError)


@dataclass(frozen=True, slots=True)
class Slack:
    """The way to Slack: `destination` raises SettingsError that says what to set, `post` raises JournalError."""

    destination: Callable[[], Destination]
    post: Callable[[Message, Destination], Posting]


class Hands:
    """A `screens.ports.Hands` at a station; `aside` is said with each plan."""

    def __init__(self, station: Station, slack: Slack, aside: str = "") -> None:
        self._station = station
        self._slack = slack
        self._aside = aside
        self._messages: dict[str, Message] = {}
        self._unsaid: tuple[str, ...] = ()
        self._troubles: frozenset[str] = frozenset()

    @property
    def read_only(self) -> str:
        """Why nothing can be changed here, or ""."""
        return self._station.why_read_only()

    def plan(self, order: Order, look: Look, at: datetime | None) -> Preview:
        """Return what an order would do now, or at `at`, where it can only be looked at."""
        refused = unfounded(look.report, order.fingerprints) if order.verb.changes_queue else ()
        return self._planned(_with_suggested(order, look), refused, at)

    def _planned(self, order: Order, refused: tuple[PlanItem, ...], at: datetime | None) -> Preview:
        title = order.verb.value.replace("-", " ").capitalize()
        try:
            plan = self._station.planner(order, self._station.now() if at is None else at)
        except (ValueError, *_TROUBLES) as error:
            return Preview(title, (), note=_clean(f"it cannot be planned: {error}"))
        plan = replace(plan, items=(*plan.items, *refused))
        hindrance = self._hindrance(at)
        if at is None:
            unkept = self._station.keep(plan)
            hindrance = hindrance or unkept
        preview = preview_of(plan, _clean(hindrance), is_production=self._station.is_production)
        return replace(preview, text="\n".join(filter(None, (preview.text, self._aside))))

    def rest(self, plan: str, at: datetime | None) -> Preview:
        """Return what is left of a plan that was stopped."""
        title = f"Go on with {plan}"
        try:
            with self._station.open_journal().reading() as connection:
                run = run_of(connection, plan)
        except _TROUBLES as error:
            return Preview(title, (), note=_clean(f"it cannot be read: {error}"))
        if run is None:
            return Preview(title, (), note=f"there is no plan {plan} in this journal")
        if run.state is RunState.STOPPED and not run.goes_on(self._station.now()):
            return planned_again(run, self._planned(run.plan.order, (), at))
        return rest_of(run, _clean(self._hindrance(at)))

    def summary(self, look: Look, sentence: str, at: datetime | None) -> Preview:
        """Return the summary exactly as it would be posted."""
        message = message_of(look.report, self._station.place, sentence)
        id = f"summary {message.key}"
        self._messages[id] = message
        note = self._hindrance(at) if at is not None else ""  # what reads only may post all the same
        try:
            self._slack.destination()
        except SettingsError as error:
            note = note or str(error)
        return Preview(POST, (), message.text, available=not note, note=_clean(note), id=id)

    def apply(
        self, preview: Preview, consent: Consent, on_progress: Callable[[int, int], None], cancelled: Cancelled
    ) -> Result:
        """Do what a preview says, and return what came of it."""
        try:
            if message := self._messages.get(preview.id):
                return self._posted(message)
            with self._station.hand() as hand:
                run = hand.apply(preview.id, consent, on_progress, cancelled)
            self._unsaid += self.follow_up()  # the first verification is at once; whoever looks elsewhere is told, too
            return result_of(preview.title, run, self._station.aftercare().verifications.standing_of(preview.id))
        except (RefusedError, SettingsError) as refusal:
            return _failed(preview, f"nothing was done: {refusal}")
        except _TROUBLES as error:
            return _failed(preview, f"it ended before its time: {error}; the operations log (L) has what was done")

    def operations(self, limit: int = 500) -> tuple[LogEntry, ...]:
        """Return what is to be verified, when drainer and watcher last ran here, what was stopped and done, newest first.

        Where that cannot be read, why.
        """
        try:
            journal = self._station.open_journal()
            coming = Verifications(journal, self._station.new_id).pending(self._station.place)
            with journal.reading() as connection:
                stopped = _stopped(connection, self._station.place, self._station.now())
                pending = [verification_entry(it.due_at, run_of(connection, it.plan_id), it.plan_id) for it in coming]
            links = Ledger(journal).newest(limit)
            lives = [
                life_entry(name, last_heartbeat(journal, name, self._station.place)) for name in (DRAINER, WATCHER)
            ]
        except _TROUBLES as error:
            return (LogEntry(self._station.now(), "courtside", "journal", "", _clean(f"it cannot be read: {error}")),)
        known = (*lives, *stopped, *log_entries_of(links))
        return (*reversed(pending), *(entry for entry in known if entry is not None))

    def follow_up(self) -> tuple[str, ...]:
        """Verify what is due and deliver what waits; return what came of each plan, and what is in the way, when it changes."""
        try:
            done = run_due(self._station.aftercare())
        except _TROUBLES as error:
            done = Done(trouble=str(error))
        unsaid, self._unsaid = self._unsaid, ()
        said = [verified.judgement.sentence for verified in done.verified]
        hindered = {
            f"what is due cannot be verified: {done.trouble}": done.trouble,
            f"what waits cannot be delivered: {done.delivery_trouble}": done.delivery_trouble,
        }
        troubles = frozenset(sentence for sentence, trouble in hindered.items() if trouble)
        news, self._troubles = sorted(troubles - self._troubles), troubles
        return (*unsaid, *map(_clean, (*said, *news)))

    def _hindrance(self, at: datetime | None) -> str:
        """Return why nothing can be applied, or "": first what is so at any moment."""
        return self.read_only or replaying(at)

    def _posted(self, message: Message) -> Result:
        posting = self._slack.post(message, self._slack.destination())
        return Result(POST, (), _clean(posting.sentence), is_complete=posting.is_delivered)


def hands_for(settings: Settings, shell: Shell, why_read_only: Callable[[], str], *, on_copy: bool = False) -> Hands:
    """Return the hands of a console under these settings; on a copy of the demo nothing is posted, and each plan says so."""
    station = station_for(settings, shell.environment, lambda: shell.open_desk(settings), shell.now, why_read_only)

    def destination() -> Destination:
        if on_copy:
            raise SettingsError(NOTHING_IS_POSTED)
        return destination_of(settings.slack_channel, shell.environment)

    slack = Slack(destination, lambda message, to: post_summary(message, to, settings.state_dir, shell.now))
    return Hands(station, slack, ON_A_COPY if on_copy else "")


def _stopped(connection: sqlite3.Connection, place: str, now: datetime) -> list[LogEntry]:
    """Return the runs of a place that have items left; `courtside queue plans` names those that this version cannot read."""
    found = []
    for id in unfinished(connection, place, _MOST_STOPPED):
        with suppress(UnreadablePlanError):
            run = run_of(connection, id)
            found += [left_entry(run, now)] if run is not None else []
    return found


def _with_suggested(order: Order, look: Look) -> Order:
    """Return an order that changes the queue with what the findings suggest that it names."""
    if not order.verb.changes_queue or not order.fingerprints:
        return order
    named = [finding for finding in look.report.findings if finding.fingerprint in order.fingerprints]
    found = (subject for finding in named for subject in suggested(finding))
    return replace(order, subjects=tuple(dict.fromkeys((*order.subjects, *found))))


def replaying(at: datetime | None) -> str:
    """Return why nobody acts at a fixed moment, or "" for now."""
    if at is None:
        return ""
    return f"replaying {both_zones(at)}: go back to live (t, then live) to act"


def _failed(preview: Preview, sentence: str) -> Result:
    left = tuple(replace(item, would="", refused=item.refused or "not certainly done") for item in preview.items)
    return Result(preview.title, left if preview.items else (), _clean(sentence), is_complete=False)


def _clean(words: object) -> str:
    return for_terminal(str(words), 1_000)
