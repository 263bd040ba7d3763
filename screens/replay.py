"""Another time: earlier and later dates, a fixed moment, and the clock that plays the past."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from checks.times import both_zones, eastern_date, format_minutes, format_utc
from screens.navigation import focus_again

if TYPE_CHECKING:
    from screens.app import CourtsideApp
    from screens.moment import Moment

BEAT_SECONDS = 1.0
"""How often a playing clock makes a step."""


def ask_moment(app: CourtsideApp) -> Awaitable[None] | None:
    """Ask for a time and go there; the line takes the next key when what is returned has been waited for."""
    from screens.dialogs.go_to import GoTo  # noqa: PLC0415  # a field to type in is not needed before

    if app.screen.query(GoTo):
        return None
    shown, now = app.moment.now(), app.session.clock()
    return app.screen.mount(GoTo(shown, now, partial(go_to, app), partial(focus_again, app), plain=app.session.ascii))


def go_to(app: CourtsideApp, moment: datetime | None) -> None:
    """Look at a moment; None is now, from now on. Beyond the end of what is recorded there is nothing to look at."""
    last = app.moment.last
    if app.session.ends_at is not None and (moment is None or moment > last):
        app.say(
            f"what is recorded ends at {format_utc(last)}: beyond it, and live, there is nothing to see; t goes back"
        )
        return
    _stop(app)
    app.look_at(app.moment.go_to(moment), None)
    if moment is None:
        app.say("live: the present, from now on")
    else:
        app.say(f"as of {both_zones(moment)}; `t` and `live` lead back to the present")


def shift_date(app: CourtsideApp, by: int) -> None:
    """Look at earlier or later game dates, as known at the same moment; never at later ones than the moment's own."""
    own = eastern_date(app.moment.now())
    wanted = (app.last_date or own) + timedelta(days=by)
    last: date | None = None if wanted >= own else wanted
    if wanted > own:
        app.say(f"{own.isoformat()} is the last date known at this moment; `t` leads to a later one")
    app.look_at(app.moment, last)


def step(app: CourtsideApp, steps: int) -> None:
    """Make one step of the replay clock."""
    _stand(app, app.moment.play(playing=False).step(steps))
    _say_end(app)


def play(app: CourtsideApp) -> None:
    """Let the replay clock run, or stand."""
    if app.moment.playing:
        _stand(app, app.moment.play(playing=False))
        return
    app.look_at(app.moment.play(playing=True), app.last_date)
    if app.player is None:
        app.player = app.set_interval(BEAT_SECONDS, partial(beat, app))


def beat(app: CourtsideApp) -> None:
    """Make a step of a playing clock, unless the last one is still being shown."""
    if app.moment.playing and not app.refresher.is_busy:
        app.look_at(app.moment.step(), app.last_date)
    if not app.moment.playing:
        _stop(app)
        _say_end(app)


def _say_end(app: CourtsideApp) -> None:
    if app.session.ends_at is not None and app.moment.now() >= app.moment.last:
        app.say(f"what is recorded ends here, at {format_utc(app.moment.last)}")


def faster(app: CourtsideApp) -> None:
    """Let steps be longer."""
    app.look_at(app.moment.faster(), app.last_date)
    app.say(f"one step is {format_minutes(app.moment.step_minutes)}")


def pause(app: CourtsideApp) -> None:
    """Refresh no more by itself, or again."""
    app.pause.by_hand = not app.pause.by_hand
    app.say("paused: R still refreshes" if app.pause.by_hand else "refreshing by itself again")
    app.tick()


def _stand(app: CourtsideApp, moment: Moment) -> None:
    _stop(app)
    app.look_at(moment, app.last_date)


def _stop(app: CourtsideApp) -> None:
    if app.player is not None:
        app.player.stop()
        app.player = None
